// SPDX-License-Identifier: Apache-2.0

// Frames, faults, codes and types as text for people.
//
//   HEADERS stream=1 END_STREAM END_HEADERS pad_length=3 fragment=24 82868441…
//
//   std::array<char, kLongestLine> line;
//   log.Write(ToText(frame, line));  // allocates nothing
//   std::cout << frame << "\n";
//
// A line is bounded whatever the frame holds, and shows no more of a payload than its size and its
// first octets: what follows may be private.

#ifndef H2WIRE_PRINT_H_
#define H2WIRE_PRINT_H_

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"

namespace h2wire::inline H2WIRE_ABI {

// How much of a frame is shown.
struct PrintOptions {
  bool type_and_stream = true;   // without, the line begins with the flags
  std::size_t max_octets = 16;   // of each octet string
  std::size_t max_entries = 16;  // of settings, and of origins
};

// What the line of a frame of the library has at most with the default options, and that of an
// error: characters.
inline constexpr std::size_t kLongestLine = 1024;

// One line without its end, in the first characters of `out`. Octet strings are shown as their size
// and their first octets: as quoted text, escaped as in C, if those are printable ASCII, tabs and
// line ends, else as hex; an ellipsis stands for what is left out. A line for which `out` has too
// little room is cut, and ends with an ellipsis. The characters are UTF-8, for the ellipsis's sake.
template <FrameAlternative F>
std::string_view ToText(const F& frame, std::span<char> out H2WIRE_LIFETIME_BOUND,
                        const PrintOptions& options = {}) noexcept;
template <AnyFrameSet Set>
std::string_view ToText(const Set& frame, std::span<char> out H2WIRE_LIFETIME_BOUND,
                        const PrintOptions& options = {}) noexcept;

// The same of an error: "stream 3: PROTOCOL_ERROR: the window size increment is 0 (RFC 9113, 6.9)";
// of one without a fault, "stream 3: STREAM_CLOSED".
std::string_view ToText(const FrameError& error,
                        std::span<char> out H2WIRE_LIFETIME_BOUND) noexcept;

// The same lines, never cut. A user's enumeration has a ToString, or is printed as a number.
template <FrameAlternative F>
[[nodiscard]] std::string ToString(const F& frame, const PrintOptions& options = {});
template <AnyFrameSet Set>
[[nodiscard]] std::string ToString(const Set& frame, const PrintOptions& options = {});
[[nodiscard]] std::string ToString(const FrameError& error);

// "PROTOCOL_ERROR", or "0x1f" for a code nobody named.
[[nodiscard]] std::string ToString(ErrorCode code);

// "MAX_FRAME_SIZE", or "0x1f" for an identifier nobody assigned.
[[nodiscard]] std::string ToString(SettingId id);

// "WINDOW_UPDATE", or "0x1f" for a type without a struct.
[[nodiscard]] std::string ToString(FrameType type);

// The fault's name, "zero_window_increment".
[[nodiscard]] inline std::string_view ToString(Fault fault) noexcept { return RowOf(fault).name; }

template <FrameAlternative F>
std::ostream& operator<<(std::ostream& out, const F& frame);
template <AnyFrameSet Set>
std::ostream& operator<<(std::ostream& out, const Set& frame);
std::ostream& operator<<(std::ostream& out, Fault fault);
std::ostream& operator<<(std::ostream& out, ErrorCode code);
std::ostream& operator<<(std::ostream& out, SettingId id);
std::ostream& operator<<(std::ostream& out, FrameType type);
std::ostream& operator<<(std::ostream& out, const FrameError& error);

}  // namespace h2wire

#include "h2wire/walk/print.h"  // how it does that

#endif  // H2WIRE_PRINT_H_
