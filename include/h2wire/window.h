// SPDX-License-Identifier: Apache-2.0

// Flow control: the arithmetic of windows, and what a receiver returns of its own. RFC 9113, 6.9.
//
//   ReceiveWindow connection;
//   ...
//   if (const FrameError error = connection.Receive(data); error.fault != Fault::kNone) { ... }
//   connection.Consume(Use(data.data));  // all of it, of a stream that nobody wants any more
//   if (const std::uint32_t credit = connection.TakeCredit()) Send(WindowUpdateFrame{0, credit});
//
// A window is how many octets of DATA may still be sent: on a stream, or on the connection. It may
// become negative (6.9.2), and never larger than 2^31-1. Each function either changes the window or
// returns what is wrong and leaves it as it was; the error's fault is kNone if all is well.

#ifndef H2WIRE_WINDOW_H_
#define H2WIRE_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <limits>

#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"

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
// an error of the connection; so is a window that would fall below -(2^31-1), as none does if both
// sizes are 0 to 2^31-1 and `from` is what was in force. 6.9.2.
[[nodiscard]] constexpr FrameError ChangeInitialWindow(Window& window, std::uint32_t from,
                                                       std::uint32_t to) noexcept {
  const std::int64_t sum = std::int64_t{window} + to - from;
  if (sum > kLargestWindow || sum < -kLargestWindow) [[unlikely]]
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

// What the peer may send, on a stream or on the connection, and what is to be returned to it: all
// that was received is, once it is consumed, padding at once. Octets are those of
// FlowControlledLength.
class ReceiveWindow {
 public:
  // `size`: what the peer may send at first, and so how much there may be on its way.
  constexpr explicit ReceiveWindow(Window size = kDefaultWindow) noexcept
      : size_(size), available_(size) {}

  // Takes note of DATA, whole or in parts: each of them, in order. More than the window has is an
  // error, of the stream or, with stream_id 0, of the connection, and changes nothing. 6.9.1.
  [[nodiscard]] constexpr FrameError Receive(const DataFrame& data,
                                             StreamId stream_id = 0) noexcept {
    return Receive(FlowControlledLength(data), data.data.size(), stream_id);
  }
  [[nodiscard]] constexpr FrameError Receive(const Part<DataFrame>& data,
                                             StreamId stream_id = 0) noexcept {
    return data.first ? Receive(FlowControlledLength(data), data.size, stream_id) : FrameError();
  }

  // Takes note of `octets` of received data that were used, or that nobody will use: of a stream
  // that was reset, say. More than there are count as all.
  constexpr void Consume(std::size_t octets) noexcept {
    const auto held = static_cast<std::size_t>(held_);
    const auto consumed = static_cast<Window>(octets < held ? octets : held);
    held_ -= consumed;
    consumed_ += consumed;
  }

  // Lets the window grow or shrink to `size` (0 to 2^31-1): on a stream, when the peer has
  // acknowledged SETTINGS_INITIAL_WINDOW_SIZE, which itself moved what it may send; on the
  // connection, whenever it shall, and TakeCredit returns the difference. 6.9.2.
  [[nodiscard]] constexpr FrameError ChangeInitial(Window size) noexcept {
    const FrameError error = ChangeInitialWindow(available_, static_cast<std::uint32_t>(size_),
                                                 static_cast<std::uint32_t>(size));
    if (error.fault == Fault::kNone) size_ = size;
    return error;
  }
  constexpr void Grow(Window size) noexcept {
    if (size <= size_) return;
    consumed_ += std::int64_t{size} - size_;
    size_ = size;
  }

  // The increment of a WINDOW_UPDATE that is due, which the caller sends; 0 if none is yet. One is
  // due when half of the window can be returned, so that frames are few and the peer never waits
  // for long.
  [[nodiscard]] constexpr std::uint32_t TakeCredit() noexcept {
    return consumed_ == 0 || consumed_ < size_ / 2 ? 0 : TakeAllCredit();
  }
  // The same however little it is, but for nothing.
  [[nodiscard]] constexpr std::uint32_t TakeAllCredit() noexcept {
    std::int64_t credit = std::int64_t{kLargestWindow} - available_;
    if (credit > consumed_) credit = consumed_;
    if (credit > kLargestWindow) credit = kLargestWindow;
    consumed_ -= credit;
    available_ += static_cast<Window>(credit);
    return static_cast<std::uint32_t>(credit);
  }

  // What the peer may still send; what was consumed and not returned; and what was received and not
  // consumed. Octets.
  [[nodiscard]] constexpr Window available() const noexcept { return available_; }
  [[nodiscard]] constexpr std::uint64_t consumed() const noexcept {
    return static_cast<std::uint64_t>(consumed_);
  }
  [[nodiscard]] constexpr std::uint32_t held() const noexcept {
    return static_cast<std::uint32_t>(held_);
  }

 private:
  constexpr FrameError Receive(std::size_t octets, std::size_t data, StreamId stream_id) noexcept {
    const FrameError error = TakeWindow(available_, octets, stream_id);
    if (error.fault != Fault::kNone) return error;
    held_ += static_cast<Window>(octets);
    Consume(octets - data);
    return {};
  }

  Window size_;
  Window available_;
  Window held_ = 0;
  std::int64_t consumed_ = 0;  // may be more than a window: it was one that has shrunk and grown
};

}  // namespace h2wire

#endif  // H2WIRE_WINDOW_H_
