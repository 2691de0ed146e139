// SPDX-License-Identifier: Apache-2.0

// Where a frame begins, in octets from anywhere in a connection: for observers who join in the
// middle.
//
//   if (const std::optional<Boundary> boundary = FindBoundary(octets)) {
//     octets = octets.subspan(boundary->offset);
//     ConnectionGuard guard({.receiver = Receiver::kUnknown, .observer = true, .joined = true});
//     ...
//   } else {
//     // come again with more octets
//   }
//
// Nothing marks the beginning of a frame. What tells it is that the nine octets there could be a
// header, that its Length leads to others that could be, and so on: a chain. Each header is
// evidence by as many bits as octets that mean something else would have to agree by chance.

#ifndef H2WIRE_BOUNDARY_H_
#define H2WIRE_BOUNDARY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/header.h"

namespace h2wire::inline H2WIRE_ABI {

struct BoundaryOptions {
  // What frames have at most, as far as is known; the greater, the less is an octet evidence.
  std::uint32_t max_frame_size = kDefaultMaxFrameSize;
  // How much evidence is enough: headers in a chain, and bits of all of them together. Where frames
  // are long there are fewer in as many octets: three headers that span 16,384 octets are enough,
  // and two if one of the frames is longer than that, with three quarters of the bits.
  std::size_t least_frames = 5;
  std::uint32_t least_evidence = 64;
};

struct Boundary {
  std::size_t offset = 0;  // octets in front of it
  std::size_t frames = 0;  // headers of the chain that led to it and goes on behind it, up to 32
  std::uint32_t evidence = 0;  // bits, of all of those
};

// Finds a boundary in `in` for which there is enough evidence, mostly the second, and on which all
// chains agree that could begin before it; nothing if there is none: then more octets are needed.
// Frames of unknown types end a chain, as do frames that Decode would refuse. Where frames have
// 16,384 octets at most, 64 KiB are enough; else those of two frames.
[[nodiscard]] H2WIRE_API std::optional<Boundary> FindBoundary(
    Bytes in H2WIRE_LIFETIME_BOUND, const BoundaryOptions& options = {}) noexcept;

}  // namespace h2wire

#endif  // H2WIRE_BOUNDARY_H_
