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

#include <cstdint>
#include <string_view>

#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"

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

// The name of `cost`, "field_block": stable, for counters.
[[nodiscard]] constexpr std::string_view NameOf(CostClass cost) noexcept;

// The class of a frame. A user's type that says none is kIgnored. A RawFrame that Decode gave is of
// a type it does not know, or to be ignored. One of RFC 9113's types is from DecodeRaw, and what
// its header says.
template <FrameAlternative F>
[[nodiscard]] constexpr CostClass ClassOf(const F& frame) noexcept;
template <AnyFrameSet Set>
[[nodiscard]] constexpr CostClass ClassOf(const Set& frame) noexcept;

// The same of a frame that is handed out in parts, from any of them.
template <FrameAlternative F>
[[nodiscard]] constexpr CostClass ClassOf(const Part<F>& part) noexcept;

// The same from the header alone. A padded frame of which only the payload tells that it is nothing
// but padding does not count as empty.
[[nodiscard]] constexpr CostClass ClassOf(const FrameHeader& header) noexcept;

}  // namespace h2wire

#include "h2wire/walk/cost.h"  // IWYU pragma: export

#endif  // H2WIRE_COST_H_
