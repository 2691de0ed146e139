// SPDX-License-Identifier: Apache-2.0

#include "foreign.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "h2wire/walk/text.h"
#include "input.h"
#include "printable.h"

namespace h2wire::tools {
namespace {

using namespace std::string_view_literals;

enum class Advice { kNone, kDecompress, kFollow };

struct Kind {
  std::string_view magic;
  std::string_view name;
  Advice advice = Advice::kNone;
  std::string_view command{};  // that decompresses to its standard output
};

constexpr Kind kKinds[] = {
    {"\x1f\x8b"sv, "compressed with gzip", Advice::kDecompress, "gzip -dc"},
    {"\x28\xb5\x2f\xfd"sv, "compressed with zstd", Advice::kDecompress, "zstd -dc"},
    {"\xfd\x37zXZ\0"sv, "compressed with xz", Advice::kDecompress, "xz -dc"},
    {"BZh"sv, "compressed with bzip2", Advice::kDecompress, "bzip2 -dc"},
    {"PK\x03\x04"sv, "a zip archive", Advice::kDecompress, "unzip -p"},
    {"\x7f\x45LF"sv, "a program (ELF)"},
    {"\xa1\xb2\xc3\xd4"sv, "a packet capture (pcap)", Advice::kFollow},
    {"\xd4\xc3\xb2\xa1"sv, "a packet capture (pcap)", Advice::kFollow},
    {"\xa1\xb2\x3c\x4d"sv, "a packet capture (pcap)", Advice::kFollow},
    {"\x4d\x3c\xb2\xa1"sv, "a packet capture (pcap)", Advice::kFollow},
    {"\x0a\x0d\x0d\x0a"sv, "a packet capture (pcapng)", Advice::kFollow},
};

constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

constexpr std::string_view kWhatIsWanted =
    "Wanted is what one side sent over TCP, in cleartext; `h2wire help` shows how to get it.\n";

Failure Make(const std::string& file, std::string_view what, std::string advice) {
  return Failure(absl::StrCat(NameOfInput(file), " is ", std::string(what),
                              ", and not the octets that one side of a connection sent"),
                 std::move(advice));
}

std::string AdviceOf(const Kind& kind, const std::string& file) {
  // Of standard input there is no name to give to a command.
  const std::string word = file == "-" ? "FILE" : ShellWord(file);
  switch (kind.advice) {
    case Advice::kNone:
      return std::string(kWhatIsWanted);
    case Advice::kDecompress:
      return absl::StrCat("  ", std::string(kind.command), " ", word, " | h2wire decode\n");
    case Advice::kFollow:
      return HowToFollow(word);
  }
  return "";
}

bool IsAllOf(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == text.npos;
}

// The digits in hex that `text` begins with, taken away from it.
std::string_view TakeDigits(std::string_view& text) {
  const std::string_view digits =
      text.substr(0, std::min(text.find_first_not_of(kHexDigits), text.size()));
  text.remove_prefix(digits.size());
  return digits;
}

// What prints lines that begin as `text` does, with an offset; empty if it is no such dump.
std::string_view DumperOf(std::string_view text) {
  constexpr std::size_t kLeastDigits = 6;
  const std::string_view offset = TakeDigits(text);
  if (offset.size() < kLeastDigits) return "";
  if (text.starts_with(": ")) return "xxd";
  if (text.starts_with("  ")) return "hexdump -C";
  // Of od and of hexdump, lines look like frames. But the first offset is 0, and the second one
  // counts the octets of the first line. Six octets in front of a line with more are two frames:
  // one without payload, and one with a length of 6.
  if (!IsAllOf(offset, "0") || !text.starts_with(' ')) return "";
  std::size_t digits = 0;
  while (text.starts_with(' ')) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    digits += TakeDigits(text).size();
  }
  if (!text.starts_with('\n')) return "";
  text.remove_prefix(1);
  const std::string_view second = TakeDigits(text);
  std::size_t value = 0;
  const auto counts = [&](int base) {
    const char* const end = second.data() + second.size();
    return std::from_chars(second.data(), end, value, base).ptr == end && value == digits / 2;
  };
  if (second.size() != offset.size() || digits == 0) return "";
  if (digits / 2 == kFrameHeaderSize - 3 && text.starts_with(' ')) return "";
  return counts(8) || counts(16) ? "od or hexdump" : "";
}

const Kind* KindOf(std::string_view text) {
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& candidate) {
    return text.starts_with(candidate.magic);
  });
  return kind == std::end(kKinds) ? nullptr : kind;
}

std::optional<Failure> FailureOfDump(const std::string& file, std::string_view text) {
  const std::string_view dumper = DumperOf(text);
  if (dumper.empty()) return std::nullopt;
  return Failure(absl::StrCat(NameOfInput(file), " is a dump with an offset in each line, as of ",
                              std::string(dumper), ", and --hex reads octets alone"),
                 absl::StrCat("`xxd -p` prints them so",
                              dumper == "xxd" ? ", and `xxd -r` reads this dump" : "", ".\n"));
}

}  // namespace

std::string HowToFollow(std::string_view file) {
  std::string text =
      "tshark takes a TCP connection out of it, here the first (0). One side, then the other:\n";
  const auto add = [&](std::string_view protocol, std::string_view line) {
    absl::StrAppend(&text, "  tshark -r ", std::string(file), " ", std::string(protocol),
                    ",raw,0 | grep '^", std::string(line), "' | h2wire decode --hex\n");
  };
  for (const std::string_view line : {"[0-9a-f]", "\\s[0-9a-f]"}) add("-q -z follow,tcp", line);
  text +=
      "The side with the PREFACE is the client's. Of TLS, with the file that SSLKEYLOGFILE named, "
      "both:\n";
  for (const std::string_view line : {"[0-9a-f]", "\\s[0-9a-f]"}) {
    add("-o tls.keylog_file:KEYS -q -z follow,tls", line);
  }
  return text;
}

std::optional<Failure> FailureOfForeign(const std::string& file, Bytes in) {
  const std::string_view text = AsText(in);
  if (const Kind* const kind = KindOf(text)) return Make(file, kind->name, AdviceOf(*kind, file));
  if (!std::all_of(in.begin(), in.end(), internal::IsPrintable)) return std::nullopt;
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin != text.npos && (text[begin] == '{' || text[begin] == '[')) {
    return Make(file, "JSON",
                "`h2wire encode` makes octets of the lines that `h2wire decode --json` printed.\n");
  }
  if (std::optional<Failure> dump = FailureOfDump(file, text)) return dump;
  if (IsAllOf(text, "0123456789abcdefABCDEFx,:# \t\r\n")) {
    return Make(file, "hex text", "--hex reads it.\n");
  }
  return Make(file, "text", std::string(kWhatIsWanted));
}

Failure FailureOfEmpty(const std::string& file) {
  return Failure(absl::StrCat(NameOfInput(file), " is empty: there is no octet in it"),
                 "Where tshark made it: the connection has another number, or is TLS and needs its "
                 "keys.\n");
}

std::optional<Failure> FailureOfHex(const std::string& file, std::string_view text) {
  if (const Kind* const kind = KindOf(text)) {
    return Failure(
        absl::StrCat(NameOfInput(file), " is ", std::string(kind->name), ", and not hex text"),
        AdviceOf(*kind, file));
  }
  return FailureOfDump(file, text);
}

}  // namespace h2wire::tools
