// SPDX-License-Identifier: Apache-2.0

// Field blocks put together: in order, within limits, from whole frames and from streamed ones.

#include "h2wire/field_block.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/encode.h"
#include "h2wire/fragment.h"
#include "h2wire/print.h"
#include "h2wire/stream_decoder.h"
#include "h2wire/visit.h"

namespace h2wire {
namespace {

TEST(FieldBlock, IsInPlaceIfItIsOneFragment) {
  std::array<std::byte, 64> storage{};
  FieldBlock block(storage);
  const HeadersFrame headers = {.stream_id = 3, .end_headers = true, .fragment = AsBytes("abc")};
  EXPECT_FALSE(block.whole());
  EXPECT_EQ(block.Add(headers), Fault::kNone);
  EXPECT_TRUE(block.whole());
  EXPECT_FALSE(block.open());
  EXPECT_EQ(block.stream_id(), 3u);
  EXPECT_EQ(block.promised_stream_id(), 0u);
  EXPECT_EQ(block.octets().data(), headers.fragment.data());
  EXPECT_EQ(block.size(), 3u);
  EXPECT_EQ(storage[0], std::byte{0});
}

TEST(FieldBlock, IsPutTogetherInTheStorage) {
  std::array<std::byte, 6> storage{};
  FieldBlock block(storage);
  EXPECT_EQ(block.Add(PushPromiseFrame{1, false, {}, 2, AsBytes("ab")}), Fault::kNone);
  EXPECT_TRUE(block.open());
  EXPECT_EQ(block.Add(ContinuationFrame{1, false, AsBytes("cde")}), Fault::kNone);
  EXPECT_FALSE(block.whole());
  EXPECT_EQ(block.Add(ContinuationFrame{1, true, AsBytes("f")}), Fault::kNone);
  EXPECT_TRUE(block.whole());
  EXPECT_EQ(block.promised_stream_id(), 2u);
  EXPECT_EQ(AsText(block.octets()), "abcdef");
  EXPECT_EQ(block.octets().data(), storage.data());
  // Another frame: nothing was ended by it. Then the next block.
  EXPECT_EQ(block.Add(PingFrame()), Fault::kNone);
  EXPECT_FALSE(block.whole());
  EXPECT_EQ(block.Add(HeadersFrame{.stream_id = 5, .fragment = AsBytes("x")}), Fault::kNone);
  EXPECT_EQ(block.Add(ContinuationFrame{.stream_id = 5, .end_headers = true}), Fault::kNone);
  EXPECT_EQ(AsText(block.octets()), "x");
  EXPECT_EQ(block.promised_stream_id(), 0u);
}

TEST(FieldBlock, DoesNotMeasureOtherFramesThatAreStreamed) {
  std::array<std::byte, 16> storage{};
  FieldBlock block(storage);
  EXPECT_EQ(block.Add(FrameBegin<DataFrame>{.size = 17}), Fault::kNone);
  EXPECT_EQ(block.Add(FrameEnd<DataFrame>{}), Fault::kNone);
  EXPECT_EQ(block.Add(HeadersFrame{1, false, true, {}, {}, AsBytes("0123456789abcdef")}),
            Fault::kNone);
  EXPECT_EQ(block.Add(FrameBegin<RawFrame>{.size = 1}), Fault::kNone);
  EXPECT_EQ(block.Add(FrameBegin<HeadersFrame>{.size = 17}), Fault::kFieldBlockTooLarge);
}

TEST(FieldBlock, NeedsNoStorageToFollow) {
  FieldBlock block;
  EXPECT_EQ(block.Add(HeadersFrame{.stream_id = 1, .fragment = AsBytes("ab")}), Fault::kNone);
  EXPECT_EQ(block.Add(ContinuationFrame{1, true, AsBytes("cd")}), Fault::kNone);
  EXPECT_TRUE(block.whole());
  EXPECT_EQ(block.size(), 4u);
}

TEST(FieldBlock, IsNotInterrupted) {
  const HeadersFrame headers = {.stream_id = 1, .fragment = AsBytes("ab")};
  const auto after_headers = [&](const auto& next) {
    FieldBlock block;
    EXPECT_EQ(block.Add(headers), Fault::kNone);
    return block.Add(next);
  };
  EXPECT_EQ(after_headers(ContinuationFrame{.stream_id = 1}), Fault::kNone);
  EXPECT_EQ(after_headers(ContinuationFrame{.stream_id = 3}), Fault::kFieldBlockInterrupted);
  EXPECT_EQ(after_headers(headers), Fault::kFieldBlockInterrupted);
  EXPECT_EQ(after_headers(PushPromiseFrame{.stream_id = 1}), Fault::kFieldBlockInterrupted);
  EXPECT_EQ(after_headers(DataFrame{.stream_id = 1}), Fault::kFieldBlockInterrupted);
  EXPECT_EQ(after_headers(RawFrame{}), Fault::kFieldBlockInterrupted);
  EXPECT_EQ(after_headers(FrameBegin<DataFrame>{}), Fault::kFieldBlockInterrupted);
  EXPECT_EQ(after_headers(FrameBegin<RawFrame>{}), Fault::kFieldBlockInterrupted);

  FieldBlock block;
  EXPECT_EQ(block.Add(ContinuationFrame{.stream_id = 1}), Fault::kStrayContinuation);
  EXPECT_EQ(block.Add(HeadersFrame{.stream_id = 1, .end_headers = true}), Fault::kNone);
  EXPECT_EQ(block.Add(ContinuationFrame{.stream_id = 1}), Fault::kStrayContinuation);
}

TEST(FieldBlock, KeepsWithinItsLimits) {
  const std::string ten(10, 'x');
  std::array<std::byte, 10> storage;
  for (const bool stores : {false, true}) {
    FieldBlock block = stores ? FieldBlock(storage, {.max_continuations = 2})
                              : FieldBlock({.max_octets = 10, .max_continuations = 2});
    EXPECT_EQ(
        block.Add(HeadersFrame{.stream_id = 1, .end_headers = true, .fragment = AsBytes(ten)}),
        Fault::kNone);
    EXPECT_EQ(block.Add(HeadersFrame{.stream_id = 1, .fragment = AsBytes(ten)}), Fault::kNone);
    EXPECT_EQ(block.Add(ContinuationFrame{.stream_id = 1}), Fault::kNone);
    FieldBlock larger = block;
    EXPECT_EQ(larger.Add(ContinuationFrame{.stream_id = 1, .fragment = AsBytes("x")}),
              Fault::kFieldBlockTooLarge);
    FieldBlock longer = block;
    EXPECT_EQ(longer.Add(ContinuationFrame{.stream_id = 1}), Fault::kNone);
    EXPECT_EQ(longer.Add(ContinuationFrame{.stream_id = 1}), Fault::kTooManyContinuations);
    // The next block has all of its own.
    EXPECT_EQ(block.Add(ContinuationFrame{.stream_id = 1, .end_headers = true}), Fault::kNone);
    EXPECT_EQ(block.Add(HeadersFrame{.stream_id = 1, .fragment = AsBytes(ten)}), Fault::kNone);
    EXPECT_EQ(block.Add(ContinuationFrame{.stream_id = 1}), Fault::kNone);
  }
  // One that is streamed is too large before any of it is there.
  FieldBlock block({.max_octets = 10});
  EXPECT_EQ(block.Add(FrameBegin<HeadersFrame>{{.stream_id = 1}, 11}), Fault::kFieldBlockTooLarge);
}

// Cut, sent, received in pieces of any size, and put together again: the same.
TEST(FieldBlock, IsWhatWasCut) {
  std::string text(50000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i % 253);
  std::vector<std::byte> wire;
  for (const Frame& piece : Cut(
           HeadersFrame{
               .stream_id = 1, .end_headers = true, .pad_length = 9, .fragment = AsBytes(text)},
           kDefaultMaxFrameSize)) {
    const std::size_t before = wire.size();
    wire.resize(before + EncodedSize(piece));
    ASSERT_EQ(Encode(piece, MutableBytes(wire).subspan(before)).fault, Fault::kNone);
  }
  std::vector<std::byte> assembling(32768);
  std::vector<std::byte> storage(65536);
  for (const bool stream_fragments : {false, true}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{1460}, wire.size()}) {
      StreamDecoder decoder(assembling, {.stream_fragments = stream_fragments});
      FieldBlock block(storage);
      int blocks = 0;
      const auto sink = [&](const auto& part) {
        EXPECT_EQ(block.Add(part), Fault::kNone);
        if (block.whole()) ++blocks;
      };
      for (std::size_t at = 0; at < wire.size(); at += size) {
        Bytes piece = Bytes(wire).subspan(at, std::min(size, wire.size() - at));
        while (!piece.empty()) piece = After(piece, decoder.DecodeTo(piece, sink).size);
      }
      EXPECT_EQ(blocks, 1);
      EXPECT_EQ(AsText(block.octets()), text);
    }
  }
}

}  // namespace
}  // namespace h2wire
