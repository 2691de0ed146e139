// SPDX-License-Identifier: Apache-2.0

// What ConnectionGuard does with all frames but the usual ones: first the order of frames and who
// may send them, then the limits.

#include "h2wire/guard.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "h2wire/cost.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/outline.h"

namespace h2wire::inline H2WIRE_ABI {
namespace {

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

}  // namespace

bool ConnectionGuard::Bucket::Take(std::uint32_t tokens, const RateLimit& limit,
                                   Time now) noexcept {
  if (tokens > limit.burst) return false;
  const Time full = std::max(full_, now) + tokens * limit.refill;
  if (full - now > limit.burst * limit.refill) return false;
  full_ = full;
  return true;
}

ConnectionGuard::ConnectionGuard(const GuardOptions& options, const GuardLimits& limits) noexcept
    : limits_(&limits),
      awaited_(options.joined ? kUnknown : kFirstSettings),
      max_frame_size_(options.observer ? kLargestMaxFrameSize : kDefaultMaxFrameSize),
      receiver_(options.receiver),
      observer_(options.observer),
      extensions_(options.extensions) {}

FrameError ConnectionGuard::Check(const FrameHeader& header, Time now) const noexcept {
  if (header.length > max_frame_size()) return ErrorOf(Fault::kFrameTooLarge, 0);
  internal::Outline outline = internal::OutlineOf(header, extensions_);
  // Only the payload says how much of it is padding: the most that there can be, for all that is
  // known, but for an octet that keeps the frame from being taken for an empty one.
  const bool padded = outline.has_fragment && outline.type != ContinuationFrame::kType &&
                      (header.flags & internal::kPaddedFlag) != 0;
  if (padded && outline.size != 0) {
    outline.size = std::max<std::uint32_t>(outline.size, 256) - 255;
  }
  ConnectionGuard copy = *this;
  return copy.Judge(outline, now);
}

FrameError ConnectionGuard::Check(const FrameError& error, Time now) noexcept {
  if (error.stream_id == 0) return error;
  // A frame in which Decode found the error has not been checked itself. It is no CONTINUATION.
  if (error.fault != Fault::kNone && !NeedsContext(error.fault)) {
    const Fault fault = FaultOfOrder(internal::Outline{.stream_id = error.stream_id});
    if (fault != Fault::kNone) return ErrorOf(fault, 0);
  }
  if (!BlamesPeer(error.code)) return error;
  if (limits_->stream_errors_end_connection) return {error.fault, error.code, 0};
  if (!stream_errors_.Take(1, limits_->stream_errors, now)) {
    return ErrorOf(Fault::kTooManyStreamErrors, 0);
  }
  return error;
}

FrameError ConnectionGuard::Judge(const internal::Outline& outline, Time now) noexcept {
  Fault fault = FaultOfOrder(outline);
  if (fault == Fault::kNone) fault = FaultOfCost(outline, now);
  return fault == Fault::kNone ? FrameError{} : ErrorOf(fault, 0);
}

// The rules of RFC 9113 and its extensions about what follows what, and who sends what.
Fault ConnectionGuard::FaultOfOrder(const internal::Outline& outline) noexcept {
  const bool continues = outline.type == ContinuationFrame::kType;
  switch (awaited_) {
    case kFirstSettings:
      if (outline.type != SettingsFrame::kType || outline.ack) return Fault::kFirstFrameNotSettings;
      break;
    case kAnything:
    case kAnythingAfterEmpty:
      if (continues) return Fault::kStrayContinuation;
      break;
    case kUnknown:
      break;
    default:
      if (!continues || outline.stream_id != awaited_) return Fault::kFieldBlockInterrupted;
  }
  if (outline.has_fragment && !outline.end_headers) {
    awaited_ = outline.stream_id;
  } else {
    awaited_ = empty_frames_ == 0 ? kAnything : kAnythingAfterEmpty;
  }

  if (!outline.known) return Fault::kNone;
  switch (outline.type) {
    case PushPromiseFrame::kType:
      if (receiver_ == Receiver::kServer) return Fault::kPushPromiseToServer;
      return enable_push_ ? Fault::kNone : Fault::kPushPromiseWhileDisabled;
    case PriorityUpdateFrame::kType:
      return receiver_ == Receiver::kClient ? Fault::kPriorityUpdateToClient : Fault::kNone;
    case SettingsFrame::kType:
      return outline.ack ? FaultOfAcknowledgement() : Fault::kNone;
    default:
      return Fault::kNone;
  }
}

Fault ConnectionGuard::FaultOfAcknowledgement() noexcept {
  if (observer_) return Fault::kNone;
  if (outstanding_count_ == 0) return Fault::kStraySettingsAck;
  --outstanding_count_;
  max_frame_size_ = outstanding_.front().max_frame_size;
  enable_push_ = outstanding_.front().enable_push;
  std::copy(outstanding_.begin() + 1, outstanding_.end(), outstanding_.begin());
  return Fault::kNone;
}

void ConnectionGuard::SentSettings(SettingsView settings) noexcept {
  const std::size_t count = outstanding_count_;
  OurSettings after{};
  if (count == 0) {
    after.max_frame_size = max_frame_size_ & kLargestMaxFrameSize;
    after.enable_push = enable_push_;
  } else {
    after = outstanding_[std::min(count, outstanding_.size()) - 1];
  }
  const OurSettings before = after;
  for (const Setting setting : settings) {
    if (setting.id == SettingId::kMaxFrameSize) {
      after.max_frame_size = setting.value & kLargestMaxFrameSize;
    } else if (setting.id == SettingId::kEnablePush) {
      after.enable_push = setting.value != 0;
    }
  }
  if (count >= outstanding_.size()) {
    // Whatever is allowed before or after is allowed from the first of them on.
    after.max_frame_size =
        std::max<std::uint32_t>(before.max_frame_size, after.max_frame_size) & kLargestMaxFrameSize;
    after.enable_push = before.enable_push || after.enable_push;
  }
  outstanding_[std::min(count, outstanding_.size() - 1)] = after;
  internal::Increment(outstanding_count_);
}

// The limits.
Fault ConnectionGuard::FaultOfCost(const internal::Outline& outline, Time now) noexcept {
  const auto unless = [](bool within, Fault fault) { return within ? Fault::kNone : fault; };
  if (outline.padding > outline.size &&
      !padding_.Take(outline.padding - outline.size, limits_->padding, now)) {
    return Fault::kTooMuchPadding;
  }
  if (outline.has_fragment) {
    const Fault fault = FaultOfFieldBlock(outline);
    if (fault != Fault::kNone) return fault;
  }
  switch (internal::ClassOf(outline)) {
    case CostClass::kData:
    case CostClass::kFieldBlock:
      empty_frames_ = 0;
      if (awaited_ == kAnythingAfterEmpty) awaited_ = kAnything;
      return Fault::kNone;
    case CostClass::kEmpty:
      if (empty_frames_ == limits_->empty_frames) return Fault::kTooManyEmptyFrames;
      ++empty_frames_;
      if (awaited_ == kAnything) awaited_ = kAnythingAfterEmpty;
      return Fault::kNone;
    case CostClass::kPriority:
      return unless(priorities_.Take(1, limits_->priorities, now), Fault::kTooManyPriorities);
    case CostClass::kReset: {
      // Of streams that a client has opened itself.
      if (receiver_ == Receiver::kClient && outline.stream_id % 2 == 1) return Fault::kNone;
      return unless(resets_.Take(1, limits_->resets, now), Fault::kTooManyResets);
    }
    case CostClass::kNeedsReply:
      if (outline.type == SettingsFrame::kType) {
        if (!settings_frames_.Take(1, limits_->settings_frames, now)) {
          return Fault::kTooManySettingsFrames;
        }
        if (outline.size / kSettingSize > limits_->settings) return Fault::kTooManySettings;
        return FaultOfSettings(outline.settings);
      }
      if (sent_data_) {
        sent_data_ = false;
        return Fault::kNone;
      }
      return unless(pings_.Take(1, limits_->pings, now), Fault::kTooManyPings);
    case CostClass::kReply:
      // A SETTINGS acknowledgement that acknowledges something, or a PING's.
      if (outline.type == SettingsFrame::kType || observer_) return Fault::kNone;
      if (pings_sent_ != 0) {
        --pings_sent_;
        return Fault::kNone;
      }
      break;
    case CostClass::kGoaway:
      return unless(debug_data_.Take(8 + outline.size, limits_->debug_data, now),
                    Fault::kTooMuchDebugData);
    case CostClass::kWindow:
      if (outline.increment == 0 || outline.increment >= limits_->tiny_window_increment) {
        return Fault::kNone;
      }
      return unless(tiny_window_updates_.Take(1, limits_->tiny_window_updates, now),
                    Fault::kTooManyTinyWindowUpdates);
    case CostClass::kIgnored:
      break;
  }
  return unless(ignored_frames_.Take(1, limits_->ignored_frames, now),
                Fault::kTooManyIgnoredFrames);
}

Fault ConnectionGuard::FaultOfFieldBlock(const internal::Outline& outline) noexcept {
  if (outline.type == ContinuationFrame::kType) {
    if (continuations_ == limits_->continuations) return Fault::kTooManyContinuations;
    ++continuations_;
  } else {
    continuations_ = 0;
    field_block_octets_ = 0;
  }
  if (outline.size > limits_->field_block_octets - field_block_octets_) {
    return Fault::kFieldBlockTooLarge;
  }
  field_block_octets_ += outline.size;
  return Fault::kNone;
}

Fault ConnectionGuard::FaultOfSettings(SettingsView settings) noexcept {
  for (const Setting setting : settings) {
    if (setting.id == SettingId::kEnablePush) {
      if (setting.value == 1 && receiver_ == Receiver::kClient) return Fault::kEnablePushFromServer;
    } else if (setting.id == SettingId::kEnableConnectProtocol) {
      if (setting.value == 0 && connect_protocol_) return Fault::kConnectProtocolWithdrawn;
      connect_protocol_ = setting.value == 1;
    }
  }
  return Fault::kNone;
}

}  // namespace h2wire
