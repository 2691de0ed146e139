// SPDX-License-Identifier: Apache-2.0

// What makes the program end with exit status 2, besides want of memory: it was used wrongly, or a
// file cannot be read or written, or is not what it is taken for.

#ifndef H2WIRE_TOOLS_FAILURE_H_
#define H2WIRE_TOOLS_FAILURE_H_

#include <stdexcept>
#include <string>
#include <utility>

namespace h2wire::tools {

// what() is a sentence for standard error, without its full stop; names in it are as they are.
// `advice`: lines that say what to do, each with its end, or nothing; all printable.
struct Failure : std::runtime_error {
  explicit Failure(const std::string& sentence, std::string advice_ = "")
      : std::runtime_error(sentence), advice(std::move(advice_)) {}

  std::string advice;
};

// Says on standard error why the program fails, or goes on without a file.
void Report(const Failure& failure);

// The exit statuses of the program.
inline constexpr int kAllDecoded = 0;
inline constexpr int kNotAllDecoded = 1;
inline constexpr int kFailed = 2;

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_FAILURE_H_
