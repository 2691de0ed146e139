// SPDX-License-Identifier: Apache-2.0

// A guard beside one direction of a connection of which nothing else is known: neither what went
// the other way nor, mostly, when.

#ifndef H2WIRE_TOOLS_WATCH_H_
#define H2WIRE_TOOLS_WATCH_H_

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/guard.h"
#include "h2wire/header.h"

namespace h2wire::tools {

struct WatchOptions {
  // Whom the octets reach. kUnknown: that is not known, nor whether they are all from the
  // beginning.
  Receiver receiver = Receiver::kUnknown;
  std::uint32_t pace = 250;  // frames a second, at least 1
};

class Watch {
 public:
  using Time = std::chrono::nanoseconds;

  // `joined`: whether the beginning may be missing.
  Watch(const WatchOptions& options, Receiver receiver, bool joined, bool extensions)
      : guard_(
            {.receiver = receiver, .observer = true, .joined = joined, .extensions = extensions}),
        frame_time_(Time(std::chrono::seconds(1)) / options.pace) {}

  // Judges the next frame, or what Decode found wrong with it, of which the last octets came at
  // `arrival`.
  template <FrameAlternative F>
  FrameError Check(const F& frame, Time arrival) {
    return guard_.Check(frame, Next(arrival));
  }
  FrameError Check(const FrameError& error, Time arrival) {
    return guard_.Check(error, Next(arrival));
  }
  // Takes note of a frame that went the other way.
  void Sent(const FrameAlternative auto& frame) { (void)guard_.Sent(frame, now_); }
  // Judges the next frame by its header, and remembers nothing.
  FrameError Check(const FrameHeader& header, Time arrival) const {
    return guard_.Check(header, std::max(now_ + frame_time_, arrival));
  }

 private:
  // Captures have no clock. By the pace, floods show however fast they are read; and a connection
  // that is watched as it goes on may take its time.
  Time Next(Time arrival) { return now_ = std::max(now_ + frame_time_, arrival); }

  ConnectionGuard guard_;
  Time frame_time_;
  Time now_{};
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_WATCH_H_
