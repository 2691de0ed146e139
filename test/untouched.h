// SPDX-License-Identifier: Apache-2.0

// Octets that nobody is to write to, and whether nobody did.

#ifndef H2WIRE_TEST_UNTOUCHED_H_
#define H2WIRE_TEST_UNTOUCHED_H_

#include <algorithm>
#include <cstddef>

#include "h2wire/bytes.h"

namespace h2wire {

inline constexpr std::byte kUntouched{0xa5};

inline bool AllUntouched(Bytes octets) {
  return std::ranges::all_of(octets, [](std::byte octet) { return octet == kUntouched; });
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_UNTOUCHED_H_
