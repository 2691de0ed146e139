// SPDX-License-Identifier: Apache-2.0

// h2wire: shows, makes and counts HTTP/2 frames.

#include <cstdio>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "connection.h"
#include "encode.h"
#include "failure.h"
#include "input.h"
#include "json_writer.h"
#include "options.h"
#include "output.h"
#include "pair.h"
#include "relay.h"
#include "select.h"
#include "stat.h"
#include "text.h"
#include "watch.h"

namespace h2wire::tools {
namespace {

// Says how near one direction came to the limits of its guard, which knew nothing of the other.
void ReportNearest(const Watch& watch, Output& output) {
  output.Flush();
  if (const std::optional<Peak> peak = watch.Nearest()) {
    absl::FPrintF(stderr, "h2wire: nearest to its limit came %s=%s, %s: %d seen", peak->row->name,
                  TextOf(peak->most), peak->row->what, peak->most.used);
    if (peak->all > peak->most.used) absl::FPrintF(stderr, " at once, %d in all", peak->all);
    // Of less than a second there is no rate.
    if (const double seconds = watch.Elapsed().count(); peak->all != 0 && seconds >= 1) {
      absl::FPrintF(stderr, ", %.3g a second", static_cast<double>(peak->all) / seconds);
    }
    if (peak->too_many != 0) {
      absl::FPrintF(stderr, "; and %d %s beyond it", peak->too_many,
                    peak->too_many == 1 ? "frame" : "frames");
    }
    absl::FPrintF(stderr, "\n");
  }
  absl::FPrintF(stderr,
                "h2wire: one direction was seen: pings, resets and tiny_window_updates hang on the "
                "other, and are not judged (--client with --server sees both)\n");
}

// Calls `decode` with a function that makes the events of a side: lines that begin with `mark`, or
// say who sent it.
int DecodeInto(const Options& options, Output& output, auto decode) {
  const DecodeOptions& decode_options = options.connection.decode;
  const bool good =
      options.json ? decode([&](std::string_view, std::string_view from) {
        return Selected(options.selection, JsonEvents(output, decode_options.extensions, from));
      })
                   : decode([&](std::string_view mark, std::string_view) {
                       return Selected(options.selection,
                                       TextEvents(output, options.colours, options.octets,
                                                  decode_options, mark));
                     });
  return good ? kAllDecoded : kNotAllDecoded;
}

int Decode(const Options& options, Output& output) {
  return DecodeInto(options, output, [&](auto make_events) {
    if (options.files.empty()) {
      const std::unique_ptr<Input> client = Open(options.client, options.hex);
      const std::unique_ptr<Input> server = Open(options.server, options.hex);
      return DecodePair(*client, *server, options.connection, make_events("> ", "client"),
                        make_events("< ", "server"), [](const Watch&, Side) {});
    }
    const std::unique_ptr<Input> input = Open(options.files[0], options.hex);
    auto events = make_events("", "");
    return DecodeConnection(*input, options.connection, events,
                            [&](const Watch& watch) { ReportNearest(watch, output); });
  });
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
      return Encode(*Open(options.files[0], /*hex=*/false), options.from, output);
    case Command::kStat:
      return Stat(options, output);
    case Command::kRelay:
      return RunRelay(options.relay);
  }
  return kFailed;
}

// Runs the program to its end: what was found before a failure is written too.
int Main(const std::vector<std::string>& arguments) {
  Output output;
  int status = kFailed;
  std::optional<Failure> failure;
  const auto run = [&](auto&& step) {
    try {
      step();
    } catch (const Failure& caught) {
      failure = caught;
    } catch (const std::bad_alloc&) {
      failure = Failure("out of memory");
    }
  };
  run([&] { status = Run(ParseCommandLine(arguments), output); });
  run([&] { output.Flush(); });
  if (!failure) return status;
  Report(*failure);
  return kFailed;
}

}  // namespace
}  // namespace h2wire::tools

int main(int argc, char** argv) { return h2wire::tools::Main({argv + 1, argv + argc}); }
