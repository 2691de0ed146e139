// SPDX-License-Identifier: Apache-2.0

// The order of the frames of a connection, and limits that stop attacks made of frames.
//
// Decode judges one frame. A ConnectionGuard remembers, in at most 128 octets and without streams
// or HPACK, what came before it, and judges what nobody can judge without: it stands in front of a
// session, or beside a connection that it observes.
//
//   ConnectionGuard guard(Receiver::kServer);
//   guard.Sent(our_settings, now);
//   ...
//   const auto handle = [&](const auto& frame) {
//     const FrameError error = guard.Check(frame, now);
//     if (error.fault != Fault::kNone) return Fail(error);
//     session.Handle(frame);
//   };
//   const Outcome next = DecodeTo(in, handle, {.max_frame_size = guard.max_frame_size()});
//   if (next.status == DecodeStatus::kError) Fail(guard.Check(next.error, now));
//
// Fail sends GoawayFor(error, last_stream_id) if error.stream_id is 0, and else
// RstStreamFor(error). What a session finds out itself, WINDOW_UPDATE that overflows say, passes
// through Check(error) too. The guard is told with Sent of the frames that go the other way: of
// SETTINGS always; of HEADERS, PUSH_PROMISE, PING and DATA if it is to tell answers from noise, and
// streams that are open from those that are not.
//
// After an error of the connection the guard judges the next frame as if there had been none; what
// it judges has a meaning only if the error was one of a limit.

#ifndef H2WIRE_GUARD_H_
#define H2WIRE_GUARD_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/cost.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard_limits.h"
#include "h2wire/header.h"
#include "h2wire/nanoseconds.h"
#include "h2wire/part.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"

namespace h2wire::inline H2WIRE_ABI {

// Who receives the frames that are checked.
enum class Receiver : std::uint8_t { kServer, kClient, kUnknown };

struct GuardOptions {
  Receiver receiver = Receiver::kServer;
  // Beside the connection, not one of its ends. Frames of the two directions are not in the order
  // in which the ends see them, and those of one may not be seen at all: nothing is judged that
  // depends on that order, which is the use of our SETTINGS and their acknowledgement, and which
  // streams the receiver has opened.
  bool observer = false;
  // The first frame checked may be any frame of the connection, CONTINUATION too. What went before
  // is not known: our SETTINGS and their acknowledgements, and which streams are open, are not
  // judged either.
  bool joined = false;
  // The connection began as HTTP/1.1 with Upgrade: h2c. Stream 1 is open without HEADERS. Without
  // this, streams that a client opens are judged from its first HEADERS on. RFC 7540, 3.2.
  bool upgraded = false;
  // As in DecodeOptions: whether extensions are known.
  bool extensions = true;
  // What exceeds a limit is no error, and goes on: TakeReport says what it was.
  bool report_only = false;
};

// Whether it was the window of the peer, or what our writer had to write, that made DATA as small
// as it is.
enum class CutBy : std::uint8_t { kWindow, kWriter };

// How far a limit is used up.
struct LimitUse {
  std::string_view name;      // of the member of GuardLimits
  std::uint64_t used = 0;     // of a rate: the tokens that are taken
  std::uint64_t allowed = 0;  // its value; where SETTINGS that we sent raise or lower it, that
  Nanoseconds refill{};       // of a rate: when one token more is back

  [[nodiscard]] constexpr std::uint64_t headroom() const noexcept {
    return used < allowed ? allowed - used : 0;
  }
};

class H2WIRE_API ConnectionGuard {
 public:
  // On a clock that does not go back, since any moment: any duration or moment of std::chrono.
  using Time = Nanoseconds;

  // `limits` must outlive the guard; one is enough for all connections. They may change meanwhile,
  // to any value: what counts is what they are when a frame is checked.
  explicit ConnectionGuard(
      const GuardOptions& options,
      const GuardLimits& limits H2WIRE_LIFETIME_BOUND = kDefaultGuardLimits) noexcept;
  explicit ConnectionGuard(Receiver receiver, const GuardLimits& limits H2WIRE_LIFETIME_BOUND =
                                                  kDefaultGuardLimits) noexcept
      : ConnectionGuard(GuardOptions{.receiver = receiver}, limits) {}

  // Judges the next frame that was received, once each. All errors are of the connection; kNone is
  // the fault of none. A RawFrame of a type of RFC 9113, as DecodeRaw gives it, is judged as what
  // it decodes to. A user's type is in its place like any other, and limited by its cost class.
  template <FrameAlternative F>
  [[nodiscard]] H2WIRE_ALWAYS_INLINE FrameError Check(const F& frame, Time now) noexcept {
    if constexpr (std::same_as<F, RawFrame>) {
      return CheckRaw(frame, now);
    } else {
      return CheckKnown(frame, internal::SizeOfRest(frame), now);
    }
  }
  template <AnyFrameSet Set>
  [[nodiscard]] FrameError Check(const Set& frame, Time now) noexcept {
    return Visit([&](const auto& alternative) { return Check(alternative, now); }, frame);
  }

  // The same of a frame that is handed out in parts: it is judged by its first part, however it is
  // cut. A RawFrame in parts is judged by its header.
  template <FrameAlternative F>
  [[nodiscard]] H2WIRE_ALWAYS_INLINE FrameError Check(const Part<F>& part, Time now) noexcept {
    if (!part.first) return {};
    if constexpr (std::same_as<F, RawFrame>) {
      return CheckRawPart(internal::HeaderOfPart(part.frame, part.size), now);
    } else {
      return CheckKnown(part.frame, static_cast<std::uint32_t>(part.size), now);
    }
  }

  // Judges the next frame by its header alone, before its payload is there, and remembers nothing:
  // the frame itself is checked when it has come.
  [[nodiscard]] FrameError Check(const FrameHeader& header, Time now) const noexcept;

  // What to make of an error that the receiver found, in a frame or in what a frame does to its
  // stream: the error itself; or one of the connection, if stream errors are to end it or come too
  // fast, or if nobody has opened the stream, so that no RST_STREAM may be sent on it (RFC 9113,
  // 6.4). An error that is not in a frame has a code and no fault. Codes that do not blame the peer
  // (NO_ERROR, CANCEL, REFUSED_STREAM, INTERNAL_ERROR, CONNECT_ERROR, HTTP_1_1_REQUIRED) are not
  // counted, and do not end the connection.
  [[nodiscard]] FrameError Check(const FrameError& error, Time now) noexcept;

  // Takes note of a frame that the receiver sends, unless it is a RawFrame:
  //   SETTINGS       the greatest frame size and ENABLE_PUSH, from when they are acknowledged;
  //                  MAX_CONCURRENT_STREAMS and MAX_HEADER_LIST_SIZE, for the limits; the greatest
  //                  that was sent counts.
  //   HEADERS, DATA  With END_STREAM, a request is answered, and one RST_STREAM is free. So are at
  //                  most as many as there may be streams at once (MAX_CONCURRENT_STREAMS; if that
  //                  was not sent, the burst of `resets` by `resets_per_stream`), and none while
  //                  more requests than those have no answer.
  //   DATA           One PING is free. If our writer made it smaller than `tiny_window_increment`,
  //                  the caller says so: then two tiny WINDOW_UPDATE are.
  //   HEADERS, PUSH_PROMISE  open streams.
  //   PING           expects one acknowledgement.
  // An observer is told also of RST_STREAM, as the errors that those betray; only this can return
  // an error, that of Check(error).
  template <FrameAlternative F>
  H2WIRE_ALWAYS_INLINE FrameError Sent(const F& frame, Time now,
                                       CutBy cut = CutBy::kWindow) noexcept {
    if constexpr (std::same_as<F, RawFrame>) {
      return {};
    } else {
      return NoteSent(frame, internal::SizeOfRest(frame), now, cut);
    }
  }
  template <AnyFrameSet Set>
  FrameError Sent(const Set& frame, Time now, CutBy cut = CutBy::kWindow) noexcept {
    return Visit([&](const auto& alternative) { return Sent(alternative, now, cut); }, frame);
  }
  template <FrameAlternative F>
  H2WIRE_ALWAYS_INLINE FrameError Sent(const Part<F>& part, Time now,
                                       CutBy cut = CutBy::kWindow) noexcept {
    if constexpr (!std::same_as<F, RawFrame>) {
      if (part.first) {
        return NoteSent(part.frame, static_cast<std::uint32_t>(part.size), now, cut);
      }
    }
    return {};
  }

  // The largest payload that may be received: what our own SETTINGS said last of those that were
  // acknowledged. Octets. One who observes or joined knows of no such limit. Only four SETTINGS
  // frames of our own are told apart while they are not acknowledged: from the fifth on they are
  // one, which allows what any of them allows. From the 255th on nobody counts them, and no
  // acknowledgement is one too many.
  [[nodiscard]] std::uint32_t max_frame_size() const noexcept { return max_frame_size_; }

  // How far a limit, a row of kLimitRows, is used up. Those of a field block or a SETTINGS frame:
  // by the last of them. What is no limit of its own: nothing of nothing.
  //
  //   for (const LimitRow& limit : kLimitRows) Graph(guard.UseOf(limit, now));
  [[nodiscard]] LimitUse UseOf(const LimitRow& limit, Time now) const noexcept;

  // The same of the limit that `fault`, just found, exceeds: `used` is what was seen, of a rate as
  // one more than the bucket holds. Without a name if the fault is about no limit.
  [[nodiscard]] LimitUse AlarmOf(Fault fault, Time now) const noexcept;

  // The fault that was found last, in what was checked since the last call; kNone if there was
  // none. With `report_only` this alone tells that a limit was exceeded.
  [[nodiscard]] Fault TakeReport() noexcept {
    const Fault fault = reported_;
    reported_ = Fault::kNone;
    return fault;
  }

 private:
  enum Rate : std::uint8_t {
    kSmallData,
    kResets,
    kStreamErrors,
    kSettingsFrames,
    kPings,
    kPriorities,
    kTinyWindowUpdates,
    kIgnoredFrames,
    kPadding,
    kGoaways
  };
  static constexpr std::size_t kRates = kGoaways + 1;
  static constexpr Fault kFaultOfRate[kRates] = {
      Fault::kTooMuchSmallData,         Fault::kTooManyResets,        Fault::kTooManyStreamErrors,
      Fault::kTooManySettingsFrames,    Fault::kTooManyPings,         Fault::kTooManyPriorities,
      Fault::kTooManyTinyWindowUpdates, Fault::kTooManyIgnoredFrames, Fault::kTooMuchPadding,
      Fault::kTooManyGoaways,
  };

  // The tokens of each RateLimit, as the tick at which the bucket is full again, since the
  // beginning of the era. Six octets for what eight would hold, since there are many of them.
  class Buckets {
   public:
    // Takes `tokens`, or nothing if there are fewer.
    bool Take(Rate rate, std::uint32_t tokens, const RateLimit& limit, std::uint64_t now) noexcept;
    bool TakeOrdinary(Rate rate, std::uint32_t tokens, const RateLimit& limit,
                      std::uint64_t now) noexcept;
    // Puts them back.
    void Return(Rate rate, std::uint32_t tokens, const RateLimit& limit) noexcept;
    // How many are taken.
    [[nodiscard]] std::uint64_t Taken(Rate rate, const RateLimit& limit,
                                      std::uint64_t now) const noexcept;
    // An era is over, or several.
    void Age(bool by_one) noexcept;

   private:
    [[nodiscard]] std::uint64_t full(std::size_t rate) const noexcept {
      return low_[rate] | std::uint64_t{high_[rate]} << 32;
    }
    void SetFull(std::size_t rate, std::uint64_t tick) noexcept {
      low_[rate] = static_cast<std::uint32_t>(tick & 0xffff'ffff);
      high_[rate] = static_cast<std::uint16_t>(tick >> 32 & 0xffff);
    }

    std::array<std::uint32_t, kRates> low_{};
    std::array<std::uint16_t, kRates> high_{};
  };

  struct [[gnu::packed]] FrameSize {
    std::uint32_t octets : 24 = 0;
  };

  // What the next frame must be: of a stream, a CONTINUATION; or one of these.
  static constexpr StreamId kAnything = 0;
  static constexpr StreamId kFirstSettings = kMaxStreamId + 1;
  static constexpr StreamId kUnknown = kMaxStreamId + 2;

  // Above every stream.
  static constexpr StreamId kEveryStream = kMaxStreamId + 1;
  // In place of MAX_CONCURRENT_STREAMS.
  static constexpr std::uint16_t kNoLimit = 0xffff;

  // How each type is judged, and noted when it is sent; the usual of both where it is checked.
  struct OfType;
  template <class F>
  H2WIRE_ALWAYS_INLINE FrameError CheckKnown(const F& frame, std::uint32_t size, Time now) noexcept;
  template <class F>
  H2WIRE_ALWAYS_INLINE FrameError NoteSent(const F& frame, std::uint32_t size, Time now,
                                           CutBy cut) noexcept;

  // How many octets there are at least, and at most: a header does not say which are padding.
  struct Extent {
    std::uint32_t least;
    std::uint32_t most;
  };

  Fault JudgeData(StreamId stream_id, std::uint32_t size, std::uint32_t padding, bool end_stream,
                  Time now) noexcept;
  Fault JudgeAnyData(StreamId stream_id, std::uint32_t size, std::uint32_t padding, bool end_stream,
                     Time now) noexcept;
  Fault JudgeHeaders(StreamId stream_id, Extent size, std::uint32_t padding, bool end_headers,
                     Time now) noexcept;
  Fault JudgePushPromise(StreamId stream_id, StreamId promised, Extent size, std::uint32_t padding,
                         bool end_headers, Time now) noexcept;
  Fault JudgeContinuation(StreamId stream_id, std::uint32_t size, bool end_headers,
                          Time now) noexcept;
  Fault JudgeRstStream(StreamId stream_id, Time now) noexcept;
  Fault JudgeSettings(bool ack, std::uint32_t size, SettingsView settings, Time now) noexcept;
  Fault JudgePing(bool ack, Time now) noexcept;
  Fault JudgeGoaway(StreamId last_stream_id, Time now) noexcept;
  Fault JudgeWindowUpdate(StreamId stream_id, std::uint32_t increment, Time now) noexcept;
  Fault JudgePriorityUpdate(Time now) noexcept;
  Fault JudgeOther(CostClass cost, Time now) noexcept;
  Fault JudgeHeader(const FrameHeader& header, Time now) noexcept;
  FrameError CheckRaw(const RawFrame& frame, Time now) noexcept;
  FrameError CheckRawPart(const FrameHeader& header, Time now) noexcept;

  // The rules that several types share: each returns the fault of the one that is broken.
  Fault TakePlace() noexcept;
  Fault FaultOfPlace() noexcept;
  [[nodiscard]] Fault FaultOfBlock(Extent size, bool end_headers) noexcept;
  Fault FaultOfSettings(SettingsView settings) noexcept;
  Fault FaultOfAcknowledgement() noexcept;
  Fault FaultOfPadding(std::uint32_t size, std::uint32_t padding, Time now) noexcept;
  Fault FaultOfRate(Rate rate, const RateLimit& limit, std::uint32_t tokens, Time now) noexcept;
  Fault FaultOfAnyRate(Rate rate, std::uint32_t tokens, Time now) noexcept;
  Fault CountEmpty(bool empty) noexcept;
  Fault BeginBlock(StreamId stream_id, Extent size, std::uint32_t padding, bool end_headers,
                   Time now) noexcept;
  [[nodiscard]] bool IsIdle(StreamId stream_id) const noexcept;
  [[nodiscard]] bool JudgesStreamsOfClient() const noexcept;
  [[nodiscard]] bool JudgesStreamsOfServer() const noexcept;

  // The error that `fault` is, which is noted.
  FrameError Report(Fault fault) noexcept;
  // The time in ticks since the beginning of its era, to which the buckets are brought.
  std::uint64_t TicksAt(Time now) noexcept;
  void EnterEra(std::uint64_t era) noexcept;

  [[nodiscard]] RateLimit LimitOfRate(Rate rate) const noexcept;
  [[nodiscard]] RateLimit LimitOfResets() const noexcept;
  [[nodiscard]] std::uint32_t MostOctetsOfHeaderList() const noexcept;
  [[nodiscard]] std::uint32_t MostOctetsOfBlock() const noexcept;
  [[nodiscard]] std::uint32_t MostContinuations() const noexcept;
  [[nodiscard]] bool MayBeAtOnce(std::uint32_t requests) const noexcept;
  [[nodiscard]] std::uint32_t MostAtOnce() const noexcept;
  void FindUsual() noexcept;

  void SentSmall(std::uint32_t size) noexcept;
  void SentPushPromise(StreamId promised) noexcept;
  void SentSettings(SettingsView settings) noexcept;

  // Counts of what is outstanding end here, and then say nothing any more.
  static constexpr std::uint8_t kManyMore = 255;

  const GuardLimits* limits_;
  // Frames of a client's stream below this may be usual: one more than what it has opened, or
  // kEveryStream if that is not judged; 0 while the next frame, or the one after an empty one, is
  // looked at closely.
  StreamId usual_ = 0;
  StreamId awaited_;
  StreamId opened_by_client_ = 0;  // the highest; 0 if none is known
  StreamId opened_by_server_ = 0;
  StreamId last_stream_id_ = kMaxStreamId;  // of GOAWAY
  std::uint32_t measured_ = 0;              // octets of a field block, or settings of a frame

  std::uint32_t max_frame_size_;
  Buckets buckets_;
  std::uint16_t era_ = 0;                 // of the ticks in the buckets
  std::uint16_t continuations_ = 0;       // of the last field block
  std::uint16_t empty_frames_ = 0;        // in a row
  std::uint16_t unanswered_ = 0;          // requests, but those whose reset was charged
  std::uint16_t answered_ = 0;            // that may make a reset free: bounded when one is judged
  std::uint16_t written_small_ = 0;       // tiny WINDOW_UPDATE that are free
  std::uint16_t max_streams_ = kNoLimit;  // our MAX_CONCURRENT_STREAMS

  // Our SETTINGS that are not acknowledged. Those for which there is no room are taken together
  // with the last.
  std::array<FrameSize, 4> outstanding_sizes_{};
  std::uint8_t outstanding_ = 0;       // may be more than there is room for
  std::uint8_t pings_sent_ = 0;        // and not acknowledged
  std::uint8_t header_list_bits_ = 0;  // our MAX_HEADER_LIST_SIZE is at most 2 to the power of this
  Fault reported_ = Fault::kNone;

  std::uint8_t outstanding_push_ : 4 = 0;  // a bit for each of outstanding_sizes_
  std::uint8_t enable_push_ : 1 = true;
  std::uint8_t measured_settings_ : 1 = false;  // what measured_ is of
  std::uint8_t goaways_ : 2 = 0;                // those that are free, received
  std::uint8_t for_server_ : 1;
  std::uint8_t for_client_ : 1;
  std::uint8_t observer_ : 1;
  std::uint8_t joined_ : 1;
  std::uint8_t extensions_ : 1;
  std::uint8_t report_only_ : 1;
  std::uint8_t sent_data_ : 1 = false;         // since the last PING was received
  std::uint8_t connect_protocol_ : 1 = false;  // the peer set ENABLE_CONNECT_PROTOCOL to 1
};

static_assert(sizeof(ConnectionGuard) <= 128);
static_assert(std::is_trivially_copyable_v<ConnectionGuard>);

}  // namespace h2wire

#include "h2wire/walk/guard.h"  // IWYU pragma: export

#endif  // H2WIRE_GUARD_H_
