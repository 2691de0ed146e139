// SPDX-License-Identifier: Apache-2.0

// A moment, or a span of time, in nanoseconds.
//
//   guard.Check(frame, std::chrono::steady_clock::now());
//   const RateLimit pings = {.burst = 1000, .refill = std::chrono::milliseconds(10)};
//
// It is made from the durations and moments of std::chrono without including `<chrono>`, which
// takes as long to compile as all of the codec.

#ifndef H2WIRE_NANOSECONDS_H_
#define H2WIRE_NANOSECONDS_H_

#include <compare>
#include <concepts>
#include <cstdint>

#include "h2wire/version.h"

namespace h2wire::inline H2WIRE_ABI {

namespace internal {

// A std::chrono::duration of whole units, each of them whole nanoseconds.
template <class T>
concept WholeDuration = requires(const T& duration) {
  { duration.count() } -> std::integral;
  requires T::period::num*(1'000'000'000 % T::period::den) == 0;
};

// A std::chrono::time_point of such durations.
template <class T>
concept WholeMoment = requires(const T& moment) {
  { moment.time_since_epoch() } -> WholeDuration;
};

}  // namespace internal

// 292 years in either direction.
struct Nanoseconds {
  std::int64_t count = 0;

  constexpr Nanoseconds() noexcept = default;
  constexpr explicit Nanoseconds(std::integral auto nanoseconds) noexcept
      : count(static_cast<std::int64_t>(nanoseconds)) {}
  template <internal::WholeDuration Duration>
  constexpr Nanoseconds(const Duration& duration) noexcept  // NOLINT: as chrono converts
      : count(static_cast<std::int64_t>(duration.count()) *
              (1'000'000'000 / Duration::period::den * Duration::period::num)) {}
  // Since the beginning of the clock that it was taken from.
  template <internal::WholeMoment Moment>
  constexpr Nanoseconds(const Moment& moment) noexcept  // NOLINT
      : Nanoseconds(moment.time_since_epoch()) {}

  constexpr Nanoseconds& operator+=(Nanoseconds other) noexcept {
    count += other.count;
    return *this;
  }
  friend constexpr Nanoseconds operator+(Nanoseconds a, Nanoseconds b) noexcept { return a += b; }
  friend constexpr Nanoseconds operator-(Nanoseconds a, Nanoseconds b) noexcept {
    return Nanoseconds(a.count - b.count);
  }
  friend constexpr auto operator<=>(Nanoseconds, Nanoseconds) noexcept = default;
};

}  // namespace h2wire

#endif  // H2WIRE_NANOSECONDS_H_
