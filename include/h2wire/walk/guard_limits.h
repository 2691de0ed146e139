// SPDX-License-Identifier: Apache-2.0

// The table of limits, and how a limit is read from text and written: what guard_limits.h declares.

#ifndef H2WIRE_WALK_GUARD_LIMITS_H_
#define H2WIRE_WALK_GUARD_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

#include "h2wire/error.h"
#include "h2wire/guard_limits.h"
#include "h2wire/nanoseconds.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

// The row of a member of GuardLimits, whose type says the rest.
template <auto kMember>
consteval LimitRow MakeLimitRow(std::string_view name, Fault fault, std::string_view what) {
  using Member = std::remove_cvref_t<decltype(GuardLimits().*kMember)>;
  if constexpr (std::is_same_v<Member, RateLimit>) {
    return {name,
            LimitRow::Kind::kRate,
            fault,
            std::numeric_limits<std::uint32_t>::max(),
            what,
            [](const GuardLimits& limits) { return limits.*kMember; },
            [](GuardLimits& limits, RateLimit value) { limits.*kMember = value; }};
  } else {
    const LimitRow::Kind kind = std::is_same_v<Member, bool> ? LimitRow::Kind::kSwitch
                                : fault == Fault::kNone      ? LimitRow::Kind::kThreshold
                                                             : LimitRow::Kind::kCount;
    return {name,
            kind,
            fault,
            std::numeric_limits<Member>::max(),
            what,
            [](const GuardLimits& limits) {
              return RateLimit{limits.*kMember, {}};
            },
            [](GuardLimits& limits, RateLimit value) {
              limits.*kMember = static_cast<Member>(value.burst);
            }};
  }
}

}  // namespace internal

inline constexpr LimitRow kLimitRows[] = {
    internal::MakeLimitRow<&GuardLimits::field_block_octets>(
        "field_block_octets", Fault::kFieldBlockTooLarge, "octets of a field block, compressed"),
    internal::MakeLimitRow<&GuardLimits::continuations>(
        "continuations", Fault::kTooManyContinuations, "CONTINUATION frames of a field block"),
    internal::MakeLimitRow<&GuardLimits::empty_frames>(
        "empty_frames", Fault::kTooManyEmptyFrames,
        "frames in a row that carry nothing and end nothing"),
    internal::MakeLimitRow<&GuardLimits::small_data_octets>("small_data_octets", Fault::kNone,
                                                            "octets of DATA that is small"),
    internal::MakeLimitRow<&GuardLimits::small_data>("small_data", Fault::kTooMuchSmallData,
                                                     "small DATA without END_STREAM"),
    internal::MakeLimitRow<&GuardLimits::resets>("resets", Fault::kTooManyResets,
                                                 "RST_STREAM of streams not answered"),
    internal::MakeLimitRow<&GuardLimits::resets_per_stream>(
        "resets_per_stream", Fault::kNone,
        "resets at once for each of MAX_CONCURRENT_STREAMS, where we sent that"),
    internal::MakeLimitRow<&GuardLimits::stream_errors>(
        "stream_errors", Fault::kTooManyStreamErrors, "stream errors that the peer causes"),
    internal::MakeLimitRow<&GuardLimits::stream_errors_end_connection>(
        "stream_errors_end_connection", Fault::kNone, "every stream error ends the connection"),
    internal::MakeLimitRow<&GuardLimits::settings_frames>(
        "settings_frames", Fault::kTooManySettingsFrames, "SETTINGS but acknowledgements"),
    internal::MakeLimitRow<&GuardLimits::settings>("settings", Fault::kTooManySettings,
                                                   "settings in one SETTINGS frame"),
    internal::MakeLimitRow<&GuardLimits::pings>("pings", Fault::kTooManyPings,
                                                "PING but acknowledgements"),
    internal::MakeLimitRow<&GuardLimits::priorities>("priorities", Fault::kTooManyPriorities,
                                                     "PRIORITY and PRIORITY_UPDATE"),
    internal::MakeLimitRow<&GuardLimits::tiny_window_increment>(
        "tiny_window_increment", Fault::kNone, "octets below which a WINDOW_UPDATE is tiny"),
    internal::MakeLimitRow<&GuardLimits::tiny_window_updates>(
        "tiny_window_updates", Fault::kTooManyTinyWindowUpdates, "tiny WINDOW_UPDATE"),
    internal::MakeLimitRow<&GuardLimits::ignored_frames>(
        "ignored_frames", Fault::kTooManyIgnoredFrames, "frames without effect"),
    internal::MakeLimitRow<&GuardLimits::padding>(
        "padding", Fault::kTooMuchPadding, "octets of padding above those of what is padded"),
    internal::MakeLimitRow<&GuardLimits::goaways>("goaways", Fault::kTooManyGoaways,
                                                  "GOAWAY from the third on"),
};

constexpr const LimitRow* LimitNamed(std::string_view name) noexcept {
  for (const LimitRow& row : kLimitRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

constexpr const LimitRow* LimitOf(Fault fault) noexcept {
  for (const LimitRow& row : kLimitRows) {
    if (row.fault == fault && fault != Fault::kNone) return &row;
  }
  return nullptr;
}

namespace internal {

struct TimeUnit {
  std::string_view name;
  std::int64_t nanoseconds;
};
inline constexpr TimeUnit kTimeUnits[] = {
    {"h", 3'600'000'000'000}, {"min", 60'000'000'000}, {"s", 1'000'000'000},
    {"ms", 1'000'000},        {"us", 1'000},           {"ns", 1},
};

// Takes the digits at the front of `text` for a number of at most `most`; returns whether there is
// such a number.
constexpr bool TakeNumber(std::string_view& text, std::uint64_t most, std::uint64_t& number) {
  std::size_t digits = 0;
  number = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    const auto digit = static_cast<std::uint64_t>(text[digits] - '0');
    if (number > (most - digit) / 10) return false;
    number = 10 * number + digit;
  }
  text.remove_prefix(digits);
  return digits != 0;
}

}  // namespace internal

constexpr std::string_view SetLimit(GuardLimits& limits, std::string_view name,
                                    std::string_view value) noexcept {
  const LimitRow* const row = LimitNamed(name);
  if (row == nullptr) return "there is no limit of this name";
  if (row->kind == LimitRow::Kind::kSwitch) {
    if (value != "true" && value != "false") return "it is true or false";
    row->set(limits, {value == "true", {}});
    return {};
  }
  std::uint64_t number = 0;
  if (!internal::TakeNumber(value, row->most, number)) {
    return row->most == 65535 ? "it begins with a number of at most 65535"
                              : "it begins with a number of at most 4294967295";
  }
  RateLimit set = {static_cast<std::uint32_t>(number), {}};
  if (row->kind != LimitRow::Kind::kRate) {
    if (!value.empty()) return "it is a number and nothing else";
    row->set(limits, set);
    return {};
  }
  constexpr std::string_view kRate =
      "it is so many at once and the time for one more, as in 1000/10ms: ns, us, ms, s, min or h";
  if (!value.starts_with('/')) return kRate;
  value.remove_prefix(1);
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!internal::TakeNumber(value, kMost, number)) return kRate;
  for (const internal::TimeUnit& unit : internal::kTimeUnits) {
    if (value != unit.name) continue;
    if (number > kMost / static_cast<std::uint64_t>(unit.nanoseconds)) return kRate;
    set.refill = Nanoseconds(static_cast<std::int64_t>(number) * unit.nanoseconds);
    row->set(limits, set);
    return {};
  }
  return kRate;
}

constexpr LimitText::LimitText(const RateLimit& value, LimitRow::Kind kind) noexcept {
  if (kind == LimitRow::Kind::kSwitch) {
    Append(value.burst != 0 ? "true" : "false");
    return;
  }
  Append(value.burst);
  if (kind != LimitRow::Kind::kRate) return;
  Append("/");
  const std::int64_t refill = value.refill.count < 0 ? 0 : value.refill.count;
  // The last of them is 1 ns, in which every time can be written, and in which none at all is.
  const internal::TimeUnit* unit = internal::kTimeUnits;
  while (refill % unit->nanoseconds != 0 || (refill == 0 && unit->nanoseconds != 1)) ++unit;
  Append(static_cast<std::uint64_t>(refill / unit->nanoseconds));
  Append(unit->name);
}

constexpr void LimitText::Append(std::string_view text) noexcept {
  for (const char c : text) text_[size_++] = c;
}

constexpr void LimitText::Append(std::uint64_t number) noexcept {
  char digits[20] = {};
  std::size_t begin = sizeof digits;
  do {
    digits[--begin] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  Append(std::string_view(digits + begin, sizeof digits - begin));
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_GUARD_LIMITS_H_
