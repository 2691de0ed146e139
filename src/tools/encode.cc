// SPDX-License-Identifier: Apache-2.0

#include "encode.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "failure.h"
#include "h2wire/bytes.h"
#include "json_reader.h"

namespace h2wire::tools {
namespace {

// The lines of an input, one after the other.
class InputLines : public LineText {
 public:
  InputLines(Input& input, Output& output) : input_(input), output_(output) {}

  // Steps over spaces, and over the ends of lines that have nothing else. Returns whether there is
  // another line. `number` is raised by one for each end of a line.
  bool FindLine(std::uint64_t& number) {
    for (;;) {
      while (HasMore()) {
        if (std::string_view(" \t\r").find(Get()) == std::string_view::npos) return true;
        Advance();
      }
      if (!StepOverEnd()) return false;
      ++number;
    }
  }

 private:
  std::string_view Next() override {
    output_.Flush();
    input_.Skip(std::exchange(shown_, 0));
    const std::string_view text = AsText(input_.Peek(1));
    shown_ = text.size();
    return text;
  }

  Input& input_;
  Output& output_;
  std::size_t shown_ = 0;
};

}  // namespace

int Encode(Input& input, std::string_view from, Output& output) {
  InputLines lines(input, output);
  std::uint64_t number = 1;
  try {
    for (bool first = true; lines.FindLine(number);) {
      const std::vector<std::byte> octets = OctetsOfLine(lines, first, from);
      output.Append(AsText(octets));
      first = first && octets.empty();
    }
    return kAllDecoded;
  } catch (const Refusal& refusal) {
    output.Flush();
    absl::FPrintF(stderr, "h2wire: line %d is not encoded: %s\n", number, refusal.what());
    return kNotAllDecoded;
  }
}

}  // namespace h2wire::tools
