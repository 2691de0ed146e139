// SPDX-License-Identifier: Apache-2.0

// Any text at all, as the lines that `h2wire encode` is given: each has octets or is refused with a
// sentence. Octets are the frame that the line says: the reference accepts them, unless the line
// gives a raw payload, and written as a line again they say the same in full, which has the same
// octets.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agreement.h"
#include "check.h"
#include "h2wire/decode.h"
#include "h2wire/header.h"
#include "json_reader.h"
#include "json_writer.h"
#include "output.h"

namespace h2wire {
namespace {

using Json = nlohmann::json;

constexpr DecodeOptions kAnySize{.max_frame_size = kLargestMaxFrameSize};

// Keeps what is written.
class Kept : public tools::Output {
 public:
  void Flush() override {}
  const std::string& text() const { return buffer_; }
};

std::string LineOf(Bytes octets, bool raw) {
  Kept output;
  tools::JsonEvents events(output, /*extensions=*/true);
  const auto write = [&](const auto& frame) { events.Frame(0, LoadHeader(octets.data()), frame); };
  if (raw) {
    write(DecodeRaw(octets, kAnySize).frame);
  } else {
    (void)DecodeTo(octets, write, kAnySize);
  }
  return output.text();
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
  return text;
}

// Whether a line with `given` means the line with `full`, which says everything: what is missing
// follows from the rest.
bool Means(const Json& given, const Json& full) {
  if (given.type() != full.type()) return false;
  if (given.is_array()) {
    bool same = given.size() == full.size();
    for (std::size_t i = 0; same && i < given.size(); ++i) same = Means(given[i], full[i]);
    return same;
  }
  if (given.is_object()) {
    for (const auto& [key, value] : given.items()) {
      const bool any_type = key == "type" && value == RawFrame::kName && given.contains("payload");
      if (key == "offset" || any_type) continue;
      if (!full.contains(key) || !Means(value, full[key])) return false;
    }
    for (const auto& [key, value] : full.items()) {
      static constexpr std::string_view kFollow[] = {"offset",    "length",     "flags", "type",
                                                     "type_code", "error_name", "name"};
      if (!given.contains(key) && std::ranges::find(kFollow, key) == std::end(kFollow))
        return false;
    }
    return true;
  }
  if (!given.is_string()) return given == full;
  const auto& text = given.get_ref<const std::string&>();
  return full == text || (IsHex(text) && full == Lower(text));
}

std::size_t CountMembers(const Json& json) {
  if (!json.is_structured()) return 0;
  std::size_t members = json.is_object() ? json.size() : 0;
  for (const Json& value : json) members += CountMembers(value);
  return members;
}

// `line`, which has octets, as JSON: without what a parser overlooks, which the program uses too.
Json Parse(std::string_view line) {
  Check(line.find('\0') == line.npos, "no NUL ends the text before its end");
  std::size_t members = 0;
  const Json json = Json::parse(line, [&members](int, Json::parse_event_t event, const Json&) {
    members += event == Json::parse_event_t::key;
    return true;
  });
  Check(CountMembers(json) == members, "no member is there twice");
  return json;
}

void CheckSentence(std::string_view sentence) {
  Check(!sentence.empty() && sentence.size() < 300, "a refusal is a sentence");
  Check(std::ranges::all_of(sentence, [](char c) { return c >= ' ' && c <= '~'; }),
        "a refusal can be printed");
}

void CheckFrame(std::string_view line, Bytes octets) {
  const Json given = Parse(line);
  const bool raw = given.contains("payload");
  Check(octets.size() >= kFrameHeaderSize &&
            octets.size() == kFrameHeaderSize + LoadHeader(octets.data()).length,
        "a line is one frame");
  if (!raw) {
    const reference::Result expected = ReferenceDecode(octets, kAnySize);
    Check(expected.verdict == reference::Verdict::kFrame, "the reference accepts what is encoded");
    CheckSame(DifferenceFrom(expected, octets, kAnySize), "DecodeTo");
  }
  const std::string full = LineOf(octets, raw);
  Check(Means(given, Json::parse(full)), "the octets say what the line says");
  Check(std::ranges::equal(tools::OctetsOfLine(full, /*first=*/false), octets),
        "what is decoded is encoded to the same octets");
}

// Returns whether `line` has octets.
bool CheckLine(std::string_view line, bool first) {
  std::vector<std::byte> octets;
  try {
    octets = tools::OctetsOfLine(line, first);
  } catch (const tools::Refusal& refusal) {
    CheckSentence(refusal.what());
    return false;
  }
  if (first && std::ranges::equal(octets, AsBytes(kConnectionPreface))) {
    Check(Parse(line)["preface"] == true, "the preface is asked for");
  } else {
    CheckFrame(line, octets);
  }
  return true;
}

}  // namespace
}  // namespace h2wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  bool first = true;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (h2wire::CheckLine(line, first)) first = false;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return 0;
}
