// SPDX-License-Identifier: Apache-2.0

// How the class of a frame is found: what cost.h declares.

#ifndef H2WIRE_WALK_COST_H_
#define H2WIRE_WALK_COST_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/cost.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/visit.h"
#include "h2wire/walk/outline.h"

namespace h2wire::inline H2WIRE_ABI {

inline constexpr std::string_view kCostClassNames[] = {
    "ignored",     "data",  "field_block", "empty",  "priority",  "reset",
    "needs_reply", "reply", "goaway",      "window", "uncounted",
};

constexpr std::string_view NameOf(CostClass cost) noexcept {
  return kCostClassNames[static_cast<std::size_t>(cost)];
}

// The class of a user's type F: what it says, or kIgnored.
template <FrameAlternative F>
inline constexpr CostClass kCostOf = CostClass::kIgnored;
template <FrameAlternative F>
requires requires {
  { F::kCost } -> std::convertible_to<CostClass>;
}
inline constexpr CostClass kCostOf<F> = F::kCost;

namespace internal {

// Of a frame that ends with `size` octets.
template <class F>
H2WIRE_ALWAYS_INLINE constexpr CostClass ClassOf(const F& frame, std::size_t size) noexcept {
  if constexpr (std::same_as<F, DataFrame>) {
    return size == 0 && !frame.end_stream ? CostClass::kEmpty : CostClass::kData;
  } else if constexpr (std::same_as<F, HeadersFrame> || std::same_as<F, PushPromiseFrame> ||
                       std::same_as<F, ContinuationFrame>) {
    return size == 0 && !frame.end_headers ? CostClass::kEmpty : CostClass::kFieldBlock;
  } else if constexpr (std::same_as<F, PriorityFrame> || std::same_as<F, PriorityUpdateFrame>) {
    return CostClass::kPriority;
  } else if constexpr (std::same_as<F, RstStreamFrame>) {
    return CostClass::kReset;
  } else if constexpr (std::same_as<F, SettingsFrame> || std::same_as<F, PingFrame>) {
    return frame.ack ? CostClass::kReply : CostClass::kNeedsReply;
  } else if constexpr (std::same_as<F, GoawayFrame>) {
    return CostClass::kGoaway;
  } else if constexpr (std::same_as<F, WindowUpdateFrame>) {
    return CostClass::kWindow;
  } else {
    return kCostOf<F>;
  }
}

constexpr CostClass ClassOf(const FrameHeader& header, bool extensions) noexcept {
  return WithFrameOf(header, extensions,
                     [](const auto& frame, std::uint32_t size) { return ClassOf(frame, size); });
}

}  // namespace internal

template <FrameAlternative F>
H2WIRE_ALWAYS_INLINE constexpr CostClass ClassOf(const F& frame) noexcept {
  if constexpr (std::same_as<F, RawFrame>) {
    return internal::ClassOf(HeaderOf(frame), false);
  } else {
    return internal::ClassOf(frame, internal::SizeOfRest(frame));
  }
}
template <AnyFrameSet Set>
constexpr CostClass ClassOf(const Set& frame) noexcept {
  return Visit([](const auto& alternative) { return ClassOf(alternative); }, frame);
}

template <FrameAlternative F>
constexpr CostClass ClassOf(const Part<F>& part) noexcept {
  if constexpr (std::same_as<F, RawFrame>) {
    return internal::ClassOf(internal::HeaderOfPart(part.frame, part.size), false);
  } else {
    return internal::ClassOf(part.frame, part.size);
  }
}

constexpr CostClass ClassOf(const FrameHeader& header) noexcept {
  return internal::ClassOf(header, true);
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_COST_H_
