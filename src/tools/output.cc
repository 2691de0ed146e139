// SPDX-License-Identifier: Apache-2.0

#include "output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "failure.h"

namespace h2wire::tools {

void Output::Flush() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t size = write(STDOUT_FILENO, left.data(), left.size());
    if (size >= 0) {
      left.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      const int error = errno;
      buffer_.clear();  // there is no second attempt
      throw Failure(absl::StrCat("cannot write to standard output: ", std::strerror(error)));
    }
  }
  buffer_.clear();
}

}  // namespace h2wire::tools
