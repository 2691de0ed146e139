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

#include <array>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"

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
  H2WIRE_ALWAYS_INLINE constexpr void Count(const F& frame) noexcept;
  template <FrameAlternative F>
  H2WIRE_ALWAYS_INLINE constexpr void Count(const Part<F>& part) noexcept;
  template <AnyFrameSet Other>
  constexpr void Count(const Other& frame) noexcept;

  // A frame of which the header is known. The code of an error is in the payload.
  constexpr void Count(const FrameHeader& header) noexcept;

  constexpr void Count(const FrameError& error) noexcept;

  constexpr CountersOf& operator+=(const CountersOf& other) noexcept;

  // Calls `function` with the name of each frame type and its Traffic.
  template <class Function>
  constexpr void ForEachType(Function&& function) const;

  // Calls `function` with the name of each fault and how often it was counted.
  template <class Function>
  constexpr void ForEachFault(Function&& function) const;

  // Calls `function` with the name of each error code, the last of them "OTHER", and how often
  // RST_STREAM, or GOAWAY, had it.
  template <class Function>
  constexpr void ForEachReset(Function&& function) const;
  template <class Function>
  constexpr void ForEachGoaway(Function&& function) const;

 private:
  // `more`: octets of the frame that are not in the struct.
  template <class F>
  H2WIRE_ALWAYS_INLINE constexpr void CountFrame(const F& frame, std::size_t more) noexcept;

  template <class Function>
  static constexpr void ForEachCode(const CodeCounts& counts, Function& function);
};

// Of the types that the library knows.
using Counters = CountersOf<Frame>;

}  // namespace h2wire

#include "h2wire/walk/counters.h"  // IWYU pragma: export

#endif  // H2WIRE_COUNTERS_H_
