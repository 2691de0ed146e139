// SPDX-License-Identifier: Apache-2.0

#include "h2wire/visit.h"

#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "gtest/gtest.h"
#include "h2wire/encode.h"

namespace h2wire {
namespace {

// Calls `function` with a frame of every alternative, and its index.
void ForEachAlternative(auto function) {
  [&]<std::size_t... kIndexes>(std::index_sequence<kIndexes...>) {
    (function(Frame(std::in_place_index<kIndexes>), kIndexes), ...);
  }
  (std::make_index_sequence<std::variant_size_v<Frame>>());
}

TEST(Visit, CallsTheVisitorWithTheStructAndReturnsWhatItReturns) {
  ForEachAlternative([](const Frame& frame, std::size_t index) {
    int calls = 0;
    const bool same = Visit(
        [&]<class F>(const F& alternative) {
          ++calls;
          return &alternative == std::get_if<F>(&frame) && Frame(alternative).index() == index;
        },
        frame);
    EXPECT_TRUE(same) << index;
    EXPECT_EQ(calls, 1) << index;
  });
}

TEST(Visit, ReturnsReferencesAndNothing) {
  int number = 0;
  static_assert(std::is_same_v<decltype(Visit([&](const auto&) -> int& { return number; },
                                              std::declval<const Frame&>())),
                               int&>);
  Visit([&](const auto&) -> int& { return number; }, Frame()) = 5;
  EXPECT_EQ(number, 5);
  static_assert(std::is_void_v<decltype(Visit([](const auto&) {}, std::declval<const Frame&>()))>);
}

TEST(Visit, ReturnsWhatCannotBeCopied) {
  const std::unique_ptr<int> result =
      Visit([](const auto&) { return std::make_unique<int>(7); }, Frame());
  EXPECT_EQ(*result, 7);
}

struct Uncopyable {
  std::unique_ptr<int> calls = std::make_unique<int>(0);
  void operator()(const auto&) { ++*calls; }
};

TEST(Visit, TakesAVisitorThatCannotBeCopied) {
  Uncopyable visitor;
  Visit(visitor, Frame(PingFrame()));
  Visit(visitor, Frame(RawFrame()));
  EXPECT_EQ(*visitor.calls, 2);
}

constexpr Overloaded kNameOfSome{[](const DataFrame&) { return std::string_view("data"); },
                                 [](const PingFrame&) { return std::string_view("ping"); },
                                 [](const auto&) { return std::string_view("another"); }};

// g++ 12 takes no constant's address that has no name: hence these.
constexpr Frame kData = DataFrame{.stream_id = 5};
constexpr Frame kPing = PingFrame{};
constexpr Frame kRaw = RawFrame{.header = {.type = FrameType{0xfe}, .stream_id = 7}};
static_assert(Visit(kNameOfSome, kData) == "data");
static_assert(Visit(kNameOfSome, kPing) == "ping");
static_assert(Visit(kNameOfSome, kRaw) == "another");
static_assert(StreamIdOf(kData) == 5);
static_assert(StreamIdOf(kPing) == 0);
static_assert(StreamIdOf(kRaw) == 7);
static_assert(TypeOf(kData) == FrameType{0x00});
static_assert(TypeOf(kPing) == FrameType{0x06});
static_assert(TypeOf(kRaw) == FrameType{0xfe});

TEST(Overloaded, PrefersTheFunctionOfTheStruct) {
  ForEachAlternative([](const Frame& frame, std::size_t) {
    EXPECT_EQ(Visit(kNameOfSome, frame), std::holds_alternative<DataFrame>(frame)   ? "data"
                                         : std::holds_alternative<PingFrame>(frame) ? "ping"
                                                                                    : "another");
  });
}

TEST(StreamIdOf, IsThatOfFramesOnStreams) {
  EXPECT_EQ(StreamIdOf(DataFrame{.stream_id = 1}), 1u);
  EXPECT_EQ(StreamIdOf(HeadersFrame{.stream_id = 2}), 2u);
  EXPECT_EQ(StreamIdOf(PriorityFrame{.stream_id = 3, .priority = {.depends_on = 9}}), 3u);
  EXPECT_EQ(StreamIdOf(RstStreamFrame{.stream_id = 4}), 4u);
  EXPECT_EQ(StreamIdOf(PushPromiseFrame{.stream_id = 5, .promised_stream_id = 8}), 5u);
  EXPECT_EQ(StreamIdOf(WindowUpdateFrame{.stream_id = 6}), 6u);
  EXPECT_EQ(StreamIdOf(ContinuationFrame{.stream_id = 7}), 7u);
  EXPECT_EQ(StreamIdOf(AltSvcFrame{.stream_id = 8}), 8u);
  EXPECT_EQ(StreamIdOf(RawFrame{.header = {.stream_id = 9}}), 9u);
}

TEST(StreamIdOf, IsZeroForFramesOfTheConnection) {
  EXPECT_EQ(StreamIdOf(SettingsFrame{}), 0u);
  EXPECT_EQ(StreamIdOf(PingFrame{}), 0u);
  EXPECT_EQ(StreamIdOf(GoawayFrame{.last_stream_id = 9}), 0u);
  EXPECT_EQ(StreamIdOf(WindowUpdateFrame{}), 0u);
  EXPECT_EQ(StreamIdOf(OriginFrame{}), 0u);
  EXPECT_EQ(StreamIdOf(PriorityUpdateFrame{.prioritized_stream_id = 9}), 0u);
}

TEST(TypeOf, IsTheRfcs) {
  // RFC 9113, 6; RFC 7838, 4; RFC 8336, 2; RFC 9218, 7.1.
  EXPECT_EQ(TypeOf(DataFrame{}), FrameType{0x00});
  EXPECT_EQ(TypeOf(HeadersFrame{}), FrameType{0x01});
  EXPECT_EQ(TypeOf(PriorityFrame{}), FrameType{0x02});
  EXPECT_EQ(TypeOf(RstStreamFrame{}), FrameType{0x03});
  EXPECT_EQ(TypeOf(SettingsFrame{}), FrameType{0x04});
  EXPECT_EQ(TypeOf(PushPromiseFrame{}), FrameType{0x05});
  EXPECT_EQ(TypeOf(PingFrame{}), FrameType{0x06});
  EXPECT_EQ(TypeOf(GoawayFrame{}), FrameType{0x07});
  EXPECT_EQ(TypeOf(WindowUpdateFrame{}), FrameType{0x08});
  EXPECT_EQ(TypeOf(ContinuationFrame{}), FrameType{0x09});
  EXPECT_EQ(TypeOf(AltSvcFrame{}), FrameType{0x0a});
  EXPECT_EQ(TypeOf(OriginFrame{}), FrameType{0x0c});
  EXPECT_EQ(TypeOf(PriorityUpdateFrame{}), FrameType{0x10});
  EXPECT_EQ(TypeOf(RawFrame{.header = {.type = FrameType{0xfe}}}), FrameType{0xfe});
}

}  // namespace
}  // namespace h2wire
