// SPDX-License-Identifier: Apache-2.0

// Frames one after the other, in both directions of a connection: what the guard lets through is in
// the order that the RFCs ask for and within the limits, and what it does not is not. A header says
// no more than its frame, and remembers nothing.
//
// The first octet chooses whose guard it is, the second its limits. Each frame has an octet before
// it that says which way it goes and when, and has what is left if that is less than its length.
// The types from 0xf0 on are a user's, one for each class of costs. What follows the second octet
// is also taken for the text of a limit, that which the first one chooses.

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "agreement.h"
#include "check.h"
#include "h2wire/cost.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/guard.h"
#include "h2wire/guard_limits.h"
#include "h2wire/part.h"
#include "h2wire/visit.h"
#include "heap_block.h"
#include "order_reference.h"
#include "reference.h"

namespace h2wire {
namespace {

using Time = ConnectionGuard::Time;

constexpr RateLimit kUnlimitedRate = {std::numeric_limits<std::uint32_t>::max(), Time(0)};
constexpr GuardLimits kUnlimited = {
    .field_block_octets = std::numeric_limits<std::uint32_t>::max(),
    .continuations = std::numeric_limits<std::uint16_t>::max(),
    .empty_frames = std::numeric_limits<std::uint16_t>::max(),
    .small_data = kUnlimitedRate,
    .resets = kUnlimitedRate,
    .stream_errors = kUnlimitedRate,
    .settings_frames = kUnlimitedRate,
    .settings = std::numeric_limits<std::uint32_t>::max(),
    .pings = kUnlimitedRate,
    .priorities = kUnlimitedRate,
    .tiny_window_updates = kUnlimitedRate,
    .ignored_frames = kUnlimitedRate,
    .padding = kUnlimitedRate,
    .goaways = kUnlimitedRate,
};

GuardLimits Few(std::uint8_t few) {
  const RateLimit rate = {few, std::chrono::milliseconds(10)};
  return {.field_block_octets = 1 + 16u * few,
          .continuations = few,
          .empty_frames = few,
          .small_data = rate,
          .resets = rate,
          .stream_errors = rate,
          .settings_frames = rate,
          .settings = few,
          .pings = rate,
          .priorities = rate,
          .tiny_window_updates = rate,
          .ignored_frames = rate,
          .padding = {64u * few, std::chrono::milliseconds(1)},
          .goaways = rate};
}

// A user's type, which nobody knows but whom it is handed to.
constexpr std::uint8_t kFirstOwnType = 0xf0;
template <CostClass kClass>
struct OwnFrame {
  static constexpr FrameType kType{kFirstOwnType + static_cast<std::uint8_t>(kClass)};
  static constexpr std::string_view kName = "OWN";
  static constexpr CostClass kCost = kClass;
  StreamId stream_id = 0;
};

// The class of the user's type that `frame` is of.
std::optional<CostClass> CostOfOwn(const reference::Result& frame) {
  if (frame.verdict != reference::Verdict::kRaw || frame.type < kFirstOwnType) return {};
  const auto cost = static_cast<std::uint8_t>(frame.type - kFirstOwnType);
  if (cost >= std::size(kCostClassNames)) return {};
  return CostClass{cost};
}

// What `guard` says of a frame of that class, whole or by its first part.
FrameError CheckOwn(ConnectionGuard& guard, CostClass cost, const FrameHeader& header,
                    bool in_parts, Time now) {
  FrameError verdict;
  const auto check = [&]<CostClass kClass>(std::integral_constant<CostClass, kClass>) {
    const OwnFrame<kClass> frame = {header.stream_id};
    const Part<OwnFrame<kClass>> part = {.frame = frame, .size = header.length, .first = true};
    if (cost == kClass) verdict = in_parts ? guard.Check(part, now) : guard.Check(frame, now);
  };
  [&]<std::size_t... kClasses>(std::index_sequence<kClasses...>) {
    (check(std::integral_constant<CostClass, CostClass{kClasses}>()), ...);
  }
  (std::make_index_sequence<std::size(kCostClassNames)>());
  return verdict;
}

// A set of limits that are exceeded.
class Faults {
 public:
  void Add(Fault fault) { bits_ |= Bit(fault); }
  void AddIf(bool exceeded, Fault fault) {
    if (exceeded) Add(fault);
  }
  bool Has(Fault fault) const { return LimitOf(fault) != nullptr && (bits_ & Bit(fault)) != 0; }
  bool empty() const { return bits_ == 0; }

 private:
  static std::uint64_t Bit(Fault fault) {
    return std::uint64_t{1} << (static_cast<unsigned>(fault) -
                                static_cast<unsigned>(Fault::kFieldBlockTooLarge));
  }

  std::uint64_t bits_ = 0;
};

// What was counted on a connection, from what the reference decoder read.
class Ledger {
 public:
  Ledger(const GuardOptions& options, const GuardLimits& limits)
      : options_(options), limits_(limits) {}

  // The limits that the next frame received at `now` exceeds.
  Faults Received(const reference::Result& frame, Time now) {
    Faults faults;
    const auto rate = [&](Account& account, std::uint32_t tokens, const RateLimit& limit,
                          Fault fault) { faults.AddIf(!account.Pay(tokens, limit, now), fault); };
    const auto size = static_cast<std::uint32_t>(frame.rest_size);
    if (const std::optional<CostClass> cost = CostOfOwn(frame)) {
      switch (*cost) {
        case CostClass::kPriority:
          rate(priorities_, 1, limits_.priorities, Fault::kTooManyPriorities);
          return faults;
        case CostClass::kReset:
          rate(resets_, 1, Resets(), Fault::kTooManyResets);
          return faults;
        case CostClass::kNeedsReply:
          rate(pings_, 1, limits_.pings, Fault::kTooManyPings);
          return faults;
        case CostClass::kData:
        case CostClass::kFieldBlock:
        case CostClass::kWindow:
        case CostClass::kUncounted:
          return faults;
        default:  // it is limited as what nobody knows
          break;
      }
    }
    if (frame.verdict == reference::Verdict::kRaw) {
      rate(ignored_, 1, limits_.ignored_frames, Fault::kTooManyIgnoredFrames);
      return faults;
    }
    if (frame.padded && 1u + frame.pad_length > size) {
      rate(padding_, 1u + frame.pad_length - size, limits_.padding, Fault::kTooMuchPadding);
    } else if (frame.padded) {
      padding_.Put(size - 1u - frame.pad_length, limits_.padding);
    }
    const bool of_client = frame.stream % 2 == 1;
    switch (frame.type) {
      case 0x00:  // DATA
        Carries(size != 0 || frame.end_stream, faults);
        if (size <= limits_.small_data_octets && !frame.end_stream) {
          rate(small_, 1, limits_.small_data, Fault::kTooMuchSmallData);
        }
        break;
      case 0x01:  // HEADERS
      case 0x05:  // PUSH_PROMISE
        if (frame.type == 0x01 && of_client && (!highest_ || frame.stream > *highest_)) {
          highest_ = frame.stream;
          ++unanswered_;
        }
        continuations_ = 0;
        block_ = size;
        faults.AddIf(block_ > MostOctets(), Fault::kFieldBlockTooLarge);
        Carries(size != 0 || frame.end_headers, faults);
        break;
      case 0x02:  // PRIORITY
      case 0x10:  // PRIORITY_UPDATE
        rate(priorities_, 1, limits_.priorities, Fault::kTooManyPriorities);
        break;
      case 0x03:  // RST_STREAM
        if (options_.receiver == Receiver::kClient && of_client) break;
        if (answered_ > 0 && unanswered_ <= MostAtOnce()) {
          --answered_;
          break;
        }
        unanswered_ -= unanswered_ != 0;
        rate(resets_, 1, Resets(), Fault::kTooManyResets);
        break;
      case 0x04:  // SETTINGS
        if (frame.ack) break;
        rate(settings_, 1, limits_.settings_frames, Fault::kTooManySettingsFrames);
        faults.AddIf(size / 6 > limits_.settings, Fault::kTooManySettings);
        break;
      case 0x06:  // PING
        if (frame.ack && options_.observer) break;
        if (frame.ack && pings_sent_ != 0) {
          --pings_sent_;
        } else if (frame.ack) {
          rate(ignored_, 1, limits_.ignored_frames, Fault::kTooManyIgnoredFrames);
        } else if (!std::exchange(sent_data_, false)) {
          rate(pings_, 1, limits_.pings, Fault::kTooManyPings);
        }
        break;
      case 0x07:  // GOAWAY
        if (++goaways_ > 2) rate(later_goaways_, 1, limits_.goaways, Fault::kTooManyGoaways);
        break;
      case 0x08:  // WINDOW_UPDATE
        if (frame.increment >= limits_.tiny_window_increment) break;
        if (written_small_ != 0) {
          --written_small_;
          break;
        }
        rate(tiny_, 1, limits_.tiny_window_updates, Fault::kTooManyTinyWindowUpdates);
        break;
      case 0x09:  // CONTINUATION
        faults.AddIf(++continuations_ > MostContinuations(), Fault::kTooManyContinuations);
        block_ += size;
        faults.AddIf(block_ > MostOctets(), Fault::kFieldBlockTooLarge);
        Carries(size != 0 || frame.end_headers, faults);
        break;
      default:  // ALTSVC, ORIGIN
        rate(ignored_, 1, limits_.ignored_frames, Fault::kTooManyIgnoredFrames);
    }
    return faults;
  }

  void Sent(const reference::Result& frame, CutBy cut) {
    if (frame.type == 0x00) sent_data_ = true;
    if (frame.type == 0x06 && !frame.ack) ++pings_sent_;
    const std::size_t data = frame.rest_size + (frame.padded ? 1u + frame.pad_length : 0);
    const bool small = data != 0 && data < limits_.tiny_window_increment;
    if (frame.type == 0x00 && small && cut == CutBy::kWriter) written_small_ += 2;
    const bool ends = (frame.type == 0x00 || frame.type == 0x01) && frame.end_stream;
    if (ends && frame.stream % 2 == 1 && options_.receiver != Receiver::kClient) {
      unanswered_ -= unanswered_ != 0;
      answered_ = std::min<std::uint64_t>(answered_ + 1, MostAtOnce());
    }
    if (frame.type != 0x04 || frame.ack) return;
    for (std::size_t at = 0; at < frame.rest_size; at += 6) {
      const std::uint8_t* const p = frame.rest + at;
      const std::uint64_t value = ((p[2] * 0x100ULL + p[3]) * 0x100 + p[4]) * 0x100 + p[5];
      if (p[0] == 0 && p[1] == 3 && value >= 0xffff) streams_.reset();
      if (p[0] == 0 && p[1] == 3 && value < 0xffff) {
        streams_ = std::max(streams_.value_or(0), value);
      }
      if (p[0] == 0 && p[1] == 6) {
        header_list_ = std::max(header_list_, std::bit_ceil(value));
      }
    }
  }

  // What becomes of an error of a stream at `now`.
  FrameError StreamError(const FrameError& error, Time now, bool idle) {
    switch (static_cast<std::uint32_t>(error.code)) {
      case 0x00:  // NO_ERROR
      case 0x02:  // INTERNAL_ERROR
      case 0x07:  // REFUSED_STREAM
      case 0x08:  // CANCEL
      case 0x0a:  // CONNECT_ERROR
      case 0x0d:  // HTTP_1_1_REQUIRED
        return error;
      default:
        break;
    }
    if (limits_.stream_errors_end_connection || idle) return {error.fault, error.code, 0};
    if (stream_errors_.Pay(1, limits_.stream_errors, now)) return error;
    return {Fault::kTooManyStreamErrors, ErrorCode::kEnhanceYourCalm, 0};
  }

 private:
  // A bucket as what is in it, in steps of 64 ns, which grows with time.
  class Account {
   public:
    bool Pay(std::uint32_t tokens, const RateLimit& limit, Time now) {
      const std::int64_t refill = (limit.refill.count + 63) / 64;
      const std::int64_t most = limit.burst * refill;
      const std::int64_t step = now.count / 64;
      credit_ = credit_ ? std::min(most, *credit_ + (step - last_)) : most;
      last_ = step;
      if (tokens > limit.burst || tokens * refill > *credit_) return false;
      *credit_ -= tokens * refill;
      return true;
    }
    void Put(std::uint32_t tokens, const RateLimit& limit) {
      if (credit_) *credit_ += tokens * ((limit.refill.count + 63) / 64);
    }

   private:
    std::optional<std::int64_t> credit_;
    std::int64_t last_ = 0;
  };

  std::uint64_t MostOctets() const {
    return std::max<std::uint64_t>(limits_.field_block_octets, header_list_);
  }
  std::uint64_t MostContinuations() const {
    return std::max<std::uint64_t>(limits_.continuations, header_list_ / 16384);
  }
  std::uint64_t MostAtOnce() const {
    return streams_.value_or(std::min<std::uint64_t>(
        limits_.resets.burst / std::max(limits_.resets_per_stream, 1u), 0xffff));
  }
  RateLimit Resets() const {
    if (!streams_ || limits_.resets_per_stream == 0) return limits_.resets;
    const std::uint64_t burst = std::max<std::uint64_t>(100, *streams_ * limits_.resets_per_stream);
    return {static_cast<std::uint32_t>(burst), limits_.resets.refill};
  }

  void Carries(bool something, Faults& faults) {
    empty_ = something ? 0 : empty_ + 1;
    faults.AddIf(empty_ > limits_.empty_frames, Fault::kTooManyEmptyFrames);
  }

  const GuardOptions options_;
  const GuardLimits& limits_;
  Account small_, resets_, stream_errors_, settings_, pings_, priorities_, tiny_, ignored_,
      padding_, later_goaways_;
  std::optional<std::uint32_t> highest_;  // stream of a client that was opened
  std::uint64_t unanswered_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t written_small_ = 0;
  std::uint64_t goaways_ = 0;
  std::optional<std::uint64_t> streams_;  // our MAX_CONCURRENT_STREAMS
  std::uint64_t header_list_ = 0;         // our MAX_HEADER_LIST_SIZE, to a power of two
  std::uint64_t block_ = 0;
  std::uint64_t continuations_ = 0;
  std::uint64_t empty_ = 0;
  std::uint64_t pings_sent_ = 0;
  bool sent_data_ = false;
};

bool IsOfOrder(Fault fault) {
  return fault >= Fault::kFirstFrameNotSettings && fault <= Fault::kLastStreamIdIncreased;
}

// Two guards that see the same: one is asked for each frame as its struct, the other in another way
// as well. They judge alike for ever, so they remember alike.
class Connection {
 public:
  Connection(const GuardOptions& options, const GuardLimits& limits)
      : options_(options),
        guard_(options, limits),
        other_(options, limits),
        order_(ReferenceOrder(options)),
        ledger_(options, limits) {}

  // Each returns whether the connection goes on.
  bool Receive(Bytes wire, bool raw, Time now);
  bool Send(Bytes wire, CutBy cut, Time now);
  bool FindError(ErrorCode code, StreamId stream_id, Time now) {
    const FrameError error = {Fault::kNone, code, stream_id};
    return IsJudged(error, guard_.Check(error, now), other_.Check(error, now), now);
  }

 private:
  // What a frame costs is seen from its header, but for padding around nothing.
  void CheckCost(const FrameHeader& header, const auto& frame) const {
    const CostClass cost = ClassOf(frame);
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(frame)>, RawFrame>) {
      Check(cost == CostClass::kIgnored, "what is not known has no effect");
    } else {
      const bool padding = cost == CostClass::kEmpty && (header.flags & 0x08) != 0;
      Check(cost == ClassOf(header) || padding, "a header tells what its frame costs");
      Check(cost == ClassOf(Frame(frame)), "a frame costs the same in the variant");
    }
  }

  DecodeOptions Options() const {
    return {.max_frame_size = guard_.max_frame_size(), .extensions = options_.extensions};
  }

  // Judges the frame that `decoded` is, or that `raw` has, as asked for.
  FrameError JudgeOther(const Decoded<Frame>& decoded, const RawFrame* raw, Time now) {
    if (raw != nullptr) return other_.Check(*raw, now);
    if (decoded.status == DecodeStatus::kError) return other_.Check(decoded.error, now);
    return other_.Check(decoded.frame, now);
  }

  // An error of a stream that was found: it is one of the connection if nobody has opened the
  // stream, or if there are too many. Returns whether the connection goes on.
  bool IsJudged(const FrameError& error, const FrameError& verdict, const FrameError& other,
                Time now) {
    FrameError expected = ledger_.StreamError(error, now, order_.IsIdle(error.stream_id));
    const bool too_many = expected.fault == Fault::kTooManyStreamErrors;
    if (too_many && options_.report_only) expected = error;
    Check(verdict == expected && other == expected, "an error of a stream is counted");
    Check(guard_.TakeReport() == (too_many ? Fault::kTooManyStreamErrors : Fault::kNone),
          "too many errors of streams are reported");
    return expected.stream_id != 0 && !too_many;
  }

  // How far one of the limits is used up, another one each time.
  void CheckUse(Fault fault, Time now) {
    const LimitRow& row = kLimitRows[frames_++ % std::size(kLimitRows)];
    const LimitUse use = guard_.UseOf(row, now);
    const LimitUse other = other_.UseOf(row, now);
    Check(use.name == row.name && use.used == other.used && use.allowed == other.allowed,
          "guards that remember alike have used up alike");
    // The burst of resets may have been greater before.
    Check(fault != Fault::kNone || options_.report_only || use.used <= use.allowed ||
              row.fault == Fault::kTooManyResets,
          "nothing passes that is above a limit");
    const LimitRow* const exceeded = LimitOf(fault);
    const LimitUse alarm = guard_.AlarmOf(fault, now);
    Check(exceeded == nullptr
              ? alarm.name.empty()
              : alarm.name == exceeded->name && alarm.used > alarm.allowed && alarm.headroom() == 0,
          "an alarm is of the limit that is exceeded");
  }

  void CheckHeader(const FrameHeader& header, Fault verdict, Fault by_header) const {
    const bool in_payload =
        verdict == Fault::kEnablePushFromServer || verdict == Fault::kConnectProtocolWithdrawn ||
        verdict == Fault::kPromisedStreamIdNotNew || verdict == Fault::kLastStreamIdIncreased;
    if (header.length > guard_.max_frame_size()) {
      Check(by_header == Fault::kFrameTooLarge, "a header is too large for what was acknowledged");
    } else if (IsOfOrder(verdict) && !in_payload) {
      Check(by_header == verdict, "a header is enough to see the order");
    } else {
      Check(by_header == Fault::kNone || verdict != Fault::kNone, "a header blames no good frame");
    }
  }

  const GuardOptions options_;
  ConnectionGuard guard_;
  ConnectionGuard other_;
  reference::Order order_;
  Ledger ledger_;
  bool coalesced_ = false;  // more of our SETTINGS were outstanding than a guard tells apart
  bool uncounted_ = false;  // and more than it counts
  std::size_t frames_ = 0;
};

bool Connection::Receive(Bytes wire, bool raw, Time now) {
  const reference::Result read = ReferenceDecode(wire, Options());
  const FrameHeader header = LoadHeader(wire.data());
  const Fault by_header = std::as_const(guard_).Check(header, now).fault;

  const RawFrame as_it_is{header, wire.subspan(kFrameHeaderSize)};
  const Part<RawFrame> begins = {.frame = {header, {}}, .size = header.length, .first = true};
  const Fault by_part = ConnectionGuard(guard_).Check(begins, now).fault;
  Check(by_part == by_header || read.type > 0x09 || read.verdict == reference::Verdict::kError,
        "a raw frame in parts is judged by its header");

  const std::optional<CostClass> own = CostOfOwn(read);
  FrameError verdict;
  const auto handle = [&](const auto& frame) {
    CheckCost(header, frame);
    verdict = own ? CheckOwn(guard_, *own, header, false, now) : guard_.Check(frame, now);
  };
  const Outcome outcome = DecodeTo(wire, handle, Options());
  if (outcome.status == DecodeStatus::kError) verdict = guard_.Check(outcome.error, now);
  const bool raw_of_rfc_9113 = raw && read.type <= 0x09 && header.length <= guard_.max_frame_size();
  const FrameError other =
      own ? CheckOwn(other_, *own, header, true, now)
          : JudgeOther(Decode(wire, Options()), raw_of_rfc_9113 ? &as_it_is : nullptr, now);
  Check(other == verdict, "a frame is judged and remembered alike however it is checked");

  if (read.verdict == reference::Verdict::kError && read.error_stream == 0) {
    Check(verdict == outcome.error, "an error of the connection is left as it is");
    return false;
  }
  if (!own) CheckHeader(header, verdict.fault, by_header);
  CheckUse(verdict.stream_id == 0 ? verdict.fault : Fault::kNone, now);

  const Fault forbidden = agreement::FaultOf(order_.Received(read));
  if (read.verdict == reference::Verdict::kError) {
    if (forbidden == Fault::kNone) return IsJudged(outcome.error, verdict, other, now);
    Check(verdict == ErrorOf(forbidden, 0), "an error of a stream is in its place");
    return false;
  }
  const Faults exceeded = ledger_.Received(read, now);
  Check(verdict.stream_id == 0 && verdict.code == RowOf(verdict.fault).code,
        "whatever the guard finds is of the connection");
  Check(verdict.fault == Fault::kNone || NeedsContext(verdict.fault),
        "whatever the guard finds takes what came before");
  const Fault reported = guard_.TakeReport();
  if (options_.report_only && reported != Fault::kNone && verdict == FrameError()) {
    Check(exceeded.Has(reported), "what is reported exceeds a limit");
    return false;
  }
  Check(reported == verdict.fault, "what is found is reported");
  // A guard that took SETTINGS together may let this promise pass, or refuse it by another rule.
  // The reference ends the connection here, so that nothing behind it is compared.
  const bool disabled = coalesced_ && forbidden == Fault::kPushPromiseWhileDisabled;
  if (verdict.fault == Fault::kNone) {
    const bool stray = uncounted_ && forbidden == Fault::kStraySettingsAck;
    Check(forbidden == Fault::kNone || disabled || stray, "nothing passes that the order forbids");
    Check(exceeded.empty(), "nothing passes that exceeds a limit");
  } else if (IsOfOrder(verdict.fault)) {
    Check(verdict.fault == forbidden || disabled, "what is refused for its order is forbidden");
  } else {
    Check(exceeded.Has(verdict.fault), "what is refused for a limit exceeds it");
  }
  Check(coalesced_ ? guard_.max_frame_size() >= order_.max_frame_size()
                   : guard_.max_frame_size() == order_.max_frame_size(),
        "the greatest frame size is what was acknowledged");
  return verdict.fault == Fault::kNone && !disabled;
}

bool Connection::Send(Bytes wire, CutBy cut, Time now) {
  const reference::Result read = ReferenceDecode(wire, {.max_frame_size = kLargestMaxFrameSize});
  if (read.verdict != reference::Verdict::kFrame) return true;  // nobody sends that
  const Decoded<Frame> decoded = Decode(wire, {.max_frame_size = kLargestMaxFrameSize});
  const FrameError verdict =
      Visit([&](const auto& frame) { return guard_.Sent(frame, now, cut); }, decoded.frame);
  const FrameError other = other_.Sent(decoded.frame, now, cut);
  Check(other == verdict, "a frame that is sent is noted alike");
  order_.Sent(read);
  ledger_.Sent(read, cut);
  coalesced_ = coalesced_ || order_.unacknowledged() > 4;
  uncounted_ = uncounted_ || order_.unacknowledged() >= 255;
  if (read.type != 0x03 || !options_.observer) {
    Check(verdict == FrameError(), "nothing is wrong with what is sent");
    return true;
  }
  const FrameError betrayed = {Fault::kNone, ErrorCode{read.code}, read.stream};
  return IsJudged(betrayed, verdict, other, now);
}

// `text` as the value of one of the limits: if it is one, it is written and read again.
void CheckText(GuardLimits limits, const LimitRow& row, std::string_view text) {
  const GuardLimits before = limits;
  if (!SetLimit(limits, row.name, text).empty()) {
    Check(limits == before, "what is refused changes nothing");
  }
  GuardLimits again = limits;
  row.set(again, {});
  Check(SetLimit(again, row.name, LimitText(limits, row)).empty() && again == limits,
        "what is written can be read");
}

}  // namespace
}  // namespace h2wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace h2wire;
  if (size < 2) return 0;
  constexpr Receiver kReceivers[] = {Receiver::kServer, Receiver::kClient, Receiver::kUnknown,
                                     Receiver::kUnknown};
  constexpr Time kSteps[] = {Time(0),
                             Time(1),
                             std::chrono::milliseconds(1),
                             std::chrono::milliseconds(10) - Time(1),
                             std::chrono::milliseconds(10),
                             std::chrono::milliseconds(100),
                             std::chrono::seconds(1),
                             std::chrono::hours(24 * 40)};
  const GuardOptions options = {.receiver = kReceivers[data[0] & 3],
                                .observer = (data[0] & 4) != 0,
                                .joined = (data[0] & 8) != 0,
                                .upgraded = (data[0] & 32) != 0,
                                .extensions = (data[0] & 16) == 0,
                                .report_only = (data[0] & 64) != 0};
  const std::uint8_t few = data[1] >> 2 & 7;
  GuardLimits limits = (data[1] & 3) == 0   ? kDefaultGuardLimits
                       : (data[1] & 3) == 1 ? kUnlimited
                                            : Few(few);
  limits.stream_errors_end_connection = (data[1] & 32) != 0;
  CheckText(limits, kLimitRows[data[0] % std::size(kLimitRows)],
            std::string_view(reinterpret_cast<const char*>(data), size).substr(2, 24));

  Connection connection(options, limits);
  Time now(0);
  Bytes in = std::as_bytes(std::span(data, size)).subspan(2);
  for (bool goes_on = true; goes_on && in.size() > kFrameHeaderSize;) {
    const auto how = std::to_integer<std::uint8_t>(in[0]);
    const FrameHeader header = LoadHeader(in.data() + 1);
    in = in.subspan(1);
    now += kSteps[how >> 2 & 7];
    if ((how & 0xc0) == 0xc0) {
      goes_on = connection.FindError(ErrorCode{header.flags}, 1 + header.stream_id % 100, now);
      in = in.subspan(kFrameHeaderSize);
      continue;
    }
    const std::size_t frame_size =
        std::min<std::size_t>(in.size(), kFrameHeaderSize + std::size_t{header.length});
    HeapBlock wire(in.first(frame_size));
    StoreBig(wire.out().data(), static_cast<std::uint32_t>(frame_size - kFrameHeaderSize) << 8 |
                                    LoadBig<std::uint8_t>(wire.bytes().data() + 3));
    in = in.subspan(frame_size);
    const bool second = (how & 2) != 0;
    goes_on = (how & 1) != 0
                  ? connection.Send(wire.bytes(), second ? CutBy::kWriter : CutBy::kWindow, now)
                  : connection.Receive(wire.bytes(), second, now);
  }
  return 0;
}
