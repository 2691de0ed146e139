// SPDX-License-Identifier: Apache-2.0

// How a frame is encoded and split: what encode.h declares.

// encode.h includes this file at its end. Whoever includes this one first has to pass through
// there.
#include "h2wire/encode.h"

#ifndef H2WIRE_WALK_ENCODE_H_
#define H2WIRE_WALK_ENCODE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/writer.h"

namespace h2wire::inline H2WIRE_ABI {

template <FrameAlternative F>
H2WIRE_ALWAYS_INLINE constexpr std::size_t EncodedSize(const F& frame) noexcept {
  return kFrameHeaderSize + internal::Measure(frame).size();
}
template <AnyFrameSet Set>
constexpr std::size_t EncodedSize(const Set& frame) noexcept {
  return Visit([](const auto& alternative) { return EncodedSize(alternative); }, frame);
}

namespace internal {

// What `write` makes of `frame`, one of `Set`'s, given the size of its payload; or why Encode does
// not write it.
template <AnyFrameSet Set, class F, class Write>
H2WIRE_ALWAYS_INLINE constexpr auto EncodeBy(const F& frame, MutableBytes out,
                                             Write write) noexcept {
  using Result = decltype(write(std::size_t{}));
  const auto measured = Measure<Set>(frame);
  if (measured.fault() != Fault::kNone) [[unlikely]] {
    return Result{Encoded{0, measured.fault()}};
  }
  const std::size_t size = kFrameHeaderSize + measured.size();
  if (out.size() < size) [[unlikely]] {
    return Result{Encoded{size, Fault::kNoRoom}};
  }
  return write(measured.size());
}

H2WIRE_ALWAYS_INLINE constexpr void Pad(std::byte* at, std::size_t padding) noexcept {
  if (padding != 0) [[unlikely]] {
    std::fill_n(at, padding, std::byte{0});
  }
}

// A frame that is written but for the last of what it borrows, and its padding.
struct Begun {
  Encoded encoded{};
  std::byte* at = nullptr;  // where what is left belongs
  Bytes body{};
  std::size_t padding = 0;
};

template <AnyFrameSet Set, class F>
H2WIRE_ALWAYS_INLINE constexpr Begun BeginToEncode(const F& frame, MutableBytes out) noexcept {
  return EncodeBy<Set>(frame, out, [&](std::size_t length) H2WIRE_ALWAYS_INLINE {
    Bytes body;
    const auto writer = Write(frame, length, out.data(), [&body](std::byte* to, Bytes octets) {
      to = CopyBody(to, body);
      body = octets;
      return to;
    });
    return Begun{{kFrameHeaderSize + length, Fault::kNone}, writer.at(), body, writer.padding()};
  });
}

}  // namespace internal

template <FrameAlternative F>
H2WIRE_ALWAYS_INLINE constexpr Encoded Encode(const F& frame, MutableBytes out) noexcept {
  return internal::EncodeBy<Frame>(frame, out, [&](std::size_t length) H2WIRE_ALWAYS_INLINE {
    const auto writer = internal::Write(frame, length, out.data(), internal::CopyBody);
    internal::Pad(writer.at(), writer.padding());
    return Encoded{kFrameHeaderSize + length, Fault::kNone};
  });
}
template <AnyFrameSet Set>
constexpr Encoded Encode(const Set& frame, MutableBytes out) noexcept {
  // What all types have in common stands behind the switch, once.
  const internal::Begun begun = Visit(
      [out](const auto& alternative) { return internal::BeginToEncode<Set>(alternative, out); },
      frame);
  internal::Pad(internal::CopyBody(begun.at, begun.body), begun.padding);
  return begun.encoded;
}

namespace internal {

template <class F>
H2WIRE_ALWAYS_INLINE constexpr Parts SplitUnjudged(const F& frame, std::size_t length) noexcept {
  Parts parts;
  std::size_t count = 0;
  const auto writer =
      Write(frame, length, parts.head_octets.data(), [&](std::byte* to, Bytes octets) {
        if (!octets.empty()) parts.bodies[count++] = octets;
        return to;
      });
  parts.head_size = static_cast<std::uint8_t>(writer.at() - parts.head_octets.data());
  parts.padding = static_cast<std::uint8_t>(writer.padding());
  return parts;
}

// Split, of a frame as one of `Set`'s.
template <AnyFrameSet Set, FrameAlternative F>
H2WIRE_ALWAYS_INLINE constexpr Parts SplitOf(const F& frame) noexcept {
  const auto measured = Measure<Set>(frame);
  if (measured.fault() != Fault::kNone) [[unlikely]] {
    return {.fault = measured.fault()};
  }
  return SplitUnjudged(frame, measured.size());
}

}  // namespace internal

template <FrameAlternative F>
H2WIRE_ALWAYS_INLINE constexpr Parts Split(const F& frame) noexcept {
  return internal::SplitOf<Frame>(frame);
}
template <AnyFrameSet Set>
constexpr Parts Split(const Set& frame) noexcept {
  return Visit([](const auto& alternative) { return internal::SplitOf<Set>(alternative); }, frame);
}

template <FrameAlternative F>
constexpr bool operator==(const F& a, const F& b) noexcept {
  const Parts x = internal::SplitUnjudged(a, internal::Measure(a).size());
  const Parts y = internal::SplitUnjudged(b, internal::Measure(b).size());
  // As much padding as the Pad Length in the head says.
  return internal::SameOctets(x.head(), y.head()) &&
         internal::SameOctets(x.bodies[0], y.bodies[0]) &&
         internal::SameOctets(x.bodies[1], y.bodies[1]);
}
// The standard's == of variants would look for that of each struct in the namespace of the struct,
// which may be a user's.
template <FrameAlternative... Fs>
constexpr bool operator==(const std::variant<Fs...>& a, const std::variant<Fs...>& b) noexcept
    requires(AnyFrameSet<std::variant<Fs...>>) {
  return a.index() == b.index() && Visit(
                                       [&]<class F>(const F& frame) {
                                         return h2wire::operator==(frame, *std::get_if<F>(&b));
                                       },
                                       a);
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_ENCODE_H_
