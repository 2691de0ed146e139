// SPDX-License-Identifier: Apache-2.0

// The options of every command that has a guard: other limits, and to report and go on.

#ifndef H2WIRE_TOOLS_GUARD_OPTIONS_H_
#define H2WIRE_TOOLS_GUARD_OPTIONS_H_

#include <string>

#include "absl/flags/declare.h"
#include "absl/strings/string_view.h"
#include "h2wire/guard_limits.h"

namespace h2wire::tools {

// NAME=VALUE,...: limits of the guard that are not the defaults.
struct Limits {
  GuardLimits values{};
};

bool AbslParseFlag(absl::string_view text, Limits* limits, std::string* error);
std::string AbslUnparseFlag(const Limits& limits);

// All limits with their defaults and what they limit, a line each.
std::string HelpOnLimits();

}  // namespace h2wire::tools

ABSL_DECLARE_FLAG(h2wire::tools::Limits, limits);
ABSL_DECLARE_FLAG(bool, report_only);

#endif  // H2WIRE_TOOLS_GUARD_OPTIONS_H_
