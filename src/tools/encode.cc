// SPDX-License-Identifier: Apache-2.0

#include "encode.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "failure.h"
#include "h2wire/bytes.h"
#include "json_reader.h"

namespace h2wire::tools {
namespace {

// The longest line that is read. Those of the largest frames have 32 MiB, but for settings, which
// in JSON take more than ten times their octets.
constexpr std::size_t kLongestLine = std::size_t{256} << 20;

// The next line of `input`, its end included.
std::string_view PeekLine(Input& input, Output& output) {
  std::string_view in = AsText(input.Peek(1));
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = in.find('\n', searched);
    if (end != std::string_view::npos) return in.substr(0, end + 1);
    if (in.size() > kLongestLine) throw Refusal("it is longer than 256 MiB");
    searched = in.size();
    output.Flush();
    in = AsText(input.Peek(searched + 1));
    if (in.size() == searched) return in;  // a last line without an end
  }
}

}  // namespace

int Encode(Input& input, Output& output) {
  bool first = true;
  for (std::uint64_t number = 1;; ++number) {
    try {
      const std::string_view line = PeekLine(input, output);
      if (line.empty()) return kAllDecoded;
      if (line.find_first_not_of(" \t\r\n") != std::string_view::npos) {
        const std::vector<std::byte> octets = OctetsOfLine(line, first);
        output.Append(AsText(octets));
        first = false;
      }
      input.Skip(line.size());
    } catch (const Refusal& refusal) {
      output.Flush();
      absl::FPrintF(stderr, "h2wire: line %d is not encoded: %s\n", number, refusal.what());
      return kNotAllDecoded;
    }
  }
}

}  // namespace h2wire::tools
