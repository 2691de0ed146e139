// SPDX-License-Identifier: Apache-2.0

#include "relay_options.h"

#include <cstdint>
#include <string>

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "failure.h"
#include "guard_options.h"

ABSL_FLAG(std::string, listen, "",
          "where to accept connections; port 0 is one that is free,\n"
          "which the first line on standard error names");
ABSL_FLAG(std::string, upstream, "", "where the server is");
ABSL_FLAG(std::uint32_t, threads, 1, "how many accept connections");
ABSL_FLAG(std::uint32_t, max_connections, 1000, "how many are served at once; others are refused");
ABSL_FLAG(absl::Duration, connect_timeout, absl::Seconds(5), "how long the upstream may take");
ABSL_FLAG(absl::Duration, idle_timeout, absl::Minutes(10),
          "how long a connection lives without an octet; 0: for\n"
          "ever");
ABSL_FLAG(absl::Duration, drain_timeout, absl::Seconds(30), "how long after SIGTERM");
ABSL_FLAG(bool, blind, false, "judge nothing: to compare with");
ABSL_FLAG(bool, log, false,
          "print each frame with the time, its connection and its\n"
          "direction; and how each connection ended. Without it\n"
          "only those are printed that a fault ended");
ABSL_FLAG(std::uint32_t, payload, 0, "how many octets of each octet string --log shows");
ABSL_FLAG(bool, stats, false, "count frames, octets, faults and ends; print them at exit");

namespace h2wire::tools {

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
