// SPDX-License-Identifier: Apache-2.0

#include "output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "failure.h"

namespace h2wire::tools {

int WriteWhole(std::string_view text) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  while (!text.empty()) {
    const ssize_t size = write(STDOUT_FILENO, text.data(), text.size());
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void Output::Append(std::string_view text) {
  while (!text.empty()) {
    Room room = GetRoom(1);
    const std::string_view piece = text.substr(0, room.size());
    room.at = std::copy(piece.begin(), piece.end(), room.at);
    Fill(room);
    text.remove_prefix(piece.size());
  }
}

void Output::Flush() {
  // There is no second attempt.
  const std::string_view text(buffer_.data(), std::exchange(size_, 0));
  if (!text.empty()) Write(text);
}

void Output::Write(std::string_view text) {
  if (const int error = WriteWhole(text); error != 0) {
    throw Failure(
        absl::StrCat("cannot write to standard output: ", std::generic_category().message(error)));
  }
}

}  // namespace h2wire::tools
