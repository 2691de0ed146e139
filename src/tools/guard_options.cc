// SPDX-License-Identifier: Apache-2.0

#include "guard_options.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "h2wire/guard_limits.h"

ABSL_FLAG(h2wire::tools::Limits, limits, {}, "other limits of the guard than those below");
ABSL_FLAG(bool, report_only, false, "what the guard finds is reported, and ends nothing");

namespace h2wire::tools {

bool AbslParseFlag(absl::string_view text, Limits* limits, std::string* error) {
  for (const absl::string_view limit : absl::StrSplit(text, ',')) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(limit, absl::MaxSplits('=', 1));
    const std::string_view wrong = SetLimit(limits->values, parts.first, parts.second);
    if (wrong.empty()) continue;
    *error = absl::StrCat(parts.first, ": ", absl::string_view(wrong.data(), wrong.size()));
    return false;
  }
  return true;
}

std::string AbslUnparseFlag(const Limits&) { return "NAME=VALUE,..."; }

std::string HelpOnLimits() {
  std::string text =
      "Limits, with their defaults; 1000/10ms is 1000 at once, and one more every 10 ms:\n\n";
  for (const LimitRow& limit : kLimitRows) {
    absl::StrAppendFormat(&text, "  %-30s %-14s %s\n", limit.name,
                          LimitText(kDefaultGuardLimits, limit).text(), limit.what);
  }
  return text;
}

}  // namespace h2wire::tools
