// SPDX-License-Identifier: Apache-2.0

// A guard beside one direction of a connection of which nobody knows when what was sent, nor,
// unless it is one of a pair, what went the other way.

#ifndef H2WIRE_TOOLS_WATCH_H_
#define H2WIRE_TOOLS_WATCH_H_

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/guard_limits.h"
#include "h2wire/header.h"

namespace h2wire::tools {

struct WatchOptions {
  // Whom the octets reach. kUnknown: that is not known, nor whether they are all from the
  // beginning.
  Receiver receiver = Receiver::kUnknown;
  std::uint32_t pace = 250;  // frames a second, at least 1
  GuardLimits limits{};
  bool report_only = false;  // what a guard finds does not end decoding
};

// What is wrong with a frame, and of which limit.
struct Alarm {
  FrameError error{};
  LimitUse limit{};       // without a name if it is about none
  bool reported = false;  // and nothing more: decoding goes on

  [[nodiscard]] bool raised() const { return error.fault != Fault::kNone; }
  // Whether the connection is lost.
  [[nodiscard]] bool ends() const { return raised() && error.stream_id == 0 && !reported; }
};

// How near to its limit something came.
struct Peak {
  const LimitRow* row = nullptr;
  LimitUse most{};             // when it was nearest
  std::uint64_t all = 0;       // tokens that were taken, of a rate
  std::uint64_t too_many = 0;  // frames beyond

  Peak& operator+=(const Peak& other);
  // Of the limit.
  [[nodiscard]] double Share() const;
};

// A row for each limit of its own, in the order of kLimitRows.
using Peaks = std::vector<Peak>;

// "2000/5ms", as SetLimit takes it.
std::string TextOf(const LimitUse& limit);

class Watch {
 public:
  using Time = std::chrono::nanoseconds;

  // `options` must outlive it. `joined`: whether the beginning may be missing. `pair`: whether the
  // other direction is seen too, and told with Sent; without, nothing is judged that depends on it.
  Watch(const WatchOptions& options, Receiver receiver, bool joined, bool pair, bool extensions);

  // Judges the next frame, of which the last octets came at `arrival`.
  template <FrameAlternative F>
  Alarm Check(const F& frame, Time arrival) {
    const Time now = Next(arrival);
    if constexpr (std::same_as<F, DataFrame>) {
      // Most frames are of this kind, and near no limit.
      if (!frame.pad_length && frame.data.size() > options_.limits.small_data_octets) {
        return Find(guard_.Check(frame, now), {});
      }
    }
    const std::span<const std::uint64_t> taken = Taken();
    return Find(guard_.Check(frame, now), taken);
  }
  // The same of one that Decode finds something wrong with.
  Alarm Check(const FrameError& error, Time arrival);
  // Judges the next frame by its header, and remembers nothing.
  [[nodiscard]] Alarm Check(const FrameHeader& header, Time arrival) const;

  // Takes note of a frame that went the other way.
  template <FrameAlternative F>
  void Sent(const F& frame) {
    (void)guard_.Sent(frame, now_);
  }

  // Whether what goes the other way decides how much is too much.
  static bool DependsOnOtherDirection(Fault fault);

  // How near to its limit each came, or how far above.
  [[nodiscard]] const Peaks& peaks() const { return peaks_; }
  // The nearest; nothing if nothing came.
  [[nodiscard]] std::optional<Peak> Nearest() const;
  // How long it went on.
  [[nodiscard]] std::chrono::duration<double> Elapsed() const { return now_ - begin_; }

 private:
  // Captures have no clock. By the pace, floods show however fast they are read; and a connection
  // that is watched as it goes on may take its time.
  Time Next(Time arrival) {
    now_ = std::max(now_ + frame_time_, arrival);
    if (begin_ == Time::max()) begin_ = now_ - frame_time_;
    return now_;
  }

  // How many tokens of each limit are taken.
  std::span<const std::uint64_t> Taken();

  // What is to be said of a frame for which the guard has just returned `error`. `taken`: by what
  // came before; without, the frame counts towards no limit.
  Alarm Find(FrameError error, std::span<const std::uint64_t> taken);

  const WatchOptions& options_;
  ConnectionGuard guard_;
  bool pair_;
  Time frame_time_;
  Time begin_ = Time::max();
  Time now_{};
  Peaks peaks_;
  std::vector<std::uint64_t> taken_;
};

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_WATCH_H_
