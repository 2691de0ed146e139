// SPDX-License-Identifier: Apache-2.0

// What the program calls the type of a frame, and how it explains what is wrong with one.

#ifndef H2WIRE_TOOLS_NAMES_H_
#define H2WIRE_TOOLS_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "h2wire/error.h"
#include "h2wire/frame_set.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"

namespace h2wire::tools {

// "DATA"; "UNKNOWN" for a type without a struct in `Set` and, without `extensions`, for ALTSVC,
// ORIGIN and PRIORITY_UPDATE.
template <AnyFrameSet Set = Frame>
constexpr std::string_view TypeName(FrameType type, bool extensions) {
  return Knows<Set>(type, extensions) ? NameOf<Set>(type) : RawFrame::kName;
}

// The same for people: a type without a name shows its code, "UNKNOWN(0x1f)".
inline std::string TypeLabel(FrameType type, bool extensions) {
  std::string label(TypeName(type, extensions));
  if (label == RawFrame::kName) {
    absl::StrAppend(&label, "(0x", absl::Hex(static_cast<std::uint8_t>(type), absl::kZeroPad2),
                    ")");
  }
  return label;
}

// What stands for a type where the preface is, or ought to be.
inline constexpr std::string_view kPrefaceLabel = "PREFACE";

// Whether `fault` is not that of a frame, but of octets that stand where the preface ought to be,
// or the first frame.
inline bool IsOfPreface(Fault fault) {
  return fault == Fault::kBadPreface || fault == Fault::kHttp1Request ||
         fault == Fault::kHttp1Response || fault == Fault::kTls;
}

// What rule `fault` breaks and where it stands, or which attack the rule stops.
inline std::string Explanation(Fault fault) {
  const FaultRow& row = RowOf(fault);
  std::string text(row.sentence);
  if (!row.section.empty()) text.append(" (").append(row.section).append(")");
  return text;
}

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_NAMES_H_
