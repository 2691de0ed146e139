// SPDX-License-Identifier: Apache-2.0

// The walk that writes a frame as one line of text.

#ifndef H2WIRE_WALK_PRINTER_H_
#define H2WIRE_WALK_PRINTER_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frame_set.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "h2wire/print.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

// What a set calls its types and settings.
struct Names {
  std::string_view (*type)(FrameType) noexcept;
  std::string_view (*setting)(SettingId) noexcept;
};
template <AnyFrameSet Set>
inline constexpr Names kNames = {
    [](FrameType type) noexcept { return NameOf<Set>(type); },
    [](SettingId id) noexcept { return NameOf<Set>(id); },
};

// Every word of a line brings the space before it.
class Printer : public NoRules {
 public:
  Printer(std::string_view name, const Names& names, const PrintOptions& options)
      : line_(name), names_(names), options_(options) {}

  void Stream(StreamId id);
  void StreamOrConnection(StreamId id) { Stream(id); }
  void Header(const RawHeader& header);
  void Flag(std::uint8_t, std::string_view name, bool on);
  void PadLength(const std::optional<std::uint8_t>& length);
  void U8(std::string_view name, std::uint8_t value) { Number(name, value); }
  void U31(std::string_view name, std::uint32_t value) { Number(name, value); }
  template <class T>
  void U32(std::string_view name, T value) {
    // A user's enumeration has a ToString, or is printed as a number.
    if constexpr (requires {
                    { ToString(value) } -> std::convertible_to<std::string_view>;
                  }) {
      Word(name, ToString(value));
    } else {
      Number(name, static_cast<std::uint32_t>(value));
    }
  }
  void BitAndU31(std::string_view bit_name, bool bit, std::string_view name, std::uint32_t value) {
    Number(bit_name, bit);
    Number(name, value);
  }
  template <std::size_t kSize>
  void Octets(std::string_view name, const std::array<std::byte, kSize>& octets) {
    Hex(name, octets);
  }
  template <class Fields>
  void Group(std::string_view name, const Fields& fields) {
    Printer inner("", names_, options_);
    Fields::Layout(fields, inner);
    Group(name, std::move(inner).Line());
  }
  template <class Fields>
  void Optional(std::uint8_t, std::string_view name, const std::optional<Fields>& fields) {
    if (fields) Group(name, *fields);
  }
  void Sized16(std::string_view name, Bytes bytes, Fault) { Rest(name, bytes, 1); }
  void Rest(std::string_view name, Bytes bytes, std::size_t);
  void Rest(std::string_view, SettingsView settings, std::size_t);
  void Rest(std::string_view, OriginsView origins, std::size_t);
  // A user's view.
  void Rest(std::string_view name, const auto& view, std::size_t unit) {
    Rest(name, view.octets(), unit);
  }

  std::string Line() &&;

 private:
  void Number(std::string_view name, std::uint64_t value);
  void Word(std::string_view name, std::string_view value);
  void Hex(std::string_view name, Bytes octets);
  void Group(std::string_view name, const std::string& fields);
  template <class View>
  void Entries(const View& view, auto print);
  std::string FirstOctets(Bytes bytes) const;

  std::string line_;
  const Names& names_;
  const PrintOptions& options_;
};

template <AnyFrameSet Set, FrameAlternative F>
std::string ToStringOf(const F& frame, const PrintOptions& options) {
  Printer printer(options.type_and_stream ? F::kName : "", kNames<Set>, options);
  F::Layout(frame, printer);
  return std::move(printer).Line();
}

}  // namespace internal

template <FrameAlternative F>
std::string ToString(const F& frame, const PrintOptions& options) {
  return internal::ToStringOf<Frame>(frame, options);
}
template <AnyFrameSet Set>
std::string ToString(const Set& frame, const PrintOptions& options) {
  return Visit(
      [&](const auto& alternative) { return internal::ToStringOf<Set>(alternative, options); },
      frame);
}

// That of the library's own set is compiled once.
extern template std::string ToString(const Frame&, const PrintOptions&);

}  // namespace h2wire

#endif  // H2WIRE_WALK_PRINTER_H_
