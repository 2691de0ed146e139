// SPDX-License-Identifier: Apache-2.0

// A frame as the pieces of one gathering write, without copying what it borrows.
//
//   const Parts parts = Split(DataFrame{.stream_id = 1, .data = file_chunk});
//   std::array<iovec, kMaxIovecs> pieces;
//   const std::size_t count = FillIovecs(parts, pieces);
//   writev(socket, pieces.data(), static_cast<int>(count));
//
// Or at once, which takes a third of the instructions:
//
//   HeadOctets head;
//   const Gathered gathered = SplitTo(DataFrame{...}, head, pieces);
//   writev(socket, pieces.data(), static_cast<int>(gathered.count));

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
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/visit.h"
#include "h2wire/walk/writer.h"

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

// Where SplitTo writes the head of a frame.
using HeadOctets = decltype(Parts::head_octets);

// What SplitTo did.
struct Gathered {
  std::size_t count = 0;  // pieces; 0 if there is a fault
  Fault fault = Fault::kNone;
};

namespace internal {

template <AnyFrameSet Set, FrameAlternative F>
H2WIRE_ALWAYS_INLINE constexpr Gathered SplitToAs(const F& frame, HeadOctets& head,
                                                  std::span<iovec, kMaxIovecs> out) noexcept {
  const auto measured = Measure<Set>(frame);
  if (measured.fault() != Fault::kNone) [[unlikely]] {
    return {.fault = measured.fault()};
  }
  iovec* piece = out.data() + 1;
  const auto writer = Write(frame, measured.size(), head.data(), [&](std::byte* to, Bytes octets) {
    *piece = ToIovec(octets);
    piece += octets.empty() ? 0 : 1;
    return to;
  });
  out[0] = ToIovec({head.data(), writer.at()});
  if (writer.padding() != 0) [[unlikely]] {
    *piece++ = ToIovec(Bytes(kZeros).first(writer.padding()));
  }
  return {.count = static_cast<std::size_t>(piece - out.data())};
}

}  // namespace internal

// Split and FillIovecs at once, for pieces that have room for any frame: the head is written to
// `head`, and `out` points to it, to what the frame borrows, and to kZeros. Of the elements of
// `out` behind those in use, any may have changed.
template <FrameAlternative F>
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr Gathered SplitTo(
    const F& frame, HeadOctets& head H2WIRE_LIFETIME_BOUND,
    std::span<iovec, kMaxIovecs> out) noexcept {
  return internal::SplitToAs<Frame>(frame, head, out);
}
template <AnyFrameSet Set>
[[nodiscard]] constexpr Gathered SplitTo(const Set& frame, HeadOctets& head H2WIRE_LIFETIME_BOUND,
                                         std::span<iovec, kMaxIovecs> out) noexcept {
  return Visit(
      [&](const auto& alternative) { return internal::SplitToAs<Set>(alternative, head, out); },
      frame);
}

}  // namespace h2wire

#endif  // H2WIRE_IOVEC_H_
