// SPDX-License-Identifier: Apache-2.0

// `h2wire relay`: a proxy that keeps connections one to one, and lets pass what is in order.

#ifndef H2WIRE_TOOLS_RELAY_H_
#define H2WIRE_TOOLS_RELAY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "h2wire/guard.h"

namespace h2wire::tools {

struct RelayCommand {
  std::string listen{};    // "127.0.0.1:8080", "[::1]:8080"; port 0: one that is free
  std::string upstream{};  // the same, or a name, which is looked up once
  std::uint32_t threads = 1;
  std::uint32_t max_connections = 0;
  std::chrono::nanoseconds connect_timeout{};
  std::chrono::nanoseconds idle_timeout{};   // without an octet either way; 0: none
  std::chrono::nanoseconds drain_timeout{};  // from SIGTERM on
  GuardLimits limits{};
  bool report_only = false;
  bool blind = false;  // octets pass as they are
  bool log = false;
  bool stats = false;
  std::size_t octets = 0;  // of each octet string, in the log
};

// Relays until SIGTERM or SIGINT, and returns the exit status. Throws Failure if it cannot begin.
int RunRelay(const RelayCommand& command);

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_RELAY_H_
