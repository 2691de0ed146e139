// SPDX-License-Identifier: Apache-2.0

#include "progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "absl/strings/str_format.h"

namespace h2wire::tools {
namespace {

constexpr std::uint64_t kLarge = std::uint64_t{64} << 20;
constexpr std::size_t kWidth = 40;  // characters of the bar
constexpr auto kInterval = std::chrono::milliseconds(100);

}  // namespace

Progress::Progress(std::optional<std::uint64_t> total)
    : total_(total), terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::Clear() {
  if (shown_) absl::FPrintF(stderr, "\r\x1b[K");  // back to the margin, and the line erased
  shown_ = false;
}

void Progress::Update(std::uint64_t done) {
  if (!terminal_ || total_.value_or(done) <= kLarge) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  shown_ = true;
  if (!total_) {
    absl::FPrintF(stderr, "\r%d MiB", done >> 20);
    return;
  }
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(*total_));
  const auto filled = static_cast<std::size_t>(share * kWidth);
  absl::FPrintF(stderr, "\r[%s%s] %3.0f%% of %d MiB", std::string(filled, '#'),
                std::string(kWidth - filled, ' '), 100 * share, *total_ >> 20);
}

}  // namespace h2wire::tools
