// SPDX-License-Identifier: Apache-2.0

// The walk that writes a frame as one line of text, and the line that it writes.

#ifndef H2WIRE_WALK_TEXT_H_
#define H2WIRE_WALK_TEXT_H_

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frame_set.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"
#include "h2wire/walk/hex.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire::inline H2WIRE_ABI::internal {

inline constexpr std::string_view kEllipsis = "…";

// The longest that a number is: 2^64 - 1.
inline constexpr std::size_t kMostDigits = 20;

// Writes the decimal digits of `number`, and returns where they end.
H2WIRE_NOINLINE inline char* LargeToDecimal(char* to, std::uint64_t number) noexcept {
  return std::to_chars(to, to + kMostDigits, number).ptr;
}
H2WIRE_ALWAYS_INLINE inline char* ToDecimal(char* to, std::uint64_t number) noexcept {
  if (number >= 10) return LargeToDecimal(to, number);
  *to = static_cast<char>('0' + number);
  return to + 1;
}

// Characters that are appended to a buffer, as many as it has room for.
class Line {
 public:
  explicit Line(std::span<char> out) noexcept
      : begin_(out.data()), at_(out.data()), end_(out.data() + out.size()) {}

  H2WIRE_ALWAYS_INLINE void Append(char c) noexcept { Append(std::string_view(&c, 1)); }
  H2WIRE_ALWAYS_INLINE void Append(std::string_view text) noexcept {
    if (Room() < text.size()) [[unlikely]]
      return AppendSome(text);
    Put(text);
  }
  H2WIRE_ALWAYS_INLINE void AppendNumber(std::uint64_t number) noexcept {
    if (Room() < kMostDigits) [[unlikely]]
      return AppendApart(number);
    at_ = ToDecimal(at_, number);
  }
  // "0x1f"
  void AppendHexNumber(std::uint64_t number) noexcept {
    std::array<char, 16> digits;
    const char* const end =
        std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    Append("0x");
    Append(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  }
  // Two digits for each octet.
  H2WIRE_ALWAYS_INLINE void AppendHex(Bytes octets) noexcept {
    if (Room() / 2 < octets.size()) [[unlikely]]
      return AppendHexApart(octets);
    at_ = ToHex(at_, octets);
  }
  // " name=7"; `separator` is what stands in the place of the space.
  H2WIRE_ALWAYS_INLINE void AppendField(char separator, std::string_view name,
                                        std::uint64_t value) noexcept {
    if (Room() < 1 + name.size() + 1 + kMostDigits) [[unlikely]] {
      return AppendFieldApart(separator, name, value);
    }
    *at_++ = separator;
    Put(name);
    *at_++ = '=';
    at_ = ToDecimal(at_, value);
  }
  H2WIRE_ALWAYS_INLINE void AppendName(char separator, std::string_view name) noexcept {
    if (Room() < 1 + name.size()) [[unlikely]] {
      AppendSome({&separator, 1});
      return AppendSome(name);
    }
    *at_++ = separator;
    Put(name);
  }
  // " NAME" for a name in lower case.
  H2WIRE_ALWAYS_INLINE void AppendFlag(char separator, std::string_view name) noexcept {
    char* const from = at_ + 1;
    AppendName(separator, name);
    for (char* c = from; c < at_; ++c) {
      if (*c >= 'a' && *c <= 'z') *c = static_cast<char>(*c - 'a' + 'A');
    }
  }

  // Whether something was left out.
  [[nodiscard]] bool cut() const noexcept { return cut_; }

  // The line. If it was cut, an ellipsis stands in the place of its last characters; of a buffer
  // that has no room for one, nothing is used.
  [[nodiscard]] std::string_view Finish() noexcept {
    if (cut_) {
      at_ = begin_;
      if (static_cast<std::size_t>(end_ - begin_) >= kEllipsis.size()) {
        at_ = end_ - kEllipsis.size();
        // Not behind the first octets of a character whose others are overwritten.
        while (at_ != begin_ && (static_cast<unsigned char>(*at_) & 0xc0) == 0x80) --at_;
        Put(kEllipsis);
      }
    }
    return {begin_, static_cast<std::size_t>(at_ - begin_)};
  }

 private:
  [[nodiscard]] H2WIRE_ALWAYS_INLINE std::size_t Room() const noexcept {
    return static_cast<std::size_t>(end_ - at_);
  }
  H2WIRE_ALWAYS_INLINE void Put(std::string_view text) noexcept {
    if (text.empty()) return;  // memcpy may not be given a null pointer
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }

  // The same as above where the room is, or may be, too small.
  H2WIRE_NOINLINE void AppendSome(std::string_view text) noexcept {
    cut_ = cut_ || Room() < text.size();
    Put(text.substr(0, Room()));
  }
  H2WIRE_NOINLINE void AppendApart(std::uint64_t number) noexcept {
    std::array<char, kMostDigits> digits;
    const char* const end = ToDecimal(digits.data(), number);
    AppendSome({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  H2WIRE_NOINLINE void AppendHexApart(Bytes octets) noexcept {
    for (const std::byte* octet = octets.data(); !cut_; ++octet) {  // they do not all fit
      std::array<char, 2> digits;
      FewToHex(digits.data(), Bytes(octet, 1));
      AppendSome({digits.data(), digits.size()});
    }
  }
  H2WIRE_NOINLINE void AppendFieldApart(char separator, std::string_view name,
                                        std::uint64_t value) noexcept {
    AppendSome({&separator, 1});
    AppendSome(name);
    AppendSome("=");
    AppendApart(value);
  }

  char* begin_;
  char* at_;
  char* end_;
  bool cut_ = false;
};

// Whether an octet stands in quoted text, as itself or escaped.
constexpr bool IsPrintable(std::byte octet) noexcept {
  const char c = std::to_integer<char>(octet);
  return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t';
}

// The first of `octets`, at most `most`: as quoted text, escaped as in C, if all of them can be
// printed, else as hex. An ellipsis stands for the others.
inline void AppendOctets(Line& line, Bytes octets, std::size_t most) noexcept {
  const Bytes shown = octets.first(octets.size() < most ? octets.size() : most);
  bool printable = true;
  for (const std::byte octet : shown) printable = printable && IsPrintable(octet);
  if (printable) {
    line.Append('"');
    for (const std::byte octet : shown) {
      const char c = std::to_integer<char>(octet);
      if (c == '\n') {
        line.Append("\\n");
      } else if (c == '\r') {
        line.Append("\\r");
      } else if (c == '\t') {
        line.Append("\\t");
      } else {
        if (c == '"' || c == '\'' || c == '\\') line.Append('\\');
        line.Append(c);
      }
    }
    line.Append('"');
  } else {
    line.AppendHex(shown);
  }
  if (shown.size() < octets.size()) line.Append(kEllipsis);
}

inline void AppendNameOrHex(Line& line, std::string_view name, std::uint64_t number) noexcept {
  name.empty() ? line.AppendHexNumber(number) : line.Append(name);
}

// Writes the words of a frame, each with the space before it. `Set` has the names of types and
// settings, and `Options` are PrintOptions.
template <AnyFrameSet Set, class Options>
class TextWalk : public NoRules {
 public:
  H2WIRE_ALWAYS_INLINE TextWalk(Line& line, const Options& options) noexcept
      : line_(line), options_(options) {}

  H2WIRE_ALWAYS_INLINE void Stream(StreamId id) noexcept {
    if (options_.type_and_stream) Number("stream", id);
  }
  H2WIRE_ALWAYS_INLINE void StreamOrConnection(StreamId id) noexcept { Stream(id); }
  void Header(const RawHeader& header) noexcept {
    if (options_.type_and_stream) {
      Name("type=");
      AppendNameOrHex(line_, NameOf<Set>(header.type), static_cast<std::uint8_t>(header.type));
    }
    Name("flags=");
    line_.AppendHexNumber(header.flags);
    if (header.reserved) Name("reserved");
    Stream(header.stream_id);
  }
  H2WIRE_ALWAYS_INLINE void Flag(std::uint8_t, std::string_view name, bool on) noexcept {
    if (on) line_.AppendFlag(Separator(), name);
  }
  H2WIRE_ALWAYS_INLINE void PadLength(const std::optional<std::uint8_t>& length) noexcept {
    if (length) Number("pad_length", *length);
  }
  H2WIRE_ALWAYS_INLINE void U8(std::string_view name, std::uint8_t value) noexcept {
    Number(name, value);
  }
  H2WIRE_ALWAYS_INLINE void U31(std::string_view name, std::uint32_t value) noexcept {
    Number(name, value);
  }
  template <class T>
  H2WIRE_ALWAYS_INLINE void U32(std::string_view name, T value) noexcept {
    if constexpr (std::same_as<T, ErrorCode>) {
      Name(name);
      line_.Append('=');
      AppendNameOrHex(line_, NameOf(value), static_cast<std::uint32_t>(value));
    } else if constexpr (requires {
                           { ToString(value) } -> std::convertible_to<std::string_view>;
                         }) {
      Name(name);
      line_.Append('=');
      line_.Append(std::string_view(ToString(value)));
    } else {
      Number(name, static_cast<std::uint32_t>(value));
    }
  }
  H2WIRE_ALWAYS_INLINE void BitAndU31(std::string_view bit_name, bool bit, std::string_view name,
                                      std::uint32_t value) noexcept {
    Number(bit_name, bit);
    Number(name, value);
  }
  template <std::size_t kSize>
  H2WIRE_ALWAYS_INLINE void Octets(std::string_view name,
                                   const std::array<std::byte, kSize>& octets) noexcept {
    Name(name);
    line_.Append('=');
    line_.AppendHex(octets);
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE void Group(std::string_view name, const Fields& fields) noexcept {
    Name(name);
    separator_ = '(';
    Fields::Layout(fields, *this);
    if constexpr (std::same_as<Fields, Priority>) {
      Number("weight_plus_one", std::uint64_t{1} + fields.weight);
    }
    if (separator_ == '(') line_.Append(Separator());  // there was no field
    line_.Append(')');
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE void Optional(std::uint8_t, std::string_view name,
                                     const std::optional<Fields>& fields) noexcept {
    if (fields) Group(name, *fields);
  }
  H2WIRE_ALWAYS_INLINE void Sized16(std::string_view name, Bytes bytes, Fault) noexcept {
    Rest(name, bytes, 1);
  }
  H2WIRE_ALWAYS_INLINE void Rest(std::string_view name, Bytes bytes, std::size_t) noexcept {
    Number(name, bytes.size());
    if (bytes.empty() || options_.max_octets == 0) return;
    line_.Append(' ');
    AppendOctets(line_, bytes, options_.max_octets);
  }
  void Rest(std::string_view, SettingsView settings, std::size_t) noexcept {
    Entries(settings, [&](Setting setting) noexcept {
      line_.Append(Separator());
      AppendNameOrHex(line_, NameOf<Set>(setting.id), static_cast<std::uint16_t>(setting.id));
      line_.Append('=');
      line_.AppendNumber(setting.value);
    });
  }
  void Rest(std::string_view, OriginsView origins, std::size_t) noexcept {
    Entries(origins, [&](Bytes origin) noexcept { Rest("origin", origin, 1); });
  }
  // A user's view.
  void Rest(std::string_view name, const auto& view, std::size_t unit) noexcept {
    Rest(name, view.octets(), unit);
  }

 private:
  H2WIRE_ALWAYS_INLINE char Separator() noexcept {
    const char separator = separator_;
    separator_ = ' ';
    return separator;
  }
  H2WIRE_ALWAYS_INLINE void Name(std::string_view name) noexcept {
    line_.AppendName(Separator(), name);
  }
  H2WIRE_ALWAYS_INLINE void Number(std::string_view name, std::uint64_t value) noexcept {
    line_.AppendField(Separator(), name, value);
  }

  template <class View>
  void Entries(const View& view, auto print) noexcept {
    std::size_t count = 0;
    for (const auto entry : view) {
      if (count++ < options_.max_entries) print(entry);
    }
    if (count <= options_.max_entries) return;
    line_.Append(" …and ");
    line_.AppendNumber(count - options_.max_entries);
    line_.Append(" more");
  }

  Line& line_;
  const Options& options_;
  char separator_ = ' ';  // before the next word
};

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_TEXT_H_
