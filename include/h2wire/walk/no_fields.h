// SPDX-License-Identifier: Apache-2.0

// All words of a Layout, for walks that are about few of them.

#ifndef H2WIRE_WALK_NO_FIELDS_H_
#define H2WIRE_WALK_NO_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/error.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// What a walk says itself stands in the place of what is here.
struct NoFields : NoRules {
  static constexpr void Stream(const auto&) noexcept {}
  static constexpr void StreamOrConnection(const auto&) noexcept {}
  static constexpr void Header(const auto&) noexcept {}
  static constexpr void Flag(std::uint8_t, std::string_view, const auto&) noexcept {}
  static constexpr void PadLength(const auto&) noexcept {}
  static constexpr void U8(std::string_view, const auto&) noexcept {}
  static constexpr void U31(std::string_view, const auto&) noexcept {}
  static constexpr void U32(std::string_view, const auto&) noexcept {}
  static constexpr void BitAndU31(std::string_view, const auto&, std::string_view,
                                  const auto&) noexcept {}
  static constexpr void Octets(std::string_view, const auto&) noexcept {}
  static constexpr void Group(std::string_view, const auto&) noexcept {}
  static constexpr void Optional(std::uint8_t, std::string_view, const auto&) noexcept {}
  static constexpr void Sized16(std::string_view, const auto&, Fault) noexcept {}
  static constexpr void Rest(std::string_view, const auto&, std::size_t) noexcept {}
};

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_NO_FIELDS_H_
