// SPDX-License-Identifier: Apache-2.0

// Windows at their ends.

#include "h2wire/window.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "gtest/gtest.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/print.h"

namespace h2wire {
namespace {

// What `change` makes of `window`; nothing if it does not end with `error`, or if it ends with an
// error and changes the window all the same.
template <class Change>
constexpr std::optional<Window> Changed(Window window, FrameError error, Change change) {
  const Window before = window;
  if (change(window) != error) return std::nullopt;
  if (error.fault != Fault::kNone && window != before) return std::nullopt;
  return window;
}

constexpr std::optional<Window> Add(Window window, StreamId stream_id, std::uint32_t increment,
                                    FrameError error = {}) {
  return Changed(window, error, [&](Window& w) {
    return AddWindow(w, WindowUpdateFrame{stream_id, increment});
  });
}

TEST(AddWindow, StopsAtTheLargest) {
  static_assert(Add(65535, 1, 100) == 65635);
  EXPECT_EQ(Add(65535, 1, 100), 65635);
  EXPECT_EQ(Add(0, 0, 0x7fff'ffff), kLargestWindow);
  EXPECT_EQ(Add(-5, 1, 0x7fff'ffff), kLargestWindow - 5);
  EXPECT_EQ(Add(1, 3, 0x7fff'ffff, {Fault::kWindowOverflow, ErrorCode::kFlowControlError, 3}), 1);
  EXPECT_EQ(Add(1, 0, 0x7fff'ffff, {Fault::kWindowOverflow, ErrorCode::kFlowControlError, 0}), 1);
  EXPECT_EQ(Add(kLargestWindow, 3, 1, ErrorOf(Fault::kWindowOverflow, 3)), kLargestWindow);
}

TEST(ChangeInitialWindow, MayMakeAWindowNegative) {
  const auto change = [](std::uint32_t from, std::uint32_t to) {
    return [from, to](Window& window) { return ChangeInitialWindow(window, from, to); };
  };
  EXPECT_EQ(Changed(65535, {}, change(65535, 100)), 100);
  EXPECT_EQ(Changed(100, {}, change(65535, 100)), 100 - 65435);
  EXPECT_EQ(Changed(0, {}, change(0x7fff'ffff, 0)), -kLargestWindow);
  EXPECT_EQ(Changed(0, {}, change(0, 0x7fff'ffff)), kLargestWindow);
  EXPECT_EQ(Changed(1, ErrorOf(Fault::kInitialWindowOverflow, 0), change(0, 0x7fff'ffff)), 1);
  // Sizes that were not in force.
  const FrameError overflow = ErrorOf(Fault::kInitialWindowOverflow, 0);
  EXPECT_EQ(Changed(-kLargestWindow, overflow, change(0x7fff'ffff, 0)), -kLargestWindow);
  EXPECT_EQ(Changed(-1, overflow, change(0x7fff'ffff, 0)), -1);
  EXPECT_EQ(Changed(0, overflow, change(0xffff'ffff, 0)), 0);
  EXPECT_EQ(Changed(0, overflow, change(0, 0xffff'ffff)), 0);
  EXPECT_EQ(ErrorOf(Fault::kInitialWindowOverflow, 1).stream_id, 0u);
  EXPECT_EQ(ErrorOf(Fault::kInitialWindowOverflow, 1).code, ErrorCode::kFlowControlError);
}

TEST(TakeWindow, TakesNoMoreThanThereIs) {
  const auto take = [](std::size_t octets, StreamId stream_id) {
    return [octets, stream_id](Window& window) { return TakeWindow(window, octets, stream_id); };
  };
  EXPECT_EQ(Changed(100, {}, take(100, 1)), 0);
  EXPECT_EQ(Changed(-7, {}, take(0, 1)), -7);
  const FrameError of_stream = {Fault::kWindowExceeded, ErrorCode::kFlowControlError, 1};
  EXPECT_EQ(Changed(100, of_stream, take(101, 1)), 100);
  EXPECT_EQ(Changed(-7, of_stream, take(1, 1)), -7);
  const FrameError of_connection = {Fault::kWindowExceeded, ErrorCode::kFlowControlError, 0};
  EXPECT_EQ(Changed(100, of_connection, take(std::numeric_limits<std::size_t>::max(), 0)), 100);
}

DataFrame Data(std::size_t size, std::optional<std::uint8_t> padding = {}) {
  static constexpr std::array<std::byte, 100'000> kOctets{};
  return {.stream_id = 1, .pad_length = padding, .data = Bytes(kOctets).first(size)};
}

TEST(ReceiveWindow, ReturnsWhatWasConsumedByHalves) {
  ReceiveWindow window(1000);
  EXPECT_EQ(window.Receive(Data(600)), FrameError());
  EXPECT_EQ(window.available(), 400);
  EXPECT_EQ(window.TakeCredit(), 0u);
  window.Consume(499);
  EXPECT_EQ(window.TakeCredit(), 0u);
  window.Consume(1);
  EXPECT_EQ(window.TakeCredit(), 500u);
  EXPECT_EQ(window.TakeCredit(), 0u);
  EXPECT_EQ(window.available(), 900);
  EXPECT_EQ(window.held(), 100u);
  window.Consume(30);
  EXPECT_EQ(window.TakeAllCredit(), 30u);
  EXPECT_EQ(window.TakeAllCredit(), 0u);
}

TEST(ReceiveWindow, KeepsItsSizeIfItMayNotHaveTheOther) {
  ReceiveWindow window(1000);
  EXPECT_EQ(window.Receive(Data(100)), FrameError());
  window.Consume(100);
  EXPECT_EQ(window.TakeAllCredit(), 100u);
  window.Grow(kLargestWindow);
  EXPECT_EQ(window.TakeAllCredit(), static_cast<std::uint32_t>(kLargestWindow) - 1000);
  EXPECT_EQ(window.ChangeInitial(-1), ErrorOf(Fault::kInitialWindowOverflow, 0));
  EXPECT_EQ(window.available(), kLargestWindow);
  EXPECT_EQ(window.ChangeInitial(1000), FrameError());
  EXPECT_EQ(window.available(), 1000);
}

TEST(ReceiveWindow, ReturnsPaddingAtOnce) {
  ReceiveWindow window(300);
  EXPECT_EQ(window.Receive(Data(0, 255)), FrameError());
  EXPECT_EQ(window.held(), 0u);
  EXPECT_EQ(window.TakeCredit(), 256u);
  EXPECT_EQ(window.Receive(Data(10, 9)), FrameError());
  EXPECT_EQ(window.held(), 10u);
  EXPECT_EQ(window.consumed(), 10u);
}

TEST(ReceiveWindow, TakesPartsForTheFrameThatTheyMake) {
  ReceiveWindow window(1000);
  const DataFrame frame = {.stream_id = 1, .pad_length = 99};
  EXPECT_EQ(window.Receive(Part<DataFrame>{.frame = frame, .size = 500, .first = true}),
            FrameError());
  EXPECT_EQ(window.Receive(Part<DataFrame>{.frame = frame, .size = 500}), FrameError());
  EXPECT_EQ(window.Receive(Part<DataFrame>{.frame = frame, .size = 500, .last = true}),
            FrameError());
  EXPECT_EQ(window.available(), 400);
  EXPECT_EQ(window.held(), 500u);
  EXPECT_EQ(window.consumed(), 100u);
}

TEST(ReceiveWindow, RefusesWhatItDidNotAllowAndStaysAsItWas) {
  ReceiveWindow window(100);
  EXPECT_EQ(window.Receive(Data(101), 1), ErrorOf(Fault::kWindowExceeded, 1));
  EXPECT_EQ(window.Receive(Data(101)), ErrorOf(Fault::kWindowExceeded, 0));
  EXPECT_EQ(window.available(), 100);
  EXPECT_EQ(window.held(), 0u);
  window.Consume(1'000'000);  // of nothing
  EXPECT_EQ(window.TakeAllCredit(), 0u);
  EXPECT_EQ(window.Receive(Data(100)), FrameError());
  window.Consume(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(window.TakeAllCredit(), 100u);
  EXPECT_EQ(window.available(), 100);
}

TEST(ReceiveWindow, GrowsAndShrinks) {
  ReceiveWindow connection;
  connection.Grow(1'000'000);
  EXPECT_EQ(connection.available(), 65535);
  EXPECT_EQ(connection.TakeCredit(), 1'000'000u - 65535);
  EXPECT_EQ(connection.available(), 1'000'000);
  connection.Grow(10);
  EXPECT_EQ(connection.TakeAllCredit(), 0u);
  connection.Grow(kLargestWindow);
  EXPECT_EQ(connection.TakeAllCredit(), static_cast<std::uint32_t>(kLargestWindow) - 1'000'000);
  EXPECT_EQ(connection.available(), kLargestWindow);

  ReceiveWindow stream(1000);
  EXPECT_EQ(stream.Receive(Data(800)), FrameError());
  EXPECT_EQ(stream.ChangeInitial(100), FrameError());
  EXPECT_EQ(stream.available(), -700);
  stream.Consume(800);
  EXPECT_EQ(stream.TakeCredit(), 800u);
  EXPECT_EQ(stream.available(), 100);
}

TEST(ReceiveWindow, ReturnsMoreThanOneWindowInTwo) {
  ReceiveWindow window(kLargestWindow);
  ASSERT_EQ(window.ChangeInitial(0), FrameError());
  window.Grow(kLargestWindow);
  EXPECT_EQ(window.TakeAllCredit(), static_cast<std::uint32_t>(kLargestWindow));
  EXPECT_EQ(window.available(), kLargestWindow);
  for (int i = 0; i < 5; ++i) ASSERT_EQ(window.Receive(Data(100'000)), FrameError());
  ASSERT_EQ(window.ChangeInitial(0), FrameError());
  window.Grow(kLargestWindow);
  window.Consume(500'000);
  EXPECT_EQ(window.consumed(), 0x7fff'ffffu + 500'000u);
  EXPECT_EQ(window.TakeAllCredit(), static_cast<std::uint32_t>(kLargestWindow));
  EXPECT_EQ(window.TakeAllCredit(), 500'000u);
  EXPECT_EQ(window.available(), kLargestWindow);
}

// Whatever is received, consumed and returned, nothing is lost: the peer ends up with what it had.
TEST(ReceiveWindow, LosesNothing) {
  ReceiveWindow window(5000);
  std::uint64_t received = 0;
  std::uint64_t returned = 0;
  std::uint32_t random = 1;
  for (int i = 0; i < 10'000; ++i) {
    random = random * 1664525 + 1013904223;
    const DataFrame data =
        Data(random >> 20, random % 3 == 0 ? std::optional<std::uint8_t>(9) : std::nullopt);
    if (window.Receive(data).fault == Fault::kNone) received += FlowControlledLength(data);
    window.Consume(random >> 18 & 0xfff);
    returned += window.TakeCredit();
    ASSERT_EQ(window.available() + static_cast<std::int64_t>(received - returned), 5000);
    ASSERT_LE(window.available(), 5000);
  }
  window.Consume(std::numeric_limits<std::size_t>::max());
  returned += window.TakeAllCredit();
  EXPECT_EQ(received, returned);
  EXPECT_GT(received, 1'000'000u);
}

}  // namespace
}  // namespace h2wire
