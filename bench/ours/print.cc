// SPDX-License-Identifier: Apache-2.0

// The rows of text: the line of each frame, into a buffer on the stack; and what `h2wire decode
// --json` writes of it, into a buffer that goes nowhere.

#include "h2wire/print.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "../checksum.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/header.h"
#include "handler.h"
#include "json_writer.h"
#include "ours.h"
#include "output.h"

namespace h2wire::bench {
namespace {

[[gnu::noinline]] std::uint64_t ByPrintingText(Bytes in) {
  Handler handler;
  const auto print = [&](const auto& frame) {
    std::array<char, kLongestLine> line;
    const std::string_view text = ToText(frame, line);
    SizeOf(text.data(), text.size());
    handler(frame);
  };
  for (;;) {
    const Outcome next = DecodeTo(in, print);
    if (next.status != DecodeStatus::kOk) return handler.value();
    in = in.subspan(next.size);
  }
}

// Where text goes that nobody reads.
class Nowhere : public tools::Output {
 private:
  void Write(std::string_view text) override { SizeOf(text.data(), text.size()); }
};

[[gnu::noinline]] std::uint64_t ByPrintingJson(Bytes in) {
  static Nowhere output;
  Handler handler;
  tools::JsonEvents events(output, /*extensions=*/true);
  std::uint64_t offset = 0;
  const auto print = [&](const auto& frame) {
    events.Frame(offset, in.first(kFrameHeaderSize + LoadHeader(in.data()).length), frame, {});
    handler(frame);
  };
  for (;;) {
    const Outcome next = DecodeTo(in, print);
    if (next.status != DecodeStatus::kOk) return handler.value();
    offset += next.size;
    in = in.subspan(next.size);
  }
}

}  // namespace

std::vector<Decoder> OurPrinters() {
  return {
      {.name = "DecodeTo+ToText", .role = Role::kOurs, .decode = ByPrintingText},
      {.name = "DecodeTo+JSON", .role = Role::kOurs, .decode = ByPrintingJson},
  };
}

}  // namespace h2wire::bench
