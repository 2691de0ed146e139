// SPDX-License-Identifier: Apache-2.0

// What a harness asserts.

#ifndef H2WIRE_FUZZ_CHECK_H_
#define H2WIRE_FUZZ_CHECK_H_

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace h2wire {

// Aborts, saying what does not hold, if `condition` is false.
inline void Check(bool condition, std::string_view what) {
  if (condition) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

// The same of a difference that was looked for, where none is expected.
inline void CheckSame(std::string_view difference, std::string_view where) {
  if (difference.empty()) return;
  std::fprintf(stderr, "library and reference differ in %.*s: %.*s\n",
               static_cast<int>(difference.size()), difference.data(),
               static_cast<int>(where.size()), where.data());
  std::abort();
}

}  // namespace h2wire

#endif  // H2WIRE_FUZZ_CHECK_H_
