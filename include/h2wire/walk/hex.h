// SPDX-License-Identifier: Apache-2.0

// Octets as hex digits, sixteen at a time.

#ifndef H2WIRE_WALK_HEX_H_
#define H2WIRE_WALK_HEX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"

namespace h2wire::inline H2WIRE_ABI::internal {

using SixteenOctets = signed char __attribute__((vector_size(16)));
using EightWords = std::uint16_t __attribute__((vector_size(16)));

// The digits of numbers below 16.
H2WIRE_ALWAYS_INLINE inline SixteenOctets HexDigits(SixteenOctets numbers) noexcept {
  return numbers + '0' + ((numbers > 9) & ('a' - '0' - 10));
}

// Writes the 32 digits of the sixteen octets at `from`.
H2WIRE_ALWAYS_INLINE inline void SixteenToHex(char* to, const std::byte* from) noexcept {
  SixteenOctets octets;
  std::memcpy(&octets, from, sizeof octets);
  // Words, because processors do not shift single octets.
  const auto shifted = reinterpret_cast<SixteenOctets>(reinterpret_cast<EightWords>(octets) >> 4);
  const SixteenOctets high = HexDigits(shifted & 0x0f);
  const SixteenOctets low = HexDigits(octets & 0x0f);
#ifdef __clang__
#define H2WIRE_SHUFFLE(...) __builtin_shufflevector(high, low, __VA_ARGS__)
#else
#define H2WIRE_SHUFFLE(...) __builtin_shuffle(high, low, SixteenOctets{__VA_ARGS__})
#endif
  const SixteenOctets digits[] = {
      H2WIRE_SHUFFLE(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
      H2WIRE_SHUFFLE(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)};
#undef H2WIRE_SHUFFLE
  std::memcpy(to, digits, sizeof digits);
}

inline constexpr auto kHexPairs = [] {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kDigits[i >> 4], kDigits[i & 0xf]};
  return pairs;
}();

// Writes two digits for each octet, and returns where they end.
H2WIRE_ALWAYS_INLINE inline char* FewToHex(char* to, Bytes octets) noexcept {
  for (const std::byte octet : octets) {
    std::memcpy(to, kHexPairs[std::to_integer<std::size_t>(octet)].data(), 2);
    to += 2;
  }
  return to;
}

// The same of many octets.
inline char* ToHex(char* to, Bytes octets) noexcept {
  while (octets.size() >= 16) {
    SixteenToHex(to, octets.data());
    to += 32;
    octets = octets.subspan(16);
  }
  return FewToHex(to, octets);
}

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_HEX_H_
