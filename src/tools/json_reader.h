// SPDX-License-Identifier: Apache-2.0

// The octets that a line of JSON stands for: the inverse of json_writer.h.
//
// A line must say everything once: a member that is missing, there twice, of another type, out of
// range or unknown is refused. What follows from the rest may be left out, and must be true if it
// is there: `length`, `flags` (but not of a frame given by its `payload`), `type_code` or `type`.
// `offset` may be left out too; it says where the frame was.

#ifndef H2WIRE_TOOLS_JSON_READER_H_
#define H2WIRE_TOOLS_JSON_READER_H_

#include <cstddef>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace h2wire::tools {

// Why a line has no octets. what() is a sentence.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The octets of `line`, which is those of the preface if it says so. `first`: whether no octets
// come before. Throws Refusal.
std::vector<std::byte> OctetsOfLine(std::string_view line, bool first);

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_JSON_READER_H_
