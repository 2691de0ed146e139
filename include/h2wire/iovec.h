// SPDX-License-Identifier: Apache-2.0

// A frame as the pieces of one gathering write, without copying what it borrows.
//
//   const Parts parts = Split(DataFrame{.stream_id = 1, .data = file_chunk});
//   std::array<iovec, kMaxIovecs> pieces;
//   const std::size_t count = FillIovecs(parts, pieces);
//   writev(socket, pieces.data(), static_cast<int>(count));

#ifndef H2WIRE_IOVEC_H_
#define H2WIRE_IOVEC_H_

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"

namespace h2wire::inline H2WIRE_ABI {

// The most pieces that a frame has: its head, two borrowed parts, its padding.
inline constexpr std::size_t kMaxIovecs = 2 + std::tuple_size_v<decltype(Parts::bodies)>;

// `octets` as a piece to be written. (An iovec is not const, since it serves reading too.)
[[nodiscard]] constexpr iovec ToIovec(Bytes octets H2WIRE_LIFETIME_BOUND) noexcept {
  return {const_cast<std::byte*>(octets.data()), octets.size()};
}

// Points the first elements of `out` at the pieces of a frame, in their order and without empty
// ones, and returns how many they are. Returns 0 and leaves `out` alone if it has too few elements,
// which kMaxIovecs never are, or if `parts` has a fault. The pieces point into `parts` itself (the
// head), to what the frame borrows, and to kZeros: `parts` and the octets have to live until they
// are written.
[[nodiscard]] constexpr std::size_t FillIovecs(const Parts& parts H2WIRE_LIFETIME_BOUND,
                                               std::span<iovec> out) noexcept {
  const Bytes pieces[kMaxIovecs] = {parts.head(), parts.bodies[0], parts.bodies[1],
                                    Bytes(kZeros).first(parts.padding)};
  const auto count = static_cast<std::size_t>(
      std::ranges::count_if(pieces, [](Bytes piece) { return !piece.empty(); }));
  if (count > out.size()) return 0;
  std::size_t at = 0;
  for (const Bytes piece : pieces) {
    if (!piece.empty()) out[at++] = ToIovec(piece);
  }
  return count;
}

}  // namespace h2wire

#endif  // H2WIRE_IOVEC_H_
