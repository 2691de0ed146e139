// SPDX-License-Identifier: Apache-2.0

// Octets in memory, and big-endian integers in them.
//
// Everything h2wire reads is a `Bytes`, everything it writes goes into a `MutableBytes`: views that
// own nothing. A `Bytes` handed out by the library lives as long as the buffer it was decoded from.
//
// What a program has becomes a `Bytes` so:
//
//   std::array<std::byte, 9>, std::vector<std::byte>   by itself
//   std::string, std::string_view, "a literal"         AsBytes(text)
//   the first `size` octets at a char*, unsigned char*,
//   std::uint8_t* or void*, of a read buffer, say      AsBytes(pointer, size)

#ifndef H2WIRE_BYTES_H_
#define H2WIRE_BYTES_H_

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/version.h"

namespace h2wire::inline H2WIRE_ABI {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

// The octets of `text`, by reference.
[[nodiscard]] inline Bytes AsBytes(std::string_view text H2WIRE_LIFETIME_BOUND) noexcept {
  return std::as_bytes(std::span(text));
}

// Those of a literal, all of them up to the NUL that the compiler puts at its end.
template <std::size_t kSize>
[[nodiscard]] Bytes AsBytes(const char (&literal)[kSize]) noexcept {
  return AsBytes(std::string_view(literal, kSize - 1));
}

// The `size` octets at `octets`.
[[nodiscard]] inline Bytes AsBytes(const void* octets, std::size_t size) noexcept {
  return {static_cast<const std::byte*>(octets), size};
}

// A pointer to octets, or a buffer of them, does not say how many there are.
template <class T>
requires(std::is_pointer_v<T>) Bytes AsBytes(T)
noexcept {
  static_assert(!std::is_pointer_v<T>, "h2wire: say how many octets: AsBytes(pointer, size)");
  return {};
}

// The octets of `bytes` as characters, by reference and whatever they are.
inline std::string_view AsText(Bytes bytes H2WIRE_LIFETIME_BOUND) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// `in` without its first `size` octets; nothing, if it has fewer.
[[nodiscard]] constexpr Bytes After(Bytes in H2WIRE_LIFETIME_BOUND, std::size_t size) noexcept {
  return in.subspan(size < in.size() ? size : in.size());
}

namespace internal {

// Compilers turn one swap into one instruction; a loop over octets they do not reliably merge.
template <std::unsigned_integral T>
H2WIRE_ALWAYS_INLINE constexpr T SwapToBig(T value) noexcept {
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return __builtin_bswap16(value);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    static_assert(sizeof(T) == 8);
    return __builtin_bswap64(value);
  }
}

}  // namespace internal

// The unsigned integer of `T`'s size at `from`, most significant octet first. `from` points at
// sizeof(T) readable octets, at any alignment.
template <std::unsigned_integral T>
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr T LoadBig(const std::byte* from) noexcept {
  T value = 0;
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value = static_cast<T>(value << 8 | std::to_integer<T>(from[i]));
    }
    return value;
  }
  std::memcpy(&value, from, sizeof value);
  return internal::SwapToBig(value);
}

// Stores `value` at `to`, most significant octet first. `to` points at sizeof(T) writable octets,
// at any alignment.
template <std::unsigned_integral T>
H2WIRE_ALWAYS_INLINE constexpr void StoreBig(std::byte* to, T value) noexcept {
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      to[i] = static_cast<std::byte>(value >> 8 * (sizeof(T) - 1 - i));
    }
    return;
  }
  value = internal::SwapToBig(value);
  std::memcpy(to, &value, sizeof value);
}

namespace internal {

// Copies `from` to `to`, which has room for it and does not overlap it.
H2WIRE_ALWAYS_INLINE constexpr void CopyOctets(std::byte* to, Bytes from) noexcept {
  if (std::is_constant_evaluated()) {
    for (const std::byte octet : from) *to++ = octet;
  } else if (!from.empty()) {  // memcpy may not be given the null pointer of an empty span
    std::memcpy(to, from.data(), from.size());
  }
}

// Copies the first and the last sizeof(Word) octets of the `size` at `from`, which has as many.
template <class Word>
H2WIRE_ALWAYS_INLINE inline void CopyBothEnds(std::byte* to, const std::byte* from,
                                              std::size_t size) noexcept {
  Word first, last;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + size - sizeof last, sizeof last);
  std::memcpy(to, &first, sizeof first);
  std::memcpy(to + size - sizeof last, &last, sizeof last);
}

// The same as CopyOctets for bodies, whose size nobody knows before, and which are often small: up
// to 64 octets go without a call. Returns where the copy ends.
H2WIRE_ALWAYS_INLINE constexpr std::byte* CopyBody(std::byte* to, Bytes from) noexcept {
  std::byte* const end = to + from.size();
  if (std::is_constant_evaluated()) {
    CopyOctets(to, from);
    return end;
  }
  using Words = std::uint64_t[2];
  const std::byte* const octets = from.data();
  const std::size_t size = from.size();
  if (size >= 16) {
    if (size > 64) [[unlikely]] {
      std::memcpy(to, octets, size);
      return end;
    }
    if (size > 32) CopyBothEnds<Words>(to + 16, octets + 16, size - 32);
    CopyBothEnds<Words>(to, octets, size);
  } else if (size >= 8) {
    CopyBothEnds<std::uint64_t>(to, octets, size);
  } else if (size >= 4) {
    CopyBothEnds<std::uint32_t>(to, octets, size);
  } else if (size != 0) {
    to[0] = octets[0];
    to[size / 2] = octets[size / 2];
    end[-1] = octets[size - 1];
  }
  return end;
}

constexpr bool SameOctets(Bytes a, Bytes b) noexcept {
  if (a.size() != b.size()) return false;
  if (!std::is_constant_evaluated()) {
    return a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace internal
}  // namespace h2wire

#endif  // H2WIRE_BYTES_H_
