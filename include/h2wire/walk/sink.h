// SPDX-License-Identifier: Apache-2.0

// What is asked of a function that takes the frames of a set.

#ifndef H2WIRE_WALK_SINK_H_
#define H2WIRE_WALK_SINK_H_

#include <concepts>
#include <type_traits>

#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/walk/type_list.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// The types of a list that a sink does not take.
template <class Sink, class... Fs>
auto NotTakenOf(TypeList<Fs...>) -> decltype((
    TypeList<>() + ... +
    std::conditional_t<std::is_invocable_v<Sink&, const Fs&>, TypeList<>, TypeList<Fs>>()));
template <class Sink, AnyFrameSet Set>
using NotTaken = decltype(NotTakenOf<Sink>(Alternatives<Set>()));

template <class Sink, AnyFrameSet Set>
inline constexpr bool kTakesAll = std::same_as<NotTaken<Sink, Set>, TypeList<>>;

// Is compiled only for a sink that does not take F: then this is all that is said about it.
template <class Sink, class F, class... Others>
constexpr void ReportNotTaken(TypeList<F, Others...>) noexcept {
  static_assert(std::is_invocable_v<Sink&, const F&>,
                "h2wire: the function takes no const F&; to pass over frames, let it take const "
                "auto&");
}

template <class Sink, class... Fs>
consteval bool NeverThrowsAny(TypeList<Fs...>) {
  return (std::is_nothrow_invocable_v<Sink&, const Fs&> && ...);
}
template <class Sink, AnyFrameSet Set>
inline constexpr bool kNeverThrows = NeverThrowsAny<Sink>(Alternatives<Set>());

// Whether a sink refuses some frame, by returning a FrameError.
template <class Sink, class... Fs>
consteval bool RefusesAny(TypeList<Fs...>) {
  return (std::is_invocable_r_v<FrameError, Sink&, const Fs&> || ...);
}
template <class Sink, AnyFrameSet Set>
inline constexpr bool kMayRefuse = RefusesAny<Sink>(Alternatives<Set>());

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_SINK_H_
