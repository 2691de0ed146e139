// SPDX-License-Identifier: Apache-2.0

// How frames are cut: what fragment.h declares.

// fragment.h includes this file at its end. Whoever includes this one first has to pass through
// there.
#include "h2wire/fragment.h"

#ifndef H2WIRE_WALK_FRAGMENT_H_
#define H2WIRE_WALK_FRAGMENT_H_

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/visit.h"

namespace h2wire::inline H2WIRE_ABI {

namespace internal {

// Hands a frame to a sink that may return a Fault.
template <class Sink, class F>
H2WIRE_ALWAYS_INLINE constexpr Fault HandTo(Sink& sink, const F& frame) {
  if constexpr (std::same_as<decltype(sink(frame)), Fault>) {
    return sink(frame);
  } else {
    sink(frame);
    return Fault::kNone;
  }
}

constexpr bool IsMaxFrameSize(std::uint32_t size) noexcept {
  return size >= kDefaultMaxFrameSize && size <= kLargestMaxFrameSize;
}

}  // namespace internal

template <class Sink>
H2WIRE_ALWAYS_INLINE constexpr Fault CutTo(const DataFrame& frame, std::uint32_t max_frame_size,
                                           CutPadding padding, Sink&& sink) {
  if (!internal::IsMaxFrameSize(max_frame_size)) [[unlikely]] {
    return Fault::kInvalidMaxFrameSize;
  }
  DataFrame piece = {frame.stream_id, false, frame.pad_length, {}};
  if (padding == CutPadding::kDrop) piece.pad_length.reset();
  for (Bytes left = frame.data;;) {
    const std::size_t room =
        max_frame_size - (piece.pad_length ? 1 + std::size_t{*piece.pad_length} : 0);
    const bool last = left.size() <= room;
    piece.data = left.first(last ? left.size() : room);
    piece.end_stream = last && frame.end_stream;
    const Fault fault = internal::HandTo(sink, std::as_const(piece));
    if (last || fault != Fault::kNone) return fault;
    left = left.subspan(room);
    if (padding == CutPadding::kFirst) piece.pad_length.reset();
  }
}
template <FieldBlockFrame F, class Sink>
H2WIRE_ALWAYS_INLINE constexpr Fault CutTo(const F& frame, std::uint32_t max_frame_size,
                                           Sink&& sink) {
  if (!internal::IsMaxFrameSize(max_frame_size)) [[unlikely]] {
    return Fault::kInvalidMaxFrameSize;
  }
  Bytes left = frame.fragment;
  std::size_t room = max_frame_size - (EncodedSize(frame) - kFrameHeaderSize - left.size());
  bool last = left.size() <= room;
  if (last) return internal::HandTo(sink, frame);
  F first = frame;
  first.fragment = left.first(room);
  first.end_headers = false;
  Fault fault = internal::HandTo(sink, std::as_const(first));
  while (!last && fault == Fault::kNone) {
    left = left.subspan(room);
    room = max_frame_size;
    last = left.size() <= room;
    fault = internal::HandTo(sink, ContinuationFrame{frame.stream_id, last && frame.end_headers,
                                                     left.first(last ? left.size() : room)});
  }
  return fault;
}

template <class Sink>
H2WIRE_ALWAYS_INLINE constexpr Fault CutTo(const Part<DataFrame>& part,
                                           std::uint32_t max_frame_size, CutPadding padding,
                                           Sink&& sink) {
  const bool end_stream = part.last && part.frame.end_stream;
  if (part.octets.empty() && !end_stream && !(part.first && part.last)) return Fault::kNone;
  if (padding == CutPadding::kFirst && !part.first) padding = CutPadding::kDrop;
  return CutTo(DataFrame{part.frame.stream_id, end_stream, part.frame.pad_length, part.octets},
               max_frame_size, padding, sink);
}
template <FieldBlockFrame F, class Sink>
H2WIRE_ALWAYS_INLINE constexpr Fault CutTo(const Part<F>& part, std::uint32_t max_frame_size,
                                           Sink&& sink) {
  const bool end_headers = part.last && part.frame.end_headers;
  if (part.first) {
    F frame = part.frame;
    frame.end_headers = end_headers;
    frame.fragment = part.octets;
    return CutTo(frame, max_frame_size, sink);
  }
  if (part.octets.empty() && !end_headers) return Fault::kNone;
  return CutTo(ContinuationFrame{part.frame.stream_id, end_headers, part.octets}, max_frame_size,
               sink);
}

template <AnyFrameSet Set, class Sink>
constexpr Fault CutTo(const Set& frame, std::uint32_t max_frame_size, CutPadding padding,
                      Sink&& sink) {
  return Visit(
      [&]<class F>(const F& alternative) {
        if constexpr (std::same_as<F, DataFrame>) {
          return CutTo(alternative, max_frame_size, padding, sink);
        } else if constexpr (FieldBlockFrame<F>) {
          return CutTo(alternative, max_frame_size, sink);
        } else {
          return internal::HandTo(sink, alternative);
        }
      },
      frame);
}

template <class F, AnyFrameSet Set>
constexpr FramePieces<F, Set>::iterator::iterator(const FramePieces* of, std::size_t at) noexcept
    : of_(of), at_(at), size_(at == kEnd ? 0 : of->SizeAt(at)) {}

template <class F, AnyFrameSet Set>
constexpr auto FramePieces<F, Set>::iterator::operator*() const noexcept -> Piece {
  return of_->PieceAt(at_, size_);
}

template <class F, AnyFrameSet Set>
constexpr auto FramePieces<F, Set>::iterator::operator++() noexcept -> iterator& {
  const std::size_t next = at_ + size_;
  return *this = iterator(of_, next == Rest(of_->frame_).size() ? kEnd : next);
}

template <class F, AnyFrameSet Set>
constexpr auto FramePieces<F, Set>::iterator::operator++(int) noexcept -> iterator {
  const iterator before = *this;
  ++*this;
  return before;
}

template <class F, AnyFrameSet Set>
constexpr Fault FramePieces<F, Set>::fault() const noexcept {
  return internal::IsMaxFrameSize(max_frame_size_) ? Fault::kNone : Fault::kInvalidMaxFrameSize;
}

template <class F, AnyFrameSet Set>
constexpr auto& FramePieces<F, Set>::Rest(auto& frame) noexcept {
  if constexpr (std::same_as<F, DataFrame>) {
    return frame.data;
  } else {
    return frame.fragment;
  }
}

// Octets that the piece which begins there has of what is cut.
template <class F, AnyFrameSet Set>
constexpr std::size_t FramePieces<F, Set>::SizeAt(std::size_t at) const noexcept {
  const bool has_fields = at == 0 || padding_ == CutPadding::kEach;
  const std::size_t fields =
      has_fields ? EncodedSize(frame_) - kFrameHeaderSize - Rest(frame_).size() : 0;
  return std::min(max_frame_size_ - fields, Rest(frame_).size() - at);
}

template <class F, AnyFrameSet Set>
constexpr auto FramePieces<F, Set>::PieceAt(std::size_t at, std::size_t size) const noexcept
    -> Piece {
  const Bytes part = Rest(frame_).subspan(at, size);
  const bool last = at + part.size() == Rest(frame_).size();
  F piece = frame_;
  Rest(piece) = part;
  if constexpr (std::same_as<F, DataFrame>) {
    piece.end_stream = frame_.end_stream && last;
    if (at != 0 && padding_ == CutPadding::kFirst) piece.pad_length.reset();
  } else {
    piece.end_headers = frame_.end_headers && last;
    if (at != 0) return ContinuationFrame{frame_.stream_id, piece.end_headers, part};
  }
  return piece;
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_FRAGMENT_H_
