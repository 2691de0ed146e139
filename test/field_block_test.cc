// SPDX-License-Identifier: Apache-2.0

// Field blocks put together: in order, within limits, from whole frames and from streamed ones.

#include "h2wire/field_block.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/fragment.h"
#include "h2wire/frames.h"
#include "h2wire/part.h"
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

TEST(FieldBlock, DoesNotMeasureOtherFramesInParts) {
  std::array<std::byte, 16> storage{};
  FieldBlock block(storage);
  EXPECT_EQ(block.Add(Part<DataFrame>{.size = 17, .first = true}), Fault::kNone);
  EXPECT_EQ(block.Add(Part<DataFrame>{.size = 17, .last = true}), Fault::kNone);
  EXPECT_EQ(block.Add(HeadersFrame{1, false, true, {}, {}, AsBytes("0123456789abcdef")}),
            Fault::kNone);
  EXPECT_EQ(block.Add(Part<RawFrame>{.size = 1, .first = true}), Fault::kNone);
  EXPECT_EQ(block.Add(Part<HeadersFrame>{.size = 17, .first = true}), Fault::kFieldBlockTooLarge);
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
  for (const bool first : {true, false}) {
    EXPECT_EQ(after_headers(Part<DataFrame>{.first = first}), Fault::kFieldBlockInterrupted);
    EXPECT_EQ(after_headers(Part<RawFrame>{.first = first}), Fault::kFieldBlockInterrupted);
  }

  FieldBlock block;
  EXPECT_EQ(block.Add(ContinuationFrame{.stream_id = 1}), Fault::kStrayContinuation);
  FieldBlock after;
  EXPECT_EQ(after.Add(HeadersFrame{.stream_id = 1, .end_headers = true}), Fault::kNone);
  EXPECT_TRUE(after.whole());
  EXPECT_EQ(after.Add(ContinuationFrame{.stream_id = 1}), Fault::kStrayContinuation);
  EXPECT_FALSE(after.whole());
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
  const Part<HeadersFrame> large = {.frame = {.stream_id = 1}, .size = 11, .first = true};
  EXPECT_EQ(block.Add(large), Fault::kFieldBlockTooLarge);
  // Storage does not lift the limit.
  FieldBlock limited(storage, {.max_octets = 9});
  EXPECT_EQ(limited.Add(HeadersFrame{.stream_id = 1, .fragment = AsBytes(ten)}),
            Fault::kFieldBlockTooLarge);
}

// What one may be added to, and nothing else.
template <class T>
concept Added = requires(FieldBlock& block, const T& t) {
  block.Add(t);
};
static_assert(Added<Frame> && Added<HeadersFrame> && Added<RawFrame> && Added<Part<RawFrame>>);
static_assert(!Added<int> && !Added<FrameError> && !Added<FrameHeader> && !Added<Decoded<Frame>>);

TEST(FieldBlock, TakesAVariant) {
  FieldBlock block;
  EXPECT_EQ(block.Add(Frame(HeadersFrame{.stream_id = 1, .fragment = AsBytes("ab")})),
            Fault::kNone);
  EXPECT_TRUE(block.open());
  EXPECT_EQ(block.Add(Frame(ContinuationFrame{1, true, AsBytes("c")})), Fault::kNone);
  EXPECT_TRUE(block.whole());
  EXPECT_EQ(block.size(), 3u);
  EXPECT_EQ(block.Add(Frame(ContinuationFrame{.stream_id = 1})), Fault::kStrayContinuation);
}

TEST(FieldBlock, KeepsWhatTheHeadersFrameSays) {
  const Priority priority = {.exclusive = true, .depends_on = 7, .weight = 9};
  FieldBlock block;
  EXPECT_EQ(block.Add(HeadersFrame{2, true, false, {}, priority, AsBytes("a")}), Fault::kNone);
  EXPECT_EQ(block.Add(ContinuationFrame{2, true, AsBytes("b")}), Fault::kNone);
  EXPECT_TRUE(block.whole());
  EXPECT_TRUE(block.end_stream());
  EXPECT_EQ(block.priority(), priority);
  // Until the next block begins.
  EXPECT_EQ(block.Add(PingFrame()), Fault::kNone);
  EXPECT_TRUE(block.end_stream());
  EXPECT_EQ(block.Add(PushPromiseFrame{1, false, {}, 2, {}}), Fault::kNone);
  EXPECT_FALSE(block.end_stream());
  EXPECT_EQ(block.priority(), std::nullopt);
  EXPECT_EQ(block.Add(ContinuationFrame{1, true, {}}), Fault::kNone);
  EXPECT_EQ(block.Add(HeadersFrame{.stream_id = 5}), Fault::kNone);
  EXPECT_EQ(block.promised_stream_id(), 0u);
  EXPECT_FALSE(block.end_stream());
}

TEST(FieldBlock, ForgetsTheOctetsOfTheBlockBefore) {
  FieldBlock block;
  EXPECT_EQ(block.Add(HeadersFrame{1, false, true, {}, {}, AsBytes("abc")}), Fault::kNone);
  EXPECT_EQ(AsText(block.octets()), "abc");
  EXPECT_EQ(block.Add(HeadersFrame{.stream_id = 3, .fragment = AsBytes("de")}), Fault::kNone);
  EXPECT_EQ(AsText(block.octets()), "");
}

TEST(FieldBlock, IsPutTogetherOfParts) {
  const HeadersFrame fields = {.stream_id = 1, .end_headers = true};
  std::array<std::byte, 16> storage{};
  FieldBlock block(storage);
  const auto part = [&](std::string_view octets, bool first, bool last) {
    return Part<HeadersFrame>{fields, AsBytes(octets), 4, first, last};
  };
  EXPECT_EQ(block.Add(part("", true, false)), Fault::kNone);
  EXPECT_TRUE(block.open());
  EXPECT_EQ(block.Add(part("ab", false, false)), Fault::kNone);
  EXPECT_EQ(block.Add(part("cd", false, false)), Fault::kNone);
  EXPECT_FALSE(block.whole());
  EXPECT_EQ(block.Add(part("", false, true)), Fault::kNone);
  EXPECT_TRUE(block.whole());
  EXPECT_FALSE(block.open());
  EXPECT_EQ(AsText(block.octets()), "abcd");
  // A part that is all of the frame is where it is.
  const Part<HeadersFrame> all = part("efgh", true, true);
  EXPECT_EQ(block.Add(all), Fault::kNone);
  EXPECT_EQ(block.octets().data(), all.octets.data());
}

TEST(FieldBlock, RefusesPartsThatAreNotOfOneFrame) {
  const HeadersFrame fields = {.stream_id = 1};
  const auto after_the_first = [&](const auto& next) {
    FieldBlock block;
    EXPECT_EQ(block.Add(Part<HeadersFrame>{fields, AsBytes("ab"), 4, true, false}), Fault::kNone);
    return block.Add(next);
  };
  EXPECT_EQ(after_the_first(Part<HeadersFrame>{fields, AsBytes("cd"), 4, false, true}),
            Fault::kNone);
  EXPECT_EQ(after_the_first(Part<HeadersFrame>{fields, AsBytes("cde"), 4, false, true}),
            Fault::kFieldBlockTooLarge);
  EXPECT_EQ(after_the_first(Part<HeadersFrame>{fields, AsBytes("c"), 4, false, true}),
            Fault::kFieldBlockInterrupted);
  EXPECT_EQ(after_the_first(Part<HeadersFrame>{fields, AsBytes("ab"), 4, true, false}),
            Fault::kFieldBlockInterrupted);
  EXPECT_EQ(after_the_first(Part<HeadersFrame>{{.stream_id = 3}, AsBytes("cd"), 4, false, true}),
            Fault::kFieldBlockInterrupted);
  EXPECT_EQ(after_the_first(ContinuationFrame{.stream_id = 1}), Fault::kFieldBlockInterrupted);
  FieldBlock block;
  EXPECT_EQ(block.Add(Part<HeadersFrame>{fields, AsBytes("ab"), 4, false, false}),
            Fault::kStrayContinuation);
}

// Whatever was wrong, and whatever is added in spite of it: nothing is written behind the storage,
// and nothing is whole.
TEST(FieldBlock, SticksToItsFirstFault) {
  const std::string large(16000, 'x');
  const HeadersFrame fields = {.stream_id = 1, .end_headers = true};
  const auto first = [&](std::size_t size, std::size_t announced) {
    return Part<HeadersFrame>{fields, AsBytes(large).first(size), announced, true, false};
  };
  const auto expect_stuck = [&](auto&& begin, Fault fault) {
    std::vector<std::byte> storage(1000);
    FieldBlock block(storage, {.max_continuations = 0});
    EXPECT_EQ(begin(block), fault);
    const std::size_t size = block.size();
    EXPECT_EQ(block.Add(Part<HeadersFrame>{fields, AsBytes(large), 16000, false, true}), fault);
    EXPECT_EQ(block.Add(Part<ContinuationFrame>{{1, true}, AsBytes(large), 16000, true, true}),
              fault);
    EXPECT_EQ(block.Add(HeadersFrame{3, false, true, {}, {}, AsBytes("abc")}), fault);
    EXPECT_EQ(block.Add(ContinuationFrame{1, true, AsBytes("abc")}), fault);
    EXPECT_EQ(block.Add(PingFrame()), fault);
    EXPECT_FALSE(block.whole());
    EXPECT_EQ(block.size(), size);
  };
  expect_stuck([&](FieldBlock& block) { return block.Add(first(8000, 16000)); },
               Fault::kFieldBlockTooLarge);
  // More than was announced.
  expect_stuck([&](FieldBlock& block) { return block.Add(first(16000, 10)); },
               Fault::kFieldBlockTooLarge);
  expect_stuck(
      [&](FieldBlock& block) {
        EXPECT_EQ(block.Add(HeadersFrame{.stream_id = 1, .fragment = AsBytes(large).first(900)}),
                  Fault::kNone);
        return block.Add(Part<ContinuationFrame>{{1}, AsBytes(large).first(900), 900, true});
      },
      Fault::kTooManyContinuations);
  expect_stuck(
      [&](FieldBlock& block) {
        EXPECT_EQ(block.Add(HeadersFrame{.stream_id = 1, .fragment = AsBytes(large).first(900)}),
                  Fault::kNone);
        return block.Add(first(900, 900));
      },
      Fault::kFieldBlockInterrupted);
  expect_stuck([&](FieldBlock& block) { return block.Add(ContinuationFrame{.stream_id = 1}); },
               Fault::kStrayContinuation);
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
  std::vector<std::byte> assembling(StreamDecoder::StorageSize());
  std::vector<std::byte> storage(65536);
  for (const std::size_t size : {std::size_t{1}, std::size_t{1460}, wire.size()}) {
    FieldBlock block(storage);
    int blocks = 0;
    // An error of the connection, as a handler returns it.
    const auto add = [&](const auto& frame_or_part) {
      const Fault fault = block.Add(frame_or_part);
      if (block.whole()) ++blocks;
      return ErrorOf(fault, 0);
    };
    const auto receive = [&](auto& decoder, auto&... handlers) {
      for (std::size_t at = 0; at < wire.size(); at += size) {
        Bytes piece = Bytes(wire).subspan(at, std::min(size, wire.size() - at));
        while (!piece.empty()) {
          const Outcome next = decoder.DecodeTo(piece, handlers...);
          ASSERT_NE(next.status, DecodeStatus::kError) << next.error;
          piece = After(piece, next.size);
        }
      }
      EXPECT_TRUE(AsText(block.octets()) == text);
    };
    StreamDecoder whole(assembling);
    receive(whole, add);
    EXPECT_EQ(blocks, 1);
    StreamDecoderOf<Frame, InParts<HeadersFrame, ContinuationFrame>> in_parts(assembling);
    receive(in_parts, add, add);
    EXPECT_EQ(blocks, 2);
  }
}

}  // namespace
}  // namespace h2wire
