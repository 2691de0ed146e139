#include "text.h"

#include <string>

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

}  // namespace

void TextEvents::Preface() {
  Line(0, kPrefaceLabel, "connection", "", Colour::kNone, "PRI * HTTP/2.0");
}

void TextEvents::Line(std::uint64_t offset, const FrameHeader& header, Colour colour,
                      std::string_view details) {
  const std::string stream =
      header.stream_id == 0 ? "connection" : absl::StrCat("stream ", header.stream_id);
  Line(offset, TypeLabel(header.type, extensions_), stream, absl::StrCat(header.length), colour,
       details);
}

void TextEvents::Line(std::uint64_t offset, std::string_view type, std::string_view stream,
                      std::string_view length, Colour colour, std::string_view details) {
  // The columns are as wide as what they mostly hold.
  std::string line = absl::StrFormat("%10d  ", offset);
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

void TextEvents::Error(std::uint64_t offset, const FrameHeader& header, const FrameError& error) {
  const bool connection = error.stream_id == 0;
  std::string details = connection ? "*** CONNECTION ERROR " : "*** STREAM ERROR ";
  details += NameOf(error.code);
  details += ": ";
  details += Explanation(error.fault);
  if (connection) details += "; decoding stops here";
  if (IsOfPreface(error.fault)) {
    return Line(offset, kPrefaceLabel, "connection", "", Colour::kError, details);
  }
  Line(offset, header, Colour::kError, details);
}

void TextEvents::Incomplete(std::uint64_t offset, std::size_t have, std::size_t need) {
  Line(offset, "INCOMPLETE", "", "", Colour::kError,
       absl::StrFormat("*** CUT OFF: the input ends after %d of %d octets", have, need));
}

}  // namespace h2wire::tools
