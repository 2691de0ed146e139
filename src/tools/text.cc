// SPDX-License-Identifier: Apache-2.0

#include "text.h"

#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "names.h"

namespace h2wire::tools {
namespace {

std::string_view EscapeSequence(Colour colour) {
  switch (colour) {
    case Colour::kNone:
      return "";
    case Colour::kContent:
      return "\x1b[34m";  // blue
    case Colour::kFieldBlock:
      return "\x1b[32m";  // green
    case Colour::kEnd:
      return "\x1b[33m";  // yellow
    case Colour::kConnection:
      return "\x1b[36m";  // cyan
    case Colour::kRaw:
      return "\x1b[35m";  // magenta
    case Colour::kError:
      return "\x1b[1;31m";  // bold red
  }
  return "";
}

constexpr std::string_view kNoColour = "\x1b[0m";

std::string Hex(Bytes octets) {
  const std::string_view text = AsText(octets);
  return absl::BytesToHexString({text.data(), text.size()});
}

// A frame in hex, its header field by field and at most `max_octets` of its payload; an ellipsis
// stands for the rest. Without one, --hex reads it back.
std::string HexOfFrame(Bytes octets, std::size_t max_octets) {
  const Bytes payload = octets.subspan(kFrameHeaderSize);
  const Bytes shown = payload.first(std::min(payload.size(), max_octets));
  std::string hex = absl::StrCat(Hex(octets.first(3)), " ", Hex(octets.subspan(3, 1)), " ",
                                 Hex(octets.subspan(4, 1)), " ", Hex(octets.subspan(5, 4)));
  if (!shown.empty()) absl::StrAppend(&hex, " ", Hex(shown));
  if (shown.size() < LoadHeader(octets.data()).length) hex += "…";
  return hex;
}

// Octets that are no frame, at most `max_octets` of them.
std::string Quoted(Bytes octets, std::size_t max_octets) {
  const std::string_view shown = AsText(octets).substr(0, max_octets);
  return absl::StrCat("\"", absl::CHexEscape({shown.data(), shown.size()}), "\"",
                      shown.size() < octets.size() ? "…" : "");
}

}  // namespace

void TextEvents::Preface() {
  Line(0, kPrefaceLabel, "connection", "", Colour::kNone, "PRI * HTTP/2.0");
}

void TextEvents::Line(std::uint64_t offset, const FrameHeader& header, Colour colour,
                      std::string_view details) {
  const std::string stream =
      header.stream_id == 0 ? "connection" : absl::StrCat("stream ", header.stream_id);
  Line(offset, TypeLabel(header.type, decode_.extensions), stream, absl::StrCat(header.length),
       colour, details);
}

void TextEvents::Line(std::uint64_t offset, std::string_view type, std::string_view stream,
                      std::string_view length, Colour colour, std::string_view details) {
  // The columns are as wide as what they mostly hold.
  std::string line = absl::StrFormat("%s%10d  ", mark_, offset);
  const std::size_t begin = line.size();
  absl::StrAppendFormat(&line, "%-15s  %-10s %8s", type, stream, length);
  if (!details.empty()) line.append("  ").append(details);
  if (colours_ && colour != Colour::kNone) {
    // An error is coloured to its end, a frame only where its type stands.
    line.insert(colour == Colour::kError ? line.size() : begin + type.size(), kNoColour);
    line.insert(begin, EscapeSequence(colour));
  }
  line += '\n';
  output_.Append(line);
}

void TextEvents::AddWord(std::string& details, std::string_view name, std::string_view end) {
  if (!details.empty()) details += ' ';
  details.append(name).append(end);
}

void TextEvents::AddLeftovers(std::string& details, const FrameHeader& header,
                              std::uint8_t undefined_flags) {
  if (undefined_flags != 0) {
    AddWord(details, absl::StrCat("undefined_flags=0x", absl::Hex(undefined_flags)));
  }
  if (header.reserved) AddWord(details, "reserved");
}

void TextEvents::AddPadding(std::string& details, Bytes padding) const {
  const Bytes shown = padding.first(std::min(padding.size(), max_octets_));
  AddWord(details, absl::StrCat("padding=", Hex(shown), shown.size() < padding.size() ? "…" : ""));
}

std::string TextEvents::Judged(const Alarm& alarm, std::string_view details) const {
  const FrameError& error = alarm.error;
  const bool connection = error.stream_id == 0;
  std::string judged = connection ? "*** CONNECTION ERROR " : "*** STREAM ERROR ";
  judged += NameOf(error.code);
  judged += ": ";
  judged += Explanation(error.fault);
  if (error.fault == Fault::kFrameTooLarge) {
    absl::StrAppend(&judged, ", taken to be ", decode_.max_frame_size, " (--max_frame_size)");
  }
  if (!alarm.limit.name.empty()) {
    absl::StrAppend(&judged, ", ", std::string(alarm.limit.name), "=", TextOf(alarm.limit), " and ",
                    alarm.limit.used, " seen");
  }
  if (alarm.ends()) judged += "; decoding stops here";
  judged += ": ";
  judged += details;
  return judged;
}

void TextEvents::Error(std::uint64_t offset, Bytes octets, const Alarm& alarm) {
  if (IsOfPreface(alarm.error.fault)) {
    return Line(offset, kPrefaceLabel, "connection", "", Colour::kError,
                Judged(alarm, Quoted(octets, max_octets_)));
  }
  Line(offset, LoadHeader(octets.data()), Colour::kError,
       Judged(alarm, HexOfFrame(octets, max_octets_)));
}

void TextEvents::Incomplete(std::uint64_t offset, Bytes, std::size_t have, std::size_t need) {
  Line(offset, "INCOMPLETE", "", "", Colour::kError,
       absl::StrFormat("*** CUT OFF: the input ends after %d of %d octets", have, need));
}

}  // namespace h2wire::tools
