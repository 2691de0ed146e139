// SPDX-License-Identifier: Apache-2.0

// How a Relay judges the frames that it is given, and what it notes of them.

#ifndef H2WIRE_WALK_RELAY_H_
#define H2WIRE_WALK_RELAY_H_

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/part.h"
#include "h2wire/relay.h"

namespace h2wire::inline H2WIRE_ABI {

namespace internal {

// The data of the PING by which a graceful end learns what its GOAWAY has crossed. One of the
// server's with the same data is acknowledged as often as it was sent.
inline constexpr std::array<std::byte, 8> kDrainData = {
    std::byte{'h'}, std::byte{'2'}, std::byte{'w'},  std::byte{'i'},
    std::byte{'r'}, std::byte{'e'}, std::byte{0xd7}, std::byte{0xa1}};

}  // namespace internal

// Judges the frames of a lane, and those of their parts. What it refuses it notes in the lane: a
// handler that returns nothing costs nothing.
template <class Seen>
struct Relay::Judge {
  template <FrameAlternative F>
  H2WIRE_ALWAYS_INLINE void operator()(const F& frame) noexcept {
    Take(frame, frame, true);
  }
  template <FrameAlternative F>
  void operator()(const Part<F>& part) noexcept {
    if (Take(part.frame, part, part.first)) lane.in_frame = !part.last;
  }

  // `what` is the frame, or a part of it. Returns whether it passes.
  template <class F, class What>
  H2WIRE_ALWAYS_INLINE bool Take(const F& frame, const What& what, bool begins) noexcept {
    const FrameError error = lane.guard.Check(what, now);
    if (report_only) [[unlikely]] {
      const Fault fault = lane.guard.TakeReport();
      if (fault != Fault::kNone) seen(ErrorOf(fault, 0));
    } else if (error.fault != Fault::kNone) [[unlikely]] {
      return Refuse(error);
    }
    if (begins && !Note(frame)) [[unlikely]]
      return false;
    (void)back.guard.Sent(what, now);
    seen(what);
    return true;
  }

  // Each notes what the relay has to know of a frame, and returns whether it passes.
  bool Note(const HeadersFrame& frame) noexcept {
    if (from_client && frame.stream_id > lane.last_opened) {
      // One that comes too late must not pass, and cannot be left out.
      if (frame.stream_id > back.last_spoken) return Refuse({{}, ErrorCode::kRefusedStream, 0});
      lane.last_opened = frame.stream_id;
    }
    lane.in_block = !frame.end_headers;
    return true;
  }
  bool Note(const PushPromiseFrame& frame) noexcept {
    lane.in_block = !frame.end_headers;
    lane.last_opened = std::max(lane.last_opened, frame.promised_stream_id);
    return true;
  }
  bool Note(const ContinuationFrame& frame) noexcept {
    lane.in_block = !frame.end_headers;
    return true;
  }
  bool Note(const SettingsFrame& frame) noexcept {
    lane.settings_passed = true;  // which an acknowledgement cannot be the first to do
    if (frame.ack) lane.resize = lane.attention = true;
    return true;
  }
  bool Note(const PingFrame& frame) noexcept {
    if (!lane.awaits_pong || !frame.ack || frame.opaque_data != internal::kDrainData) return true;
    lane.awaits_pong = false;
    back.owed |= kOwesGoaway;
    back.code = ErrorCode::kNoError;
    back.attention = true;
    return Drop();
  }
  bool Note(const GoawayFrame& frame) noexcept {
    // Some servers say why before they say anything else; nobody may be told so.
    if (!lane.settings_passed) return Refuse(ErrorOf(Fault::kFirstFrameNotSettings, 0));
    if (frame.last_stream_id > lane.last_spoken) {  // it must not go up: RFC 9113, 6.8
      lane.owed |= kOwesGoaway;
      lane.code = frame.error_code;
      return Drop();
    }
    lane.last_told = std::min(lane.last_told, frame.last_stream_id);
    return true;
  }
  static bool Note(const auto&) noexcept { return true; }

  bool Drop() noexcept {
    lane.drop = lane.attention = true;
    return false;
  }
  bool Refuse(const FrameError& error) noexcept {
    lane.error = error;
    lane.refuses = lane.attention = true;
    return false;
  }

  Lane& lane;
  Lane& back;
  const Time now;
  const bool from_client;
  const bool report_only;
  Seen& seen;
};

template <class Seen>
RelayStep Relay::Receive(Side from, Bytes in, MutableBytes storage, Time now,
                         Seen&& seen) noexcept {
  Lane& lane = LaneFrom(from);
  Course course = {.in = in};
  if (!Begin(lane, course, storage)) return course.step;

  Judge<std::remove_reference_t<Seen>> judge = {
      lane, LaneTo(from), now, from == Side::kClient, report_only_, seen};
  for (;;) {
    const Outcome next = lane.decoder.DecodeTo(in.subspan(course.end), judge, judge);
    if (next.status == DecodeStatus::kOk && !lane.attention) [[likely]] {
      course.end += next.size;
    } else if (next.status == DecodeStatus::kError || lane.refuses) {
      seen(Fail(from, course, lane.refuses ? lane.error : next.error));
      return course.step;
    } else if (next.status == DecodeStatus::kOk ? Attend(lane, course, next.size)
                                                : Wait(lane, course, next.size)) {
      return course.step;
    }
  }
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_RELAY_H_
