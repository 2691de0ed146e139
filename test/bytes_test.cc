// SPDX-License-Identifier: Apache-2.0

#include "h2wire/bytes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "hex.h"

namespace h2wire {
namespace {

static_assert(LoadBig<std::uint8_t>("fe"_hex.data()) == 0xfe);
static_assert(LoadBig<std::uint16_t>("01 02"_hex.data()) == 0x0102);
static_assert(LoadBig<std::uint32_t>("01 02 03 04"_hex.data()) == 0x01020304);
static_assert(LoadBig<std::uint64_t>("01 02 03 04 05 06 07 08"_hex.data()) == 0x0102030405060708);

template <class T>
consteval auto Stored(T value) {
  std::array<std::byte, sizeof(T)> octets{};
  StoreBig(octets.data(), value);
  return octets;
}
static_assert(std::ranges::equal(Stored(std::uint8_t{0xfe}), "fe"_hex));
static_assert(std::ranges::equal(Stored(std::uint16_t{0x0102}), "01 02"_hex));
static_assert(std::ranges::equal(Stored(std::uint32_t{0x01020304}), "01 02 03 04"_hex));
static_assert(std::ranges::equal(Stored(std::uint64_t{0x0102030405060708}),
                                 "01 02 03 04 05 06 07 08"_hex));

TEST(LoadBig, ReadsTheMostSignificantOctetFirstAtAnyAlignment) {
  const Bytes octets = "ff 81 02 03 04 05 06 07 08 ff"_hex;
  std::array<std::byte, 18> shifted{};
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::ranges::copy(octets, shifted.data() + shift);
    const std::byte* const at = shifted.data() + shift + 1;
    EXPECT_EQ(LoadBig<std::uint8_t>(at), 0x81);
    EXPECT_EQ(LoadBig<std::uint16_t>(at), 0x8102);
    EXPECT_EQ(LoadBig<std::uint32_t>(at), 0x81020304u);
    EXPECT_EQ(LoadBig<std::uint64_t>(at), 0x8102030405060708u);
  }
}

TEST(StoreBig, WritesTheMostSignificantOctetFirstAndNoOther) {
  std::array<std::byte, 10> octets;
  const auto expect = [&](Bytes expected) {
    EXPECT_TRUE(std::ranges::equal(octets, expected)) << testing::PrintToString(octets);
  };
  octets.fill(std::byte{0xa5});
  StoreBig(octets.data() + 1, std::uint8_t{0x81});
  expect("a5 81 a5 a5 a5 a5 a5 a5 a5 a5"_hex);
  StoreBig(octets.data() + 1, std::uint16_t{0x8102});
  expect("a5 81 02 a5 a5 a5 a5 a5 a5 a5"_hex);
  StoreBig(octets.data() + 1, std::uint32_t{0x81020304});
  expect("a5 81 02 03 04 a5 a5 a5 a5 a5"_hex);
  StoreBig(octets.data() + 1, std::uint64_t{0x8102030405060708});
  expect("a5 81 02 03 04 05 06 07 08 a5"_hex);
}

TEST(AsBytes, BorrowsTheText) {
  const std::string_view text = "a\0\xff";
  const std::string_view whole("a\0\xff", 3);
  EXPECT_EQ(AsBytes(text).data(), reinterpret_cast<const std::byte*>(text.data()));
  EXPECT_EQ(AsBytes(text).size(), 1u);
  EXPECT_TRUE(std::ranges::equal(AsBytes(whole), "61 00 ff"_hex));
}

TEST(AsBytes, OfALiteralAreItsOctets) {
  EXPECT_TRUE(std::ranges::equal(AsBytes("a\0\xff"), "61 00 ff"_hex));
  EXPECT_TRUE(std::ranges::equal(AsBytes("\0\0"), "00 00"_hex));
  EXPECT_TRUE(AsBytes("").empty());
}

TEST(Bytes, AreWhatAProgramHas) {
  const Bytes octets = "61 00 ff"_hex;
  const std::string text("a\0\xff", 3);
  EXPECT_TRUE(std::ranges::equal(AsBytes(text), octets));

  const std::array<std::byte, 3> array = {std::byte{0x61}, std::byte{0}, std::byte{0xff}};
  const std::vector<std::byte> vector(array.begin(), array.end());
  const auto take = [](Bytes bytes) { return bytes; };
  EXPECT_TRUE(std::ranges::equal(take(array), octets));
  EXPECT_TRUE(std::ranges::equal(take(vector), octets));

  char read_buffer[16] = {'a', '\0', '\xff', 'x'};
  EXPECT_TRUE(std::ranges::equal(AsBytes(read_buffer, 3), octets));
  const std::uint8_t integers[] = {0x61, 0x00, 0xff};
  EXPECT_TRUE(std::ranges::equal(AsBytes(integers, 3), octets));
  const unsigned char* const pointer = integers;
  EXPECT_EQ(AsBytes(pointer, 3).data(), static_cast<const void*>(integers));
  EXPECT_TRUE(AsBytes(nullptr, 0).empty());
}

TEST(AsText, BorrowsTheOctets) {
  const Bytes octets = "61 00 ff"_hex;
  EXPECT_EQ(AsText(octets), std::string_view("a\0\xff", 3));
  EXPECT_EQ(static_cast<const void*>(AsText(octets).data()), octets.data());
  EXPECT_EQ(AsText(Bytes()), "");
}

constexpr bool kCopied = [] {
  std::array<std::byte, 4> to{};
  internal::CopyOctets(to.data() + 1, "01 02"_hex);
  internal::CopyOctets(to.data() + 3, Bytes());
  return std::ranges::equal(to, "00 01 02 00"_hex);
}();
static_assert(kCopied);

TEST(CopyOctets, CopiesThemAndAlsoNone) {
  std::array<std::byte, 4> to{};
  internal::CopyOctets(to.data() + 1, "01 02"_hex);
  internal::CopyOctets(to.data() + 3, Bytes());
  EXPECT_TRUE(std::ranges::equal(to, "00 01 02 00"_hex));
}

// For compilers and for running programs there are two ways to do it.
constexpr bool SameOctetsIsRight() {
  return internal::SameOctets(Bytes(), Bytes()) &&
         internal::SameOctets("01 02 03"_hex, "01 02 03"_hex) &&
         !internal::SameOctets("01 02 03"_hex, "01 02"_hex) &&
         !internal::SameOctets("01 02"_hex, "01 02 03"_hex) &&
         !internal::SameOctets("01 02 03"_hex, "ff 02 03"_hex) &&
         !internal::SameOctets("01 02 03"_hex, "01 02 ff"_hex) &&
         !internal::SameOctets("00"_hex, Bytes());
}
static_assert(SameOctetsIsRight());

TEST(SameOctets, ComparesSizesAndOctets) { EXPECT_TRUE(SameOctetsIsRight()); }

}  // namespace
}  // namespace h2wire
