// SPDX-License-Identifier: Apache-2.0

#include "relay_log.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "output.h"

namespace h2wire::tools {

RelayLog::RelayLog(std::size_t octets) : options_{.max_octets = octets} {}

void RelayLog::Fault(std::uint64_t connection, std::string_view direction,
                     const FrameError& error) {
  Line(connection, direction, absl::StrCat("*** ", ToString(error)));
}

void RelayLog::Begin(std::uint64_t connection, const std::string& client) {
  Line(connection, "begins", absl::StrCat("from ", client));
}

void RelayLog::End(std::uint64_t connection, const RelayEnding& ending) {
  std::string text = absl::StrCat("by ", std::string(ending.by), ": ", std::string(ending.reason));
  if (ending.fault.fault != Fault::kNone) {
    const FaultRow& row = RowOf(ending.fault.fault);
    absl::StrAppend(&text, " (", ToString(ending.fault.code), ": ", std::string(row.sentence), ")");
  }
  absl::StrAppendFormat(&text, ", %d octets from the client, %d from the server", ending.octets[0],
                        ending.octets[1]);
  Line(connection, "ends", text);
}

void RelayLog::Line(std::uint64_t connection, std::string_view what, std::string_view text) {
  absl::StrAppend(&buffer_, absl::FormatTime("%H:%M:%E6S", absl::Now(), absl::LocalTimeZone()));
  absl::StrAppendFormat(&buffer_, "  #%-4d %-16s  %s\n", connection, what, text);
}

void RelayLog::Flush() {
  if (buffer_.empty()) return;  // without a wait for what other threads write
  WriteWhole(buffer_);          // the relay goes on if nobody reads it
  buffer_.clear();
}

RelayStatistics& RelayStatistics::operator+=(const RelayStatistics& other) {
  connections += other.connections;
  open += other.open;
  for (std::size_t i = 0; i < 2; ++i) {
    octets[i] += other.octets[i];
    counters[i] += other.counters[i];
  }
  for (const auto& [ending, count] : other.endings) endings[ending] += count;
  return *this;
}

std::string ToString(const RelayStatistics& statistics) {
  std::string text = absl::StrFormat("%-18s %14s %18s %14s %18s\n", "", "from clients", "octets",
                                     "from servers", "octets");
  const Counters& client = statistics.counters[0];
  const Counters& server = statistics.counters[1];
  std::size_t at = 0;
  client.ForEachType([&](std::string_view name, const Traffic& from_client) {
    const Traffic& from_server = server.types[at++];
    if (from_client.frames == 0 && from_server.frames == 0) return;
    absl::StrAppendFormat(&text, "%-18s %14d %18d %14d %18d\n", name, from_client.frames,
                          from_client.octets, from_server.frames, from_server.octets);
  });
  absl::StrAppendFormat(&text, "%-18s %14s %18d %14s %18d\n", "read", "", statistics.octets[0], "",
                        statistics.octets[1]);
  absl::StrAppendFormat(&text, "\nconnections: %d, of which %d are open\n", statistics.connections,
                        statistics.open);
  for (const auto& [ending, count] : statistics.endings) {
    absl::StrAppendFormat(&text, "  ended by %-40s %d\n", ending, count);
  }
  const auto faults = [&](std::string_view whose, const Counters& counters) {
    counters.ForEachFault([&](std::string_view name, std::uint64_t count) {
      if (count != 0)
        absl::StrAppendFormat(&text, "  fault of a %s: %-32s %d\n", whose, name, count);
    });
  };
  faults("client", client);
  faults("server", server);
  return text;
}

}  // namespace h2wire::tools
