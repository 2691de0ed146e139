// SPDX-License-Identifier: Apache-2.0

// From frames to octets: into a buffer of the caller's, or as parts for a gathering write.
//
//   const Encoded encoded = Encode(WindowUpdateFrame{.window_size_increment = 65535}, out);
//   if (encoded.fault == Fault::kNone) out = out.subspan(encoded.size);
//
// Encode refuses what a receiver would have to refuse. Whoever wants to send that, a tester say,
// sends a RawFrame.

#ifndef H2WIRE_ENCODE_H_
#define H2WIRE_ENCODE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/grammar.h"
#include "h2wire/walk/writer.h"

namespace h2wire::inline H2WIRE_ABI {

// How encoding went.
struct Encoded {
  // Octets written, the header included; or, if there was too little room (kNoRoom), the octets
  // that are needed; or 0.
  std::size_t size = 0;
  // Why nothing was written; kNone if the frame was.
  Fault fault = Fault::kNone;
};

// The octets of `frame` on the wire, the header included. True also of a frame that Encode refuses.
template <FrameAlternative F>
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr std::size_t EncodedSize(const F& frame) noexcept {
  return kFrameHeaderSize + internal::Measure(frame).size();
}
template <AnyFrameSet Set>
[[nodiscard]] constexpr std::size_t EncodedSize(const Set& frame) noexcept {
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

// Writes `frame` to the first octets of `out`, or nothing: if it has no room, if the payload is
// longer than 2^24-1 octets, if a value does not fit its field, or if a receiver would have to
// refuse or to ignore the frame. `out` must not overlap what the frame borrows.
template <FrameAlternative F>
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr Encoded Encode(const F& frame,
                                                            MutableBytes out) noexcept {
  return internal::EncodeBy<Frame>(frame, out, [&](std::size_t length) H2WIRE_ALWAYS_INLINE {
    const auto writer = internal::Write(frame, length, out.data(), internal::CopyBody);
    internal::Pad(writer.at(), writer.padding());
    return Encoded{kFrameHeaderSize + length, Fault::kNone};
  });
}
template <AnyFrameSet Set>
[[nodiscard]] constexpr Encoded Encode(const Set& frame, MutableBytes out) noexcept {
  // What all types have in common stands behind the switch, once.
  const internal::Begun begun = Visit(
      [out](const auto& alternative) { return internal::BeginToEncode<Set>(alternative, out); },
      frame);
  internal::Pad(internal::CopyBody(begun.at, begun.body), begun.padding);
  return begun.encoded;
}

// A frame in the parts of a gathering write, in this order: a head of a few octets, at most two
// parts of the payload by reference (only ALTSVC has two), and padding, which is zeros.
struct Parts {
  // Why there are no parts; kNone if there are.
  Fault fault = Fault::kNone;
  std::uint8_t head_size = 0;
  std::uint8_t padding = 0;  // octets
  std::array<std::byte, kFrameHeaderSize + internal::kMostFixedOctets> head_octets{};
  std::array<Bytes, 2> bodies = {Bytes(), Bytes()};  // empty ones last

  [[nodiscard]] constexpr Bytes head() const noexcept H2WIRE_LIFETIME_BOUND {
    return Bytes(head_octets).first(head_size);
  }
  // All octets of the frame.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    return std::size_t{head_size} + bodies[0].size() + bodies[1].size() + padding;
  }
};

// What padding is made of.
inline constexpr std::array<std::byte, 255> kZeros{};

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

// The parts of `frame`, which borrow what it borrows; or the fault for which Encode would refuse
// it. Together they are what Encode writes.
template <FrameAlternative F>
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr Parts Split(const F& frame) noexcept {
  return internal::SplitOf<Frame>(frame);
}
template <AnyFrameSet Set>
[[nodiscard]] constexpr Parts Split(const Set& frame) noexcept {
  return Visit([](const auto& alternative) { return internal::SplitOf<Set>(alternative); }, frame);
}

// Two frames are equal if they are the same octets on the wire. (Of a frame that Encode refuses, if
// they would be.)
template <FrameAlternative F>
[[nodiscard]] constexpr bool operator==(const F& a, const F& b) noexcept {
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
[[nodiscard]] constexpr bool operator==(const std::variant<Fs...>& a,
                                        const std::variant<Fs...>& b) noexcept
    requires(AnyFrameSet<std::variant<Fs...>>) {
  return a.index() == b.index() && Visit(
                                       [&]<class F>(const F& frame) {
                                         return h2wire::operator==(frame, *std::get_if<F>(&b));
                                       },
                                       a);
}

}  // namespace h2wire

#endif  // H2WIRE_ENCODE_H_
