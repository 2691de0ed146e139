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
// SETTINGS always, of PING and DATA if it is to tell answers from noise.
//
// After an error of the connection the guard is of no more use.

#ifndef H2WIRE_GUARD_H_
#define H2WIRE_GUARD_H_

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/walk/outline.h"

namespace h2wire::inline H2WIRE_ABI {

// A bucket of tokens: `burst` of them at once, and another one every `refill` while it is not full.
// burst * refill stays below a century.
struct RateLimit {
  std::uint32_t burst = 0;
  std::chrono::nanoseconds refill{};
};

// How much is too much: one more is the fault at the right, of the connection, with
// ENHANCE_YOUR_CALM. The defaults are far above what browsers, gRPC and proxies do, and so low that
// what passes is no more work than as many ordinary requests.
struct GuardLimits {
  // Of one field block: octets as compressed, and CONTINUATION frames. Browsers send less than
  // 16 KiB, in HEADERS alone; cookies and tokens at their worst take a few frames of 16 KiB.
  std::uint32_t field_block_octets = 131072;  // kFieldBlockTooLarge
  std::uint16_t continuations = 8;            // kTooManyContinuations

  // In a row, frames that carry nothing and end nothing: DATA without data, padding apart, and
  // without END_STREAM; HEADERS, PUSH_PROMISE and CONTINUATION without a fragment and without
  // END_HEADERS. Libraries flush with one.
  std::uint8_t empty_frames = 10;  // kTooManyEmptyFrames

  // Received RST_STREAM. A browser that leaves a page cancels what is in flight, a hundred requests
  // or so; a gRPC client as many each time that a deadline passes. Servers reset requests that they
  // have answered early, as often as they like: a client does not count those.
  RateLimit resets = {500, std::chrono::milliseconds(10)};  // kTooManyResets

  // Stream errors that the peer makes the receiver find, and so RST_STREAM that it makes it send.
  // Peers in good order cause a few when frames cross.
  RateLimit stream_errors = {100, std::chrono::milliseconds(100)};  // kTooManyStreamErrors

  // Every stream error is one of the connection, as 5.4.1 allows.
  bool stream_errors_end_connection = false;

  // SETTINGS that are no acknowledgement, and settings in one of them. A connection begins with
  // one; gRPC goes on to send some while it measures the connection.
  RateLimit settings_frames = {100, std::chrono::milliseconds(200)};  // kTooManySettingsFrames
  std::uint32_t settings = 32;                                        // kTooManySettings

  // PING that is no acknowledgement. After DATA was sent, one is free: gRPC sends one for each
  // round trip in which it receives DATA.
  RateLimit pings = {1000, std::chrono::milliseconds(10)};  // kTooManyPings

  // PRIORITY and PRIORITY_UPDATE. Browsers send a few for each request.
  RateLimit priorities = {1000, std::chrono::milliseconds(10)};  // kTooManyPriorities

  // WINDOW_UPDATE with increments below `tiny_window_increment` octets. The smallest message of
  // gRPC has five octets, and its receiver may return each by itself.
  std::uint32_t tiny_window_increment = 5;
  RateLimit tiny_window_updates = {1000,
                                   std::chrono::milliseconds(1)};  // kTooManyTinyWindowUpdates

  // Frames without effect: of unknown types, of extensions that only inform, acknowledgements of a
  // PING that was not sent. Some browsers send one for each request, to keep servers tolerant.
  RateLimit ignored_frames = {500, std::chrono::milliseconds(10)};  // kTooManyIgnoredFrames

  // Octets of padding above as many octets of data or fragment in the same frame. Some libraries
  // pad every frame to 256 octets.
  RateLimit padding = {262144, std::chrono::microseconds(4)};  // kTooMuchPadding

  // Octets of GOAWAY payloads. A graceful end takes two frames, and a sentence.
  RateLimit debug_data = {4096, std::chrono::milliseconds(1)};  // kTooMuchDebugData
};

inline constexpr GuardLimits kDefaultGuardLimits;

// Who receives the frames that are checked.
enum class Receiver : std::uint8_t { kServer, kClient, kUnknown };

struct GuardOptions {
  Receiver receiver = Receiver::kServer;
  // Beside the connection, not one of its ends. Frames of the two directions are not in the order
  // in which the ends see them, and those of one may not be seen at all: nothing is judged that
  // depends on that order, which is the use of our SETTINGS and their acknowledgement.
  bool observer = false;
  // The first frame checked may be any frame of the connection, CONTINUATION too.
  bool joined = false;
  // As in DecodeOptions: whether extensions are known.
  bool extensions = true;
};

namespace internal {

// Adds 1, unless the counter is at its end.
template <std::unsigned_integral T>
constexpr void Increment(T& counter) noexcept {
  if (counter != std::numeric_limits<T>::max()) ++counter;
}

}  // namespace internal

class ConnectionGuard {
 public:
  // On a clock that does not go back, since any moment.
  using Time = std::chrono::nanoseconds;

  // `limits` must outlive the guard; one is enough for all connections.
  explicit ConnectionGuard(
      const GuardOptions& options,
      const GuardLimits& limits H2WIRE_LIFETIME_BOUND = kDefaultGuardLimits) noexcept;
  explicit ConnectionGuard(Receiver receiver, const GuardLimits& limits H2WIRE_LIFETIME_BOUND =
                                                  kDefaultGuardLimits) noexcept
      : ConnectionGuard(GuardOptions{.receiver = receiver}, limits) {}

  // Judges the next frame that was received, once each. All errors are of the connection; kNone is
  // the fault of none. A DATA frame whose payload is handed on in pieces is checked with its first
  // piece as data. A RawFrame of a type of RFC 9113 is judged by its header.
  template <FrameAlternative F>
  [[nodiscard]] H2WIRE_ALWAYS_INLINE FrameError Check(const F& frame, Time now) noexcept {
    // Most frames leave nothing to remember, and cost a handful of instructions.
    if (IsUsual(frame)) [[likely]]
      return {};
    return Judge(internal::OutlineOf(frame), now);
  }
  template <AnyFrameSet Set>
  [[nodiscard]] FrameError Check(const Set& frame, Time now) noexcept {
    return Visit([&](const auto& alternative) { return Check(alternative, now); }, frame);
  }

  // Judges the next frame by its header alone, before its payload is there, and remembers nothing:
  // the frame itself is checked when it has come.
  [[nodiscard]] FrameError Check(const FrameHeader& header, Time now) const noexcept;

  // What to make of an error that the receiver found, in a frame or in what a frame does to its
  // stream: the error itself; or one of the connection, if stream errors are to end it or come too
  // fast. An error that is not in a frame has a code and no fault. Codes that do not blame the peer
  // (NO_ERROR, CANCEL, REFUSED_STREAM, INTERNAL_ERROR, CONNECT_ERROR, HTTP_1_1_REQUIRED) are not
  // counted, and never end the connection.
  [[nodiscard]] FrameError Check(const FrameError& error, Time now) noexcept;

  // Takes note of a frame that the receiver sends, unless it is a RawFrame. An observer is told
  // also of RST_STREAM, as the errors that those betray; only this can return an error, that of
  // Check(error).
  template <FrameAlternative F>
  H2WIRE_ALWAYS_INLINE FrameError Sent(const F& frame, Time now) noexcept {
    if constexpr (std::is_same_v<F, DataFrame>) {
      sent_data_ = true;
    } else if constexpr (std::is_same_v<F, SettingsFrame>) {
      if (!frame.ack) SentSettings(frame.settings);
    } else if constexpr (std::is_same_v<F, PingFrame>) {
      if (!frame.ack) internal::Increment(pings_sent_);
    } else if constexpr (std::is_same_v<F, RstStreamFrame>) {
      if (observer_) return Check(FrameError{{}, frame.error_code, frame.stream_id}, now);
    }
    return {};
  }
  template <AnyFrameSet Set>
  FrameError Sent(const Set& frame, Time now) noexcept {
    return Visit([&](const auto& alternative) { return Sent(alternative, now); }, frame);
  }

  // The largest payload that may be received: what our own SETTINGS said last of those that were
  // acknowledged. Octets. An observer has no such limit. Only four SETTINGS frames of our own are
  // told apart while they are not acknowledged: from the fifth on they are one, which allows what
  // any of them allows.
  [[nodiscard]] std::uint32_t max_frame_size() const noexcept { return max_frame_size_; }

 private:
  // The tokens of a RateLimit, as the time at which the bucket is full again.
  class Bucket {
   public:
    // Takes `tokens`, or nothing if there are fewer.
    bool Take(std::uint32_t tokens, const RateLimit& limit, Time now) noexcept;

   private:
    Time full_ = Time::min();
  };

  // What of our SETTINGS binds the peer in what it sends and is judged here.
  struct OurSettings {
    std::uint32_t max_frame_size : 24;
    bool enable_push : 1;
  };

  // What the next frame must be: of a stream, a CONTINUATION; or one of these.
  static constexpr StreamId kAnything = 0;
  static constexpr StreamId kFirstSettings = kMaxStreamId + 1;
  static constexpr StreamId kUnknown = kMaxStreamId + 2;
  static constexpr StreamId kAnythingAfterEmpty = kMaxStreamId + 3;  // empty_frames_ is not 0

  // Whether all is well and there is nothing to remember, as it is with DATA that has data, HEADERS
  // that are a whole field block and WINDOW_UPDATE that is not tiny. Judge comes to the same.
  bool IsUsual(const DataFrame& frame) const noexcept {
    if (awaited_ != kAnything || frame.data.empty() || frame.pad_length) [[unlikely]]
      return false;
    return true;
  }
  bool IsUsual(const HeadersFrame& frame) const noexcept {
    return awaited_ == kAnything && frame.end_headers && !frame.pad_length &&
           frame.fragment.size() <= limits_->field_block_octets;
  }
  bool IsUsual(const WindowUpdateFrame& frame) const noexcept {
    return awaited_ == kAnything && frame.window_size_increment >= limits_->tiny_window_increment;
  }
  static constexpr bool IsUsual(const auto&) noexcept { return false; }

  FrameError Judge(const internal::Outline& outline, Time now) noexcept;
  Fault FaultOfOrder(const internal::Outline& outline) noexcept;
  Fault FaultOfFieldBlock(const internal::Outline& outline) noexcept;
  Fault FaultOfSettings(SettingsView settings) noexcept;
  Fault FaultOfAcknowledgement() noexcept;
  Fault FaultOfCost(const internal::Outline& outline, Time now) noexcept;
  void SentSettings(SettingsView settings) noexcept;

  const GuardLimits* limits_;
  Bucket resets_;
  Bucket stream_errors_;
  Bucket settings_frames_;
  Bucket pings_;
  Bucket priorities_;
  Bucket tiny_window_updates_;
  Bucket ignored_frames_;
  Bucket padding_;
  Bucket debug_data_;

  StreamId awaited_;
  std::uint32_t field_block_octets_ = 0;
  std::uint16_t continuations_ = 0;
  std::uint8_t empty_frames_ = 0;

  // Our SETTINGS: those acknowledged, and those sent and not acknowledged. Those for which there is
  // no more room are taken together with the last.
  bool enable_push_ = true;
  std::uint32_t max_frame_size_;
  std::array<OurSettings, 4> outstanding_{};
  std::uint16_t outstanding_count_ = 0;  // may be more than there is room for
  std::uint16_t pings_sent_ = 0;         // and not acknowledged

  Receiver receiver_;
  bool observer_;
  bool extensions_;
  bool sent_data_ = false;         // since the last PING was received
  bool connect_protocol_ = false;  // the peer set SETTINGS_ENABLE_CONNECT_PROTOCOL to 1
};

static_assert(sizeof(ConnectionGuard) <= 128);
static_assert(std::is_trivially_copyable_v<ConnectionGuard>);

}  // namespace h2wire

#endif  // H2WIRE_GUARD_H_
