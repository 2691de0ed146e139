// SPDX-License-Identifier: Apache-2.0

// What a Relay does between frames: what passes, what waits, what it says itself, and how it ends.

#include "h2wire/relay.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"

namespace h2wire::inline H2WIRE_ABI {
namespace {

// What is wrong with a server whose first nine octets are these, and too long for a frame.
Fault FaultOfGreeting(Bytes head) noexcept {
  const bool http1 = GreetingOf(head) == Greeting::kHttp1Response;
  return http1 ? Fault::kHttp1Response : Fault::kFrameTooLarge;
}

}  // namespace

Relay::Lane::Lane(Side from, const RelayOptions& options, const GuardLimits& limits) noexcept
    : decoder(
          {.preface = from == Side::kClient,
           .max_whole_frame_size = static_cast<std::uint32_t>(kStorageSize - kFrameHeaderSize)}),
      guard({.receiver = from == Side::kClient ? Receiver::kServer : Receiver::kClient,
             .report_only = options.report_only},
            limits),
      in_preface(from == Side::kClient),
      attention(in_preface) {}

Relay::Relay(const RelayOptions& options, const GuardLimits& limits) noexcept
    : report_only_(options.report_only),
      lanes_{Lane(Side::kClient, options, limits), Lane(Side::kServer, options, limits)} {}

bool Relay::Begin(Lane& lane, Course& course, MutableBytes storage) noexcept {
  if (lane.ended || lane.finished) {
    course.step.taken = course.in.size();
    return false;
  }
  if (lane.unjudged) {
    course.step = {course.in.size(), {course.in, {}}};
    return false;
  }
  if (course.in.empty() || lane.MaySpeak()) return false;
  const Bytes holder = lane.in_preface ? Bytes(lane.spoken) : Bytes(storage);
  course.storage = storage;
  course.held = holder.first(lane.held);
  return true;
}

bool Relay::Attend(Lane& lane, Course& course, std::size_t size) noexcept {
  RelayStep& step = course.step;
  const std::size_t frame = course.end;
  course.end += size;
  bool stop = false;
  if (lane.keeps_storage || lane.in_preface) {  // what ended began before, or in the storage
    if (lane.drop) {
      course.begin = course.end;
    } else if (lane.in_preface) {  // not what is held: its place is that of the relay's words
      step.out[0] = AsBytes(kConnectionPreface).first(course.held.size());
    } else {
      step.out[0] = course.held;
    }
    course.held = {};
    lane.held = 0;
    lane.in_preface = false;
    lane.keeps_storage = false;
    (void)lane.decoder.TakeStorage();
  } else if (lane.drop) {
    stop = course.begin != frame;
    if (!stop) course.begin = course.end;
  }
  if (lane.resize) lane.decoder.SetMaxFrameSize(lane.guard.max_frame_size());
  const std::size_t end = lane.drop ? frame : course.end;
  lane.drop = lane.resize = false;
  lane.attention = lane.owed != 0;
  if (!stop && !lane.MaySpeak()) return false;
  if (course.begin < end) step.out[1] = course.in.subspan(course.begin, end - course.begin);
  step.taken = course.end;
  return true;
}

bool Relay::Wait(Lane& lane, Course& course, std::size_t taken) noexcept {
  RelayStep& step = course.step;
  const std::size_t left = course.in.size() - course.end;
  std::size_t end = course.end;
  if (lane.in_frame) {  // which passes as it comes
    if (!course.held.empty()) step.out[0] = course.held;
    lane.held = 0;
    end = course.in.size();
  } else if (taken == left) {
    if (lane.in_preface) std::ranges::copy(course.in, lane.spoken.begin() + lane.held);
    lane.held += static_cast<std::uint32_t>(left);
  } else if (step.out[0].empty()) {
    lane.decoder.GiveStorage(course.storage);
    lane.keeps_storage = lane.attention = true;
    return false;
  } else {  // the storage is lent: what has to be put there waits
    step.out[1] = course.in.subspan(course.begin, end - course.begin);
    step.taken = end;
    return true;
  }
  step.out[1] = course.in.subspan(course.begin, end - course.begin);
  step.taken = course.in.size();
  return true;
}

FrameError Relay::Fail(Side from, Course& course, FrameError error) noexcept {
  Lane& lane = LaneFrom(from);
  error.stream_id = 0;
  lane.refuses = false;
  if (error.fault == Fault::kFrameTooLarge && from == Side::kServer && !lane.settings_passed) {
    const Bytes head = lane.held != 0 ? course.storage : course.in.subspan(course.end);
    error = ErrorOf(FaultOfGreeting(head.first(std::min(head.size(), kFrameHeaderSize))), 0);
  }
  RelayStep& step = course.step;
  step.taken = course.in.size();
  lane.keeps_storage = false;
  if (report_only_) {
    if (!course.held.empty()) step.out[0] = course.held;
    step.out[1] = course.in.subspan(course.begin);
    lane.unjudged = true;
    lane.finished = lane.owed == kOwesEnd;  // which cannot be said any more
    return error;
  }
  step.out[1] = course.in.subspan(course.begin, course.end - course.begin);
  lane.ended = true;
  lane.error = error;
  // Without a fault it is a request that comes too late for a graceful end.
  const bool late = error.fault == Fault::kNone;
  const std::string_view reason = late ? "request_above_last_stream" : RowOf(error.fault).name;
  const bool blameless = late || from == Side::kClient;
  Owe(lane, blameless ? ErrorCode::kNoError : ErrorCode::kInternalError, reason);
  Owe(LaneTo(from), late ? ErrorCode::kNoError : error.code, reason);
  return error;
}

void Relay::Owe(Lane& lane, ErrorCode code, std::string_view reason) noexcept {
  lane.owed = kOwesEnd;
  lane.attention = true;
  lane.code = code;
  lane.reason = reason.substr(0, kMostReason);
  FinishIfSilent(lane);
}

void Relay::FinishIfSilent(Lane& lane) noexcept {
  // A server that was not told the client's SETTINGS has nothing to lose.
  const bool nothing_said = &lane == &LaneFrom(Side::kClient) && !lane.settings_passed;
  const bool cannot = lane.unjudged || nothing_said || (lane.ended && !lane.IsBetween());
  lane.finished = lane.finished || cannot;
}

Bytes Relay::Say(Side to, Time now) noexcept {
  Lane& lane = LaneTo(to);
  std::size_t size = 0;
  const auto say = [&](const auto& frame) {
    size += Encode(frame, MutableBytes(lane.spoken).subspan(size)).size;
  };
  const auto say_goaway = [&] {
    const StreamId last = std::min({LaneFrom(to).last_opened, lane.last_told, lane.last_spoken});
    lane.last_told = lane.last_spoken = last;
    say(GoawayFrame{last, lane.code, AsBytes(lane.reason)});
  };
  if (lane.owed == kOwesEnd) {
    if (!lane.settings_passed) say(SettingsFrame{});
    say_goaway();
    lane.finished = true;
  } else {
    if ((lane.owed & kOwesDrain) != 0) {
      if (lane.last_told == kMaxStreamId) say(GoawayFrame{.last_stream_id = kMaxStreamId});
      const PingFrame ping = {.opaque_data = internal::kDrainData};
      say(ping);
      (void)LaneFrom(to).guard.Sent(ping, now);
      LaneFrom(to).awaits_pong = true;
    }
    if ((lane.owed & kOwesGoaway) != 0) say_goaway();
  }
  lane.owed = 0;
  lane.attention = lane.keeps_storage;
  return Bytes(lane.spoken).first(size);
}

void Relay::EndOf(Side from) noexcept {
  Lane& lane = LaneFrom(from);
  lane.ended = true;
  lane.keeps_storage = false;
  if (from == Side::kServer && !lane.settings_passed) {
    Owe(lane, ErrorCode::kInternalError, "closed_by_server");
  } else if (lane.owed == kOwesEnd) {
    FinishIfSilent(lane);
  } else {
    lane.finished = true;
  }
}

void Relay::Lose(Side side, ErrorCode code, std::string_view reason, bool reached) noexcept {
  Lane& from = LaneFrom(side);
  Lane& to = LaneTo(side);
  from.ended = true;
  from.keeps_storage = false;
  to.finished = true;
  if (!reached) to.last_opened = 0;
  Owe(from, code, reason);
}

void Relay::Close(ErrorCode code, std::string_view reason) noexcept {
  Owe(LaneTo(Side::kClient), code, reason);
  Owe(LaneTo(Side::kServer), ErrorCode::kNoError, reason);
}

void Relay::Drain() noexcept {
  Lane& lane = LaneTo(Side::kClient);
  if (lane.owed == kOwesEnd || lane.finished || lane.unjudged) return;
  lane.owed |= kOwesDrain;
  lane.attention = true;
}

}  // namespace h2wire
