// SPDX-License-Identifier: Apache-2.0

// Calls that are wrong. `misuse` compiles this, and wants one error for each, with the words that
// stand over it.

#include <cstddef>

#include "h2wire/h2wire.h"

namespace h2wire {

// wants: the function takes no const F&; to pass over frames, let it take const auto&
Outcome SinkWithoutSomeTypes(Bytes in) {
  return DecodeTo(in, Overloaded{[](const DataFrame&) {}, [](const RawFrame&) {}});
}

// wants: the function takes no const F&; to pass over frames, let it take const auto&
void VisitorWithoutSomeTypes(const Frame& frame) {
  Visit(Overloaded{[](const DataFrame&) {}, [](const RawFrame&) {}}, frame);
}

// wants: 'nodiscard'
void OutcomeDropped(Bytes in) {
  DecodeTo(in, [](const auto&) {});
}

// wants: 'nodiscard'
void RewritingDropped(MutableBytes frame) {
  RewriteStreamIds(frame, [](StreamId id) { return id; });
}

// wants: say how many octets: AsBytes(pointer, size)
Bytes PointerToCharacters(const char* text) { return AsBytes(text); }

// wants: say how many octets: AsBytes(pointer, size)
Bytes PointerToOctets(unsigned char* octets) { return AsBytes(octets); }

}  // namespace h2wire
