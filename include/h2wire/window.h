// SPDX-License-Identifier: Apache-2.0

// Arithmetic of flow control. RFC 9113, 6.9.
//
// A window is how many octets of DATA may still be sent: on a stream, or on the connection. It may
// become negative (6.9.2), and never larger than 2^31-1. Each function either changes the window or
// returns what is wrong and leaves it as it was; the error's fault is kNone if all is well.

#ifndef H2WIRE_WINDOW_H_
#define H2WIRE_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <limits>

#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"

namespace h2wire::inline H2WIRE_ABI {

using Window = std::int32_t;

inline constexpr Window kDefaultWindow = 65535;  // octets; RFC 9113, 6.9.2
inline constexpr Window kLargestWindow = std::numeric_limits<Window>::max();

// Adds the increment of `update` to `window`, the one that it is for. An overflow is an error of
// the frame's stream, or of the connection if it was for the window of the connection. 6.9.1.
[[nodiscard]] constexpr FrameError AddWindow(Window& window,
                                             const WindowUpdateFrame& update) noexcept {
  const std::int64_t sum = std::int64_t{window} + update.window_size_increment;
  if (sum > kLargestWindow) [[unlikely]]
    return ErrorOf(Fault::kWindowOverflow, update.stream_id);
  window = static_cast<Window>(sum);
  return {};
}

// Moves the window of a stream by as much as SETTINGS_INITIAL_WINDOW_SIZE changed. An overflow is
// an error of the connection. 6.9.2. Both sizes: 0 to 2^31-1.
[[nodiscard]] constexpr FrameError ChangeInitialWindow(Window& window, std::uint32_t from,
                                                       std::uint32_t to) noexcept {
  const std::int64_t sum = std::int64_t{window} + to - from;
  if (sum > kLargestWindow) [[unlikely]]
    return ErrorOf(Fault::kInitialWindowOverflow, 0);
  window = static_cast<Window>(sum);
  return {};
}

// Takes `octets` of DATA (FlowControlledLength) from `window`, that of `stream_id` or, with 0, of
// the connection. More than it has is an error of the one or of the other. 6.9.1.
[[nodiscard]] constexpr FrameError TakeWindow(Window& window, std::size_t octets,
                                              StreamId stream_id) noexcept {
  if (octets != 0 && (window < 0 || octets > static_cast<std::size_t>(window))) [[unlikely]] {
    return ErrorOf(Fault::kWindowExceeded, stream_id);
  }
  window -= static_cast<Window>(octets);
  return {};
}

}  // namespace h2wire

#endif  // H2WIRE_WINDOW_H_
