// SPDX-License-Identifier: Apache-2.0

// Frames as lines of text, and the names of all that has one.

#include "h2wire/print.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"
#include "h2wire/walk/printer.h"

namespace h2wire::inline H2WIRE_ABI {
namespace {

// abseil's string_view is a type of its own in some builds.
absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

std::string HexNumber(std::uint64_t number) { return absl::StrCat("0x", absl::Hex(number)); }

std::string NameOrHex(std::string_view name, std::uint64_t number) {
  return name.empty() ? HexNumber(number) : std::string(name);
}

constexpr std::string_view kEllipsis = "…";

}  // namespace

namespace internal {

void Printer::Stream(StreamId id) {
  if (options_.type_and_stream) Number("stream", id);
}
void Printer::Header(const RawHeader& header) {
  if (options_.type_and_stream) {
    const auto code = static_cast<std::uint8_t>(header.type);
    Word("type", NameOrHex(names_.type(header.type), code));
  }
  absl::StrAppend(&line_, " flags=", HexNumber(header.flags));
  if (header.reserved) absl::StrAppend(&line_, " reserved");
  Stream(header.stream_id);
}
void Printer::Flag(std::uint8_t, std::string_view name, bool on) {
  if (on) absl::StrAppend(&line_, " ", absl::AsciiStrToUpper(Absl(name)));
}
void Printer::PadLength(const std::optional<std::uint8_t>& length) {
  if (length) Number("pad_length", *length);
}
void Printer::Hex(std::string_view name, Bytes octets) {
  absl::StrAppend(&line_, " ", Absl(name), "=", absl::BytesToHexString(Absl(AsText(octets))));
}
void Printer::Group(std::string_view name, const std::string& fields) {
  absl::StrAppend(&line_, " ", Absl(name), "(", fields, ")");
}
void Printer::Rest(std::string_view name, Bytes bytes, std::size_t) {
  absl::StrAppend(&line_, " ", Absl(name), "=", bytes.size());
  if (bytes.empty() || options_.max_octets == 0) return;
  absl::StrAppend(&line_, " ", FirstOctets(bytes));
}
void Printer::Rest(std::string_view, SettingsView settings, std::size_t) {
  Entries(settings, [&](Setting setting) {
    const auto code = static_cast<std::uint16_t>(setting.id);
    absl::StrAppend(&line_, " ", NameOrHex(names_.setting(setting.id), code), "=", setting.value);
  });
}
void Printer::Rest(std::string_view, OriginsView origins, std::size_t) {
  Entries(origins, [&](Bytes origin) { absl::StrAppend(&line_, " ", FirstOctets(origin)); });
}

std::string Printer::Line() && {
  if (line_.starts_with(' ')) line_.erase(0, 1);
  return std::move(line_);
}

void Printer::Number(std::string_view name, std::uint64_t value) {
  absl::StrAppend(&line_, " ", Absl(name), "=", value);
}
void Printer::Word(std::string_view name, std::string_view value) {
  absl::StrAppend(&line_, " ", Absl(name), "=", Absl(value));
}

template <class View>
void Printer::Entries(const View& view, auto print) {
  std::size_t count = 0;
  for (const auto entry : view) {
    if (count++ < options_.max_entries) print(entry);
  }
  if (count > options_.max_entries) {
    absl::StrAppend(&line_, " ", Absl(kEllipsis), "and ", count - options_.max_entries, " more");
  }
}

std::string Printer::FirstOctets(Bytes bytes) const {
  const Bytes first = bytes.first(std::min(bytes.size(), options_.max_octets));
  const absl::string_view text = Absl(AsText(first));
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isprint(static_cast<unsigned char>(c)) || c == '\n' || c == '\r' ||
           c == '\t';
  });
  return absl::StrCat(
      printable ? absl::StrCat("\"", absl::CEscape(text), "\"") : absl::BytesToHexString(text),
      first.size() < bytes.size() ? Absl(kEllipsis) : "");
}

}  // namespace internal

template std::string ToString(const Frame&, const PrintOptions&);

std::string ToString(ErrorCode code) {
  return NameOrHex(NameOf(code), static_cast<std::uint32_t>(code));
}

std::string ToString(SettingId id) { return NameOrHex(NameOf(id), static_cast<std::uint16_t>(id)); }

std::string ToString(FrameType type) {
  return NameOrHex(NameOf(type), static_cast<std::uint8_t>(type));
}

std::string_view ToString(Fault fault) noexcept { return RowOf(fault).name; }

std::string ToString(const FrameError& error) {
  const FaultRow& row = RowOf(error.fault);
  const std::string place =
      error.stream_id == 0 ? "connection" : absl::StrCat("stream ", error.stream_id);
  if (error.fault == Fault::kNone && error.code != ErrorCode::kNoError) {
    return absl::StrCat(place, ": ", ToString(error.code));  // what is wrong, the session knows
  }
  const std::string section = row.section.empty() ? "" : absl::StrCat(" (", Absl(row.section), ")");
  return absl::StrCat(place, ": ", ToString(error.code), ": ", Absl(row.sentence), section);
}

}  // namespace h2wire
