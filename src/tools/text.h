// SPDX-License-Identifier: Apache-2.0

// Events as lines for people: offset, type, stream, octets of payload, flags and fields.

#ifndef H2WIRE_TOOLS_TEXT_H_
#define H2WIRE_TOOLS_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/print.h"
#include "leftovers.h"
#include "names.h"
#include "output.h"
#include "watch.h"

namespace h2wire::tools {

// The colour that tells what kind of frame a line is about.
enum class Colour { kNone, kContent, kFieldBlock, kEnd, kConnection, kRaw, kError };

// The kind follows from what a struct has, so that no list of types has to be kept.
template <class F>
constexpr Colour ColourOf() {
  if constexpr (requires(F frame) { frame.header; }) return Colour::kRaw;
  if constexpr (requires(F frame) { frame.error_code; }) return Colour::kEnd;
  if constexpr (requires(F frame) { frame.fragment; }) return Colour::kFieldBlock;
  if constexpr (requires(F frame) { frame.data; }) return Colour::kContent;
  if constexpr (!requires(F frame) { frame.stream_id; }) return Colour::kConnection;
  return Colour::kNone;
}

// Takes the events of DecodeConnection.
class TextEvents {
 public:
  // `max_octets`: how much is shown of each octet string. `mark`: what each line begins with.
  TextEvents(Output& output, bool colours, std::size_t max_octets, const DecodeOptions& decode,
             std::string_view mark = {})
      : output_(output), colours_(colours), max_octets_(max_octets), decode_(decode), mark_(mark) {}

  static constexpr bool TakesAllOctets() { return false; }

  // How much more of the debug data of GOAWAY is shown.
  static constexpr std::size_t kGoawayFactor = 10;

  void Preface();
  template <class F>
  void Frame(std::uint64_t offset, Bytes octets, const F& frame, const Alarm& alarm) {
    const FrameHeader header = LoadHeader(octets.data());
    // Why somebody hangs up is the most interesting text of all.
    const std::size_t max_octets =
        std::is_same_v<F, GoawayFrame> ? kGoawayFactor * max_octets_ : max_octets_;
    std::string details = ToString(frame, {.type_and_stream = false, .max_octets = max_octets});
    if constexpr (std::is_same_v<F, RawFrame>) {
      // Of a type that is known: the RFC says so.
      if (TypeName(header.type, decode_.extensions) != RawFrame::kName) {
        details += " (to be ignored)";
      }
    } else {
      AddLeftovers(details, header, UndefinedFlags<F>(header.flags));
    }
    ForEachLeftover(
        frame, octets.subspan(kFrameHeaderSize),
        [&](std::string_view name) { AddWord(details, name, "_reserved"); },
        [&](Bytes padding) { AddPadding(details, padding); });
    if (!alarm.raised()) return Line(offset, header, ColourOf<F>(), details);
    Line(offset, header, Colour::kError, Judged(alarm, details));
  }
  void Error(std::uint64_t offset, Bytes octets, const Alarm& alarm);
  void Incomplete(std::uint64_t offset, Bytes octets, std::size_t have, std::size_t need);
  void Undecoded(std::uint64_t, Bytes) {}
  void BeforeRead(std::uint64_t) { output_.Flush(); }

 private:
  static void AddWord(std::string& details, std::string_view name, std::string_view end = "");
  static void AddLeftovers(std::string& details, const FrameHeader& header,
                           std::uint8_t undefined_flags);
  void AddPadding(std::string& details, Bytes padding) const;

  // What is wrong, and `details` of what it is wrong with.
  std::string Judged(const Alarm& alarm, std::string_view details) const;

  void Line(std::uint64_t offset, const FrameHeader& header, Colour colour,
            std::string_view details);
  void Line(std::uint64_t offset, std::string_view type, std::string_view stream,
            std::string_view length, Colour colour, std::string_view details);

  Output& output_;
  bool colours_;
  std::size_t max_octets_;
  DecodeOptions decode_;
  std::string_view mark_;
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_TEXT_H_
