// SPDX-License-Identifier: Apache-2.0

// What a frame has on the wire beside what its struct holds, and a receiver ignores: reserved bits,
// undefined flags, padding that is not zero.

#ifndef H2WIRE_TOOLS_LEFTOVERS_H_
#define H2WIRE_TOOLS_LEFTOVERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire::tools {

// The walk that knows where in its payload a field of a frame stands. It calls
// `reserved(name, position)` for each field behind a reserved bit: the position is that of the
// octet with the bit.
template <class Reserved>
class PlacesWalk : public internal::NoRules {
 public:
  H2WIRE_ALWAYS_INLINE explicit PlacesWalk(Reserved reserved) : reserved_(reserved) {}

  H2WIRE_ALWAYS_INLINE void Stream(StreamId) {}
  H2WIRE_ALWAYS_INLINE void StreamOrConnection(StreamId) {}
  H2WIRE_ALWAYS_INLINE void Header(const RawHeader&) {}
  H2WIRE_ALWAYS_INLINE void Flag(std::uint8_t, std::string_view, bool) {}
  H2WIRE_ALWAYS_INLINE void PadLength(const std::optional<std::uint8_t>& length) {
    at_ += length.has_value();
    padding_ = length.value_or(0);
  }
  H2WIRE_ALWAYS_INLINE void U8(std::string_view, std::uint8_t) { at_ += 1; }
  H2WIRE_ALWAYS_INLINE void U31(std::string_view name, std::uint32_t) {
    reserved_(name, at_);
    at_ += 4;
  }
  H2WIRE_ALWAYS_INLINE void U32(std::string_view, auto) { at_ += 4; }
  H2WIRE_ALWAYS_INLINE void BitAndU31(std::string_view, bool, std::string_view, std::uint32_t) {
    at_ += 4;
  }
  template <std::size_t kSize>
  H2WIRE_ALWAYS_INLINE void Octets(std::string_view, const std::array<std::byte, kSize>&) {
    at_ += kSize;
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE void Group(std::string_view, const Fields& fields) {
    Fields::Layout(fields, *this);
  }
  template <class Fields>
  H2WIRE_ALWAYS_INLINE void Optional(std::uint8_t, std::string_view name,
                                     const std::optional<Fields>& fields) {
    if (fields) Group(name, *fields);
  }
  H2WIRE_ALWAYS_INLINE void Sized16(std::string_view, Bytes bytes, Fault) {
    at_ += 2 + bytes.size();
  }
  H2WIRE_ALWAYS_INLINE void Rest(std::string_view, const auto&, std::size_t) {}

  // Octets at the end of the payload.
  H2WIRE_ALWAYS_INLINE std::size_t padding() const { return padding_; }

 private:
  Reserved reserved_;
  std::size_t at_ = 0;
  std::size_t padding_ = 0;
};

inline bool IsZero(Bytes octets) {
  for (const std::byte octet : octets) {
    if (octet != std::byte{0}) return false;
  }
  return true;
}

// Calls `reserved` with the name of each field of `frame` whose reserved bit is set in `payload`,
// and `padding` with the padding if it is not all zero.
template <class F, class Reserved, class Padding>
H2WIRE_ALWAYS_INLINE inline void ForEachLeftover(const F& frame, Bytes payload, Reserved reserved,
                                                 Padding padding) {
  PlacesWalk walk([&](std::string_view name, std::size_t at) H2WIRE_ALWAYS_INLINE {
    if ((payload[at] & std::byte{0x80}) != std::byte{0}) [[unlikely]]
      reserved(name);
  });
  F::Layout(frame, walk);
  if (walk.padding() == 0) return;
  const Bytes octets = payload.last(walk.padding());
  if (!IsZero(octets)) padding(octets);
}

// Those of `flags` that the type of F does not define.
template <class F>
constexpr std::uint8_t UndefinedFlags(std::uint8_t flags) {
  if constexpr (std::is_same_v<F, RawFrame>) return 0;
  constexpr internal::Envelope envelope = internal::kEnvelope<F>;
  return static_cast<std::uint8_t>(flags & ~(envelope.known_flags | envelope.optional_flags));
}

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_LEFTOVERS_H_
