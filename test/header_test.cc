// SPDX-License-Identifier: Apache-2.0

#include "h2wire/header.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "h2wire/bytes.h"
#include "hex.h"

namespace h2wire {
namespace {

constexpr FrameHeader kHeader{.length = (1 << 16) + (2 << 8) + 3,
                              .type = FrameType{0x04},
                              .flags = 0x05,
                              .stream_id = (6 << 24) + (7 << 16) + (8 << 8) + 9};
constexpr FrameHeader kOnes{.length = kLargestMaxFrameSize,
                            .type = FrameType{0xff},
                            .flags = 0xff,
                            .reserved = true,
                            .stream_id = kMaxStreamId};

// Both for compilers and for running programs, which load and store in different ways.
constexpr bool LoadHeaderIsRight() {
  return LoadHeader("01 02 03  04  05  06 07 08 09"_hex.data()) == kHeader &&
         LoadHeader("ff ff ff  ff  ff  ff ff ff ff"_hex.data()) == kOnes &&
         LoadHeader("00 00 00  00  00  00 00 00 00"_hex.data()) == FrameHeader{} &&
         LoadHeader("00 00 00  00  00  80 00 00 00"_hex.data()) == FrameHeader{.reserved = true} &&
         LoadHeader("00 00 00  00  00  7f ff ff ff"_hex.data()) ==
             FrameHeader{.stream_id = 0x7fffffff};
}
static_assert(LoadHeaderIsRight());
TEST(LoadHeader, ReadsNineOctets) { EXPECT_TRUE(LoadHeaderIsRight()); }

constexpr bool Stores(const FrameHeader& header, Bytes expected) {
  std::array<std::byte, 11> octets{};
  octets.fill(std::byte{0xa5});
  StoreHeader(octets.data() + 1, header);
  return octets.front() == std::byte{0xa5} && octets.back() == std::byte{0xa5} &&
         std::ranges::equal(Bytes(octets).subspan(1, kFrameHeaderSize), expected);
}
constexpr bool StoreHeaderIsRight() {
  return Stores(kHeader, "01 02 03  04  05  06 07 08 09"_hex) &&
         Stores(kOnes, "ff ff ff  ff  ff  ff ff ff ff"_hex) &&
         Stores({}, "00 00 00  00  00  00 00 00 00"_hex) &&
         Stores({.reserved = true}, "00 00 00  00  00  80 00 00 00"_hex);
}
static_assert(StoreHeaderIsRight());
TEST(StoreHeader, WritesNineOctetsAndNoOther) { EXPECT_TRUE(StoreHeaderIsRight()); }

TEST(FrameHeader, IsEqualInAllItsFieldsOnly) {
  EXPECT_EQ(kHeader, FrameHeader(kHeader));
  FrameHeader other = kHeader;
  other.length += 1;
  EXPECT_NE(other, kHeader);
  other = kHeader;
  other.type = FrameType{0x05};
  EXPECT_NE(other, kHeader);
  other = kHeader;
  other.flags ^= 0x80;
  EXPECT_NE(other, kHeader);
  other = kHeader;
  other.reserved = true;
  EXPECT_NE(other, kHeader);
  other = kHeader;
  other.stream_id += 1;
  EXPECT_NE(other, kHeader);
}

TEST(Constants, AreThoseOfTheRfc) {
  EXPECT_EQ(kFrameHeaderSize, 9u);
  EXPECT_EQ(kMaxStreamId, 2147483647u);
  EXPECT_EQ(kDefaultMaxFrameSize, 16384u);
  EXPECT_EQ(kLargestMaxFrameSize, 16777215u);
  // RFC 9113, 3.4, has the preface in hexadecimal as well.
  EXPECT_TRUE(std::ranges::equal(
      AsBytes(kConnectionPreface),
      "50 52 49 20 2a 20 48 54 54 50 2f 32 2e 30 0d 0a 0d 0a 53 4d 0d 0a 0d 0a"_hex));
}

static_assert(MatchPreface(Bytes()) == PrefaceMatch::kNeedMore);
static_assert(MatchPreface("50 52 49"_hex) == PrefaceMatch::kNeedMore);
static_assert(MatchPreface("50 52 48"_hex) == PrefaceMatch::kNone);

TEST(MatchPreface, NeedsMoreForEveryBeginning) {
  for (std::size_t size = 0; size < 24; ++size) {
    EXPECT_EQ(MatchPreface(AsBytes(kConnectionPreface.substr(0, size))), PrefaceMatch::kNeedMore);
  }
}

TEST(MatchPreface, MatchesTheWholeWhateverFollows) {
  EXPECT_EQ(MatchPreface(AsBytes(kConnectionPreface)), PrefaceMatch::kWhole);
  std::string more(kConnectionPreface);
  more += 'x';
  EXPECT_EQ(MatchPreface(AsBytes(more)), PrefaceMatch::kWhole);
}

TEST(MatchPreface, SeesOneOctetThatDiffersAsSoonAsItIsThere) {
  for (std::size_t at = 0; at < 24; ++at) {
    std::string text(kConnectionPreface);
    text[at] ^= 0x01;
    EXPECT_EQ(MatchPreface(AsBytes(text)), PrefaceMatch::kNone) << at;
    EXPECT_EQ(MatchPreface(AsBytes(text.substr(0, at + 1))), PrefaceMatch::kNone) << at;
    EXPECT_EQ(MatchPreface(AsBytes(text.substr(0, at))), PrefaceMatch::kNeedMore) << at;
  }
}

static_assert(GreetingOf(Bytes()) == Greeting::kNeedMore);
static_assert(GreetingOf("47 45 54 20"_hex) == Greeting::kHttp1Request);
static_assert(GreetingOf("16 03 01"_hex) == Greeting::kTls);

// A beginning, and how many of its octets decide what it is.
struct GreetingCase {
  Greeting greeting;
  std::size_t decided;
  std::string_view text;
};

constexpr GreetingCase kGreetings[] = {
    {Greeting::kPreface, 24, kConnectionPreface},
    {Greeting::kHttp1Request, 4, "GET / HTTP/1.1\r\n\r\n"},
    {Greeting::kHttp1Request, 9, "M-SEARCH * HTTP/1.1\r\n\r\n"},
    {Greeting::kHttp1Request, 2, "P / HTTP/1.1\r\n\r\n"},
    {Greeting::kHttp1Request, 3, "PR / HTTP/1.1\r\n\r\n"},
    {Greeting::kHttp1Request, 5, "PRIX / HTTP/1.1\r\n\r\n"},
    {Greeting::kHttp1Request, 21, "ABCDEFGHIJKLMNOPQRST / HTTP/1.1\r\n\r\n"},
    {Greeting::kOther, 21, "ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1\r\n\r\n"},
    {Greeting::kHttp1Response, 5, "HTTP/1.1 400 Bad Request\r\n\r\n"},
    {Greeting::kHttp1Request, 5, "HTTP / HTTP/1.1\r\n\r\n"},
    {Greeting::kHttp1Request, 6, "HTTPS / HTTP/1.1\r\n\r\n"},
    {Greeting::kOther, 4, "HTT/1.1 400 Bad Request\r\n\r\n"},
    {Greeting::kOther, 6, "HTTPS/1.1 400 Bad Request\r\n\r\n"},
    {Greeting::kOther, 7, "AHTTP-/1.1\r\n\r\n"},
    {Greeting::kTls, 2, "\x14\x03\x03"},
    {Greeting::kTls, 2, "\x15\x03\x01"},
    {Greeting::kTls, 2, "\x16\x03\x01\x02"},
    {Greeting::kTls, 2, "\x17\x03\x03"},
    {Greeting::kOther, 1, "\x13\x03\x03"},
    {Greeting::kOther, 1, "\x18\x03\x03"},
    {Greeting::kOther, 2, "\x16\x02\x01"},
    {Greeting::kOther, 2, "\x16\x04\x01"},
    {Greeting::kOther, 1, " / HTTP/1.1\r\n\r\n"},
    {Greeting::kOther, 1, "get / HTTP/1.1\r\n\r\n"},
    {Greeting::kOther, 4, "GET\t/ HTTP/1.1\r\n\r\n"},
    {Greeting::kOther, 4, "PRI\t* HTTP/2.0\r\n\r\n"},
    {Greeting::kOther, 5, "PRI / HTTP/1.1\r\n\r\n"},
    {Greeting::kOther, 12, "PRI * HTTP/1.1\r\n\r\n"},
    {Greeting::kOther, 17, "PRI * HTTP/2.0\r\n\n\nSM\n\n"},
    {Greeting::kOther, 24, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r"},
};

TEST(GreetingOf, IsDecidedByTheFirstOctetThatTells) {
  for (const GreetingCase& row : kGreetings) {
    for (std::size_t size = 0; size <= row.text.size(); ++size) {
      EXPECT_EQ(GreetingOf(AsBytes(row.text.substr(0, size))),
                size < row.decided ? Greeting::kNeedMore : row.greeting)
          << row.text << size;
    }
  }
}

// Every octet in every place of a method, and behind it.
TEST(GreetingOf, TakesLettersAndHyphensForAMethod) {
  for (std::size_t at = 0; at < 4; ++at) {
    for (int octet = 0; octet <= 0xff; ++octet) {
      std::string text = "GETS / HTTP/1.1";
      text[at] = static_cast<char>(octet);
      const bool in_method = (octet >= 'A' && octet <= 'Z') || octet == '-';
      const bool ends_it = octet == ' ' && at > 0;
      EXPECT_EQ(GreetingOf(AsBytes(text)),
                in_method || ends_it ? Greeting::kHttp1Request : Greeting::kOther)
          << at << " " << octet;
    }
  }
}

}  // namespace
}  // namespace h2wire
