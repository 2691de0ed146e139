// SPDX-License-Identifier: Apache-2.0

// h2wire: shows, makes and counts HTTP/2 frames.

#include <cstdio>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "connection.h"
#include "encode.h"
#include "failure.h"
#include "input.h"
#include "json_writer.h"
#include "options.h"
#include "output.h"
#include "relay.h"
#include "stat.h"
#include "text.h"

namespace h2wire::tools {
namespace {

int Decode(const Options& options, Output& output) {
  const std::unique_ptr<Input> input = Open(options.files[0], options.hex);
  const auto decode = [&](auto events) {
    return DecodeConnection(*input, options.connection, events) ? kAllDecoded : kNotAllDecoded;
  };
  const DecodeOptions& decode_options = options.connection.decode;
  if (options.json) return decode(JsonEvents(output, decode_options.extensions));
  return decode(TextEvents(output, options.colours, options.octets, decode_options));
}

int Run(const Options& options, Output& output) {
  switch (options.command) {
    case Command::kHelp:
      output.Append(options.help);
      return kAllDecoded;
    case Command::kVersion:
      output.Append("h2wire " H2WIRE_VERSION "\n");
      return kAllDecoded;
    case Command::kDecode:
      return Decode(options, output);
    case Command::kEncode:
      return Encode(*Open(options.files[0], /*hex=*/false), output);
    case Command::kStat:
      return Stat(options.files, options.hex, options.connection, output);
    case Command::kRelay:
      return RunRelay(options.relay);
  }
  return kFailed;
}

// Runs the program to its end: what was found before a failure is written too.
int Main(const std::vector<std::string>& arguments) {
  Output output;
  int status = kFailed;
  std::string failure;
  const auto run = [&](auto&& step) {
    try {
      step();
    } catch (const Failure& caught) {
      failure = caught.what();
    } catch (const std::bad_alloc&) {
      failure = "out of memory";  // which needs none
    }
  };
  run([&] { status = Run(ParseCommandLine(arguments), output); });
  run([&] { output.Flush(); });
  if (failure.empty()) return status;
  absl::FPrintF(stderr, "h2wire: %s\n", failure);
  return kFailed;
}

}  // namespace
}  // namespace h2wire::tools

int main(int argc, char** argv) { return h2wire::tools::Main({argv + 1, argv + argc}); }
