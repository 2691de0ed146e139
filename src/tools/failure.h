// SPDX-License-Identifier: Apache-2.0

// What makes the program end with exit status 2, besides want of memory: it was used wrongly, or a
// file cannot be read or written.

#ifndef H2WIRE_TOOLS_FAILURE_H_
#define H2WIRE_TOOLS_FAILURE_H_

#include <stdexcept>

namespace h2wire::tools {

// what() is a sentence for standard error, without its full stop.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The exit statuses of the program.
inline constexpr int kAllDecoded = 0;
inline constexpr int kNotAllDecoded = 1;
inline constexpr int kFailed = 2;

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_FAILURE_H_
