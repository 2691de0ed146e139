// SPDX-License-Identifier: Apache-2.0

#include "foreign.h"

#include <algorithm>
#include <cstddef>

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
    {"PK\x03\x04"sv, "a zip archive"},
    {"\x7f\x45LF"sv, "a program (ELF)"},
    {"\xa1\xb2\xc3\xd4"sv, "a packet capture (pcap)", Advice::kFollow},
    {"\xd4\xc3\xb2\xa1"sv, "a packet capture (pcap)", Advice::kFollow},
    {"\xa1\xb2\x3c\x4d"sv, "a packet capture (pcap)", Advice::kFollow},
    {"\x4d\x3c\xb2\xa1"sv, "a packet capture (pcap)", Advice::kFollow},
    {"\x0a\x0d\x0d\x0a"sv, "a packet capture (pcapng)", Advice::kFollow},
};

constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

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
      break;
    case Advice::kDecompress:
      return absl::StrCat("  ", std::string(kind.command), " ", word, " | h2wire decode\n");
    case Advice::kFollow:
      return absl::StrCat(
          "tshark takes a TCP connection out of it, here the first (0). One side, then the other:\n"
          "  tshark -r ",
          word,
          " -q -z follow,tcp,raw,0 | grep '^[0-9a-f]' | h2wire decode --hex\n"
          "  tshark -r ",
          word,
          " -q -z follow,tcp,raw,0 | grep '^\\s[0-9a-f]' | h2wire decode --hex\n"
          "The side with the PREFACE is the client's. Of TLS, with the file that SSLKEYLOGFILE "
          "named, both:\n"
          "  tshark -r ",
          word,
          " -o tls.keylog_file:KEYS -q -z follow,tls,raw,0 | grep '^[0-9a-f]' | h2wire decode "
          "--hex\n"
          "  tshark -r ",
          word,
          " -o tls.keylog_file:KEYS -q -z follow,tls,raw,0 | grep '^\\s[0-9a-f]' | h2wire decode "
          "--hex\n");
  }
  return "";
}

bool IsAllOf(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == text.npos;
}

// Whether `text` begins with an offset in hex and `end`.
bool BeginsWithOffset(std::string_view text, std::string_view end) {
  const std::size_t digits = std::min(text.find_first_not_of(kHexDigits), text.size());
  return digits >= 6 && text.substr(digits).starts_with(end);
}

}  // namespace

std::optional<Failure> FailureOfForeign(const std::string& file, Bytes in) {
  const std::string_view text = AsText(in);
  for (const Kind& kind : kKinds) {
    if (text.starts_with(kind.magic)) return Make(file, kind.name, AdviceOf(kind, file));
  }
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
  return Make(file, "text", "");
}

Failure FailureOfEmpty(const std::string& file) {
  return Failure(absl::StrCat(NameOfInput(file), " is empty: there is no octet in it"));
}

std::optional<Failure> FailureOfDump(const std::string& file, std::string_view text) {
  const bool xxd = BeginsWithOffset(text, ": ");
  const bool hexdump = BeginsWithOffset(text, "  ");
  if (!xxd && !hexdump) return std::nullopt;
  return Failure(
      absl::StrCat(NameOfInput(file), " is a dump with an offset in each line, as of ",
                   xxd ? "xxd" : "hexdump -C", ", and --hex reads octets alone"),
      absl::StrCat("`xxd -p` prints them so", xxd ? ", and `xxd -r` reads this dump" : "", ".\n"));
}

}  // namespace h2wire::tools
