// SPDX-License-Identifier: Apache-2.0

// Lines of text from frames: what print.h declares.

// print.h includes this file at its end. Whoever includes this one first has to pass through there.
#include "h2wire/print.h"

#ifndef H2WIRE_WALK_PRINT_H_
#define H2WIRE_WALK_PRINT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/walk/text.h"

namespace h2wire::inline H2WIRE_ABI {

namespace internal {

template <AnyFrameSet Set, FrameAlternative F>
H2WIRE_ALWAYS_INLINE inline void AppendAs(Line& line, const F& frame,
                                          const PrintOptions& options) noexcept {
  TextWalk<Set, PrintOptions> walk(line, options);
  if (options.type_and_stream) line.Append(F::kName);
  F::Layout(frame, walk);
}

template <AnyFrameSet Set>
void AppendFrame(Line& line, const Set& frame, const PrintOptions& options) noexcept {
  Visit([&](const auto& alternative)
            H2WIRE_ALWAYS_INLINE { AppendAs<Set>(line, alternative, options); },
        frame);
}
// Those of the library are compiled once.
extern template H2WIRE_API void AppendFrame<Frame>(Line&, const Frame&,
                                                   const PrintOptions&) noexcept;

template <FrameAlternative F>
void AppendFrame(Line& line, const F& frame, const PrintOptions& options) noexcept {
  if constexpr (std::is_constructible_v<Frame, std::in_place_type_t<F>>) {
    AppendFrame(line, Frame(frame), options);
  } else {
    AppendAs<Frame>(line, frame, options);
  }
}

H2WIRE_API void AppendError(Line& line, const FrameError& error) noexcept;

// Compiled once, so that who includes this does not compile <ostream>.
H2WIRE_API std::ostream& WriteText(std::ostream& out, std::string_view text);

// Every word of a line brings the space before it.
inline std::string_view WithoutSpace(std::string_view line) noexcept {
  return line.substr(line.starts_with(' ') ? 1 : 0);
}

// The line that `append` appends to a Line, however long it is.
template <class Append>
std::string Whole(Append append) {
  std::array<char, kLongestLine> usual;
  Line line(usual);
  append(line);
  if (!line.cut()) return std::string(WithoutSpace(line.Finish()));
  for (std::string larger(2 * kLongestLine, ' ');; larger.resize(2 * larger.size())) {
    Line again(larger);
    append(again);
    if (!again.cut()) return std::string(WithoutSpace(again.Finish()));
  }
}

inline std::string NameOrHex(std::string_view name, std::uint64_t number) {
  return Whole([&](Line& line) { AppendNameOrHex(line, name, number); });
}

}  // namespace internal

template <AnyFrameSet Set>
std::string_view ToText(const Set& frame, std::span<char> out,
                        const PrintOptions& options) noexcept {
  internal::Line line(out);
  internal::AppendFrame(line, frame, options);
  return internal::WithoutSpace(line.Finish());
}
template <FrameAlternative F>
std::string_view ToText(const F& frame, std::span<char> out, const PrintOptions& options) noexcept {
  internal::Line line(out);
  internal::AppendFrame(line, frame, options);
  return internal::WithoutSpace(line.Finish());
}

inline std::string_view ToText(const FrameError& error, std::span<char> out) noexcept {
  internal::Line line(out);
  internal::AppendError(line, error);
  return line.Finish();
}

template <AnyFrameSet Set>
std::string ToString(const Set& frame, const PrintOptions& options) {
  return internal::Whole([&](internal::Line& line) { AppendFrame(line, frame, options); });
}
template <FrameAlternative F>
std::string ToString(const F& frame, const PrintOptions& options) {
  return internal::Whole([&](internal::Line& line) { AppendFrame(line, frame, options); });
}

inline std::string ToString(const FrameError& error) {
  return internal::Whole([&](internal::Line& line) { internal::AppendError(line, error); });
}

inline std::string ToString(ErrorCode code) {
  return internal::NameOrHex(NameOf(code), static_cast<std::uint32_t>(code));
}
inline std::string ToString(SettingId id) {
  return internal::NameOrHex(NameOf(id), static_cast<std::uint16_t>(id));
}
inline std::string ToString(FrameType type) {
  return internal::NameOrHex(NameOf(type), static_cast<std::uint8_t>(type));
}

inline std::ostream& operator<<(std::ostream& out, Fault fault) {
  return internal::WriteText(out, ToString(fault));
}
inline std::ostream& operator<<(std::ostream& out, ErrorCode code) {
  return internal::WriteText(out, ToString(code));
}
inline std::ostream& operator<<(std::ostream& out, SettingId id) {
  return internal::WriteText(out, ToString(id));
}
inline std::ostream& operator<<(std::ostream& out, FrameType type) {
  return internal::WriteText(out, ToString(type));
}
inline std::ostream& operator<<(std::ostream& out, const FrameError& error) {
  return internal::WriteText(out, ToString(error));
}
template <AnyFrameSet Set>
std::ostream& operator<<(std::ostream& out, const Set& frame) {
  return internal::WriteText(out, ToString(frame));
}
template <FrameAlternative F>
std::ostream& operator<<(std::ostream& out, const F& frame) {
  return internal::WriteText(out, ToString(frame));
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_PRINT_H_
