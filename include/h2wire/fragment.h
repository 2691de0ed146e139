// SPDX-License-Identifier: Apache-2.0

// DATA and field blocks cut to the greatest frame size of a peer, copying nothing: handed to a
// function, which is the fast way, or piece by piece as they are looked at.
//
//   const Fault fault = CutTo(HeadersFrame{.stream_id = 1, .end_headers = true,
//                                          .fragment = field_block}, max_frame_size,
//                             [&](const auto& piece) { return queue.Add(piece); });
//   for (const DataFrame& piece : Cut(DataFrame{.stream_id = 1, .end_stream = true, .data = body},
//                                     max_frame_size, CutPadding::kDrop)) {
//     Send(piece);
//   }
//
// The same cuts a frame again that was received under a larger limit: what it does not end, its
// last piece does not end either. The parts of a frame that a StreamDecoder hands out are cut as
// they are.

#ifndef H2WIRE_FRAGMENT_H_
#define H2WIRE_FRAGMENT_H_

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <type_traits>
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

// What becomes of the padding of a DATA frame that is cut.
enum class CutPadding {
  kDrop,   // no piece has any
  kFirst,  // the first piece has it
  kEach,   // every piece has as much: this costs windows of flow control
};

// The pieces of a frame, in their order; at least one. `Piece` is F where all are of its type, else
// the variant `Set`. They borrow what the frame borrows.
template <class F, AnyFrameSet Set = Frame>
class FramePieces {
 public:
  using Piece =
      std::conditional_t<std::same_as<F, DataFrame> || std::same_as<F, ContinuationFrame>, F, Set>;

  class iterator {
   public:
    using value_type = Piece;
    using difference_type = std::ptrdiff_t;

    constexpr iterator() noexcept = default;
    constexpr iterator(const FramePieces* of, std::size_t at) noexcept
        : of_(of), at_(at), size_(at == kEnd ? 0 : of->SizeAt(at)) {}

    constexpr Piece operator*() const noexcept { return of_->PieceAt(at_, size_); }
    constexpr iterator& operator++() noexcept {
      const std::size_t next = at_ + size_;
      return *this = iterator(of_, next == Rest(of_->frame_).size() ? kEnd : next);
    }
    constexpr iterator operator++(int) noexcept {
      const iterator before = *this;
      ++*this;
      return before;
    }
    friend constexpr bool operator==(iterator, iterator) noexcept = default;

   private:
    const FramePieces* of_ = nullptr;
    std::size_t at_ = 0;    // where in what is cut the piece begins
    std::size_t size_ = 0;  // what it has of that
  };

  // Out of line, since g++ 12 warns where it sees the octets of an empty optional being copied.
  H2WIRE_NOINLINE constexpr FramePieces(const F& frame, std::uint32_t max_frame_size,
                                        CutPadding padding) noexcept
      : frame_(frame), padding_(padding), max_frame_size_(max_frame_size) {
    if constexpr (!std::same_as<F, ContinuationFrame>) {
      if (padding == CutPadding::kDrop) frame_.pad_length.reset();
    }
  }

  // kInvalidMaxFrameSize if the greatest frame size is below 2^14 or above 2^24-1: then there are
  // no pieces. What else may be wrong with the frame, Encode and Split find in its pieces.
  [[nodiscard]] constexpr Fault fault() const noexcept {
    const bool valid =
        max_frame_size_ >= kDefaultMaxFrameSize && max_frame_size_ <= kLargestMaxFrameSize;
    return valid ? Fault::kNone : Fault::kInvalidMaxFrameSize;
  }

  // Iterators live as long as the range.
  [[nodiscard]] constexpr iterator begin() const noexcept H2WIRE_LIFETIME_BOUND {
    return {this, fault() == Fault::kNone ? 0 : kEnd};
  }
  [[nodiscard]] constexpr iterator end() const noexcept H2WIRE_LIFETIME_BOUND {
    return {this, kEnd};
  }

 private:
  static constexpr std::size_t kEnd = std::numeric_limits<std::size_t>::max();

  // What is cut.
  static constexpr auto& Rest(auto& frame) noexcept {
    if constexpr (std::same_as<F, DataFrame>) {
      return frame.data;
    } else {
      return frame.fragment;
    }
  }

  // Octets that the piece which begins there has of what is cut.
  constexpr std::size_t SizeAt(std::size_t at) const noexcept {
    const bool has_fields = at == 0 || padding_ == CutPadding::kEach;
    const std::size_t fields =
        has_fields ? EncodedSize(frame_) - kFrameHeaderSize - Rest(frame_).size() : 0;
    return std::min(max_frame_size_ - fields, Rest(frame_).size() - at);
  }

  constexpr Piece PieceAt(std::size_t at, std::size_t size) const noexcept {
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

  F frame_;
  CutPadding padding_;
  std::uint32_t max_frame_size_;  // octets of payload
};

// One payload as DATA frames with at most `max_frame_size` octets of payload: END_STREAM, if it is
// set, on the last.
[[nodiscard]] constexpr FramePieces<DataFrame> Cut(const DataFrame& frame,
                                                   std::uint32_t max_frame_size,
                                                   CutPadding padding) noexcept {
  return {frame, max_frame_size, padding};
}

// One field block, or a fragment of one, as a frame of the same type and CONTINUATION frames, with
// at most `max_frame_size` octets of payload: END_STREAM, priority and padding, if they are there,
// on the first, END_HEADERS, if it is set, on the last.
template <AnyFrameSet Set = Frame, FieldBlockFrame F>
[[nodiscard]] constexpr FramePieces<F, Set> Cut(const F& frame,
                                                std::uint32_t max_frame_size) noexcept {
  return {frame, max_frame_size, CutPadding::kFirst};
}

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

// The same pieces, handed to `sink` one after the other, each in its own type. A sink may return a
// Fault: one that is not kNone ends the cutting and is returned. kInvalidMaxFrameSize, and no
// piece, if the greatest frame size is below 2^14 or above 2^24-1.
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

// The pieces of one part of a frame. One that has no octets, and ends nothing, has none; padding is
// that of the first part's first piece, or of each.
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

// Any frame of a set: one that is not cut is handed to `sink` as it is, whatever its size.
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

}  // namespace h2wire

#endif  // H2WIRE_FRAGMENT_H_
