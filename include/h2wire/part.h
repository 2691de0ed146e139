// SPDX-License-Identifier: Apache-2.0

// A frame whose payload is handed out as it comes, in parts, instead of whole.

#ifndef H2WIRE_PART_H_
#define H2WIRE_PART_H_

#include <cstddef>

#include "h2wire/bytes.h"
#include "h2wire/frames.h"

namespace h2wire::inline H2WIRE_ABI {

// One part of a frame. The parts of a frame come in order and with nothing between them, one at
// least: the first has `first`, the last has `last`, and one that is all of the frame has both.
// There is no last part if the frame is cut off, or if its padding turns out to be in error.
template <FrameAlternative F>
struct Part {
  // The fields, the same in every part. What the frame ends with (`data`, `payload`, `fragment`
  // ...) is empty.
  F frame{};
  // The next octets of what the frame ends with; there may be none. They live as long as what was
  // decoded. Padding is not among them.
  Bytes octets{};
  // How many octets all parts have together.
  std::size_t size = 0;
  bool first = false;
  bool last = false;  // the frame is complete, its padding included
};

// Names the frame types whose frames are to come in parts.
template <FrameAlternative... Fs>
struct InParts {};

// The octets by which the frame shrinks the windows of its stream and its connection, with its
// first part; 0 with the others. RFC 9113, 6.9.1.
[[nodiscard]] constexpr std::size_t FlowControlledLength(const Part<DataFrame>& part) noexcept {
  return part.first ? part.size + FlowControlledLength(part.frame) : 0;
}

}  // namespace h2wire

#endif  // H2WIRE_PART_H_
