// SPDX-License-Identifier: Apache-2.0

// The walk that writes a frame as one line of text, and the names of all that has one.

#include "h2wire/print.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/walk/dispatch.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire::inline H2WIRE_ABI {
namespace {

// abseil's string_view is a type of its own in some builds.
absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

std::string Hex(std::uint64_t number) { return absl::StrCat("0x", absl::Hex(number)); }

std::string NameOrHex(std::string_view name, std::uint64_t number) {
  return name.empty() ? Hex(number) : std::string(name);
}

constexpr std::string_view kEllipsis = "…";

class Printer : public internal::NoRules {
 public:
  Printer(std::string_view name, const PrintOptions& options) : line_(name), options_(options) {}

  void Stream(StreamId id) {
    if (options_.type_and_stream) Number("stream", id);
  }
  void StreamOrConnection(StreamId id) { Stream(id); }
  void Header(const FrameHeader& header) {
    if (options_.type_and_stream) absl::StrAppend(&line_, " type=", ToString(header.type));
    absl::StrAppend(&line_, " flags=", Hex(header.flags));
    if (header.reserved) absl::StrAppend(&line_, " reserved");
    Stream(header.stream_id);
  }
  void Flag(std::uint8_t, std::string_view name, bool on) {
    if (on) absl::StrAppend(&line_, " ", absl::AsciiStrToUpper(Absl(name)));
  }
  void PadLength(const std::optional<std::uint8_t>& length) {
    if (length) Number("pad_length", *length);
  }
  void U8(std::string_view name, std::uint8_t value) { Number(name, value); }
  void U31(std::string_view name, std::uint32_t value) { Number(name, value); }
  void U32(std::string_view name, auto value) {
    if constexpr (std::is_enum_v<decltype(value)>) {
      absl::StrAppend(&line_, " ", Absl(name), "=", ToString(value));
    } else {
      Number(name, value);
    }
  }
  void BitAndU31(std::string_view bit_name, bool bit, std::string_view name, std::uint32_t value) {
    Number(bit_name, bit);
    Number(name, value);
  }
  template <std::size_t kSize>
  void Octets(std::string_view name, const std::array<std::byte, kSize>& octets) {
    absl::StrAppend(&line_, " ", Absl(name), "=", absl::BytesToHexString(Absl(AsText(octets))));
  }
  template <class Fields>
  void Group(std::string_view name, const Fields& fields) {
    Printer inner("", options_);
    Fields::Layout(fields, inner);
    absl::StrAppend(&line_, " ", Absl(name), "(", std::move(inner).Line(), ")");
  }
  template <class Fields>
  void Optional(std::uint8_t, std::string_view name, const std::optional<Fields>& fields) {
    if (fields) Group(name, *fields);
  }
  void Sized16(std::string_view name, Bytes bytes, Fault) { Rest(name, bytes, 1); }
  void Rest(std::string_view name, Bytes bytes, std::size_t) {
    absl::StrAppend(&line_, " ", Absl(name), "=", bytes.size());
    if (bytes.empty() || options_.max_octets == 0) return;
    absl::StrAppend(&line_, " ", FirstOctets(bytes));
  }
  void Rest(std::string_view, SettingsView settings, std::size_t) {
    Entries(settings, [&](Setting setting) {
      absl::StrAppend(&line_, " ", ToString(setting.id), "=", setting.value);
    });
  }
  void Rest(std::string_view, OriginsView origins, std::size_t) {
    Entries(origins, [&](Bytes origin) { absl::StrAppend(&line_, " ", FirstOctets(origin)); });
  }

  // Every word of a line brings the space before it.
  std::string Line() && {
    if (line_.starts_with(' ')) line_.erase(0, 1);
    return std::move(line_);
  }

 private:
  void Number(std::string_view name, std::uint64_t value) {
    absl::StrAppend(&line_, " ", Absl(name), "=", value);
  }

  template <class View>
  void Entries(const View& view, auto print) {
    std::size_t count = 0;
    for (const auto entry : view) {
      if (count++ < options_.max_entries) print(entry);
    }
    if (count > options_.max_entries) {
      absl::StrAppend(&line_, " ", Absl(kEllipsis), "and ", count - options_.max_entries, " more");
    }
  }

  std::string FirstOctets(Bytes bytes) const {
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

  std::string line_;
  const PrintOptions& options_;
};

}  // namespace

std::string ToString(const Frame& frame, const PrintOptions& options) {
  return Visit(
      [&]<class F>(const F& alternative) {
        Printer printer(options.type_and_stream ? F::kName : "", options);
        F::Layout(alternative, printer);
        return std::move(printer).Line();
      },
      frame);
}

std::string ToString(ErrorCode code) {
  return NameOrHex(NameOf(code), static_cast<std::uint32_t>(code));
}

std::string ToString(SettingId id) { return NameOrHex(NameOf(id), static_cast<std::uint16_t>(id)); }

std::string_view NameOf(FrameType type) noexcept {
  return internal::Switch<internal::FrameTypeCodes>(
      static_cast<std::size_t>(type), []<class Case>(Case) -> std::string_view {
        if constexpr (std::is_same_v<Case, internal::NoCase>) {
          return {};
        } else {
          return std::variant_alternative_t<internal::kIndexOfCode[Case::value], Frame>::kName;
        }
      });
}

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
