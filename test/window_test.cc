// SPDX-License-Identifier: Apache-2.0

// Windows at their ends.

#include "h2wire/window.h"

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

}  // namespace
}  // namespace h2wire
