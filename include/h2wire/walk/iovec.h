// SPDX-License-Identifier: Apache-2.0

// How a frame becomes the pieces of a gathering write: what iovec.h declares.

// iovec.h includes this file at its end. Whoever includes this one first has to pass through there.
#include "h2wire/iovec.h"

#ifndef H2WIRE_WALK_IOVEC_H_
#define H2WIRE_WALK_IOVEC_H_

#include <sys/uio.h>

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

template <FrameAlternative F>
H2WIRE_ALWAYS_INLINE constexpr Gathered SplitTo(const F& frame, HeadOctets& head,
                                                std::span<iovec, kMaxIovecs> out) noexcept {
  return internal::SplitToAs<Frame>(frame, head, out);
}
template <AnyFrameSet Set>
constexpr Gathered SplitTo(const Set& frame, HeadOctets& head,
                           std::span<iovec, kMaxIovecs> out) noexcept {
  return Visit(
      [&](const auto& alternative) { return internal::SplitToAs<Set>(alternative, head, out); },
      frame);
}

constexpr std::size_t FillIovecs(const Parts& parts, std::span<iovec> out) noexcept {
  const Bytes pieces[kMaxIovecs] = {parts.head(), parts.bodies[0], parts.bodies[1],
                                    Bytes(kZeros).first(parts.padding)};
  std::size_t count = 0;
  for (const Bytes piece : pieces) count += piece.empty() ? 0u : 1u;
  if (count > out.size()) return 0;
  std::size_t at = 0;
  for (const Bytes piece : pieces) {
    if (!piece.empty()) out[at++] = ToIovec(piece);
  }
  return count;
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_IOVEC_H_
