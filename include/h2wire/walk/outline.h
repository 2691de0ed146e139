// SPDX-License-Identifier: Apache-2.0

// What the connection has to remember or to count of a frame, from its struct or from its header
// alone. Members are taken by name, whichever frame has them, so that a new frame type needs
// nothing here.

#ifndef H2WIRE_WALK_OUTLINE_H_
#define H2WIRE_WALK_OUTLINE_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "h2wire/walk/envelope.h"

namespace h2wire::inline H2WIRE_ABI::internal {

struct Outline {
  FrameType type{};
  bool known = false;         // the type has a struct, and the frame need not be ignored
  bool has_fragment = false;  // of a field block
  bool end_headers = false;
  bool end_stream = false;
  bool ack = false;
  StreamId stream_id = 0;
  std::uint32_t size = 0;       // octets of what the payload ends with, padding apart
  std::uint32_t padding = 0;    // octets, Pad Length included; 0 where only the payload says
  std::uint32_t increment = 0;  // of a window; 0 where only the payload says
  SettingsView settings{};      // empty where only the payload says
};

template <class F>
H2WIRE_ALWAYS_INLINE constexpr Outline OutlineOfKnown(const F& frame) noexcept {
  const auto size = [](const auto& bytes) { return static_cast<std::uint32_t>(bytes.size()); };
  Outline outline{.type = F::kType, .known = true};
  if constexpr (requires { frame.stream_id; }) outline.stream_id = frame.stream_id;
  if constexpr (requires { frame.end_stream; }) outline.end_stream = frame.end_stream;
  if constexpr (requires { frame.end_headers; }) outline.end_headers = frame.end_headers;
  if constexpr (requires { frame.ack; }) outline.ack = frame.ack;
  if constexpr (requires { frame.pad_length; }) {
    if (frame.pad_length) outline.padding = 1 + std::uint32_t{*frame.pad_length};
  }
  if constexpr (requires { frame.data; }) outline.size = size(frame.data);
  if constexpr (requires { frame.debug_data; }) outline.size = size(frame.debug_data);
  if constexpr (requires { frame.fragment; }) {
    outline.has_fragment = true;
    outline.size = size(frame.fragment);
  }
  if constexpr (requires { frame.settings; }) {
    outline.size = size(frame.settings.octets());
    outline.settings = frame.settings;
  }
  if constexpr (requires { frame.window_size_increment; }) {
    outline.increment = frame.window_size_increment;
  }
  return outline;
}

// The outline of a frame of which the header is known. `extensions` as in DecodeOptions.
template <AnyFrameSet Set = Frame>
constexpr Outline OutlineOf(const FrameHeader& header, bool extensions = true) noexcept {
  const Outline unknown{.type = header.type, .stream_id = header.stream_id, .size = header.length};
  return VisitType<Set>(header.type, [&]<class F>(std::type_identity<F>) -> Outline {
    if constexpr (std::is_same_v<F, RawFrame>) {
      return unknown;
    } else {
      if (kIsExtension<F> && !extensions) return unknown;
      if (IgnoredByHeader<F>(header.flags, header.stream_id)) return unknown;
      F frame;
      Envelope envelope(header.flags);
      F::Layout(frame, envelope);  // sets the flags
      Outline outline = OutlineOfKnown(frame);
      outline.stream_id = header.stream_id;
      const auto least = static_cast<std::uint32_t>(envelope.least_length);
      outline.size = header.length > least ? header.length - least : 0;
      return outline;
    }
  });
}

template <class F>
H2WIRE_ALWAYS_INLINE constexpr Outline OutlineOf(const F& frame) noexcept {
  if constexpr (std::is_same_v<F, RawFrame>) {
    // One that Decode gave is of a type it does not know, or to be ignored. One of RFC 9113's types
    // is from DecodeRaw, and what it is all the same.
    Outline outline = OutlineOf(HeaderOf(frame), false);
    if (outline.known && frame.header.type == SettingsFrame::kType) {
      outline.settings = SettingsView(frame.payload);
    }
    return outline;
  } else {
    return OutlineOfKnown(frame);
  }
}

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_OUTLINE_H_
