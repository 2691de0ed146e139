// SPDX-License-Identifier: Apache-2.0

// What ConnectionGuard does with all frames but the usual ones: for each type first the order of
// frames, streams and roles, then the limits.

#include "h2wire/guard.h"

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "h2wire/cost.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard_limits.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/walk/outline.h"

namespace h2wire::inline H2WIRE_ABI {
namespace {

// A tick is 64 ns. An era is 104 days: a bucket holds the ticks from the beginning of the era that
// it was last brought to, and owes at most as much again.
constexpr int kTickBits = 6;
constexpr std::uint64_t kTick = 1 << kTickBits;
constexpr int kEraBits = 47;
constexpr std::uint64_t kEra = std::uint64_t{1} << kEraBits;
constexpr std::uint64_t kMostOwed = std::uint64_t{24} * 3600 * 100 * 1'000'000'000 >> kTickBits;
static_assert(kMostOwed < kEra);

// The era of a moment, and its ticks since that began. Eras go round in a circle: those before 0
// are like those behind it.
constexpr int kBitsOfEra = 64 - kEraBits - kTickBits;
constexpr std::uint64_t kEras = std::uint64_t{1} << kBitsOfEra;
std::uint64_t EraOf(Nanoseconds time) noexcept {
  return static_cast<std::uint64_t>(time.count) >> (kEraBits + kTickBits);
}
std::uint64_t TicksOf(Nanoseconds time) noexcept {
  return static_cast<std::uint64_t>(time.count) << kBitsOfEra >> (kBitsOfEra + kTickBits);
}

// The ticks that a token takes to come back, and those that all of them take, kMostOwed at most.
struct Refill {
  std::uint64_t one;
  std::uint64_t all;
};
Refill RefillOf(const RateLimit& limit) noexcept {
  const std::int64_t refill = limit.refill.count < 0 ? 0 : limit.refill.count;
  const std::uint64_t one = (static_cast<std::uint64_t>(refill) + kTick - 1) / kTick;
  std::uint64_t all = 0;
  if (__builtin_mul_overflow(one, limit.burst, &all) || all > kMostOwed) {
    return {kMostOwed / limit.burst, kMostOwed / limit.burst * limit.burst};
  }
  return {one, all};
}

// Whether a stream ended with `code` was ended for what the peer did. REFUSED_STREAM is not one:
// it promises that no work was done.
bool BlamesPeer(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::kNoError:
    case ErrorCode::kInternalError:
    case ErrorCode::kRefusedStream:
    case ErrorCode::kCancel:
    case ErrorCode::kConnectError:
    case ErrorCode::kHttp11Required:
      return false;
    default:
      return true;
  }
}

// Adds to a counter that stops at its end.
template <std::unsigned_integral T>
void Add(T& counter, std::uint32_t more) noexcept {
  const std::uint64_t sum = std::uint64_t{counter} + more;
  counter = static_cast<T>(std::min<std::uint64_t>(sum, std::numeric_limits<T>::max()));
}

constexpr bool IsOfRfc9113(FrameType type) noexcept { return type <= ContinuationFrame::kType; }

constexpr bool IsOfClient(StreamId stream_id) noexcept { return stream_id % 2 == 1; }

}  // namespace

bool ConnectionGuard::Buckets::Take(Rate rate, std::uint32_t tokens, const RateLimit& limit,
                                    std::uint64_t now) noexcept {
  if (tokens > limit.burst) return false;
  const Refill refill = RefillOf(limit);
  // All of the bucket is owed at most: the limit may have been greater before.
  const std::uint64_t last = now + refill.all;
  const std::uint64_t before = std::clamp(full(rate), now, last);
  const std::uint64_t after = before + tokens * refill.one;
  const bool enough = after <= last;
  SetFull(rate, enough ? after : before);
  return enough;
}

// The same in few instructions where there are enough tokens, and the bucket fills in two minutes;
// else does nothing.
H2WIRE_ALWAYS_INLINE inline bool ConnectionGuard::Buckets::TakeOrdinary(
    Rate rate, std::uint32_t tokens, const RateLimit& limit, std::uint64_t now) noexcept {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
  const auto refill =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(limit.refill.count) + (kTick - 1)) >>
      kTickBits;
  std::int64_t all = 0;
  const bool overflows = __builtin_mul_overflow(refill, std::int64_t{limit.burst}, &all);
  if (overflows || static_cast<std::uint64_t>(all) - 1 >= kMost) [[unlikely]]
    return false;
  const std::uint64_t after =
      std::max(full(rate), now) + tokens * static_cast<std::uint64_t>(refill);
  if (after > now + static_cast<std::uint64_t>(all)) [[unlikely]]
    return false;
  SetFull(rate, after);
  return true;
}

void ConnectionGuard::Buckets::Return(Rate rate, std::uint32_t tokens,
                                      const RateLimit& limit) noexcept {
  if (full(rate) == 0) return;
  std::uint64_t owed = 0;
  const bool overflows = __builtin_mul_overflow(tokens, RefillOf(limit).one, &owed);
  SetFull(rate, overflows || owed > full(rate) ? 0 : full(rate) - owed);
}

std::uint64_t ConnectionGuard::Buckets::Taken(Rate rate, const RateLimit& limit,
                                              std::uint64_t now) const noexcept {
  const std::uint64_t refill = RefillOf(limit).one;
  if (refill == 0 || full(rate) <= now) return 0;
  return (full(rate) - now + refill - 1) / refill;
}

void ConnectionGuard::Buckets::Age(bool by_one) noexcept {
  for (std::size_t rate = 0; rate < kRates; ++rate) {
    SetFull(rate, by_one && full(rate) > kEra ? full(rate) - kEra : 0);
  }
}

ConnectionGuard::ConnectionGuard(const GuardOptions& options, const GuardLimits& limits) noexcept
    : limits_(&limits),
      awaited_(options.joined ? kUnknown : kFirstSettings),
      max_frame_size_(options.observer || options.joined ? kLargestMaxFrameSize
                                                         : kDefaultMaxFrameSize),
      for_server_(options.receiver == Receiver::kServer),
      for_client_(options.receiver == Receiver::kClient),
      observer_(options.observer),
      joined_(options.joined),
      extensions_(options.extensions),
      report_only_(options.report_only) {
  if (options.upgraded) opened_by_client_ = 1;
}

void ConnectionGuard::EnterEra(std::uint64_t era) noexcept {
  buckets_.Age(era == ((era_ + 1U) & (kEras - 1)));
  era_ = era & 0xffff;
}

std::uint64_t ConnectionGuard::TicksAt(Time now) noexcept {
  if (EraOf(now) != era_) EnterEra(EraOf(now));
  return TicksOf(now);
}

FrameError ConnectionGuard::Report(Fault fault) noexcept {
  if (fault == Fault::kNone) return {};
  reported_ = fault;
  const FrameError error = ErrorOf(fault, 0);
  return report_only_ && error.code == ErrorCode::kEnhanceYourCalm ? FrameError{} : error;
}

void ConnectionGuard::FindUsual() noexcept {
  const bool usual = awaited_ == kAnything && empty_frames_ == 0;
  const bool judges = JudgesStreamsOfClient() && opened_by_client_ != 0;
  usual_ = !usual ? 0 : judges ? opened_by_client_ + 1 : kEveryStream;
}

bool ConnectionGuard::JudgesStreamsOfClient() const noexcept {
  return !joined_ && (for_server_ || (for_client_ && !observer_));
}

bool ConnectionGuard::JudgesStreamsOfServer() const noexcept {
  return !joined_ && !(for_server_ && observer_);
}

// Whether nobody has opened the stream, as far as that is judged.
bool ConnectionGuard::IsIdle(StreamId stream_id) const noexcept {
  const StreamId opened = IsOfClient(stream_id) ? opened_by_client_ : opened_by_server_;
  if (opened == 0 || stream_id <= opened) return false;
  return IsOfClient(stream_id) ? JudgesStreamsOfClient() : JudgesStreamsOfServer();
}

// The place of any frame but CONTINUATION.
H2WIRE_ALWAYS_INLINE inline Fault ConnectionGuard::TakePlace() noexcept {
  return awaited_ == kAnything ? Fault::kNone : FaultOfPlace();
}

Fault ConnectionGuard::FaultOfPlace() noexcept {
  if (awaited_ == kFirstSettings) return Fault::kFirstFrameNotSettings;
  if (awaited_ != kUnknown) return Fault::kFieldBlockInterrupted;
  awaited_ = kAnything;
  FindUsual();
  return Fault::kNone;
}

H2WIRE_ALWAYS_INLINE inline Fault ConnectionGuard::FaultOfRate(Rate rate, const RateLimit& limit,
                                                               std::uint32_t tokens,
                                                               Time now) noexcept {
  const bool taken = EraOf(now) == era_ && buckets_.TakeOrdinary(rate, tokens, limit, TicksOf(now));
  return taken ? Fault::kNone : FaultOfAnyRate(rate, tokens, now);
}

H2WIRE_NOINLINE Fault ConnectionGuard::FaultOfAnyRate(Rate rate, std::uint32_t tokens,
                                                      Time now) noexcept {
  const std::uint64_t ticks = TicksAt(now);
  return buckets_.Take(rate, tokens, LimitOfRate(rate), ticks) ? Fault::kNone : kFaultOfRate[rate];
}

Fault ConnectionGuard::FaultOfPadding(std::uint32_t size, std::uint32_t padding,
                                      Time now) noexcept {
  if (padding > size) return FaultOfRate(kPadding, limits_->padding, padding - size, now);
  buckets_.Return(kPadding, size - padding, limits_->padding);
  return Fault::kNone;
}

Fault ConnectionGuard::CountEmpty(bool empty) noexcept {
  if (!empty) {
    empty_frames_ = 0;
    return Fault::kNone;
  }
  Add(empty_frames_, 1);
  return empty_frames_ > limits_->empty_frames ? Fault::kTooManyEmptyFrames : Fault::kNone;
}

Fault ConnectionGuard::JudgeData(StreamId stream_id, std::uint32_t size, std::uint32_t padding,
                                 bool end_stream, Time now) noexcept {
  const bool in_place = IsOfClient(stream_id) && stream_id < usual_;
  if (!in_place || padding != 0 || size == 0) {
    return JudgeAnyData(stream_id, size, padding, end_stream, now);
  }
  if (size > limits_->small_data_octets || end_stream) return Fault::kNone;
  return FaultOfRate(kSmallData, limits_->small_data, 1, now);
}

H2WIRE_NOINLINE Fault ConnectionGuard::JudgeAnyData(StreamId stream_id, std::uint32_t size,
                                                    std::uint32_t padding, bool end_stream,
                                                    Time now) noexcept {
  Fault fault = Fault::kNone;
  if (!IsOfClient(stream_id) || stream_id >= usual_) {
    fault = TakePlace();
    if (fault != Fault::kNone) return fault;
    if (!IsOfClient(stream_id) && for_server_) return Fault::kStreamOfServer;
    if (IsIdle(stream_id)) return Fault::kIdleStream;
  }
  if (padding != 0) fault = FaultOfPadding(size, padding, now);
  const bool empty = size == 0 && !end_stream;
  if (empty || empty_frames_ != 0) {
    if (fault == Fault::kNone) fault = CountEmpty(empty);
    FindUsual();
  }
  if (fault == Fault::kNone && size <= limits_->small_data_octets && !end_stream) {
    fault = FaultOfRate(kSmallData, limits_->small_data, 1, now);
  }
  return fault;
}

// What our MAX_HEADER_LIST_SIZE allows; 0 if we sent none.
std::uint32_t ConnectionGuard::MostOctetsOfHeaderList() const noexcept {
  const std::uint64_t octets = std::uint64_t{1} << header_list_bits_;
  return header_list_bits_ == 0
             ? 0
             : static_cast<std::uint32_t>(std::min<std::uint64_t>(octets, 0xffff'ffff));
}

std::uint32_t ConnectionGuard::MostOctetsOfBlock() const noexcept {
  return std::max(limits_->field_block_octets, MostOctetsOfHeaderList());
}

std::uint32_t ConnectionGuard::MostContinuations() const noexcept {
  return std::max<std::uint32_t>(limits_->continuations,
                                 MostOctetsOfHeaderList() / kDefaultMaxFrameSize);
}

// What the fragments of a block come to, with another one.
Fault ConnectionGuard::FaultOfBlock(Extent size, bool end_headers) noexcept {
  Add(measured_, size.least);
  if (measured_ > MostOctetsOfBlock()) return Fault::kFieldBlockTooLarge;
  return CountEmpty(size.most == 0 && !end_headers);
}

Fault ConnectionGuard::JudgeHeaders(StreamId stream_id, Extent size, std::uint32_t padding,
                                    bool end_headers, Time now) noexcept {
  Fault fault = TakePlace();
  if (fault != Fault::kNone) return fault;
  if (!IsOfClient(stream_id)) {
    if (for_server_) return Fault::kStreamOfServer;
  } else if (!for_client_ && stream_id > opened_by_client_) {
    opened_by_client_ = stream_id;
    Add(unanswered_, 1);
  }
  if (IsIdle(stream_id)) return Fault::kIdleStream;
  return BeginBlock(stream_id, size, padding, end_headers, now);
}

Fault ConnectionGuard::JudgePushPromise(StreamId stream_id, StreamId promised, Extent size,
                                        std::uint32_t padding, bool end_headers,
                                        Time now) noexcept {
  const Fault fault = TakePlace();
  if (fault != Fault::kNone) return fault;
  if (for_server_) return Fault::kPushPromiseToServer;
  if (!IsOfClient(stream_id)) return Fault::kPromiseOnStreamOfServer;
  if (!enable_push_) return Fault::kPushPromiseWhileDisabled;
  if (IsIdle(stream_id)) return Fault::kIdleStream;
  if (promised != 0 && promised <= opened_by_server_ && !joined_) {
    return Fault::kPromisedStreamIdNotNew;
  }
  opened_by_server_ = promised;  // none is known if the header does not say
  return BeginBlock(stream_id, size, padding, end_headers, now);
}

Fault ConnectionGuard::BeginBlock(StreamId stream_id, Extent size, std::uint32_t padding,
                                  bool end_headers, Time now) noexcept {
  continuations_ = 0;
  measured_settings_ = false;
  awaited_ = end_headers ? kAnything : stream_id;
  measured_ = 0;
  Fault fault = padding == 0 ? Fault::kNone : FaultOfPadding(size.least, padding, now);
  if (fault == Fault::kNone) fault = FaultOfBlock(size, end_headers);
  FindUsual();
  return fault;
}

Fault ConnectionGuard::JudgeContinuation(StreamId stream_id, std::uint32_t size, bool end_headers,
                                         Time) noexcept {
  if (awaited_ == kAnything) return Fault::kStrayContinuation;
  if (awaited_ == kFirstSettings) return Fault::kFirstFrameNotSettings;
  if (awaited_ != kUnknown && awaited_ != stream_id) return Fault::kFieldBlockInterrupted;
  awaited_ = end_headers ? kAnything : stream_id;
  Add(continuations_, 1);
  Fault fault = FaultOfBlock({size, size}, end_headers);
  if (continuations_ > MostContinuations()) fault = Fault::kTooManyContinuations;
  FindUsual();
  return fault;
}

// Whether so many requests may be under way at once, and how many may.
inline bool ConnectionGuard::MayBeAtOnce(std::uint32_t requests) const noexcept {
  if (max_streams_ != kNoLimit) return requests <= max_streams_;
  const std::uint64_t each = std::max<std::uint32_t>(limits_->resets_per_stream, 1);
  return requests * each <= limits_->resets.burst;
}

std::uint32_t ConnectionGuard::MostAtOnce() const noexcept {
  if (max_streams_ != kNoLimit) return max_streams_;
  return limits_->resets.burst / std::max<std::uint32_t>(limits_->resets_per_stream, 1);
}

H2WIRE_ALWAYS_INLINE inline RateLimit ConnectionGuard::LimitOfResets() const noexcept {
  RateLimit resets = limits_->resets;
  if (max_streams_ != kNoLimit && limits_->resets_per_stream != 0) {
    constexpr std::uint64_t kLeast = 100;
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    const std::uint64_t burst = std::uint64_t{max_streams_} * limits_->resets_per_stream;
    resets.burst = static_cast<std::uint32_t>(std::clamp(burst, kLeast, kMost));
  }
  return resets;
}

RateLimit ConnectionGuard::LimitOfRate(Rate rate) const noexcept {
  switch (rate) {
    case kSmallData:
      return limits_->small_data;
    case kResets:
      return LimitOfResets();
    case kStreamErrors:
      return limits_->stream_errors;
    case kSettingsFrames:
      return limits_->settings_frames;
    case kPings:
      return limits_->pings;
    case kPriorities:
      return limits_->priorities;
    case kTinyWindowUpdates:
      return limits_->tiny_window_updates;
    case kIgnoredFrames:
      return limits_->ignored_frames;
    case kPadding:
      return limits_->padding;
    case kGoaways:
      break;
  }
  return limits_->goaways;
}

Fault ConnectionGuard::JudgeRstStream(StreamId stream_id, Time now) noexcept {
  if (!IsOfClient(stream_id) || stream_id >= usual_) [[unlikely]] {
    const Fault fault = TakePlace();
    if (fault != Fault::kNone) return fault;
    if (IsIdle(stream_id)) return Fault::kIdleStream;
  }
  if (for_client_ && IsOfClient(stream_id)) return Fault::kNone;
  // While no more requests are without an answer than may be under way, this may be one that was
  // answered. Beyond that, requests were thrown away: each reset is taken for one of those.
  if (answered_ != 0 && MayBeAtOnce(unanswered_)) {
    if (!MayBeAtOnce(answered_)) answered_ = static_cast<std::uint16_t>(MostAtOnce());
    if (answered_ != 0) {
      --answered_;
      return Fault::kNone;
    }
  }
  if (unanswered_ != 0) --unanswered_;
  return FaultOfRate(kResets, LimitOfResets(), 1, now);
}

Fault ConnectionGuard::JudgeSettings(bool ack, std::uint32_t size, SettingsView settings,
                                     Time now) noexcept {
  if (awaited_ == kFirstSettings && !ack) {
    awaited_ = kAnything;
    FindUsual();
  }
  Fault fault = TakePlace();
  if (fault != Fault::kNone) return fault;
  if (ack) return FaultOfAcknowledgement();
  measured_ = size / kSettingSize;
  measured_settings_ = true;
  if (measured_ > limits_->settings) fault = Fault::kTooManySettings;
  const Fault too_fast = FaultOfRate(kSettingsFrames, limits_->settings_frames, 1, now);
  if (too_fast != Fault::kNone) fault = too_fast;
  const Fault forbidden = FaultOfSettings(settings);
  return forbidden != Fault::kNone ? forbidden : fault;
}

Fault ConnectionGuard::FaultOfSettings(SettingsView settings) noexcept {
  if (!for_client_) return Fault::kNone;
  for (const Setting setting : settings) {
    if (setting.id == SettingId::kEnablePush) {
      if (setting.value == 1) return Fault::kEnablePushFromServer;
    } else if (setting.id == SettingId::kEnableConnectProtocol && extensions_) {
      if (setting.value == 0 && connect_protocol_) return Fault::kConnectProtocolWithdrawn;
      connect_protocol_ = setting.value == 1;
    }
  }
  return Fault::kNone;
}

Fault ConnectionGuard::FaultOfAcknowledgement() noexcept {
  if (observer_ || joined_) return Fault::kNone;
  if (outstanding_ == 0) return Fault::kStraySettingsAck;
  // Those beyond the count take effect all the same: as the last, which allows what any allows.
  if (outstanding_ != kManyMore) --outstanding_;
  max_frame_size_ = outstanding_sizes_.front().octets;
  enable_push_ = outstanding_push_ & 1;
  std::copy(outstanding_sizes_.begin() + 1, outstanding_sizes_.end(), outstanding_sizes_.begin());
  // The last is that of all for which there is no room.
  outstanding_push_ = (outstanding_push_ >> 1 | (outstanding_push_ & 8)) & 15;
  return Fault::kNone;
}

Fault ConnectionGuard::JudgePing(bool ack, Time now) noexcept {
  const Fault fault = TakePlace();
  if (fault != Fault::kNone) return fault;
  if (!ack) {
    if (!sent_data_) return FaultOfRate(kPings, limits_->pings, 1, now);
    sent_data_ = false;
    return Fault::kNone;
  }
  if (observer_ || pings_sent_ == kManyMore) return Fault::kNone;
  if (pings_sent_ == 0) {
    return FaultOfRate(kIgnoredFrames, limits_->ignored_frames, 1, now);
  }
  --pings_sent_;
  return Fault::kNone;
}

Fault ConnectionGuard::JudgeGoaway(StreamId last_stream_id, Time now) noexcept {
  // A server that has nothing to say but why it goes may say it first.
  const Fault fault = awaited_ == kFirstSettings ? Fault::kNone : TakePlace();
  if (fault != Fault::kNone) return fault;
  if (last_stream_id > last_stream_id_ && !joined_) return Fault::kLastStreamIdIncreased;
  last_stream_id_ = last_stream_id;
  if (goaways_ < 2) {
    goaways_ = (goaways_ + 1U) & 3;
    return Fault::kNone;
  }
  return FaultOfRate(kGoaways, limits_->goaways, 1, now);
}

Fault ConnectionGuard::JudgeWindowUpdate(StreamId stream_id, std::uint32_t increment,
                                         Time now) noexcept {
  const Fault fault = TakePlace();
  if (fault != Fault::kNone) return fault;
  if (stream_id != 0 && IsIdle(stream_id)) return Fault::kIdleStream;
  if (increment == 0 || increment >= limits_->tiny_window_increment) return Fault::kNone;
  if (written_small_ != 0) {
    --written_small_;
    return Fault::kNone;
  }
  return FaultOfRate(kTinyWindowUpdates, limits_->tiny_window_updates, 1, now);
}

Fault ConnectionGuard::JudgePriorityUpdate(Time now) noexcept {
  const Fault fault = TakePlace();
  if (fault != Fault::kNone) return fault;
  if (for_client_) return Fault::kPriorityUpdateToClient;
  return FaultOfRate(kPriorities, limits_->priorities, 1, now);
}

Fault ConnectionGuard::JudgeOther(CostClass cost, Time now) noexcept {
  const Fault fault = TakePlace();
  if (fault != Fault::kNone) return fault;
  switch (cost) {
    case CostClass::kPriority:
      return FaultOfRate(kPriorities, limits_->priorities, 1, now);
    case CostClass::kReset:
      return FaultOfRate(kResets, LimitOfResets(), 1, now);
    case CostClass::kNeedsReply:
      return FaultOfRate(kPings, limits_->pings, 1, now);
    case CostClass::kData:
    case CostClass::kFieldBlock:
    case CostClass::kWindow:
    case CostClass::kUncounted:
      return Fault::kNone;
    case CostClass::kIgnored:
    case CostClass::kEmpty:
    case CostClass::kReply:
    case CostClass::kGoaway:
      break;
  }
  return FaultOfRate(kIgnoredFrames, limits_->ignored_frames, 1, now);
}

// By all that a header says. Padding hides how much there is of what is padded, but for an octet
// that keeps the frame from being taken for an empty one.
Fault ConnectionGuard::JudgeHeader(const FrameHeader& header, Time now) noexcept {
  return internal::WithFrameOf(
      header, extensions_, [&]<class F>(const F& frame, std::uint32_t size) -> Fault {
        const bool padded = (header.flags & internal::kPaddedFlag) != 0;
        const Extent extent = {!padded ? size : size > 255 ? size - 255 : 0, size};
        if constexpr (std::same_as<F, HeadersFrame>) {
          return JudgeHeaders(frame.stream_id, extent, 0, frame.end_headers, now);
        } else if constexpr (std::same_as<F, PushPromiseFrame>) {
          return JudgePushPromise(frame.stream_id, 0, extent, 0, frame.end_headers, now);
        } else {
          return OfType::Judge(*this, frame, size, now);
        }
      });
}

FrameError ConnectionGuard::Check(const FrameHeader& header, Time now) const noexcept {
  if (header.length > max_frame_size()) return ErrorOf(Fault::kFrameTooLarge, 0);
  ConnectionGuard copy = *this;
  return copy.Report(copy.JudgeHeader(header, now));
}

FrameError ConnectionGuard::CheckRaw(const RawFrame& frame, Time now) noexcept {
  // Decode gives one for a type that it does not know, or that is to be ignored.
  if (!IsOfRfc9113(frame.header.type)) return Report(JudgeOther(CostClass::kIgnored, now));
  const Decoded<Frame> decoded =
      Decode(frame, {.max_frame_size = kLargestMaxFrameSize, .extensions = extensions_ != 0});
  return decoded.status == DecodeStatus::kError ? Check(decoded.error, now)
                                                : Check(decoded.frame, now);
}

FrameError ConnectionGuard::CheckRawPart(const FrameHeader& header, Time now) noexcept {
  if (!IsOfRfc9113(header.type)) return Report(JudgeOther(CostClass::kIgnored, now));
  const Fault fault = internal::FaultOf<Frame>(
      header, {}, {.max_frame_size = kLargestMaxFrameSize, .extensions = extensions_ != 0});
  if (fault != Fault::kNone) return Check(ErrorOf(fault, header.stream_id), now);
  return Report(JudgeHeader(header, now));
}

FrameError ConnectionGuard::Check(const FrameError& error, Time now) noexcept {
  if (error.stream_id == 0) return error;
  // A frame in which Decode found the error has not been checked itself. It is no CONTINUATION.
  if (error.fault != Fault::kNone && !NeedsContext(error.fault)) {
    const Fault fault = TakePlace();
    if (fault != Fault::kNone) return Report(fault);
  }
  if (!BlamesPeer(error.code)) return error;
  if (limits_->stream_errors_end_connection || IsIdle(error.stream_id)) {
    return {error.fault, error.code, 0};
  }
  const Fault fault = FaultOfRate(kStreamErrors, limits_->stream_errors, 1, now);
  const FrameError too_many = Report(fault);
  return too_many.fault == Fault::kNone ? error : too_many;
}

void ConnectionGuard::SentSmall(std::uint32_t size) noexcept {
  // Its receiver may return the credit of the stream, and that of the connection.
  if (size != 0 && size < limits_->tiny_window_increment) Add(written_small_, 2);
}

void ConnectionGuard::SentPushPromise(StreamId promised) noexcept {
  if (for_server_) opened_by_server_ = std::max(opened_by_server_, promised);
}

void ConnectionGuard::SentSettings(SettingsView settings) noexcept {
  const std::size_t room = outstanding_sizes_.size();
  const std::size_t at = std::min<std::size_t>(outstanding_, room - 1);
  const auto push_of = [&](std::size_t index) { return (outstanding_push_ >> index & 1) != 0; };
  const std::size_t last = std::min<std::size_t>(std::max<std::size_t>(outstanding_, 1), room) - 1;
  const std::uint32_t size_before =
      outstanding_ == 0 ? max_frame_size_ : outstanding_sizes_[last].octets;
  const bool push_before = outstanding_ == 0 ? enable_push_ : push_of(last);
  std::uint32_t size = size_before;
  bool push = push_before;
  for (const Setting setting : settings) {
    switch (setting.id) {
      case SettingId::kMaxFrameSize:
        size = setting.value;
        break;
      case SettingId::kEnablePush:
        push = setting.value != 0;
        break;
      case SettingId::kMaxConcurrentStreams: {
        const auto most =
            static_cast<std::uint16_t>(std::min<std::uint32_t>(setting.value, kNoLimit));
        max_streams_ = max_streams_ == kNoLimit ? most : std::max(max_streams_, most);
      } break;
      case SettingId::kMaxHeaderListSize: {
        const std::uint32_t before = setting.value == 0 ? 0 : setting.value - 1;
        header_list_bits_ =
            std::max(header_list_bits_, static_cast<std::uint8_t>(std::bit_width(before)));
      } break;
      default:
        break;
    }
  }
  if (outstanding_ >= room) {
    // Whatever is allowed before or after is allowed from the first of them on.
    size = std::max(size_before, size);
    push = push_before || push;
  }
  outstanding_sizes_[at].octets = size & kLargestMaxFrameSize;
  outstanding_push_ =
      ((outstanding_push_ & ~(1U << at)) | (static_cast<unsigned>(push) << at)) & 15;
  if (outstanding_ != kManyMore) ++outstanding_;
}

LimitUse ConnectionGuard::AlarmOf(Fault fault, Time now) const noexcept {
  const LimitRow* const limit = LimitOf(fault);
  if (limit == nullptr) return {};
  LimitUse use = UseOf(*limit, now);
  use.used = std::max(use.used, use.allowed + 1);
  return use;
}

LimitUse ConnectionGuard::UseOf(const LimitRow& limit, Time now) const noexcept {
  LimitUse use = {.name = limit.name};
  const auto of_count = [&](std::uint64_t used, std::uint64_t allowed) {
    use.used = used;
    use.allowed = allowed;
    return use;
  };
  const auto of_rate = [&](Rate rate) {
    ConnectionGuard then = *this;
    const std::uint64_t ticks = then.TicksAt(now);
    const RateLimit value = LimitOfRate(rate);
    use.refill = value.refill;
    return of_count(then.buckets_.Taken(rate, value, ticks), value.burst);
  };
  switch (limit.fault) {
    case Fault::kFieldBlockTooLarge:
      return of_count(measured_settings_ ? 0 : measured_, MostOctetsOfBlock());
    case Fault::kTooManyContinuations:
      return of_count(continuations_, MostContinuations());
    case Fault::kTooManyEmptyFrames:
      return of_count(empty_frames_, limits_->empty_frames);
    case Fault::kTooManySettings:
      return of_count(measured_settings_ ? measured_ : 0, limits_->settings);
    case Fault::kTooMuchSmallData:
      return of_rate(kSmallData);
    case Fault::kTooManyResets:
      return of_rate(kResets);
    case Fault::kTooManyStreamErrors:
      return of_rate(kStreamErrors);
    case Fault::kTooManySettingsFrames:
      return of_rate(kSettingsFrames);
    case Fault::kTooManyPings:
      return of_rate(kPings);
    case Fault::kTooManyPriorities:
      return of_rate(kPriorities);
    case Fault::kTooManyTinyWindowUpdates:
      return of_rate(kTinyWindowUpdates);
    case Fault::kTooManyIgnoredFrames:
      return of_rate(kIgnoredFrames);
    case Fault::kTooMuchPadding:
      return of_rate(kPadding);
    case Fault::kTooManyGoaways:
      return of_rate(kGoaways);
    default:
      return use;
  }
}

}  // namespace h2wire
