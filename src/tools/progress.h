// SPDX-License-Identifier: Apache-2.0

// A progress bar on standard error, for inputs that take a while.

#ifndef H2WIRE_TOOLS_PROGRESS_H_
#define H2WIRE_TOOLS_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <optional>

namespace h2wire::tools {

class Progress {
 public:
  // `total`: octets in all, if that is known. Nothing is shown unless standard error is a terminal
  // and there are more than 64 MiB.
  explicit Progress(std::optional<std::uint64_t> total);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` octets are behind. Shown ten times a second at most.
  void Update(std::uint64_t done);

  // Makes room for a sentence: nothing is shown until the next update.
  void Clear();

 private:
  std::optional<std::uint64_t> total_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_PROGRESS_H_
