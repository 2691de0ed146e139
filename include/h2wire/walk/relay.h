// SPDX-License-Identifier: Apache-2.0

// How a Relay judges the frames that it is given, and what it notes of them.

#ifndef H2WIRE_WALK_RELAY_H_
#define H2WIRE_WALK_RELAY_H_

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
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

  // Most frames are DATA and HEADERS of a client's stream, of which nine octets say all that can be
  // wrong with them, whole blocks and no padding: these are judged without being decoded. Returns
  // the octets that pass: whole frames, up to one that is not like that or is refused; of DATA at
  // the end the beginning will do.
  std::size_t PassPlain(Bytes in) noexcept {
    return from_client ? PassPlainFrom<Side::kClient>(in) : PassPlainFrom<Side::kServer>(in);
  }
  // For each side another, which has less to keep in registers.
  template <Side kFrom>
  H2WIRE_NOINLINE std::size_t PassPlainFrom(Bytes in) noexcept {
    constexpr bool kFromClient = kFrom == Side::kClient;
    const std::byte* at = in.data() + (lane.passing_left != 0 ? GoOnPassing(in) : 0);
    const std::byte* const end = in.data() + in.size();
    const bool ending = kFromClient && back.last_spoken != kMaxStreamId;  // some come too late
    if (end - at < static_cast<std::ptrdiff_t>(kFrameHeaderSize) || report_only || ending) {
      return static_cast<std::size_t>(at - in.data());
    }
    Judge judge = {lane, back, now, kFromClient, false, seen};  // which stays in registers
    const std::uint32_t max_frame_size = lane.guard.max_frame_size();
    const std::byte* const last = end - kFrameHeaderSize;  // where a header may begin
    do {
      const std::uint32_t length = LoadBig<std::uint32_t>(at) >> 8;
      const FrameType type{LoadBig<std::uint8_t>(at + 3)};
      const std::uint8_t flags = LoadBig<std::uint8_t>(at + 4);
      const StreamId stream_id = LoadBig<std::uint32_t>(at + 5) & kMaxStreamId;
      const std::byte* const payload = at + kFrameHeaderSize;
      if (length > max_frame_size || stream_id % 2 == 0) [[unlikely]]
        break;
      const auto have = static_cast<std::size_t>(last - at);
      if (have < length) [[unlikely]] {
        const bool plain = type == DataFrame::kType && (flags & kPadded) == 0;
        const DataFrame frame = {.stream_id = stream_id, .end_stream = (flags & kEndStream) != 0};
        const bool passes = plain && BeginPassing(frame, length, Bytes(payload, have));
        return passes ? in.size() : static_cast<std::size_t>(at - in.data());
      }
      if (type == DataFrame::kType && (flags & kPadded) == 0) {
        const DataFrame frame = {.stream_id = stream_id,
                                 .end_stream = (flags & kEndStream) != 0,
                                 .data = Bytes(payload, length)};
        if (!judge.Take(frame, frame, false)) [[unlikely]]
          break;
      } else if (type == HeadersFrame::kType &&
                 (flags & (kPadded | kPriority | kEndHeaders)) == kEndHeaders) {
        const HeadersFrame frame = {.stream_id = stream_id,
                                    .end_stream = (flags & kEndStream) != 0,
                                    .end_headers = true,
                                    .fragment = Bytes(payload, length)};
        if (!judge.Take(frame, frame, false)) [[unlikely]]
          break;
        if (kFromClient) lane.last_opened = std::max(lane.last_opened, stream_id);  // as Note does
      } else {
        break;
      }
      at = payload + length;
    } while (at <= last);
    return static_cast<std::size_t>(at - in.data());
  }

  // The first part of DATA that has more than `octets`. Returns whether it passes.
  bool BeginPassing(const DataFrame& frame, std::uint32_t size, Bytes octets) noexcept {
    const Part<DataFrame> part = {frame, octets, size, true, false};
    if (!Take(frame, part, true)) return false;
    lane.passing = frame;
    lane.passing_size = size;
    lane.passing_left = size - static_cast<std::uint32_t>(octets.size());
    lane.in_frame = true;
    return true;
  }
  // The next part, from the front of `in`. Returns its size.
  std::size_t GoOnPassing(Bytes in) noexcept {
    const Bytes octets = in.first(std::min<std::size_t>(in.size(), lane.passing_left));
    lane.passing_left -= static_cast<std::uint32_t>(octets.size());
    lane.in_frame = lane.passing_left != 0;
    seen(Part<DataFrame>{lane.passing, octets, lane.passing_size, false, !lane.in_frame});
    return octets.size();
  }

  // Each notes what the relay has to know of a frame, and returns whether it passes.
  H2WIRE_ALWAYS_INLINE bool Note(const HeadersFrame& frame) noexcept {
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
  H2WIRE_ALWAYS_INLINE bool Refuse(const FrameError& error) const noexcept {
    lane.error = error;
    lane.refuses = lane.attention = true;
    return false;
  }

  // Flags of DATA and HEADERS. RFC 9113, 6.1 and 6.2.
  static constexpr std::uint8_t kEndStream = 0x01;
  static constexpr std::uint8_t kEndHeaders = 0x04;
  static constexpr std::uint8_t kPadded = 0x08;
  static constexpr std::uint8_t kPriority = 0x20;

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
  Judge<std::remove_reference_t<Seen>> judge = {
      lane, LaneTo(from), now, from == Side::kClient, report_only_, seen};
  std::size_t end = 0;
  if (lane.IsPlain()) [[likely]] {
    end = judge.PassPlain(in);
    if (end == in.size()) return {end, {Bytes(), in}};
  }
  return ReceiveBehind(end, from, in, storage, judge);
}

template <class Seen>
RelayStep Relay::ReceiveBehind(std::size_t end, Side from, Bytes in, MutableBytes storage,
                               Judge<Seen>& judge) noexcept {
  Lane& lane = LaneFrom(from);
  Course course = {.in = in, .end = end};
  if (!Begin(lane, course, storage)) return course.step;
  if (lane.passing_left != 0 && Attend(lane, course, judge.GoOnPassing(in))) return course.step;
  for (;;) {
    if (lane.IsPlain()) {
      course.end += judge.PassPlain(in.subspan(course.end));
      if (course.end == in.size()) {
        course.step.out[1] = in.subspan(course.begin);
        course.step.taken = in.size();
        return course.step;
      }
    }
    if (lane.refuses) {
      judge.seen(Fail(from, course, lane.error));
      return course.step;
    }
    const Outcome next = lane.decoder.DecodeTo(in.subspan(course.end), judge, judge);
    if (next.status == DecodeStatus::kOk && !lane.attention) [[likely]] {
      course.end += next.size;
    } else if (next.status == DecodeStatus::kError || lane.refuses) {
      judge.seen(Fail(from, course, lane.refuses ? lane.error : next.error));
      return course.step;
    } else if (next.status == DecodeStatus::kOk ? Attend(lane, course, next.size)
                                                : Wait(lane, course, next.size)) {
      return course.step;
    }
  }
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_RELAY_H_
