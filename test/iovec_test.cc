// SPDX-License-Identifier: Apache-2.0

// A frame as iovecs: together they are what Encode writes.

#include "h2wire/iovec.h"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/encode.h"

namespace h2wire {
namespace {

std::string Gathered(std::span<const iovec> pieces) {
  std::string octets;
  for (const iovec& piece : pieces) {
    octets.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  }
  return octets;
}

std::string Wire(const Frame& frame) {
  std::vector<std::byte> octets(EncodedSize(frame));
  EXPECT_EQ(Encode(frame, octets).fault, Fault::kNone);
  return std::string(AsText(octets));
}

void ExpectPieces(const Frame& frame, std::size_t expected) {
  const Parts parts = Split(frame);
  std::array<iovec, kMaxIovecs> pieces{};
  const std::size_t count = FillIovecs(parts, pieces);
  EXPECT_EQ(count, expected);
  EXPECT_EQ(Gathered(std::span(pieces).first(count)), Wire(frame));

  // One element too few: nothing is written.
  std::array<iovec, kMaxIovecs> untouched{};
  EXPECT_EQ(FillIovecs(parts, std::span(untouched).first(expected - 1)), 0u);
  for (const iovec& piece : untouched) EXPECT_EQ(piece.iov_base, nullptr);
}

static_assert(kMaxIovecs == 4, "head, two borrowed parts, padding");

TEST(FillIovecs, GivesThePiecesThatAreNotEmpty) {
  const Bytes data = AsBytes("data");
  ExpectPieces(WindowUpdateFrame{.window_size_increment = 1}, 1);
  ExpectPieces(DataFrame{.stream_id = 1}, 1);
  ExpectPieces(DataFrame{.stream_id = 1, .data = data}, 2);
  ExpectPieces(DataFrame{.stream_id = 1, .pad_length = 0, .data = data}, 2);
  ExpectPieces(DataFrame{.stream_id = 1, .pad_length = 255, .data = data}, 3);
  ExpectPieces(DataFrame{.stream_id = 1, .pad_length = 3}, 2);
  ExpectPieces(AltSvcFrame{.origin = data, .alt_svc_field_value = AsBytes("h2")}, 3);
}

TEST(FillIovecs, BorrowsTheBody) {
  const std::string_view data = "data";
  const Frame frame = DataFrame{.stream_id = 1, .data = AsBytes(data)};
  const Parts parts = Split(frame);
  std::array<iovec, kMaxIovecs> pieces{};
  ASSERT_EQ(FillIovecs(parts, pieces), 2u);
  EXPECT_EQ(pieces[0].iov_base, parts.head_octets.data());
  EXPECT_EQ(pieces[1].iov_base, data.data());
}

TEST(FillIovecs, GivesNothingOfARefusedFrame) {
  std::array<iovec, kMaxIovecs> pieces{};
  const Frame refused = DataFrame{.stream_id = 0};
  EXPECT_EQ(FillIovecs(Split(refused), pieces), 0u);
}

}  // namespace
}  // namespace h2wire
