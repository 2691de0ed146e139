// SPDX-License-Identifier: Apache-2.0

// The words of a Layout that are rules, for walks that judge none of them, or not all.

#ifndef H2WIRE_WALK_NO_RULES_H_
#define H2WIRE_WALK_NO_RULES_H_

#include <cstdint>

#include "h2wire/error.h"
#include "h2wire/settings.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// What a walk says itself stands in the place of what is here.
struct NoRules {
  static constexpr void Require(bool, Fault) noexcept {}
  static constexpr void RequireEmpty(bool, Fault) noexcept {}
  static constexpr void RequireSettings(SettingsView) noexcept {}
  static constexpr void WrongLength(Fault) noexcept {}
  static constexpr void Expect(bool, const Rule&) noexcept {}
  static constexpr void ExpectConnection(const Rule&) noexcept {}
  static constexpr void ExpectNoFlags(std::uint8_t, const Rule&) noexcept {}
  static constexpr void NamesStream(const StreamId&) noexcept {}
};

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_NO_RULES_H_
