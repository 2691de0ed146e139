// SPDX-License-Identifier: Apache-2.0

// What a connection has to count of a frame, from its struct, as a whole or in parts, or from its
// header alone. The library's types are told by their structs and not by the names of members, so
// that a user's struct may name its own as it likes.

#ifndef H2WIRE_WALK_OUTLINE_H_
#define H2WIRE_WALK_OUTLINE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/envelope.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// The octets that the payload of one of the library's frames ends with, padding apart, as far as
// anybody counts them; 0 of other frames.
template <class F>
H2WIRE_ALWAYS_INLINE constexpr std::uint32_t SizeOfRest(const F& frame) noexcept {
  if constexpr (std::same_as<F, DataFrame>) {
    return static_cast<std::uint32_t>(frame.data.size());
  } else if constexpr (std::same_as<F, HeadersFrame> || std::same_as<F, PushPromiseFrame> ||
                       std::same_as<F, ContinuationFrame>) {
    return static_cast<std::uint32_t>(frame.fragment.size());
  } else if constexpr (std::same_as<F, SettingsFrame>) {
    return static_cast<std::uint32_t>(frame.settings.octets().size());
  } else {
    return 0;
  }
}

// The header of a RawFrame that is handed out in parts, of `size` octets together.
constexpr FrameHeader HeaderOfPart(const RawFrame& frame, std::size_t size) noexcept {
  FrameHeader header = HeaderOf(frame);
  header.length = static_cast<std::uint32_t>(size);
  return header;
}

// Calls `function` with the struct of the frame that has this header, its flags and stream set and
// the rest as it is by default, and with how many octets there are behind its fields: padding is
// among them. With a RawFrame if the type is unknown, or the frame must be ignored whatever its
// payload is. `extensions` as in DecodeOptions.
template <class Function>
constexpr decltype(auto) WithFrameOf(const FrameHeader& header, bool extensions,
                                     Function&& function) {
  return VisitType<Frame>(header.type, [&]<class F>(std::type_identity<F>) -> decltype(auto) {
    const bool unknown = std::same_as<F, RawFrame> || (kIsExtension<F> && !extensions);
    if constexpr (!std::same_as<F, RawFrame>) {
      if (!unknown && !IgnoredByHeader<F>(header.flags, header.stream_id)) {
        F frame;
        Envelope envelope(header.flags);
        F::Layout(frame, envelope);  // sets the flags
        if constexpr (requires { frame.stream_id = header.stream_id; }) {
          frame.stream_id = header.stream_id;
        }
        const auto least = static_cast<std::uint32_t>(envelope.least_length);
        return function(frame, header.length > least ? header.length - least : 0);
      }
    }
    return function(RawFrame(), header.length);
  });
}

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_OUTLINE_H_
