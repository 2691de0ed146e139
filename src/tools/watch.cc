// SPDX-License-Identifier: Apache-2.0

#include "watch.h"

#include <algorithm>

namespace h2wire::tools {

std::string TextOf(const LimitUse& limit) {
  const LimitRow* const row = LimitNamed(limit.name);
  if (row == nullptr) return "";
  const RateLimit value = {static_cast<std::uint32_t>(limit.allowed), limit.refill};
  return std::string(LimitText(value, row->kind).text());
}

namespace {

double ShareOf(std::uint64_t used, std::uint64_t allowed) {
  // Of a limit of nothing, whatever came is too much.
  return static_cast<double>(used) / static_cast<double>(std::max<std::uint64_t>(allowed, 1));
}

}  // namespace

double Peak::Share() const { return ShareOf(most.used + too_many, most.allowed); }

Peak& Peak::operator+=(const Peak& other) {
  if (ShareOf(other.most.used, other.most.allowed) >= ShareOf(most.used, most.allowed)) {
    most = other.most;
  }
  all += other.all;
  too_many += other.too_many;
  return *this;
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
  for (const LimitRow& row : kLimitRows) {
    if (row.fault == Fault::kNone) continue;
    peaks_.push_back({.row = &row, .most = guard_.UseOf(row, now_)});
  }
  taken_.resize(peaks_.size());
}

Alarm Watch::Check(const FrameError& error, Time arrival) {
  // What costs the connection without a guard is not the guard's.
  if (error.stream_id == 0) return {.error = error};
  const Time now = Next(arrival);
  const std::span<const std::uint64_t> taken = Taken();
  const FrameError judged = guard_.Check(error, now);
  Alarm alarm = Find(judged.stream_id == 0 ? judged : FrameError(), taken);
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

std::span<const std::uint64_t> Watch::Taken() {
  std::transform(peaks_.begin(), peaks_.end(), taken_.begin(),
                 [&](const Peak& peak) { return guard_.UseOf(*peak.row, now_).used; });
  return taken_;
}

Alarm Watch::Find(FrameError error, std::span<const std::uint64_t> taken) {
  if (options_.report_only) {
    const Fault reported = guard_.TakeReport();
    if (error.fault == Fault::kNone) error = ErrorOf(reported, 0);
  }
  const LimitUse limit = guard_.AlarmOf(error.fault, now_);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    Peak& peak = peaks_[i];
    Peak now = {.row = peak.row, .most = guard_.UseOf(*peak.row, now_)};
    if (peak.row->kind == LimitRow::Kind::kRate) {
      now.all = std::max(now.most.used, taken[i]) - taken[i];
    }
    if (limit.name == peak.row->name) {
      now.most = limit;
      now.too_many = 1;
    }
    peak += now;
  }
  if (!pair_ && DependsOnOtherDirection(error.fault)) return {};
  return {error, limit, options_.report_only};
}

std::optional<Peak> Watch::Nearest() const {
  const auto nearest =
      std::max_element(peaks_.begin(), peaks_.end(),
                       [](const Peak& a, const Peak& b) { return a.Share() < b.Share(); });
  if (nearest->most.used == 0) return std::nullopt;
  return *nearest;
}

}  // namespace h2wire::tools
