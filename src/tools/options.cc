// SPDX-License-Identifier: Apache-2.0

#include "options.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "failure.h"
#include "foreign.h"
#include "guard_options.h"
#include "h2wire/guard.h"
#include "h2wire/header.h"
#include "names.h"
#include "relay_options.h"
#include "watch.h"

namespace {

// When lines are coloured.
enum class Colours { kAuto, kAlways, kNever };

bool AbslParseFlag(absl::string_view text, Colours* colours, std::string* error) {
  if (text == "auto") {
    *colours = Colours::kAuto;
  } else if (text == "always") {
    *colours = Colours::kAlways;
  } else if (text == "never") {
    *colours = Colours::kNever;
  } else {
    *error = "it is auto, always or never";
    return false;
  }
  return true;
}

std::string AbslUnparseFlag(Colours colours) {
  switch (colours) {
    case Colours::kAlways:
      return "always";
    case Colours::kNever:
      return "never";
    case Colours::kAuto:
      break;
  }
  return "auto";
}

// What frames are shown: of one stream, of some types.
struct OneStream {
  std::optional<h2wire::StreamId> id{};
};

bool AbslParseFlag(absl::string_view text, OneStream* stream, std::string* error) {
  std::uint32_t id = 0;
  if (!absl::SimpleAtoi(text, &id) || id > h2wire::kMaxStreamId) {
    *error = "it is the number of a stream, or 0 for the connection";
    return false;
  }
  stream->id = id;
  return true;
}

std::string AbslUnparseFlag(const OneStream& stream) {
  return stream.id ? absl::StrCat(*stream.id) : "N";
}

struct SomeTypes {
  std::optional<std::bitset<256>> codes{};
};

// The codes of a type: by its name, in capitals or not; of those that have none, or by its number.
std::bitset<256> CodesOf(absl::string_view name) {
  std::bitset<256> codes;
  int number = 0;
  if (absl::SimpleAtoi(name, &number) || absl::SimpleHexAtoi(name, &number)) {
    if (number >= 0 && number <= 0xff) codes.set(static_cast<std::size_t>(number));
    return codes;
  }
  for (std::size_t code = 0; code < codes.size(); ++code) {
    const std::string_view type =
        h2wire::tools::TypeName(h2wire::FrameType{static_cast<std::uint8_t>(code)}, true);
    codes.set(code, absl::EqualsIgnoreCase(name, {type.data(), type.size()}));
  }
  return codes;
}

bool AbslParseFlag(absl::string_view text, SomeTypes* types, std::string* error) {
  types->codes.emplace();
  for (const absl::string_view name : absl::StrSplit(text, ',')) {
    const std::bitset<256> codes = CodesOf(name);
    if (codes.none()) {
      *error = "it is names of types, DATA say, or their codes, with commas between them";
      return false;
    }
    *types->codes |= codes;
  }
  return true;
}

std::string AbslUnparseFlag(const SomeTypes&) { return "TYPE,..."; }

// Whom the octets reach, if a guard is to judge them.
enum class Guarded { kNone, kServer, kClient, kObserver };

constexpr std::pair<Guarded, absl::string_view> kGuarded[] = {
    {Guarded::kNone, "none"},
    {Guarded::kServer, "server"},
    {Guarded::kClient, "client"},
    {Guarded::kObserver, "observer"},
};

bool AbslParseFlag(absl::string_view text, Guarded* guarded, std::string* error) {
  for (const auto& [value, name] : kGuarded) {
    if (name != text) continue;
    *guarded = value;
    return true;
  }
  *error = "it is server, client, observer or none";
  return false;
}

std::string AbslUnparseFlag(Guarded guarded) {
  return std::string(kGuarded[static_cast<std::size_t>(guarded)].second);
}

}  // namespace

ABSL_FLAG(bool, json, false, "one JSON object a line, which `h2wire encode` reads back");
ABSL_FLAG(bool, hex, false,
          "the input is hex text: pairs of digits, apart by\n"
          "spaces, commas, colons or nothing; # begins a comment");
ABSL_FLAG(std::uint32_t, max_frame_size, h2wire::kDefaultMaxFrameSize,
          "the receiver's SETTINGS_MAX_FRAME_SIZE, in octets: a\n"
          "longer payload is an error");
ABSL_FLAG(bool, no_extensions, false, "do not know ALTSVC, ORIGIN and PRIORITY_UPDATE");
ABSL_FLAG(Colours, color, Colours::kAuto, "auto, always or never; auto: on a terminal");
ABSL_FLAG(Guarded, guard, Guarded::kNone,
          "judge who sends what, in which order and how much,\n"
          "as the receiver would: server (a client sent the\n"
          "octets), client (a server did) or observer (that is\n"
          "not known, or the beginning is missing; of a pair,\n"
          "both sides are judged)");
ABSL_FLAG(std::uint32_t, pace, h2wire::tools::WatchOptions{}.pace,
          "frames a second. A capture has no clock: this is how\n"
          "time passes for the limits of --guard. On a pipe it\n"
          "passes as octets come in, where that is slower");
ABSL_FLAG(OneStream, stream, OneStream(), "only frames of this stream; 0: of the connection");
ABSL_FLAG(SomeTypes, type, SomeTypes(),
          "only frames of this type, or of these: DATA,0x99,\n"
          "UNKNOWN for those without a name");
ABSL_FLAG(bool, errors, false, "only what is wrong. What ends decoding is always shown");
ABSL_FLAG(std::string, client, "", "what the client sent, to be listed with --server");
ABSL_FLAG(std::string, server, "",
          "what the server sent: no effect stands before its\n"
          "cause, > is from the client and < from the server");
ABSL_FLAG(bool, streams, false, "a line for each stream: frames, octets, how it ended");
ABSL_FLAG(std::string, from, "", "of the lines of a pair, those of the client or server");
ABSL_FLAG(std::uint32_t, octets, 24,
          "how many octets of each octet string text shows; of\n"
          "the debug data of GOAWAY ten times as many");

namespace h2wire::tools {
namespace {

struct CommandRow {
  Command command;
  std::string_view name;
  std::string_view arguments;
  std::size_t most_files;
  std::string_view summary;
  std::string_view description;
  std::vector<std::string_view> options;
};

const std::array<CommandRow, 4>& Rows() {
  static const std::array<CommandRow, 4> rows = {{
      {Command::kDecode,
       "decode",
       "[FILE|-]",
       1,
       "show the frames of a capture, one a line",
       "FILE holds the octets that one side of a connection sent, with or without the\n"
       "connection preface at the beginning; without FILE they come from standard input.\n\n"
       "A line shows where the frame begins, its type, its stream, the octets of its\n"
       "payload, its flags and its fields, or what is wrong with it and its first\n"
       "octets in hex. After a stream error decoding goes on, after a connection error it\n"
       "stops. What is wrong with a frame may be known before its last octet: if those to\n"
       "come are then cut off, that is said in a line of its own.\n",
       {"json", "hex", "errors", "stream", "type", "client", "server", "guard", "limits",
        "report_only", "pace", "max_frame_size", "no_extensions", "color", "octets"}},
      {Command::kEncode,
       "encode",
       "[FILE|-]",
       1,
       "make octets of what `decode --json` printed",
       "FILE holds lines of JSON as `h2wire decode --json` prints them; the octets go to\n"
       "standard output, up to the first line that has none: that is named, with the reason.\n"
       "offset, length and flags may be left out: they follow from the rest. With a\n"
       "`payload` instead of fields, a frame is written as it is, be it wrong.\n",
       {"from"}},
      {Command::kStat,
       "stat",
       "[FILE...]",
       ~std::size_t{0},
       "count the frames of captures by type",
       "One table about all FILEs, each of which holds the octets that one side of a\n"
       "connection sent; without FILE they come from standard input. Octets, smallest, mean\n"
       "and largest are those of whole frames, the 9 of the header included. Below it: how\n"
       "fast they were decoded, error codes of RST_STREAM and GOAWAY by who sent them, and\n"
       "the errors. With --guard also how near each limit came, and what is left of it.\n",
       {"hex", "streams", "client", "server", "guard", "limits", "report_only", "pace",
        "max_frame_size", "no_extensions"}},
      {Command::kRelay, "relay", "", 0, kRelaySummary, kRelayDescription, RelayOptionNames()},
  }};
  return rows;
}

const CommandRow& RowOf(const std::string& command) {
  const auto found = std::find_if(Rows().begin(), Rows().end(),
                                  [&](const CommandRow& row) { return row.name == command; });
  if (found != Rows().end()) return *found;
  throw Failure(absl::StrFormat("there is no command %s; see h2wire --help", command));
}

constexpr std::string_view kExitStatuses =
    "Exit status: 0 if every octet (or line) was in order, 1 if not, 2 if a file cannot\n"
    "be read or written, memory runs out or the command line is wrong.\n";

std::string UsageOf(const CommandRow& row) {
  return absl::StrCat(std::string(row.name), row.options.empty() ? " " : " [OPTION...] ",
                      std::string(row.arguments));
}

std::string HelpOnAll() {
  std::string text = "h2wire shows, makes and counts HTTP/2 frames.\n\n";
  for (const CommandRow& row : Rows()) {
    absl::StrAppendFormat(&text, "  h2wire %-29s %s\n", UsageOf(row), row.summary);
  }
  text +=
      "\nThe peer hangs up. What led to it, by cause, > from the client and < from the server:\n\n"
      "  h2wire decode --client=c.h2 --server=s.h2\n"
      "  h2wire decode --client=c.h2 --server=s.h2 --type=GOAWAY,RST_STREAM\n\n"
      "Who floods me. Where a server would hang up, and every alarm to the end:\n\n"
      "  h2wire decode --guard=server c.h2\n"
      "  h2wire decode --guard=server --report_only --errors c.h2\n\n"
      "Is it us or them. Error codes by who sent them, how streams ended, what breaks a rule:\n\n"
      "  h2wire stat --streams --client=c.h2 --server=s.h2\n"
      "  h2wire decode --errors c.h2\n\n"
      "From hex, to JSON and back:\n\n"
      "  echo '000008 06 00 00000000 6869207468657265' | h2wire decode --hex\n"
      "  h2wire decode --json c.h2 | h2wire encode | cmp - c.h2\n\n"
      "From a packet capture. " +
      HowToFollow("FILE.pcap") +
      "With `| xxd -r -p > c.h2` in place of h2wire they make the files above.\n\n"
      "`h2wire COMMAND --help` says more.\n\n";
  text += kExitStatuses;
  return text;
}

// The default of an option, or what it takes if it has none.
std::string ValueShown(const absl::CommandLineFlag& flag) {
  std::string value = flag.DefaultValue();
  if (!value.empty()) return value;
  if (flag.Name() == "listen" || flag.Name() == "upstream") return "ADDR:PORT";
  return flag.Name() == "from" ? "SIDE" : "FILE";
}

std::string HelpOn(const CommandRow& row) {
  std::string text =
      absl::StrFormat("h2wire %s: %s.\n\n%s", UsageOf(row), row.summary, row.description);
  if (!row.options.empty()) text += "\n";
  for (const std::string_view name : row.options) {
    const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag({name.data(), name.size()});
    const std::string shown = flag->IsOfType<bool>()
                                  ? absl::StrFormat("--%s", name)
                                  : absl::StrFormat("--%s=%s", name, ValueShown(*flag));
    absl::StrAppendFormat(&text, "  %-24s %s\n", shown,
                          absl::StrReplaceAll(flag->Help(), {{"\n", "\n" + std::string(27, ' ')}}));
  }
  if (std::find(row.options.begin(), row.options.end(), "limits") != row.options.end()) {
    text += "\n" + HelpOnLimits();
  }
  text += "\n";
  text += kExitStatuses;
  return text;
}

// Sets the option that `argument` names: "--json", "--max_frame_size=65536", and adds its name to
// `given`. Returns whether its value is the argument after it, `next`.
bool SetOption(const CommandRow& row, const std::string& argument, const std::string* next,
               std::set<std::string>& given) {
  const std::size_t equals = argument.find('=');
  const std::string name = absl::StrReplaceAll(argument.substr(2, equals - 2), {{"-", "_"}});
  absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
  const bool known = flag != nullptr &&
                     std::find(row.options.begin(), row.options.end(), name) != row.options.end();
  if (!known) {
    throw Failure(absl::StrFormat("%s has no option %s; see h2wire %s --help", row.name,
                                  argument.substr(0, equals), row.name));
  }
  bool used_next = false;
  std::string value = "true";
  if (equals != std::string::npos) {
    value = argument.substr(equals + 1);
  } else if (!flag->IsOfType<bool>()) {
    if (next == nullptr) throw Failure(absl::StrFormat("%s needs a value", argument));
    value = *next;
    used_next = true;
  }
  std::string error;
  if (!flag->ParseFrom(value, &error)) {
    throw Failure(absl::StrFormat("%s; see h2wire %s --help", error, row.name));
  }
  given.insert(name);
  return used_next;
}

bool UseColours() {
  switch (absl::GetFlag(FLAGS_color)) {
    case Colours::kAlways:
      return true;
    case Colours::kNever:
      return false;
    case Colours::kAuto:
      break;
  }
  // Before there is a second thread.
  const char* const no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  const char* const term = std::getenv("TERM");          // NOLINT(concurrency-mt-unsafe)
  return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0') &&
         (term == nullptr || std::string_view(term) != "dumb");
}

// `given`: the names of the options that are there.
std::optional<WatchOptions> Watched(const std::set<std::string>& given) {
  WatchOptions watch{.pace = absl::GetFlag(FLAGS_pace),
                     .limits = absl::GetFlag(FLAGS_limits).values,
                     .report_only = absl::GetFlag(FLAGS_report_only)};
  if (watch.pace == 0) throw Failure("--pace is at least 1");
  switch (absl::GetFlag(FLAGS_guard)) {
    case Guarded::kNone:
      for (const std::string name : {"limits", "report_only", "pace"}) {
        if (!given.contains(name)) continue;
        throw Failure(absl::StrCat("--", name, " is nothing without --guard"));
      }
      return std::nullopt;
    case Guarded::kServer:
      watch.receiver = Receiver::kServer;
      break;
    case Guarded::kClient:
      watch.receiver = Receiver::kClient;
      break;
    case Guarded::kObserver:
      watch.receiver = Receiver::kUnknown;
      break;
  }
  return watch;
}

}  // namespace

Options ParseCommandLine(const std::vector<std::string>& arguments) {
  const auto is_help = [](const std::string& argument) {
    return argument == "--help" || argument == "-h";
  };
  if (arguments.empty())
    throw Failure("there is nothing to do without a command; see h2wire --help");
  if (is_help(arguments[0]) || arguments[0] == "help") {
    return {.help = arguments.size() == 1 ? HelpOnAll() : HelpOn(RowOf(arguments[1]))};
  }
  if (arguments[0] == "--version") return {.command = Command::kVersion};
  const CommandRow& row = RowOf(arguments[0]);

  Options options{.command = row.command};
  std::set<std::string> given;
  bool only_files = false;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (only_files || argument == "-" || argument.empty() || argument[0] != '-') {
      options.files.push_back(argument);
    } else if (argument == "--") {
      only_files = true;
    } else if (is_help(argument)) {
      return {.help = HelpOn(row)};
    } else {
      const std::string* const next = i + 1 < arguments.size() ? &arguments[i + 1] : nullptr;
      if (SetOption(row, argument, next, given)) ++i;
    }
  }
  if (options.files.size() > row.most_files) {
    throw Failure(absl::StrFormat("%s takes %s file; see h2wire %s --help", row.name,
                                  row.most_files == 0 ? "no" : "one", row.name));
  }
  options.client = absl::GetFlag(FLAGS_client);
  options.server = absl::GetFlag(FLAGS_server);
  if (options.client.empty() != options.server.empty()) {
    throw Failure("--client and --server are the two sides of one connection: both are needed");
  }
  if (options.client == "-" && options.server == "-") {
    throw Failure("--client and --server cannot both be standard input");
  }
  if (!options.client.empty() && !options.files.empty()) {
    throw Failure("--client and --server name the files, and there is another one");
  }
  if (options.client.empty() && options.files.empty()) options.files.push_back("-");

  if (row.command == Command::kRelay) {
    options.relay = RelayCommandOfOptions();
    return options;
  }
  options.json = absl::GetFlag(FLAGS_json);
  options.streams = absl::GetFlag(FLAGS_streams);
  options.selection = {.stream = absl::GetFlag(FLAGS_stream).id,
                       .types = absl::GetFlag(FLAGS_type).codes,
                       .errors = absl::GetFlag(FLAGS_errors)};
  options.from = absl::GetFlag(FLAGS_from);
  if (!options.from.empty() && options.from != "client" && options.from != "server") {
    throw Failure("--from is client or server");
  }
  options.hex = absl::GetFlag(FLAGS_hex);
  options.colours = UseColours();
  options.octets = absl::GetFlag(FLAGS_octets);
  DecodeOptions& decode = options.connection.decode;
  decode.max_frame_size = absl::GetFlag(FLAGS_max_frame_size);
  decode.extensions = !absl::GetFlag(FLAGS_no_extensions);
  if (decode.max_frame_size > kLargestMaxFrameSize) {
    throw Failure(absl::StrCat("--max_frame_size is at most ", kLargestMaxFrameSize));
  }
  options.connection.watch = Watched(given);
  return options;
}

}  // namespace h2wire::tools
