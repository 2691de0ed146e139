// SPDX-License-Identifier: Apache-2.0

// From a number known at run time to one known at compile time, by a switch.
//
// A chain of comparisons stays a chain, and a table of functions is an indirect call. A switch is
// what compilers thread through: the type of a frame is tested once from decoding to its handler.

#ifndef H2WIRE_WALK_DISPATCH_H_
#define H2WIRE_WALK_DISPATCH_H_

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/frames.h"

namespace h2wire::inline H2WIRE_ABI::internal {

template <AnyFrameSet Set>
inline constexpr std::size_t kRawIndex = std::variant_size_v<Set> - 1;

// Of each type code, the position in `Set` of the alternative that has it; that of RawFrame if none
// has.
template <class Set, std::size_t... kIndexes>
consteval std::array<std::size_t, 256> IndexOfEachCode(std::index_sequence<kIndexes...>) {
  std::array<std::size_t, 256> indexes{};
  indexes.fill(kRawIndex<Set>);
  ((indexes[static_cast<std::size_t>(std::variant_alternative_t<kIndexes, Set>::kType)] = kIndexes),
   ...);
  return indexes;
}
template <AnyFrameSet Set>
inline constexpr std::array<std::size_t, 256> kIndexOfCode =
    IndexOfEachCode<Set>(std::make_index_sequence<kRawIndex<Set>>());

// The two switches. Has<n>: whether n is one of the cases. kEnd: above all of them.
template <AnyFrameSet Set>
struct FrameIndexes {
  static constexpr std::size_t kEnd = std::variant_size_v<Set>;
  template <std::size_t kNumber>
  static constexpr bool Has = kNumber < kEnd;
};

template <AnyFrameSet Set>
struct FrameTypeCodes {
  static constexpr std::size_t kEnd = [] {
    std::size_t end = kIndexOfCode<Set>.size();
    while (end != 0 && kIndexOfCode<Set>[end - 1] == kRawIndex<Set>) --end;
    return end;
  }();
  template <std::size_t kNumber>
  static constexpr bool Has = kIndexOfCode<Set>[kNumber] != kRawIndex<Set>;
};

// What a switch calls its function with if the number is none of the cases.
struct NoCase {};

// Calls `function` with std::integral_constant<std::size_t, number>, or with NoCase.
template <class Cases, std::size_t kBase = 0, class Function>
H2WIRE_ALWAYS_INLINE constexpr decltype(auto) Switch(std::size_t number, Function&& function) {
#define H2WIRE_CASE(offset)                                                   \
  case kBase + offset:                                                        \
    if constexpr (Cases::template Has<kBase + offset>) {                      \
      return function(std::integral_constant<std::size_t, kBase + offset>()); \
    } else {                                                                  \
      break;                                                                  \
    }
#define H2WIRE_8_CASES(offset) \
  H2WIRE_CASE(offset)          \
  H2WIRE_CASE(offset + 1)      \
  H2WIRE_CASE(offset + 2)      \
  H2WIRE_CASE(offset + 3)      \
  H2WIRE_CASE(offset + 4)      \
  H2WIRE_CASE(offset + 5)      \
  H2WIRE_CASE(offset + 6)      \
  H2WIRE_CASE(offset + 7)
  switch (number) {
    H2WIRE_8_CASES(0)
    H2WIRE_8_CASES(8)
    H2WIRE_8_CASES(16)
    H2WIRE_8_CASES(24)
    default:
      if constexpr (kBase + 32 < Cases::kEnd) return Switch<Cases, kBase + 32>(number, function);
  }
#undef H2WIRE_8_CASES
#undef H2WIRE_CASE
  return function(NoCase());
}

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_DISPATCH_H_
