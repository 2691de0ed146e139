// SPDX-License-Identifier: Apache-2.0

// The command line.

#ifndef H2WIRE_TOOLS_OPTIONS_H_
#define H2WIRE_TOOLS_OPTIONS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "connection.h"
#include "relay.h"
#include "select.h"

namespace h2wire::tools {

enum class Command { kHelp, kVersion, kDecode, kEncode, kStat, kRelay };

struct Options {
  Command command = Command::kHelp;
  std::string help{};                // what to say, if the command is kHelp
  std::vector<std::string> files{};  // one at least, or a pair; "-" is standard input
  // The two directions of one connection, if they are given as such.
  std::string client{};
  std::string server{};
  std::string from{};  // of a pair, whose lines are encoded
  Selection selection{};
  bool json = false;
  bool hex = false;
  bool streams = false;  // a line for each
  bool colours = false;
  std::size_t octets = 0;  // of each octet string, in text
  ConnectionOptions connection{};
  RelayCommand relay{};
};

// Throws Failure if the program is used wrongly.
Options ParseCommandLine(const std::vector<std::string>& arguments);

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_OPTIONS_H_
