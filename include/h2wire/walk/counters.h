// SPDX-License-Identifier: Apache-2.0

// How frames are counted by their types: what counters.h declares.

#ifndef H2WIRE_WALK_COUNTERS_H_
#define H2WIRE_WALK_COUNTERS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/counters.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/visit.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

// The position in `Set` of the alternative that `matches`, a template of bool for each; that of
// RawFrame if none does.
template <class Set, class Matches>
constexpr std::size_t PositionIn(Matches matches) noexcept {
  std::size_t position = std::variant_size_v<Set> - 1;
  [&]<std::size_t... kIndexes>(std::index_sequence<kIndexes...>) {
    static_cast<void>(((matches.template operator()<std::variant_alternative_t<kIndexes, Set>>()
                            ? (position = kIndexes, true)
                            : false) ||
                       ...));
  }
  (std::make_index_sequence<std::variant_size_v<Set> - 1>());
  return position;
}

template <class Set, class F>
consteval std::size_t PositionOf() noexcept {
  return PositionIn<Set>([]<class Other>() { return std::is_same_v<F, Other>; });
}

constexpr std::size_t IndexOf(ErrorCode code) noexcept {
  return std::min(static_cast<std::size_t>(code), std::size(kErrorCodeNames));
}

}  // namespace internal

template <AnyFrameSet Set>
template <class F>
H2WIRE_ALWAYS_INLINE constexpr void CountersOf<Set>::CountFrame(const F& frame,
                                                                std::size_t more) noexcept {
  types[internal::PositionOf<Set, F>()] += {1, EncodedSize(frame) + more};
  if constexpr (std::is_same_v<F, RstStreamFrame>) ++resets[internal::IndexOf(frame.error_code)];
  if constexpr (std::is_same_v<F, GoawayFrame>) ++goaways[internal::IndexOf(frame.error_code)];
}

template <AnyFrameSet Set>
template <FrameAlternative F>
H2WIRE_ALWAYS_INLINE constexpr void CountersOf<Set>::Count(const F& frame) noexcept {
  CountFrame(frame, 0);
}

template <AnyFrameSet Set>
template <FrameAlternative F>
H2WIRE_ALWAYS_INLINE constexpr void CountersOf<Set>::Count(const Part<F>& part) noexcept {
  if (part.first) CountFrame(part.frame, part.size);
}

template <AnyFrameSet Set>
template <AnyFrameSet Other>
constexpr void CountersOf<Set>::Count(const Other& frame) noexcept {
  Visit([this](const auto& alternative) { this->Count(alternative); }, frame);
}

template <AnyFrameSet Set>
constexpr void CountersOf<Set>::Count(const FrameHeader& header) noexcept {
  const std::size_t position =
      internal::PositionIn<Set>([&]<class F>() { return F::kType == header.type; });
  types[position] += {1, kFrameHeaderSize + std::uint64_t{header.length}};
}

template <AnyFrameSet Set>
constexpr void CountersOf<Set>::Count(const FrameError& error) noexcept {
  ++faults[static_cast<std::size_t>(error.fault)];
}

template <AnyFrameSet Set>
constexpr CountersOf<Set>& CountersOf<Set>::operator+=(const CountersOf& other) noexcept {
  for (std::size_t i = 0; i < types.size(); ++i) types[i] += other.types[i];
  for (std::size_t i = 0; i < faults.size(); ++i) faults[i] += other.faults[i];
  for (std::size_t i = 0; i < resets.size(); ++i) resets[i] += other.resets[i];
  for (std::size_t i = 0; i < goaways.size(); ++i) goaways[i] += other.goaways[i];
  return *this;
}

template <AnyFrameSet Set>
template <class Function>
constexpr void CountersOf<Set>::ForEachType(Function&& function) const {
  [&]<std::size_t... kIndexes>(std::index_sequence<kIndexes...>) {
    (function(std::variant_alternative_t<kIndexes, Set>::kName, types[kIndexes]), ...);
  }
  (std::make_index_sequence<std::variant_size_v<Set>>());
}

template <AnyFrameSet Set>
template <class Function>
constexpr void CountersOf<Set>::ForEachFault(Function&& function) const {
  for (const FaultRow& row : kFaultRows) {
    if (row.fault != Fault::kNone) {
      function(row.name, faults[static_cast<std::size_t>(row.fault)]);
    }
  }
}

template <AnyFrameSet Set>
template <class Function>
constexpr void CountersOf<Set>::ForEachCode(const CodeCounts& counts, Function& function) {
  for (std::size_t i = 0; i < std::size(kErrorCodeNames); ++i) {
    function(kErrorCodeNames[i], counts[i]);
  }
  function(std::string_view("OTHER"), counts.back());
}

template <AnyFrameSet Set>
template <class Function>
constexpr void CountersOf<Set>::ForEachReset(Function&& function) const {
  ForEachCode(resets, function);
}

template <AnyFrameSet Set>
template <class Function>
constexpr void CountersOf<Set>::ForEachGoaway(Function&& function) const {
  ForEachCode(goaways, function);
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_COUNTERS_H_
