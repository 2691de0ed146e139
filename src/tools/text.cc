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

// The columns, as wide as what they mostly hold.
std::string Columns(std::uint64_t offset, std::string_view type, std::string_view stream,
                    std::string_view length) {
  return absl::StrFormat("%10d  %-15s  %-10s %8s", offset, type, stream, length);
}

}  // namespace

void TextEvents::Preface() {
  const std::string columns = Columns(0, "PREFACE", "connection", "");
  output_.Append(columns);
  output_.Append("  PRI * HTTP/2.0\n");
}

void TextEvents::Line(std::uint64_t offset, const FrameHeader& header, Colour colour,
                      std::string_view details) {
  const std::string type = TypeLabel(header.type, extensions_);
  const std::string stream =
      header.stream_id == 0 ? "connection" : absl::StrCat("stream ", header.stream_id);
  std::string columns = Columns(offset, type, stream, absl::StrCat(header.length));
  const bool error = colour == Colour::kError;
  if (colours_ && colour != Colour::kNone) {
    // An error is coloured to its end, a frame only where its type stands.
    const std::size_t begin = columns.find(type, 10);
    if (!error) columns.insert(begin + type.size(), kNoColour);
    columns.insert(begin, EscapeSequence(colour));
  }
  output_.Append(columns);
  if (!details.empty()) output_.Append("  ");
  output_.Append(details);
  if (colours_ && error) output_.Append(kNoColour);
  output_.Append("\n");
}

void TextEvents::Error(std::uint64_t offset, const FrameHeader& header, const FrameError& error) {
  const bool connection = error.stream_id == 0;
  std::string details = connection ? "*** CONNECTION ERROR " : "*** STREAM ERROR ";
  details += NameOf(error.code);
  details += ": ";
  details += Explanation(error.fault);
  if (connection) details += "; decoding stops here";
  Line(offset, header, Colour::kError, details);
}

void TextEvents::Incomplete(std::uint64_t offset, std::size_t have, std::size_t need) {
  std::string columns = Columns(offset, "INCOMPLETE", "", "");
  output_.Append(columns);
  if (colours_) output_.Append(EscapeSequence(Colour::kError));
  output_.Append(
      absl::StrFormat("  *** CUT OFF: the input ends after %d of %d octets", have, need));
  if (colours_) output_.Append(kNoColour);
  output_.Append("\n");
}

}  // namespace h2wire::tools
