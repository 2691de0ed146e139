// SPDX-License-Identifier: Apache-2.0

#include "failure.h"

#include <cstdio>

#include "absl/strings/str_format.h"
#include "printable.h"

namespace h2wire::tools {

void Report(const Failure& failure) {
  absl::FPrintF(stderr, "h2wire: %s\n%s", Printable(failure.what()), failure.advice);
}

}  // namespace h2wire::tools
