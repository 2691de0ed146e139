// SPDX-License-Identifier: Apache-2.0

#include "relay_options.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "failure.h"
#include "h2wire/guard_limits.h"

namespace {

// Limits of the guard that are not the default ones.
struct Limits {
  h2wire::GuardLimits values{};
};

bool AbslParseFlag(absl::string_view text, Limits* limits, std::string* error) {
  for (const absl::string_view limit : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(limit, absl::MaxSplits('=', 1));
    const std::string_view wrong =
        h2wire::SetLimit(limits->values, {parts.first.data(), parts.first.size()},
                         {parts.second.data(), parts.second.size()});
    if (wrong.empty()) continue;
    *error = absl::StrCat(limit, ": ", std::string(wrong));
    return false;
  }
  return true;
}

std::string AbslUnparseFlag(const Limits&) { return ""; }

}  // namespace

ABSL_FLAG(Limits, limits, {},
          "NAME=VALUE,...: limits that are to be others than those\n"
          "above");
ABSL_FLAG(std::string, listen, "",
          "ADDR:PORT to accept connections at; port 0 is one that\n"
          "is free, which the first line on standard error names");
ABSL_FLAG(std::string, upstream, "", "ADDR:PORT of the server");
ABSL_FLAG(std::uint32_t, threads, 1, "how many accept connections");
ABSL_FLAG(std::uint32_t, max_connections, 1000, "how many are open at once; others are refused");
ABSL_FLAG(absl::Duration, connect_timeout, absl::Seconds(5), "how long the upstream may take");
ABSL_FLAG(absl::Duration, idle_timeout, absl::Minutes(10),
          "how long a connection lives without an octet; 0: for\n"
          "ever");
ABSL_FLAG(absl::Duration, drain_timeout, absl::Seconds(30), "how long after SIGTERM");
ABSL_FLAG(bool, report_only, false, "tell faults with --log and --stats, and let them pass");
ABSL_FLAG(bool, blind, false, "judge nothing: to compare with");
ABSL_FLAG(bool, log, false,
          "print each frame with the time, its connection and its\n"
          "direction; and how each connection ended. Without it\n"
          "only those are printed that a fault ended");
ABSL_FLAG(std::uint32_t, payload, 0, "how many octets of each octet string --log shows");
ABSL_FLAG(bool, stats, false, "count frames, octets, faults and ends; print them at exit");

namespace h2wire::tools {

const std::string& RelayDescription() {
  static const std::string text = [] {
    std::string description =
        "Accepts cleartext HTTP/2 connections (with prior knowledge: TLS ends in front), opens\n"
        "one to the upstream for each, and passes on, octet for octet, what breaks no rule and\n"
        "exceeds no limit. Who does is told so with GOAWAY, and his octets go no further.\n\n"
        "SIGTERM ends connections gracefully: no new streams, and --drain_timeout for those that\n"
        "are open; a second one ends at once. SIGUSR1 prints what --stats counts.\n\n"
        "The limits, as they are without --limits; a rate is so many at once, and one more in\n"
        "the time behind the stroke:\n\n";
    for (const LimitRow& row : kLimitRows) {
      absl::StrAppendFormat(&description, "  %-32s %s\n",
                            absl::StrCat(std::string(row.name), "=",
                                         std::string(LimitText(kDefaultGuardLimits, row).text())),
                            std::string(row.what));
    }
    return description;
  }();
  return text;
}

const std::vector<std::string_view>& RelayOptionNames() {
  static const std::vector<std::string_view> names = {
      "listen",          "upstream",        "threads",      "limits",        "report_only",
      "max_connections", "connect_timeout", "idle_timeout", "drain_timeout", "log",
      "payload",         "stats",           "blind"};
  return names;
}

RelayCommand RelayCommandOfOptions() {
  RelayCommand command = {.listen = absl::GetFlag(FLAGS_listen),
                          .upstream = absl::GetFlag(FLAGS_upstream),
                          .threads = absl::GetFlag(FLAGS_threads),
                          .max_connections = absl::GetFlag(FLAGS_max_connections),
                          .limits = absl::GetFlag(FLAGS_limits).values,
                          .report_only = absl::GetFlag(FLAGS_report_only),
                          .blind = absl::GetFlag(FLAGS_blind),
                          .log = absl::GetFlag(FLAGS_log),
                          .stats = absl::GetFlag(FLAGS_stats),
                          .octets = absl::GetFlag(FLAGS_payload)};
  if (command.listen.empty() || command.upstream.empty()) {
    throw Failure("relay needs --listen=ADDR:PORT and --upstream=ADDR:PORT");
  }
  if (command.threads == 0 || command.threads > 256) throw Failure("--threads is 1 to 256");
  const auto duration = [](absl::Duration value, const char* name) {
    if (value < absl::ZeroDuration() || value > absl::Hours(24 * 365)) {
      throw Failure(std::string("--") + name + " is a time from 0 to a year, \"10s\" say");
    }
    return absl::ToChronoNanoseconds(value);
  };
  command.connect_timeout = duration(absl::GetFlag(FLAGS_connect_timeout), "connect_timeout");
  command.idle_timeout = duration(absl::GetFlag(FLAGS_idle_timeout), "idle_timeout");
  command.drain_timeout = duration(absl::GetFlag(FLAGS_drain_timeout), "drain_timeout");
  return command;
}

}  // namespace h2wire::tools
