// SPDX-License-Identifier: Apache-2.0

// The options of `h2wire relay`.

#ifndef H2WIRE_TOOLS_RELAY_OPTIONS_H_
#define H2WIRE_TOOLS_RELAY_OPTIONS_H_

#include <string_view>
#include <vector>

#include "relay.h"

namespace h2wire::tools {

inline constexpr std::string_view kRelaySummary = "be a proxy that lets pass what is in order";
inline constexpr std::string_view kRelayDescription =
    "Accepts cleartext HTTP/2 connections (with prior knowledge: TLS ends in front), opens\n"
    "one to the upstream for each, and passes on, octet for octet, what breaks no rule and\n"
    "exceeds no limit. A side that does gets a GOAWAY, and its octets go no further.\n\n"
    "SIGTERM ends connections gracefully: no new streams, and --drain_timeout for those that\n"
    "are open; a second one ends at once. SIGUSR1 prints what --stats counts.\n";

// The names of the options.
const std::vector<std::string_view>& RelayOptionNames();

// What the options say. Throws Failure if that is no command.
RelayCommand RelayCommandOfOptions();

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_RELAY_OPTIONS_H_
