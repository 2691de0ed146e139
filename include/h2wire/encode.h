// SPDX-License-Identifier: Apache-2.0

// From frames to octets: into a buffer of the caller's, or as parts for a gathering write.
//
//   const Encoded encoded = Encode(WindowUpdateFrame{.window_size_increment = 65535}, out);
//   if (encoded.fault == Fault::kNone) out = out.subspan(encoded.size);
//
// Encode refuses what a receiver would have to refuse. Whoever wants to send that, a tester say,
// sends a RawFrame.

#ifndef H2WIRE_ENCODE_H_
#define H2WIRE_ENCODE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/walk/grammar.h"

namespace h2wire::inline H2WIRE_ABI {

// The octets of `frame` on the wire, the header included. True also of a frame that Encode refuses.
template <FrameAlternative F>
[[nodiscard]] constexpr std::size_t EncodedSize(const F& frame) noexcept;
template <AnyFrameSet Set>
[[nodiscard]] constexpr std::size_t EncodedSize(const Set& frame) noexcept;

// How encoding went.
struct Encoded {
  // Octets written, the header included; or, if there was too little room (kNoRoom), the octets
  // that are needed; or 0.
  std::size_t size = 0;
  // Why nothing was written; kNone if the frame was.
  Fault fault = Fault::kNone;
};

// Writes `frame` to the first octets of `out`, or nothing: if it has no room, if the payload is
// longer than 2^24-1 octets, if a value does not fit its field, or if a receiver would have to
// refuse or to ignore the frame. `out` must not overlap what the frame borrows.
template <FrameAlternative F>
[[nodiscard]] constexpr Encoded Encode(const F& frame, MutableBytes out) noexcept;
template <AnyFrameSet Set>
[[nodiscard]] constexpr Encoded Encode(const Set& frame, MutableBytes out) noexcept;

// A frame in the parts of a gathering write, in this order: a head of a few octets, at most two
// parts of the payload by reference (only ALTSVC has two), and padding, which is zeros.
struct Parts {
  // Why there are no parts; kNone if there are.
  Fault fault = Fault::kNone;
  std::uint8_t head_size = 0;
  std::uint8_t padding = 0;  // octets
  std::array<std::byte, kFrameHeaderSize + internal::kMostFixedOctets> head_octets{};
  std::array<Bytes, 2> bodies = {Bytes(), Bytes()};  // empty ones last

  [[nodiscard]] constexpr Bytes head() const noexcept H2WIRE_LIFETIME_BOUND {
    return Bytes(head_octets).first(head_size);
  }
  // All octets of the frame.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    return std::size_t{head_size} + bodies[0].size() + bodies[1].size() + padding;
  }
};

// What padding is made of.
inline constexpr std::array<std::byte, 255> kZeros{};

// The parts of `frame`, which borrow what it borrows; or the fault for which Encode would refuse
// it. Together they are what Encode writes.
template <FrameAlternative F>
[[nodiscard]] constexpr Parts Split(const F& frame) noexcept;
template <AnyFrameSet Set>
[[nodiscard]] constexpr Parts Split(const Set& frame) noexcept;

// Two frames are equal if they are the same octets on the wire. (Of a frame that Encode refuses, if
// they would be.)
template <FrameAlternative F>
[[nodiscard]] constexpr bool operator==(const F& a, const F& b) noexcept;
template <FrameAlternative... Fs>
[[nodiscard]] constexpr bool operator==(const std::variant<Fs...>& a,
                                        const std::variant<Fs...>& b) noexcept
    requires(AnyFrameSet<std::variant<Fs...>>);

}  // namespace h2wire

#include "h2wire/walk/encode.h"  // how they do it

#endif  // H2WIRE_ENCODE_H_
