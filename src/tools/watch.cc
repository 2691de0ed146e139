// SPDX-License-Identifier: Apache-2.0

#include "watch.h"

namespace h2wire::tools {

std::string TextOf(const LimitUse& limit) {
  const LimitRow* const row = LimitNamed(limit.name);
  if (row == nullptr) return "";
  const RateLimit value = {static_cast<std::uint32_t>(limit.allowed), limit.refill};
  return std::string(LimitText(value, row->kind).text());
}

Watch::Watch(const WatchOptions& options, Receiver receiver, bool joined, bool pair,
             bool extensions)
    : options_(options),
      guard_({.receiver = receiver,
              .observer = true,
              .joined = joined,
              .extensions = extensions,
              .report_only = options.report_only},
             options.limits),
      pair_(pair),
      frame_time_(Time(std::chrono::seconds(1)) / options.pace) {
  for (std::size_t i = 0; i < peaks_.size(); ++i) peaks_[i].row = &kLimitRows[i];
}

Alarm Watch::Check(const FrameError& error, Time arrival) {
  // What costs the connection without a guard is not the guard's.
  if (error.stream_id == 0) return {.error = error};
  const FrameError judged = guard_.Check(error, Next(arrival));
  Alarm alarm = Find(judged.stream_id == 0 ? judged : FrameError());
  if (!alarm.raised()) alarm.error = error;
  return alarm;
}

Alarm Watch::Check(const FrameHeader& header, Time arrival) const {
  const Time now = std::max(now_ + frame_time_, arrival);
  const FrameError error = guard_.Check(header, now);
  if (options_.report_only || (!pair_ && DependsOnOtherDirection(error.fault))) return {};
  return {.error = error, .limit = guard_.AlarmOf(error.fault, now)};
}

bool Watch::DependsOnOtherDirection(Fault fault) {
  return fault == Fault::kTooManyPings || fault == Fault::kTooManyResets ||
         fault == Fault::kTooManyTinyWindowUpdates;
}

Alarm Watch::Find(FrameError error) {
  if (options_.report_only) {
    const Fault reported = guard_.TakeReport();
    if (error.fault == Fault::kNone) error = ErrorOf(reported, 0);
  }
  const LimitUse limit = guard_.AlarmOf(error.fault, now_);
  const bool judged = pair_ || !DependsOnOtherDirection(error.fault);
  for (Peak& peak : peaks_) {
    if (peak.row->fault == Fault::kNone) continue;
    const bool exceeded = peak.row->fault == error.fault && !limit.name.empty();
    const LimitUse use = exceeded ? limit : guard_.UseOf(*peak.row, now_);
    if (exceeded && !judged) ++peak.exceeded;
    if (use.used >= peak.used) {
      peak.used = use.used;
      peak.limit = use;
    }
  }
  if (!judged) return {};
  return {error, limit, options_.report_only};
}

std::optional<Peak> Watch::Nearest() const {
  const auto share = [](const Peak& peak) {
    const std::uint64_t allowed = std::max<std::uint64_t>(peak.limit.allowed, 1);
    return static_cast<double>(peak.used + peak.exceeded) / static_cast<double>(allowed);
  };
  const auto nearest =
      std::max_element(peaks_.begin(), peaks_.end(),
                       [&](const Peak& a, const Peak& b) { return share(a) < share(b); });
  if (nearest->used == 0) return std::nullopt;
  return *nearest;
}

}  // namespace h2wire::tools
