// SPDX-License-Identifier: Apache-2.0

// What is promised of encoding beyond the octets of single frames.

#include "h2wire/encode.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "faults.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/print.h"
#include "hex.h"
#include "unencodable.h"
#include "untouched.h"
#include "vectors.h"

namespace h2wire {
namespace {

TEST(Unencodable, IsRefusedAndNothingWritten) {
  std::vector<std::byte> out(1024, kUntouched);
  for (const Unencodable& row : kUnencodable) {
    SCOPED_TRACE(row);
    const Encoded encoded = Encode(row.frame, out);
    EXPECT_EQ(encoded.fault, row.fault);
    EXPECT_EQ(encoded.size, 0u);
    EXPECT_EQ(Encode(row.frame, MutableBytes()).fault, row.fault) << "also where there is no room";
    EXPECT_TRUE(AllUntouched(out));

    const Parts parts = Split(row.frame);
    EXPECT_EQ(parts.fault, row.fault);
    EXPECT_EQ(parts.size(), 0u);
  }
}

TEST(Unencodable, HasNamesOfItsOwn) {
  std::set<std::string_view> names;
  for (const Unencodable& row : kUnencodable) EXPECT_TRUE(names.insert(row.name).second) << row;
}

// Every fault by which a decoder may refuse what the members of a struct can say.
TEST(Unencodable, HasEveryFaultThatAFrameCanHave) {
  ForEachType([]<class F>(std::type_identity<F>) {
    for (const Fault fault : FaultsOf<F>().of_values) {
      EXPECT_TRUE(std::ranges::any_of(kUnencodable,
                                      [&](const Unencodable& row) {
                                        return row.fault == fault &&
                                               std::holds_alternative<F>(row.frame);
                                      }))
          << F::kName << " has no row in unencodable.h with the fault " << RowOf(fault).name;
    }
  });
}

TEST(Encode, WritesAPayloadOfTheGreatestSizeThatThereIs) {
  std::vector<std::byte> out(9 + 0xffffff, kUntouched);
  const DataFrame frame{.stream_id = 1, .pad_length = 3, .data = Many(0xffffff - 4)};
  EXPECT_EQ(EncodedSize(frame), out.size());
  EXPECT_EQ(Encode(frame, MutableBytes(out).first(out.size() - 1)).fault, Fault::kNoRoom);
  const Encoded encoded = Encode(frame, out);
  EXPECT_EQ(encoded.fault, Fault::kNone);
  EXPECT_EQ(encoded.size, out.size());
  EXPECT_TRUE(std::ranges::equal(Bytes(out).first(10), "ff ff ff  00  08  00 00 00 01  03"_hex));
  EXPECT_TRUE(std::all_of(out.begin() + 10, out.end(),
                          [](std::byte octet) { return octet == std::byte{}; }));
}

TEST(Encode, WritesAnOriginOfTheGreatestSizeThatItsLengthCanSay) {
  std::vector<std::byte> out(9 + 2 + 0xffff, kUntouched);
  const Encoded encoded = Encode(AltSvcFrame{.origin = Many(0xffff)}, out);
  EXPECT_EQ(encoded.fault, Fault::kNone);
  EXPECT_EQ(encoded.size, out.size());
  EXPECT_TRUE(std::ranges::equal(Bytes(out).first(11), "01 00 01  0a  00  00 00 00 00  ff ff"_hex));
}

TEST(Encode, NamesTheOctetsThatAreNeeded) {
  const WindowUpdateFrame frame{.window_size_increment = 1};
  std::array<std::byte, 13> out;
  out.fill(kUntouched);
  for (std::size_t size = 0; size < out.size(); ++size) {
    const Encoded encoded = Encode(frame, MutableBytes(out).first(size));
    EXPECT_EQ(encoded.fault, Fault::kNoRoom);
    EXPECT_EQ(encoded.size, 13u);
  }
  EXPECT_TRUE(AllUntouched(out));
}

TEST(Encode, SendsAsLengthTheSizeOfARawPayload) {
  std::array<std::byte, 11> out{};
  const RawFrame frame{.header = {.type = FrameType{0xff}}, .payload = "61 62"_hex};
  EXPECT_EQ(Encode(frame, out).size, out.size());
  EXPECT_TRUE(std::ranges::equal(out, "00 00 02  ff  00  00 00 00 00  61 62"_hex));
}

TEST(Encode, SendsAnythingAsARawFrame) {
  // A WINDOW_UPDATE by 0, with flags and the reserved bit.
  const Bytes octets = "00 00 04  08  ff  80 00 00 01  00 00 00 00"_hex;
  std::array<std::byte, 13> out{};
  EXPECT_EQ(Encode(DecodeRaw(octets).frame, out).size, out.size());
  EXPECT_TRUE(std::ranges::equal(out, octets));
}

TEST(EncodedSize, IsTrueOfFramesThatAreRefused) {
  EXPECT_EQ(EncodedSize(WindowUpdateFrame{}), 13u);
  EXPECT_EQ(EncodedSize(SettingsFrame{.settings = "00"_hex}), 10u);
  EXPECT_EQ(EncodedSize(DataFrame{.pad_length = 255}), 9u + 256u);
  EXPECT_EQ(EncodedSize(RawFrame{.payload = Many(0x1000000)}), 9u + 0x1000000);
}

static_assert([] {
  std::array<std::byte, 13> out{};
  const Encoded encoded = Encode(WindowUpdateFrame{.window_size_increment = 0x01020304}, out);
  return encoded.size == 13 && encoded.fault == Fault::kNone &&
         std::ranges::equal(out, "00 00 04  08  00  00 00 00 00  01 02 03 04"_hex);
}());
static_assert(Split(PingFrame{}).head_size == 17);
constexpr Frame kPing = PingFrame{};
static_assert(EncodedSize(kPing) == 17);
static_assert(Split(kPing).head_size == 17);

TEST(Split, BorrowsWhatTheFrameBorrows) {
  const Bytes data = "68 69"_hex;
  const Parts parts = Split(DataFrame{.stream_id = 1, .pad_length = 7, .data = data});
  EXPECT_TRUE(std::ranges::equal(parts.head(), "00 00 0a  00  08  00 00 00 01  07"_hex));
  EXPECT_EQ(parts.bodies[0].data(), data.data());
  EXPECT_EQ(parts.bodies[0].size(), 2u);
  EXPECT_TRUE(parts.bodies[1].empty());
  EXPECT_EQ(parts.padding, 7);
  EXPECT_EQ(parts.size(), 10u + 2u + 7u);
}

TEST(Split, HasEmptyBodiesLast) {
  const Bytes value = "68 32"_hex;
  const Parts on_stream = Split(AltSvcFrame{.stream_id = 1, .alt_svc_field_value = value});
  EXPECT_EQ(on_stream.bodies[0].data(), value.data());
  EXPECT_TRUE(on_stream.bodies[1].empty());

  const Bytes origin = "61"_hex;
  const Parts both = Split(AltSvcFrame{.origin = origin, .alt_svc_field_value = value});
  EXPECT_EQ(both.bodies[0].data(), origin.data());
  EXPECT_EQ(both.bodies[1].data(), value.data());
  EXPECT_EQ(both.head_size, 11);

  const Parts none = Split(DataFrame{.stream_id = 1});
  EXPECT_EQ(none.head_size, 9);
  EXPECT_TRUE(none.bodies[0].empty());
  EXPECT_TRUE(none.bodies[1].empty());
}

TEST(Split, HasHeadsOfAllThatIsNotBorrowed) {
  const auto head_size = [](const Frame& frame) { return int{Split(frame).head_size}; };
  const Bytes one = "00"_hex;
  EXPECT_EQ(head_size(DataFrame{.stream_id = 1, .data = one}), 9);
  EXPECT_EQ(head_size(DataFrame{.stream_id = 1, .pad_length = 0, .data = one}), 10);
  EXPECT_EQ(head_size(HeadersFrame{.stream_id = 1, .fragment = one}), 9);
  EXPECT_EQ(head_size(HeadersFrame{.stream_id = 1, .priority = Priority{}, .fragment = one}), 14);
  EXPECT_EQ(head_size(HeadersFrame{
                .stream_id = 1, .pad_length = 1, .priority = Priority{}, .fragment = one}),
            15);
  EXPECT_EQ(head_size(PriorityFrame{.stream_id = 1}), 14);
  EXPECT_EQ(head_size(RstStreamFrame{.stream_id = 1}), 13);
  EXPECT_EQ(head_size(SettingsFrame{.settings = "00 02 00 00 00 00"_hex}), 9);
  EXPECT_EQ(head_size(PushPromiseFrame{.stream_id = 1, .promised_stream_id = 2, .fragment = one}),
            13);
  EXPECT_EQ(head_size(PingFrame{}), 17);
  EXPECT_EQ(head_size(GoawayFrame{.debug_data = one}), 17);
  EXPECT_EQ(head_size(WindowUpdateFrame{.window_size_increment = 1}), 13);
  EXPECT_EQ(head_size(ContinuationFrame{.stream_id = 1, .fragment = one}), 9);
  EXPECT_EQ(head_size(AltSvcFrame{.origin = one}), 11);
  EXPECT_EQ(head_size(OriginFrame{.origins = "00 00"_hex}), 9);
  EXPECT_EQ(head_size(PriorityUpdateFrame{.prioritized_stream_id = 1}), 13);
  EXPECT_EQ(head_size(RawFrame{.payload = one}), 9);
}

TEST(Zeros, AreEnoughForAllPadding) {
  EXPECT_EQ(kZeros.size(), 255u);
  EXPECT_TRUE(std::ranges::all_of(kZeros, [](std::byte octet) { return octet == std::byte{}; }));
}

// Of the vectors, those that encode to the same octets are equal, and no others.
TEST(Equality, IsOfWhatIsOnTheWire) {
  std::vector<std::pair<const Vector*, std::vector<std::byte>>> encodings;
  ForEachVector([&](const Vector& vector) {
    if (vector.kind == Vector::Kind::kCanonical) {
      encodings.emplace_back(&vector,
                             std::vector<std::byte>(vector.octets.begin(), vector.octets.end()));
    }
  });
  for (const auto& [a, octets_of_a] : encodings) {
    for (const auto& [b, octets_of_b] : encodings) {
      // Whether a frame is to be ignored is the receiver's business.
      if (a->frame.index() != b->frame.index()) continue;
      ASSERT_EQ(a->frame == b->frame, octets_of_a == octets_of_b) << *a << " and " << *b;
    }
  }
}

TEST(Equality, LooksAtOctetsNotAtWhereTheyAre) {
  const std::vector<std::byte> one(3, std::byte{0x61});
  const std::vector<std::byte> other = one;
  EXPECT_EQ((DataFrame{.stream_id = 1, .data = one}), (DataFrame{.stream_id = 1, .data = other}));
  EXPECT_NE((DataFrame{.stream_id = 1, .data = one}),
            (DataFrame{.stream_id = 1, .data = Bytes(other).first(2)}));
}

TEST(Equality, TellsNoPaddingFromPaddingOfNoOctets) {
  EXPECT_NE((DataFrame{.stream_id = 1}), (DataFrame{.stream_id = 1, .pad_length = 0}));
  EXPECT_NE((DataFrame{.stream_id = 1, .pad_length = 2}),
            (DataFrame{.stream_id = 1, .pad_length = 0, .data = "00 00"_hex}));
}

TEST(Equality, TellsTheOriginOfAltSvcFromItsValue) {
  EXPECT_NE((AltSvcFrame{.origin = "61 62"_hex, .alt_svc_field_value = "63"_hex}),
            (AltSvcFrame{.origin = "61"_hex, .alt_svc_field_value = "62 63"_hex}));
  EXPECT_NE((AltSvcFrame{.origin = "61"_hex, .alt_svc_field_value = "62"_hex}),
            (AltSvcFrame{.origin = "61"_hex, .alt_svc_field_value = "63"_hex}));
}

TEST(Equality, IsAlsoOfFramesThatAreRefused) {
  EXPECT_EQ(WindowUpdateFrame{}, WindowUpdateFrame{});
  EXPECT_NE(WindowUpdateFrame{}, WindowUpdateFrame{.stream_id = 1});
  EXPECT_EQ(SettingsFrame{.settings = "00"_hex}, SettingsFrame{.settings = "00"_hex});
}

TEST(Equality, OfRawFramesIsOfHeaderAndPayload) {
  EXPECT_EQ((RawFrame{.payload = "61"_hex}), (RawFrame{.payload = "61"_hex}));
  EXPECT_NE((RawFrame{.payload = "61"_hex}), RawFrame{});
  EXPECT_NE((RawFrame{.header = {.reserved = true}}), RawFrame{});
}

}  // namespace
}  // namespace h2wire
