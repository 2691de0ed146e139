// SPDX-License-Identifier: Apache-2.0

// What a frame costs whom it reaches: one octet to count traffic by.

#ifndef H2WIRE_COST_H_
#define H2WIRE_COST_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/encode.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
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
  kWindow,  // wakes up senders
};

inline constexpr std::string_view kCostClassNames[] = {
    "ignored", "data",        "field_block", "empty",  "priority",
    "reset",   "needs_reply", "reply",       "goaway", "window",
};

// The name of `cost`, "field_block": stable, for counters.
[[nodiscard]] constexpr std::string_view NameOf(CostClass cost) noexcept {
  return kCostClassNames[static_cast<std::size_t>(cost)];
}

namespace internal {

constexpr CostClass ClassOf(const Outline& outline) noexcept {
  if (!outline.known) return CostClass::kIgnored;
  if (outline.has_fragment) {
    return outline.size == 0 && !outline.end_headers ? CostClass::kEmpty : CostClass::kFieldBlock;
  }
  switch (outline.type) {
    case DataFrame::kType:
      return outline.size == 0 && !outline.end_stream ? CostClass::kEmpty : CostClass::kData;
    case PriorityFrame::kType:
    case PriorityUpdateFrame::kType:
      return CostClass::kPriority;
    case RstStreamFrame::kType:
      return CostClass::kReset;
    case SettingsFrame::kType:
    case PingFrame::kType:
      return outline.ack ? CostClass::kReply : CostClass::kNeedsReply;
    case GoawayFrame::kType:
      return CostClass::kGoaway;
    case WindowUpdateFrame::kType:
      return CostClass::kWindow;
    default:
      return CostClass::kIgnored;
  }
}

}  // namespace internal

template <FrameAlternative F>
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr CostClass ClassOf(const F& frame) noexcept {
  return internal::ClassOf(internal::OutlineOf(frame));
}
template <AnyFrameSet Set>
[[nodiscard]] constexpr CostClass ClassOf(const Set& frame) noexcept {
  return Visit([](const auto& alternative) { return ClassOf(alternative); }, frame);
}

// The same from the header alone. A padded frame of which only the payload tells that it is nothing
// but padding does not count as empty.
[[nodiscard]] constexpr CostClass ClassOf(const FrameHeader& header) noexcept {
  return internal::ClassOf(internal::OutlineOf(header));
}

}  // namespace h2wire

#endif  // H2WIRE_COST_H_
