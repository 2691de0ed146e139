// SPDX-License-Identifier: Apache-2.0

// What went over a connection, or over all of them, in numbers to export.
//
//   Counters counters;
//   counters.Count(frame);  // or counters.Count(header)
//   counters.Count(error);
//   counters.ForEachType([](std::string_view name, const Traffic& traffic) { ... });
//   counters.ForEachFault([](std::string_view name, std::uint64_t count) { ... });
//   counters.ForEachReset([](std::string_view code, std::uint64_t count) { ... });
//
// Plain numbers, without locks: one for each thread and each direction, added up with +=.

#ifndef H2WIRE_COUNTERS_H_
#define H2WIRE_COUNTERS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/visit.h"

namespace h2wire::inline H2WIRE_ABI {

struct Traffic {
  std::uint64_t frames = 0;
  std::uint64_t octets = 0;  // on the wire, headers included

  constexpr Traffic& operator+=(const Traffic& other) noexcept {
    frames += other.frames;
    octets += other.octets;
    return *this;
  }
  friend constexpr bool operator==(const Traffic&, const Traffic&) = default;
};

// How often each error code stood in a frame: those that have a name, and at the end all others.
using CodeCounts = std::array<std::uint64_t, std::size(kErrorCodeNames) + 1>;

namespace internal {

// The position in `Set` of the alternative that `matches`, a template of bool for each; that of
// RawFrame if none does.
template <class Set, class Matches>
constexpr std::size_t PositionIn(Matches matches) noexcept {
  std::size_t position = std::variant_size_v<Set> - 1;
  [&]<std::size_t... kIndexes>(std::index_sequence<kIndexes...>) {
    static_cast<void>(((matches.template operator()<std::variant_alternative_t<kIndexes, Set>>() &&
                        (position = kIndexes, true)) ||
                       ...));
  }
  (std::make_index_sequence<std::variant_size_v<Set> - 1>());
  return position;
}

template <class Set, class F>
inline constexpr std::size_t kPositionOf = PositionIn<Set>([]<class Other>() {
  return std::is_same_v<F, Other>;
});

constexpr std::size_t IndexOf(ErrorCode code) noexcept {
  return std::min(static_cast<std::size_t>(code), std::size(kErrorCodeNames));
}

}  // namespace internal

// Of the frame types of `Set`. A type that it does not have counts as unknown.
template <AnyFrameSet Set>
struct CountersOf {
  std::array<Traffic, std::variant_size_v<Set>> types{};  // in the order of Set
  std::array<std::uint64_t, std::size(kFaultRows)> faults{};
  CodeCounts resets{};   // RST_STREAM by error code
  CodeCounts goaways{};  // GOAWAY by error code

  // A frame that was decoded, whole or in parts: each of them, of which the first counts. RawFrames
  // count as those of unknown type.
  template <FrameAlternative F>
  H2WIRE_ALWAYS_INLINE constexpr void Count(const F& frame) noexcept {
    CountFrame(frame, 0);
  }
  template <FrameAlternative F>
  H2WIRE_ALWAYS_INLINE constexpr void Count(const Part<F>& part) noexcept {
    if (part.first) CountFrame(part.frame, part.size);
  }
  template <AnyFrameSet Other>
  constexpr void Count(const Other& frame) noexcept {
    Visit([this](const auto& alternative) { this->Count(alternative); }, frame);
  }

  // A frame of which the header is known. The code of an error is in the payload.
  constexpr void Count(const FrameHeader& header) noexcept {
    const std::size_t position =
        internal::PositionIn<Set>([&]<class F>() { return F::kType == header.type; });
    types[position] += {1, kFrameHeaderSize + std::uint64_t{header.length}};
  }

  constexpr void Count(const FrameError& error) noexcept {
    ++faults[static_cast<std::size_t>(error.fault)];
  }

  constexpr CountersOf& operator+=(const CountersOf& other) noexcept {
    for (std::size_t i = 0; i < types.size(); ++i) types[i] += other.types[i];
    for (std::size_t i = 0; i < faults.size(); ++i) faults[i] += other.faults[i];
    for (std::size_t i = 0; i < resets.size(); ++i) resets[i] += other.resets[i];
    for (std::size_t i = 0; i < goaways.size(); ++i) goaways[i] += other.goaways[i];
    return *this;
  }

  // Calls `function` with the name of each frame type and its Traffic.
  template <class Function>
  constexpr void ForEachType(Function&& function) const {
    [&]<std::size_t... kIndexes>(std::index_sequence<kIndexes...>) {
      (function(std::variant_alternative_t<kIndexes, Set>::kName, types[kIndexes]), ...);
    }
    (std::make_index_sequence<std::variant_size_v<Set>>());
  }

  // Calls `function` with the name of each fault and how often it was counted.
  template <class Function>
  constexpr void ForEachFault(Function&& function) const {
    for (const FaultRow& row : kFaultRows) {
      if (row.fault != Fault::kNone) {
        function(row.name, faults[static_cast<std::size_t>(row.fault)]);
      }
    }
  }

  // Calls `function` with the name of each error code, the last of them "OTHER", and how often
  // RST_STREAM, or GOAWAY, had it.
  template <class Function>
  constexpr void ForEachReset(Function&& function) const {
    ForEachCode(resets, function);
  }
  template <class Function>
  constexpr void ForEachGoaway(Function&& function) const {
    ForEachCode(goaways, function);
  }

 private:
  // `more`: octets of the frame that are not in the struct.
  template <class F>
  H2WIRE_ALWAYS_INLINE constexpr void CountFrame(const F& frame, std::size_t more) noexcept {
    types[internal::kPositionOf<Set, F>] += {1, EncodedSize(frame) + more};
    if constexpr (std::is_same_v<F, RstStreamFrame>) ++resets[internal::IndexOf(frame.error_code)];
    if constexpr (std::is_same_v<F, GoawayFrame>) ++goaways[internal::IndexOf(frame.error_code)];
  }

  template <class Function>
  static constexpr void ForEachCode(const CodeCounts& counts, Function& function) {
    for (std::size_t i = 0; i < std::size(kErrorCodeNames); ++i) {
      function(kErrorCodeNames[i], counts[i]);
    }
    function(std::string_view("OTHER"), counts.back());
  }
};

// Of the types that the library knows.
using Counters = CountersOf<Frame>;

}  // namespace h2wire

#endif  // H2WIRE_COUNTERS_H_
