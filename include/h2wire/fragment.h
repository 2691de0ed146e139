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

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"

namespace h2wire::inline H2WIRE_ABI {

// What becomes of the padding of a DATA frame that is cut.
enum class CutPadding {
  kDrop,   // no piece has any
  kFirst,  // the first piece has it
  kEach,   // every piece has as much: this costs windows of flow control
};

// Hands `frame` to `sink` in pieces of at most `max_frame_size` octets of payload, one after the
// other, each in its own type. A sink may return a Fault: one that is not kNone ends the cutting
// and is returned. kInvalidMaxFrameSize, and no piece, if the greatest frame size is below 2^14 or
// above 2^24-1. What else may be wrong with the frame, Encode and Split find in its pieces.
//
// DATA becomes DATA frames: END_STREAM, if it is set, is on the last. A field block, or a fragment
// of one, becomes a frame of the same type and CONTINUATION frames: END_STREAM, priority and
// padding, if they are there, are on the first, END_HEADERS, if it is set, on the last.
template <class Sink>
constexpr Fault CutTo(const DataFrame& frame, std::uint32_t max_frame_size, CutPadding padding,
                      Sink&& sink);
template <FieldBlockFrame F, class Sink>
constexpr Fault CutTo(const F& frame, std::uint32_t max_frame_size, Sink&& sink);

// The pieces of one part of a frame. One that has no octets, and ends nothing, has none; padding is
// that of the first part's first piece, or of each.
template <class Sink>
constexpr Fault CutTo(const Part<DataFrame>& part, std::uint32_t max_frame_size, CutPadding padding,
                      Sink&& sink);
template <FieldBlockFrame F, class Sink>
constexpr Fault CutTo(const Part<F>& part, std::uint32_t max_frame_size, Sink&& sink);

// Any frame of a set: one that is not cut is handed to `sink` as it is, whatever its size.
template <AnyFrameSet Set, class Sink>
constexpr Fault CutTo(const Set& frame, std::uint32_t max_frame_size, CutPadding padding,
                      Sink&& sink);

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
    constexpr iterator(const FramePieces* of, std::size_t at) noexcept;

    constexpr Piece operator*() const noexcept;
    constexpr iterator& operator++() noexcept;
    constexpr iterator operator++(int) noexcept;
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

  // kInvalidMaxFrameSize if the greatest frame size is one that CutTo refuses: then there are no
  // pieces.
  [[nodiscard]] constexpr Fault fault() const noexcept;

  // Iterators live as long as the range.
  [[nodiscard]] constexpr iterator begin() const noexcept H2WIRE_LIFETIME_BOUND {
    return {this, fault() == Fault::kNone ? 0 : kEnd};
  }
  [[nodiscard]] constexpr iterator end() const noexcept H2WIRE_LIFETIME_BOUND {
    return {this, kEnd};
  }

 private:
  static constexpr std::size_t kEnd = std::numeric_limits<std::size_t>::max();

  static constexpr auto& Rest(auto& frame) noexcept;  // what is cut
  constexpr std::size_t SizeAt(std::size_t at) const noexcept;
  constexpr Piece PieceAt(std::size_t at, std::size_t size) const noexcept;

  F frame_;
  CutPadding padding_;
  std::uint32_t max_frame_size_;  // octets of payload
};

// The same pieces as a range, for those who cannot give a function.
[[nodiscard]] constexpr FramePieces<DataFrame> Cut(const DataFrame& frame,
                                                   std::uint32_t max_frame_size,
                                                   CutPadding padding) noexcept {
  return {frame, max_frame_size, padding};
}
template <AnyFrameSet Set = Frame, FieldBlockFrame F>
[[nodiscard]] constexpr FramePieces<F, Set> Cut(const F& frame,
                                                std::uint32_t max_frame_size) noexcept {
  return {frame, max_frame_size, CutPadding::kFirst};
}

}  // namespace h2wire

#include "h2wire/walk/fragment.h"  // how they do it

#endif  // H2WIRE_FRAGMENT_H_
