// SPDX-License-Identifier: Apache-2.0

// Lines of the library's own frames and of errors, and the names of all that has one.

#include "h2wire/print.h"

#include <cstdint>
#include <ostream>
#include <string_view>

#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/walk/text.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

template void AppendFrame<Frame>(Line&, const Frame&, const PrintOptions&) noexcept;

void AppendError(Line& line, const FrameError& error) noexcept {
  const FaultRow& row = RowOf(error.fault);
  line.Append(error.stream_id == 0 ? "connection" : "stream ");
  if (error.stream_id != 0) line.AppendNumber(error.stream_id);
  line.Append(": ");
  AppendNameOrHex(line, NameOf(error.code), static_cast<std::uint32_t>(error.code));
  if (error.fault == Fault::kNone && error.code != ErrorCode::kNoError) {
    return;  // what is wrong, the session knows
  }
  line.Append(": ");
  line.Append(row.sentence);
  if (row.section.empty()) return;
  line.Append(" (");
  line.Append(row.section);
  line.Append(')');
}

std::ostream& WriteText(std::ostream& out, std::string_view text) { return out << text; }

}  // namespace internal

}  // namespace h2wire
