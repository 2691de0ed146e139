// SPDX-License-Identifier: Apache-2.0

// What went over a connection, or over all of them, in numbers to export.
//
//   Counters counters;
//   counters.Count(frame);  // or counters.Count(header)
//   counters.Count(error);
//   counters.ForEachType([](std::string_view name, const Traffic& traffic) { ... });
//   counters.ForEachFault([](std::string_view name, std::uint64_t count) { ... });
//
// Plain numbers, without locks: one for each thread, added up with +=.

#ifndef H2WIRE_COUNTERS_H_
#define H2WIRE_COUNTERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/dispatch.h"

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

namespace internal {

template <class F>
inline constexpr std::size_t kIndexOf = Frame(F()).index();

}  // namespace internal

struct Counters {
  std::array<Traffic, std::variant_size_v<Frame>> types{};  // in the order of Frame
  std::array<std::uint64_t, std::size(kFaultRows)> faults{};

  // A frame that was decoded. RawFrames count as those of unknown type.
  template <FrameAlternative F>
  H2WIRE_ALWAYS_INLINE constexpr void Count(const F& frame) noexcept {
    types[internal::kIndexOf<F>] += {1, EncodedSize(frame)};
  }
  constexpr void Count(const Frame& frame) noexcept {
    Visit([this](const auto& alternative) { Count(alternative); }, frame);
  }

  // A frame of which the header is known.
  constexpr void Count(const FrameHeader& header) noexcept {
    types[internal::kIndexOfCode<Frame>[static_cast<std::size_t>(header.type)]] +=
        {1, kFrameHeaderSize + std::uint64_t{header.length}};
  }

  constexpr void Count(const FrameError& error) noexcept {
    ++faults[static_cast<std::size_t>(error.fault)];
  }

  constexpr Counters& operator+=(const Counters& other) noexcept {
    for (std::size_t i = 0; i < types.size(); ++i) types[i] += other.types[i];
    for (std::size_t i = 0; i < faults.size(); ++i) faults[i] += other.faults[i];
    return *this;
  }

  // Calls `function` with the name of each frame type and its Traffic.
  template <class Function>
  constexpr void ForEachType(Function&& function) const {
    [&]<std::size_t... kIndexes>(std::index_sequence<kIndexes...>) {
      (function(std::variant_alternative_t<kIndexes, Frame>::kName, types[kIndexes]), ...);
    }
    (std::make_index_sequence<std::variant_size_v<Frame>>());
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
};

}  // namespace h2wire

#endif  // H2WIRE_COUNTERS_H_
