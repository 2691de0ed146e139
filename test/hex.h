// SPDX-License-Identifier: Apache-2.0

// Octets in the text of a test, as they stand on the wire:
//
//   "00 00 04  08  00  00 00 00 01  00 00 00 01"_hex    (a WINDOW_UPDATE)
//   "https://example.com"_text
//
// Both are a Bytes over octets that live as long as the program, made by the compiler.

#ifndef H2WIRE_TEST_HEX_H_
#define H2WIRE_TEST_HEX_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "h2wire/bytes.h"

namespace h2wire {

template <std::size_t kSize>
struct Literal {
  consteval Literal(const char (&from)[kSize]) { std::copy_n(from, kSize, text); }
  char text[kSize]{};
};

namespace hex_internal {

constexpr int DigitOf(char c) {
  if ('0' <= c && c <= '9') return c - '0';
  if ('a' <= c && c <= 'f') return c - 'a' + 10;
  throw "neither a hexadecimal digit in lower case nor a space";
}

template <Literal kLiteral>
inline constexpr auto kHexOctets = [] {
  constexpr auto kDigits = static_cast<std::size_t>(std::count_if(
      std::begin(kLiteral.text), std::end(kLiteral.text) - 1, [](char c) { return c != ' '; }));
  static_assert(kDigits % 2 == 0, "two digits an octet");
  std::array<std::byte, kDigits / 2> octets{};
  std::size_t digit = 0;
  for (const char* at = kLiteral.text; *at != '\0'; ++at) {
    if (*at == ' ') continue;
    std::byte& octet = octets[digit++ / 2];
    octet = octet << 4 | static_cast<std::byte>(DigitOf(*at));
  }
  return octets;
}();

template <Literal kLiteral>
inline constexpr auto kTextOctets = [] {
  std::array<std::byte, sizeof kLiteral.text - 1> octets{};
  std::transform(kLiteral.text, kLiteral.text + octets.size(), octets.begin(),
                 [](char c) { return static_cast<std::byte>(c); });
  return octets;
}();

}  // namespace hex_internal

// "00 1f": the other way.
inline std::string AsHex(Bytes octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte octet : octets) {
    if (!text.empty()) text += ' ';
    text += kDigits[std::to_integer<std::size_t>(octet >> 4)];
    text += kDigits[std::to_integer<std::size_t>(octet & std::byte{0x0f})];
  }
  return text;
}

template <Literal kLiteral>
consteval Bytes operator""_hex() {
  return hex_internal::kHexOctets<kLiteral>;
}

template <Literal kLiteral>
consteval Bytes operator""_text() {
  return hex_internal::kTextOctets<kLiteral>;
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_HEX_H_
