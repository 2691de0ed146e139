// SPDX-License-Identifier: Apache-2.0

// h2wire encode: from lines of JSON to octets.

#ifndef H2WIRE_TOOLS_ENCODE_H_
#define H2WIRE_TOOLS_ENCODE_H_

#include <string_view>

#include "input.h"
#include "output.h"

namespace h2wire::tools {

// Writes the octets of each line of `input`, to the first that has none: that one is named on
// standard error, with the reason. Lines of nothing but spaces are stepped over. `from`: as
// in OctetsOfLine. Returns the exit status.
int Encode(Input& input, std::string_view from, Output& output);

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_ENCODE_H_
