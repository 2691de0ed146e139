// SPDX-License-Identifier: Apache-2.0

// What others wrote, names of files say, on its way to a terminal.

#ifndef H2WIRE_TOOLS_PRINTABLE_H_
#define H2WIRE_TOOLS_PRINTABLE_H_

#include <string>
#include <string_view>

namespace h2wire::tools {

// `text` with all that a terminal might obey, or that is no UTF-8, escaped as in C: control
// characters, the line separators of Unicode, and what changes the direction of writing.
std::string Printable(std::string_view text);

// `text` as one word of a command for the shell, of printable characters too.
std::string ShellWord(std::string_view text);

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_PRINTABLE_H_
