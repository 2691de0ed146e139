// SPDX-License-Identifier: Apache-2.0

// What a relay says to its operator: lines about frames and connections, and a table of numbers.

#ifndef H2WIRE_TOOLS_RELAY_LOG_H_
#define H2WIRE_TOOLS_RELAY_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "h2wire/counters.h"
#include "h2wire/error.h"
#include "h2wire/part.h"
#include "h2wire/print.h"
#include "h2wire/relay.h"

namespace h2wire::tools {

// How a connection came to its end.
struct RelayEnding {
  std::string_view by{};                  // "client", "server" or "relay"
  std::string_view reason{};              // "closed", "idle_timeout", the name of a fault ...
  FrameError fault{};                     // what was wrong with what `by` sent, if it was that
  std::array<std::uint64_t, 2> octets{};  // from the client, from the server
};

// Lines of one thread, to standard output, each as a whole. The time is that of the machine.
class RelayLog {
 public:
  // `octets`: as many are shown of each octet string.
  explicit RelayLog(std::size_t octets);

  template <FrameAlternative F>
  void Frame(std::uint64_t connection, std::string_view direction, const F& frame) {
    Line(connection, direction, ToString(h2wire::Frame(frame), options_));
  }
  // Only the first says something.
  template <FrameAlternative F>
  void Frame(std::uint64_t connection, std::string_view direction, const Part<F>& part);
  void Fault(std::uint64_t connection, std::string_view direction, const FrameError& error);
  void Begin(std::uint64_t connection, const std::string& client);
  void End(std::uint64_t connection, const RelayEnding& ending);
  // Writes what has been gathered. What cannot be written is lost.
  void Flush();

 private:
  void Line(std::uint64_t connection, std::string_view what, std::string_view text);

  PrintOptions options_;
  std::string buffer_;
};

// The numbers of one thread.
struct RelayStatistics {
  std::uint64_t connections = 0;
  std::uint64_t open = 0;
  std::array<std::uint64_t, 2> octets{};           // read from clients, from servers
  std::array<Counters, 2> counters{};              // of what passed, and of faults
  std::map<std::string, std::uint64_t> endings{};  // "client: closed"

  RelayStatistics& operator+=(const RelayStatistics& other);
};

std::string ToString(const RelayStatistics& statistics);

template <FrameAlternative F>
void RelayLog::Frame(std::uint64_t connection, std::string_view direction, const Part<F>& part) {
  if (!part.first) return;
  std::string text = ToString(h2wire::Frame(part.frame), options_);
  text += " (" + std::to_string(part.size) + " octets, in parts)";
  Line(connection, direction, text);
}

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_RELAY_LOG_H_
