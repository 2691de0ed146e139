// SPDX-License-Identifier: Apache-2.0

// DATA and field blocks cut to the greatest frame size of a peer, piece by piece as they are looked
// at, copying nothing.
//
//   for (const DataFrame& piece : Cut(DataFrame{.stream_id = 1, .end_stream = true, .data = body},
//                                     max_frame_size, CutPadding::kDrop)) {
//     Send(piece);
//   }
//   for (const Frame& piece : Cut(HeadersFrame{.stream_id = 1, .end_headers = true,
//                                              .fragment = field_block}, max_frame_size)) {
//     Send(piece);  // a HEADERS frame, then CONTINUATION frames
//   }
//
// The same cuts a frame again that was received under a larger limit: what it does not end, its
// last piece does not end either.

#ifndef H2WIRE_FRAGMENT_H_
#define H2WIRE_FRAGMENT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"

namespace h2wire::inline H2WIRE_ABI {

// What becomes of the padding of a DATA frame that is cut.
enum class CutPadding {
  kDrop,   // no piece has any
  kFirst,  // the first piece has it
  kEach,   // every piece has as much: this costs windows of flow control
};

// The pieces of a frame, in their order; at least one. `Piece` is F where all are of its type, else
// Frame. They borrow what the frame borrows.
template <class F>
class FramePieces {
 public:
  using Piece =
      std::conditional_t<std::is_same_v<F, DataFrame> || std::is_same_v<F, ContinuationFrame>, F,
                         Frame>;

  class iterator {
   public:
    using value_type = Piece;
    using difference_type = std::ptrdiff_t;

    constexpr iterator() noexcept = default;
    constexpr iterator(const FramePieces* of, std::size_t at) noexcept : of_(of), at_(at) {}

    constexpr Piece operator*() const noexcept { return of_->PieceAt(at_); }
    constexpr iterator& operator++() noexcept {
      at_ += of_->SizeAt(at_);
      if (at_ == Rest(of_->frame_).size()) at_ = kEnd;
      return *this;
    }
    constexpr iterator operator++(int) noexcept {
      const iterator before = *this;
      ++*this;
      return before;
    }
    friend constexpr bool operator==(iterator, iterator) noexcept = default;

   private:
    const FramePieces* of_ = nullptr;
    std::size_t at_ = 0;  // where in what is cut the piece begins
  };

  // Out of line, since g++ 12 warns where it sees the octets of an empty optional being copied.
  H2WIRE_NOINLINE constexpr FramePieces(const F& frame, std::uint32_t max_frame_size,
                                        CutPadding padding) noexcept
      : frame_(frame), padding_(padding), max_frame_size_(max_frame_size) {
    if constexpr (requires { frame_.pad_length; }) {
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
    if constexpr (requires { frame.data; }) {
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

  constexpr Piece PieceAt(std::size_t at) const noexcept {
    const Bytes part = Rest(frame_).subspan(at, SizeAt(at));
    const bool last = at + part.size() == Rest(frame_).size();
    F piece = frame_;
    Rest(piece) = part;
    if constexpr (std::is_same_v<F, DataFrame>) {
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
[[nodiscard]] constexpr FramePieces<HeadersFrame> Cut(const HeadersFrame& frame,
                                                      std::uint32_t max_frame_size) noexcept {
  return {frame, max_frame_size, CutPadding::kFirst};
}
[[nodiscard]] constexpr FramePieces<PushPromiseFrame> Cut(const PushPromiseFrame& frame,
                                                          std::uint32_t max_frame_size) noexcept {
  return {frame, max_frame_size, CutPadding::kFirst};
}
[[nodiscard]] constexpr FramePieces<ContinuationFrame> Cut(const ContinuationFrame& frame,
                                                           std::uint32_t max_frame_size) noexcept {
  return {frame, max_frame_size, CutPadding::kFirst};
}

}  // namespace h2wire

#endif  // H2WIRE_FRAGMENT_H_
