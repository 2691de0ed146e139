// SPDX-License-Identifier: Apache-2.0

// The options of `h2wire relay`.

#ifndef H2WIRE_TOOLS_RELAY_OPTIONS_H_
#define H2WIRE_TOOLS_RELAY_OPTIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "relay.h"

namespace h2wire::tools {

inline constexpr std::string_view kRelaySummary = "be a proxy that lets pass what is in order";
// What it does, and the limits that can be set.
const std::string& RelayDescription();

// The names of the options.
const std::vector<std::string_view>& RelayOptionNames();

// What the options say. Throws Failure if that is no command.
RelayCommand RelayCommandOfOptions();

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_RELAY_OPTIONS_H_
