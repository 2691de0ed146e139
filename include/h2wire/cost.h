// SPDX-License-Identifier: Apache-2.0

// What a frame costs whom it reaches: one octet to count traffic by.
//
// A user's type says its class itself; one that says nothing has no effect, for all that is known,
// and a ConnectionGuard limits it together with unknown types.
//
//   struct MetadataFrame {
//     static constexpr CostClass kCost = CostClass::kUncounted;
//     ...
//   };

#ifndef H2WIRE_COST_H_
#define H2WIRE_COST_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/visit.h"
#include "h2wire/walk/outline.h"

namespace h2wire::inline H2WIRE_ABI {

enum class CostClass : std::uint8_t {
  kIgnored,     // has no effect: of an unknown type, or of an extension that only informs
  kData,        // carries content, or ends it
  kFieldBlock,  // goes through HPACK
  kEmpty,       // belongs to one of the two before, and carries nothing and ends nothing
  kPriority,    // reorders streams
  kReset,       // undoes the work for a stream
  kNeedsReply,  // SETTINGS and PING that ask for an acknowledgement
  kReply,       // and those that are one
  kGoaway,
  kWindow,     // wakes up senders
  kUncounted,  // of a user's type that its user limits, or nobody
};

inline constexpr std::string_view kCostClassNames[] = {
    "ignored",     "data",  "field_block", "empty",  "priority",  "reset",
    "needs_reply", "reply", "goaway",      "window", "uncounted",
};

// The name of `cost`, "field_block": stable, for counters.
[[nodiscard]] constexpr std::string_view NameOf(CostClass cost) noexcept {
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

// A RawFrame that Decode gave is of a type it does not know, or to be ignored. One of RFC 9113's
// types is from DecodeRaw, and what its header says.
template <FrameAlternative F>
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr CostClass ClassOf(const F& frame) noexcept {
  if constexpr (std::same_as<F, RawFrame>) {
    return internal::ClassOf(HeaderOf(frame), false);
  } else {
    return internal::ClassOf(frame, internal::SizeOfRest(frame));
  }
}
template <AnyFrameSet Set>
[[nodiscard]] constexpr CostClass ClassOf(const Set& frame) noexcept {
  return Visit([](const auto& alternative) { return ClassOf(alternative); }, frame);
}

// The same of a frame that is handed out in parts, from any of them.
template <FrameAlternative F>
[[nodiscard]] constexpr CostClass ClassOf(const Part<F>& part) noexcept {
  if constexpr (std::same_as<F, RawFrame>) {
    return internal::ClassOf(internal::HeaderOfPart(part.frame, part.size), false);
  } else {
    return internal::ClassOf(part.frame, part.size);
  }
}

// The same from the header alone. A padded frame of which only the payload tells that it is nothing
// but padding does not count as empty.
[[nodiscard]] constexpr CostClass ClassOf(const FrameHeader& header) noexcept {
  return internal::ClassOf(header, true);
}

}  // namespace h2wire

#endif  // H2WIRE_COST_H_
