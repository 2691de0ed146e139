// SPDX-License-Identifier: Apache-2.0

// A frame as the pieces of one gathering write, without copying what it borrows.
//
//   HeadOctets head;
//   std::array<iovec, kMaxIovecs> pieces;
//   const Gathered gathered = SplitTo(DataFrame{.stream_id = 1, .data = chunk}, head, pieces);
//   writev(socket, pieces.data(), static_cast<int>(gathered.count));
//
// Of a frame that is split already, which takes three times the instructions in all:
//
//   const std::size_t count = FillIovecs(parts, pieces);

#ifndef H2WIRE_IOVEC_H_
#define H2WIRE_IOVEC_H_

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <span>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"

namespace h2wire::inline H2WIRE_ABI {

// The most pieces that a frame has: its head, two borrowed parts, its padding.
inline constexpr std::size_t kMaxIovecs = 2 + std::tuple_size_v<decltype(Parts::bodies)>;

// `octets` as a piece to be written. (An iovec is not const, since it serves reading too.)
[[nodiscard]] constexpr iovec ToIovec(Bytes octets H2WIRE_LIFETIME_BOUND) noexcept {
  return {const_cast<std::byte*>(octets.data()), octets.size()};
}

// Where SplitTo writes the head of a frame.
using HeadOctets = decltype(Parts::head_octets);

// What SplitTo did.
struct Gathered {
  std::size_t count = 0;  // pieces; 0 if there is a fault
  Fault fault = Fault::kNone;
};

// Split and FillIovecs at once, for pieces that have room for any frame: the head is written to
// `head`, and `out` points to it, to what the frame borrows, and to kZeros. Of the elements of
// `out` behind those in use, any may have changed.
template <FrameAlternative F>
[[nodiscard]] constexpr Gathered SplitTo(const F& frame, HeadOctets& head H2WIRE_LIFETIME_BOUND,
                                         std::span<iovec, kMaxIovecs> out) noexcept;
template <AnyFrameSet Set>
[[nodiscard]] constexpr Gathered SplitTo(const Set& frame, HeadOctets& head H2WIRE_LIFETIME_BOUND,
                                         std::span<iovec, kMaxIovecs> out) noexcept;

// Points the first elements of `out` at the pieces of a frame, in their order and without empty
// ones, and returns how many they are. Returns 0 and leaves `out` alone if it has too few elements,
// which kMaxIovecs never are, or if `parts` has a fault. The pieces point into `parts` itself (the
// head), to what the frame borrows, and to kZeros: `parts` and the octets have to live until they
// are written.
[[nodiscard]] constexpr std::size_t FillIovecs(const Parts& parts H2WIRE_LIFETIME_BOUND,
                                               std::span<iovec> out) noexcept;

}  // namespace h2wire

#include "h2wire/walk/iovec.h"  // how they do it

#endif  // H2WIRE_IOVEC_H_
