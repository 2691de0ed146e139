// SPDX-License-Identifier: Apache-2.0

// How a ConnectionGuard takes each type of frame. Most frames leave little to remember and cost a
// handful of instructions where they are checked; what is not usual is judged out of line.

#ifndef H2WIRE_WALK_GUARD_H_
#define H2WIRE_WALK_GUARD_H_

#include <cstdint>
#include <limits>

#include "h2wire/attributes.h"
#include "h2wire/cost.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/header.h"

namespace h2wire::inline H2WIRE_ABI {

struct ConnectionGuard::OfType {
  // Whether all is well, and what there is to remember is remembered. Judge comes to the same. Of
  // most frames one comparison with usual_ tells that they are in their place, and no strangers to
  // their stream.
  H2WIRE_ALWAYS_INLINE static bool IsUsual(const ConnectionGuard& guard, const DataFrame& frame,
                                           std::uint32_t size) noexcept {
    if (frame.pad_length || size <= guard.limits_->small_data_octets) [[unlikely]]
      return false;
    if (frame.stream_id % 2 == 0 || frame.stream_id >= guard.usual_) [[unlikely]]
      return false;
    return true;
  }
  H2WIRE_ALWAYS_INLINE static bool IsUsual(const ConnectionGuard& guard,
                                           const WindowUpdateFrame& frame, std::uint32_t) noexcept {
    if (frame.window_size_increment < guard.limits_->tiny_window_increment) [[unlikely]]
      return false;
    if (frame.stream_id >= guard.usual_ || (frame.stream_id % 2 == 0 && frame.stream_id != 0))
        [[unlikely]] {
      return false;
    }
    return true;
  }
  // A whole block, of a stream that is open or that the client opens.
  H2WIRE_ALWAYS_INLINE static bool IsUsual(ConnectionGuard& guard, const HeadersFrame& frame,
                                           std::uint32_t size) noexcept {
    if (!frame.end_headers || frame.pad_length || guard.usual_ == 0) [[unlikely]]
      return false;
    if (frame.stream_id % 2 == 0) [[unlikely]]
      return false;
    if (size == 0 || size > guard.limits_->field_block_octets) [[unlikely]]
      return false;
    if (frame.stream_id > guard.opened_by_client_) {
      if (guard.opened_by_client_ == 0 || guard.for_client_) [[unlikely]]
        return false;
      guard.opened_by_client_ = frame.stream_id;
      if (guard.usual_ <= frame.stream_id) guard.usual_ = frame.stream_id + 1;
      guard.unanswered_ = NextOf(guard.unanswered_);
    }
    guard.measured_ = size;
    guard.continuations_ = 0;
    guard.measured_settings_ = false;
    return true;
  }
  static constexpr bool IsUsual(const ConnectionGuard&, const auto&, std::uint32_t) noexcept {
    return false;
  }

  // Each type's rules about its place, its stream and its role, and then its limits. `size`: octets
  // of what the payload ends with, padding apart.
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const DataFrame& frame,
                                          std::uint32_t size, Time now) noexcept {
    return guard.JudgeData(frame.stream_id, size, PaddingOf(frame), frame.end_stream, now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const HeadersFrame& frame,
                                          std::uint32_t size, Time now) noexcept {
    return guard.JudgeHeaders(frame.stream_id, {size, size}, PaddingOf(frame), frame.end_headers,
                              now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const PushPromiseFrame& frame,
                                          std::uint32_t size, Time now) noexcept {
    return guard.JudgePushPromise(frame.stream_id, frame.promised_stream_id, {size, size},
                                  PaddingOf(frame), frame.end_headers, now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const ContinuationFrame& frame,
                                          std::uint32_t size, Time now) noexcept {
    return guard.JudgeContinuation(frame.stream_id, size, frame.end_headers, now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const PriorityFrame&,
                                          std::uint32_t, Time now) noexcept {
    return guard.JudgeOther(CostClass::kPriority, now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const RstStreamFrame& frame,
                                          std::uint32_t, Time now) noexcept {
    return guard.JudgeRstStream(frame.stream_id, now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const SettingsFrame& frame,
                                          std::uint32_t size, Time now) noexcept {
    return guard.JudgeSettings(frame.ack, size, frame.settings, now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const PingFrame& frame,
                                          std::uint32_t, Time now) noexcept {
    return guard.JudgePing(frame.ack, now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const GoawayFrame& frame,
                                          std::uint32_t, Time now) noexcept {
    return guard.JudgeGoaway(frame.last_stream_id, now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const WindowUpdateFrame& frame,
                                          std::uint32_t, Time now) noexcept {
    return guard.JudgeWindowUpdate(frame.stream_id, frame.window_size_increment, now);
  }
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const PriorityUpdateFrame&,
                                          std::uint32_t, Time now) noexcept {
    return guard.JudgePriorityUpdate(now);
  }
  template <class F>
  H2WIRE_ALWAYS_INLINE static Fault Judge(ConnectionGuard& guard, const F&, std::uint32_t,
                                          Time now) noexcept {
    return guard.JudgeOther(kCostOf<F>, now);
  }

  // What Sent notes.
  H2WIRE_ALWAYS_INLINE static FrameError Note(ConnectionGuard& guard, const DataFrame& frame,
                                              std::uint32_t size, Time, CutBy cut) noexcept {
    guard.sent_data_ = true;
    if (cut == CutBy::kWriter) guard.SentSmall(size + PaddingOf(frame));
    if (frame.end_stream) Answer(guard, frame.stream_id);
    return {};
  }
  H2WIRE_ALWAYS_INLINE static FrameError Note(ConnectionGuard& guard, const HeadersFrame& frame,
                                              std::uint32_t, Time, CutBy) noexcept {
    if (frame.stream_id > guard.opened_by_client_ && guard.for_client_ &&
        frame.stream_id % 2 == 1) {
      guard.opened_by_client_ = frame.stream_id;
      if (guard.usual_ != 0 && guard.usual_ != kEveryStream) [[likely]] {
        guard.usual_ = frame.stream_id + 1;
      } else {
        guard.FindUsual();
      }
    }
    if (frame.end_stream) Answer(guard, frame.stream_id);
    return {};
  }
  H2WIRE_ALWAYS_INLINE static FrameError Note(ConnectionGuard& guard, const PushPromiseFrame& frame,
                                              std::uint32_t, Time, CutBy) noexcept {
    guard.SentPushPromise(frame.promised_stream_id);
    return {};
  }
  H2WIRE_ALWAYS_INLINE static FrameError Note(ConnectionGuard& guard, const SettingsFrame& frame,
                                              std::uint32_t, Time, CutBy) noexcept {
    if (!frame.ack) guard.SentSettings(frame.settings);
    return {};
  }
  H2WIRE_ALWAYS_INLINE static FrameError Note(ConnectionGuard& guard, const PingFrame& frame,
                                              std::uint32_t, Time, CutBy) noexcept {
    if (!frame.ack) guard.pings_sent_ = NextOf(guard.pings_sent_);
    return {};
  }
  H2WIRE_ALWAYS_INLINE static FrameError Note(ConnectionGuard& guard, const RstStreamFrame& frame,
                                              std::uint32_t, Time now, CutBy) noexcept {
    if (!guard.observer_) return {};
    return guard.Check(FrameError{{}, frame.error_code, frame.stream_id}, now);
  }
  H2WIRE_ALWAYS_INLINE static FrameError Note(ConnectionGuard&, const auto&, std::uint32_t, Time,
                                              CutBy) noexcept {
    return {};
  }

 private:
  // Counts an answer. How many of them may make resets free is bounded when a reset is judged.
  H2WIRE_ALWAYS_INLINE static void Answer(ConnectionGuard& guard, StreamId stream_id) noexcept {
    if (guard.for_client_ || stream_id % 2 == 0) return;
    if (guard.unanswered_ != 0) --guard.unanswered_;
    guard.answered_ = NextOf(guard.answered_);
  }
  static constexpr std::uint32_t PaddingOf(const auto& frame) noexcept {
    return frame.pad_length ? 1 + std::uint32_t{*frame.pad_length} : 0;
  }
  // One more, but that a count stops at its end.
  template <class T>
  static constexpr T NextOf(T count) noexcept {
    return static_cast<T>(count + (count != std::numeric_limits<T>::max() ? 1 : 0));
  }
};

template <class F>
inline FrameError ConnectionGuard::CheckKnown(const F& frame, std::uint32_t size,
                                              Time now) noexcept {
  // So likely that no register is given up for the call.
  if (__builtin_expect_with_probability(OfType::IsUsual(*this, frame, size), true, 0.999))
    return {};
  const Fault fault = OfType::Judge(*this, frame, size, now);
  if (fault == Fault::kNone) [[likely]]
    return {};
  return Report(fault);
}

template <class F>
inline FrameError ConnectionGuard::NoteSent(const F& frame, std::uint32_t size, Time now,
                                            CutBy cut) noexcept {
  return OfType::Note(*this, frame, size, now, cut);
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_GUARD_H_
