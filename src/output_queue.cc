// SPDX-License-Identifier: Apache-2.0

// What an OutputQueue minds: which frames pass which, what is copied, borrowed and written.

#include "h2wire/output_queue.h"

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/iovec.h"

namespace h2wire::inline H2WIRE_ABI {
namespace {

constexpr std::uint8_t kAckFlag = 0x01;
constexpr std::uint8_t kEndHeadersFlag = 0x04;
constexpr std::uint8_t kPaddedFlag = 0x08;

bool OpensFieldBlock(FrameType type) {
  return type == HeadersFrame::kType || type == PushPromiseFrame::kType;
}

// Types of which rules need more than the header: raw frames are given a head with more.
bool HasFieldsToMind(FrameType type) {
  return type == PushPromiseFrame::kType || type == PingFrame::kType ||
         type == RstStreamFrame::kType || type == WindowUpdateFrame::kType;
}

// The stream that a frame promises; its own if it promises none. Its fields are there, as far as
// the payload has them.
StreamId PromisedBy(const FrameHeader& header, const std::byte* head) {
  const std::size_t at = (header.flags & kPaddedFlag) != 0 ? 1 : 0;
  if (header.type != PushPromiseFrame::kType || header.length < at + 4) {
    return header.stream_id;
  }
  return LoadBig<std::uint32_t>(head + kFrameHeaderSize + at) & kMaxStreamId;
}

}  // namespace

OutputQueue::OutputQueue(MutableBytes copies, std::span<Body> bodies, MutableBytes urgent,
                         std::size_t copy_at_most) noexcept
    : bodies_end_(bodies.data() + bodies.size()),
      copy_at_most_(std::max(copy_at_most, kLargestHead)),
      copies_(copies),
      bodies_(bodies),
      urgent_(urgent) {
  urgent_limit_ = urgent.data() + urgent.size();
  ResetFrames();
  ResetUrgent();
}

void OutputQueue::ResetFrames() noexcept {
  at_ = from_ = frame_ = unbatched_ = copies_.data();
  body_ = first_ = bodies_.data();
  opens_ = 0;
  left_ = taken_ = borrowed_ = 0;
  SetLimits();
}

OutputQueue::Place OutputQueue::PlaceOf(std::byte* frame) const noexcept {
  return {frame, std::partition_point(first_, body_,
                                      [frame](const Body& body) { return body.at <= frame; })};
}

std::size_t OutputQueue::Step(Place& place) const noexcept {
  const std::size_t size = kFrameHeaderSize + LoadHeader(place.at).length;
  std::size_t copied = size;
  while (place.body != body_ && static_cast<std::size_t>(place.body->at - place.at) <= copied) {
    copied -= place.body->octets.size();
    ++place.body;
  }
  place.at += copied;
  return size;
}

Fault OutputQueue::AddOctets(Bytes frame, std::uint64_t name) noexcept {
  if (frame.size() < kFrameHeaderSize ||
      frame.size() - kFrameHeaderSize != LoadHeader(frame.data()).length) {
    return Fault::kWrongLength;
  }
  Parts parts;
  parts.head_size = kFrameHeaderSize;
  internal::CopyOctets(parts.head_octets.data(), frame.first(kFrameHeaderSize));
  parts.bodies[0] = frame.subspan(kFrameHeaderSize);
  return AddParts(parts, name);
}

Fault OutputQueue::AddPreface() noexcept {
  if (waiting() != 0 || open_ != 0) return Fault::kBadPreface;
  if (!MakeRoom(kConnectionPreface.size(), 0)) return Fault::kNoRoom;
  left_ = kConnectionPreface.size();
  begun_ = {};
  at_ = frame_ = unbatched_ = internal::CopyBody(at_, AsBytes(kConnectionPreface));
  SetLimits();
  return Fault::kNone;
}

Fault OutputQueue::AddParts(Parts parts, std::uint64_t name) noexcept {
  if (parts.fault != Fault::kNone) return parts.fault;
  const FrameHeader header = LoadHeader(parts.head_octets.data());
  if (HasFieldsToMind(header.type) && parts.head_size == kFrameHeaderSize) {
    const Bytes fields = parts.bodies[0].first(std::min<std::size_t>(parts.bodies[0].size(), 8));
    internal::CopyOctets(parts.head_octets.data() + kFrameHeaderSize, fields);
    parts.head_size = static_cast<std::uint8_t>(kFrameHeaderSize + fields.size());
    parts.bodies[0] = parts.bodies[0].subspan(fields.size());
  }
  if (!urgent_.empty() && parts.head_size == parts.size()) {
    const bool passes = header.type == PingFrame::kType
                            ? header.length == 8 && (header.flags & kAckFlag) != 0
                            : header.length == 4 && (header.type == WindowUpdateFrame::kType ||
                                                     header.type == RstStreamFrame::kType);
    if (passes) return AddUrgent(header, parts.head());
  }
  const bool continues = header.type == ContinuationFrame::kType;
  if (continues && open_ == 0) return Fault::kStrayContinuation;
  if (open_ != 0 && !(continues && header.stream_id == open_)) {
    return Fault::kFieldBlockInterrupted;
  }

  std::size_t copied = parts.head_size + std::size_t{parts.padding};
  std::size_t bodies = 0;
  for (const Bytes body : parts.bodies) {
    const bool borrows = body.size() > copy_at_most_;
    (borrows ? bodies : copied) += borrows ? 1 : body.size();
  }
  if (!MakeRoom(copied, bodies)) return Fault::kNoRoom;

  const std::byte* const head = at_;
  internal::CopyOctets(at_, parts.head());  // not CopyBody: g++ 12 minds heads of 65 octets
  at_ += parts.head_size;
  for (const Bytes body : parts.bodies) {
    if (body.size() > copy_at_most_) {
      *body_++ = {body, name, at_};
      borrowed_ += body.size();
    } else {
      at_ = internal::CopyBody(at_, body);
    }
  }
  at_ = std::fill_n(at_, parts.padding, std::byte{0});

  if (OpensFieldBlock(header.type)) {
    opens_ |= BitOf(header.stream_id) | BitOf(PromisedBy(header, head));
  }
  if (OpensFieldBlock(header.type) || continues) {
    open_ = (header.flags & kEndHeadersFlag) != 0 ? 0 : header.stream_id;
  }
  if (header.type == SettingsFrame::kType && (header.flags & kAckFlag) == 0 && !has_begun_) {
    has_begun_ = before_settings_ = true;
  }
  SetLimits();
  return Fault::kNone;
}

Fault OutputQueue::AddUrgent(const FrameHeader& header, Bytes frame) noexcept {
  std::byte* behind = nullptr;
  if (header.type == RstStreamFrame::kType) {
    (void)DropData(header.stream_id);
    behind = EndOfOwn(header.stream_id);
  } else if (header.type == WindowUpdateFrame::kType && (opens_ & BitOf(header.stream_id)) != 0) {
    behind = EndOfOpening(header.stream_id);
  }
  if (behind == nullptr && frame.size() <= static_cast<std::size_t>(urgent_limit_ - urgent_at_)) {
    urgent_at_ = internal::CopyBody(urgent_at_, frame);
    return Fault::kNone;
  }
  behind = behind == nullptr ? at_ : FreePlace(behind);
  if (behind == at_ && open_ != 0) return Fault::kFieldBlockInterrupted;
  return Insert(behind, frame);
}

std::byte* OutputQueue::EndOfOwn(StreamId stream_id) const noexcept {
  std::byte* end = nullptr;
  bool own = false;
  for (Place place = PlaceOf(frame_); place.at != at_;) {
    const std::byte* const head = place.at;
    const FrameHeader header = LoadHeader(head);
    Step(place);
    if (header.type != ContinuationFrame::kType) {
      own = header.stream_id == stream_id || PromisedBy(header, head) == stream_id;
    }
    if (own) end = place.at;
  }
  return end;
}

std::byte* OutputQueue::EndOfOpening(StreamId stream_id) noexcept {
  std::uint64_t opens = 0;
  std::byte* end = nullptr;
  for (Place place = PlaceOf(frame_); place.at != at_;) {
    const std::byte* const head = place.at;
    const FrameHeader header = LoadHeader(head);
    const bool continues = header.type == ContinuationFrame::kType;
    if (end != nullptr && !continues) return end;
    Step(place);
    if (end != nullptr) {
      end = place.at;
    } else if (OpensFieldBlock(header.type)) {
      const StreamId promised = PromisedBy(header, head);
      opens |= BitOf(header.stream_id) | BitOf(promised);
      if (header.stream_id == stream_id || promised == stream_id) end = place.at;
    } else if (header.stream_id == stream_id && !continues) {
      return nullptr;  // the stream is open
    }
  }
  if (end == nullptr) opens_ = opens;
  return end;
}

std::byte* OutputQueue::FreePlace(std::byte* frame) const noexcept {
  Place place = PlaceOf(std::max(frame, unbatched_));
  while (place.at != at_ && LoadHeader(place.at).type == ContinuationFrame::kType) Step(place);
  return place.at;
}

bool OutputQueue::MakeRoom(std::size_t copied, std::size_t bodies) noexcept {
  const auto has_room = [&] {
    return copied <= static_cast<std::size_t>(copies_.data() + copies_.size() - at_) &&
           bodies <= static_cast<std::size_t>(bodies_end_ - body_);
  };
  if (has_room() || in_flight_) return has_room();
  const std::ptrdiff_t shift = from_ - copies_.data();
  if (shift != 0) {
    std::memmove(copies_.data(), from_, static_cast<std::size_t>(at_ - from_));
    for (std::byte** const place : {&at_, &from_, &frame_, &unbatched_}) *place -= shift;
  }
  body_ = std::copy(first_, body_, bodies_.data());
  first_ = bodies_.data();
  for (Body* body = first_; body != body_; ++body) body->at -= shift;
  SetLimits();
  return has_room();
}

Fault OutputQueue::Insert(std::byte* at, Bytes frame) noexcept {
  const auto behind = static_cast<std::size_t>(at_ - at);
  if (!MakeRoom(frame.size(), 0)) return Fault::kNoRoom;
  at = at_ - behind;
  std::memmove(at + frame.size(), at, behind);
  internal::CopyBody(at, frame);
  at_ += frame.size();
  for (Body* body = body_; body != first_ && body[-1].at > at; --body) body[-1].at += frame.size();
  SetLimits();
  return Fault::kNone;
}

OutputQueue::Dropped OutputQueue::DropData(StreamId stream_id) noexcept {
  Dropped dropped;
  Place place = PlaceOf(unbatched_);
  Place kept = place;  // where the next frame that is kept belongs
  while (place.at != at_) {
    const Place frame = place;
    const FrameHeader header = LoadHeader(frame.at);
    Step(place);
    if (header.type == DataFrame::kType && header.stream_id == stream_id) {
      dropped.flow_controlled_length += header.length;
      continue;
    }
    const std::ptrdiff_t shift = frame.at - kept.at;
    if (shift != 0) {
      std::memmove(kept.at, frame.at, static_cast<std::size_t>(place.at - frame.at));
      for (Body* body = frame.body; body != place.body; ++body) {
        body->at -= shift;
        std::swap(*kept.body++, *body);
      }
    } else {
      kept.body = place.body;
    }
    kept.at = place.at - shift;
  }
  dropped.bodies = {kept.body, body_};
  for (const Body& body : dropped.bodies) borrowed_ -= body.octets.size();
  at_ = kept.at;
  body_ = kept.body;
  dropped_ += dropped.flow_controlled_length;
  SetLimits();
  return dropped;
}

OutputQueue::Waiting OutputQueue::WaitingOn(StreamId stream_id) const noexcept {
  Waiting waiting;
  const auto count = [&](StreamId of, std::size_t octets) {
    if (of != stream_id || octets == 0) return;
    ++waiting.frames;
    waiting.octets += octets;
  };
  count(begun_.stream_id, left_);
  for (Place place = PlaceOf(frame_); place.at != at_;) {
    const StreamId of = LoadHeader(place.at).stream_id;
    count(of, Step(place));
  }
  for (const std::byte* frame = urgent_.data(); frame != urgent_at_;) {
    const FrameHeader header = LoadHeader(frame);
    frame += kFrameHeaderSize + header.length;
    if (frame > urgent_from_) {
      count(header.stream_id, std::min(kFrameHeaderSize + header.length,
                                       static_cast<std::size_t>(frame - urgent_from_)));
    }
  }
  return waiting;
}

std::span<const iovec> OutputQueue::Batch(std::span<iovec> pieces) noexcept {
  // What may not be passed counts as begun.
  Place place = PlaceOf(frame_);
  while (place.at != at_) {
    const FrameHeader header = LoadHeader(place.at);
    if (before_settings_) {
      before_settings_ = header.type != SettingsFrame::kType || (header.flags & kAckFlag) != 0;
      begun_ = {};
    } else if (header.type != ContinuationFrame::kType) {
      break;
    } else if (left_ == 0) {
      begun_ = header;
    }
    left_ += Step(place);
  }
  frame_ = place.at;

  iovec* piece = pieces.data();
  iovec* const end = piece + pieces.size();
  const std::byte* from = from_;
  const Body* body = first_;
  std::size_t taken = taken_;
  // Points at what stands before `to`.
  const auto point_up_to = [&](const std::byte* to) {
    while (piece != end) {
      const bool borrows = body != body_ && body->at <= to;
      const std::byte* const copied_to = borrows ? body->at : to;
      if (from != copied_to) {
        *piece++ = ToIovec({from, copied_to});
        from = copied_to;
        if (piece == end) return;
      }
      if (!borrows) return;
      *piece++ = ToIovec(body->octets.subspan(taken));
      taken = 0;
      ++body;
    }
  };
  urgent_batch_ = urgent_from_;
  if (urgent_from_ != urgent_at_ && !(open_ != 0 && frame_ == at_)) {
    point_up_to(frame_);
    if (piece != end) {
      *piece++ = ToIovec({urgent_from_, urgent_at_});
      urgent_batch_ = urgent_at_;
    }
  }
  point_up_to(at_);
  unbatched_ = at_;
  in_flight_ = true;
  return {pieces.data(), piece};
}

std::span<const OutputQueue::Body> OutputQueue::Written(std::size_t size) noexcept {
  const Body* const freed = first_;
  const Body* written = body_;
  in_flight_ = false;
  if (size >= waiting()) {
    has_begun_ |= urgent_at_ != urgent_.data() || frame_ != at_;
    ResetUrgent();
    ResetFrames();
    return {freed, written};
  }
  while (size != 0) {
    if (left_ == 0 && urgent_from_ != urgent_batch_) {
      const auto urgent = std::min(size, static_cast<std::size_t>(urgent_batch_ - urgent_from_));
      urgent_from_ += urgent;
      size -= urgent;
      Begin();
      continue;
    }
    if (left_ == 0) {
      if (frame_ == at_) break;  // the rest was in no batch
      Place place{frame_, first_};
      begun_ = LoadHeader(frame_);
      left_ = Step(place);
      frame_ = place.at;
      Begin();
    }
    const std::size_t taken = std::min(size, left_);
    Take(taken);
    left_ -= taken;
    size -= taken;
  }
  written = first_;
  unbatched_ = frame_;
  urgent_batch_ = urgent_from_;
  if (urgent_from_ == urgent_at_) ResetUrgent();
  return {freed, written};
}

void OutputQueue::Take(std::size_t size) noexcept {
  while (size != 0) {
    if (first_ != body_ && first_->at == from_) {
      const std::size_t taken = std::min(size, first_->octets.size() - taken_);
      taken_ += taken;
      borrowed_ -= taken;
      size -= taken;
      if (taken_ == first_->octets.size()) {
        ++first_;
        taken_ = 0;
      }
    } else {
      const std::byte* const end = first_ != body_ ? first_->at : at_;
      const std::size_t taken = std::min(size, static_cast<std::size_t>(end - from_));
      from_ += taken;
      size -= taken;
    }
  }
}

}  // namespace h2wire
