// SPDX-License-Identifier: Apache-2.0

// Files that are no octets of a connection, told by what they begin with.

#ifndef H2WIRE_TOOLS_FOREIGN_H_
#define H2WIRE_TOOLS_FOREIGN_H_

#include <optional>
#include <string>
#include <string_view>

#include "failure.h"
#include "h2wire/bytes.h"

namespace h2wire::tools {

// What to say of `file`, which begins with `in`, and whose first frame would be too large: nothing
// if it is not known what it is.
std::optional<Failure> FailureOfForeign(const std::string& file, Bytes in);

// The same of a file without an octet.
Failure FailureOfEmpty(const std::string& file);

// The same of what is to be read as hex text: if it is none, or a dump with the offset at the
// beginning of each line.
std::optional<Failure> FailureOfHex(const std::string& file, std::string_view text);

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_FOREIGN_H_
