// SPDX-License-Identifier: Apache-2.0

// What is asked of a function that takes the frames of a set.

#ifndef H2WIRE_WALK_SINK_H_
#define H2WIRE_WALK_SINK_H_

#include <type_traits>

#include "h2wire/frames.h"
#include "h2wire/walk/type_list.h"

namespace h2wire::inline H2WIRE_ABI::internal {

template <class Sink, class... Fs>
consteval bool NeverThrowsAny(TypeList<Fs...>) {
  return (std::is_nothrow_invocable_v<Sink&, const Fs&> && ...);
}
template <class Sink, AnyFrameSet Set>
inline constexpr bool kNeverThrows = NeverThrowsAny<Sink>(Alternatives<Set>());

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_SINK_H_
