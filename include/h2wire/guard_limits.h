// SPDX-License-Identifier: Apache-2.0

// How much a ConnectionGuard lets through, and a table of it: every limit by name, to be set from a
// command line or a file of settings, printed, and exported.
//
//   GuardLimits limits;
//   const std::string_view wrong = SetLimit(limits, "resets", "5000/1ms");
//   if (!wrong.empty()) return Fail(wrong);
//   for (const LimitRow& row : kLimitRows) Print(row.name, LimitText(limits, row), row.what);

#ifndef H2WIRE_GUARD_LIMITS_H_
#define H2WIRE_GUARD_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

#include "h2wire/error.h"
#include "h2wire/nanoseconds.h"

namespace h2wire::inline H2WIRE_ABI {

// A bucket of tokens: `burst` of them at once, and another one every `refill` while it is not full.
// A refill counts in steps of 64 ns, rounded up. A bucket that would take more than 100 days to
// fill fills in 100 days.
struct RateLimit {
  std::uint32_t burst = 0;
  Nanoseconds refill{};

  friend constexpr bool operator==(const RateLimit&, const RateLimit&) = default;
};

// How much is too much: one more is the fault at the right, of the connection, with
// ENHANCE_YOUR_CALM. The defaults are above what browsers, gRPC, proxies and the servers and
// clients of programming languages do, and so low that what passes is no more work than as many
// ordinary requests. The README says for each which real program comes nearest.
struct GuardLimits {
  // Of one field block: octets as compressed, and CONTINUATION frames. A receiver that has sent a
  // greater SETTINGS_MAX_HEADER_LIST_SIZE takes as many octets, to the next power of two, and as
  // many CONTINUATION frames as they fill with 16,384 octets each.
  std::uint32_t field_block_octets = 262144;  // kFieldBlockTooLarge
  std::uint16_t continuations = 16;           // kTooManyContinuations

  // In a row, frames that carry nothing and end nothing: DATA without data, padding apart, and
  // without END_STREAM; HEADERS, PUSH_PROMISE and CONTINUATION without a fragment and without
  // END_HEADERS. Libraries flush with one, some with one for every empty write.
  std::uint16_t empty_frames = 1000;  // kTooManyEmptyFrames

  // DATA of at most `small_data_octets` octets and without END_STREAM, empty or not: frames that
  // cost more than what they carry. The smallest message of gRPC has five octets.
  std::uint32_t small_data_octets = 4;
  RateLimit small_data = {10000, Nanoseconds(400'000)};  // kTooMuchSmallData

  // Received RST_STREAM, but for streams that were answered: see ConnectionGuard::Sent. What makes
  // one expensive is work begun and thrown away. A browser that leaves a page, and a gRPC client
  // when a deadline passes, reset all that is in flight. Servers reset requests that they have
  // answered early, as often as they like: a client does not count those.
  RateLimit resets = {2000, Nanoseconds(5'000'000)};  // kTooManyResets
  // A receiver that has sent SETTINGS_MAX_CONCURRENT_STREAMS has a burst of as many resets for each
  // of those streams, and of 100 at least, in place of that of `resets`. 0: it stays.
  std::uint32_t resets_per_stream = 2;

  // Stream errors that the peer makes the receiver find, and so RST_STREAM that it makes it send.
  // Peers in good order cause a few when frames cross.
  RateLimit stream_errors = {100, Nanoseconds(100'000'000)};  // kTooManyStreamErrors

  // Every stream error is one of the connection, as 5.4.1 allows.
  bool stream_errors_end_connection = false;

  // SETTINGS that are no acknowledgement, and settings in one of them. A connection begins with
  // one; gRPC goes on to send some while it measures the connection.
  RateLimit settings_frames = {100, Nanoseconds(200'000'000)};  // kTooManySettingsFrames
  std::uint32_t settings = 32;                                  // kTooManySettings

  // PING that is no acknowledgement. After DATA was sent, one is free: gRPC sends one for each
  // round trip in which it receives DATA.
  RateLimit pings = {1000, Nanoseconds(10'000'000)};  // kTooManyPings

  // PRIORITY and PRIORITY_UPDATE. Browsers send a few for each request.
  RateLimit priorities = {1000, Nanoseconds(10'000'000)};  // kTooManyPriorities

  // WINDOW_UPDATE with increments below `tiny_window_increment` octets, but for credit of DATA that
  // our own writer made as small: see ConnectionGuard::Sent. The smallest message of gRPC has five
  // octets, and its receiver may return each by itself.
  std::uint32_t tiny_window_increment = 5;
  RateLimit tiny_window_updates = {1000, Nanoseconds(1'000'000)};  // kTooManyTinyWindowUpdates

  // Frames without effect: of unknown types, of extensions that only inform, acknowledgements of a
  // PING that was not sent. Some browsers send one for each request, to keep servers tolerant.
  RateLimit ignored_frames = {500, Nanoseconds(10'000'000)};  // kTooManyIgnoredFrames

  // Octets of padding above the octets of data or fragment in padded frames. Some libraries pad
  // every frame to 256 octets.
  RateLimit padding = {1048576, Nanoseconds(20'000)};  // kTooMuchPadding

  // GOAWAY from the third on, whatever their size: a graceful end takes two.
  RateLimit goaways = {100, Nanoseconds(100'000'000)};  // kTooManyGoaways

  friend constexpr bool operator==(const GuardLimits&, const GuardLimits&) = default;
};

inline constexpr GuardLimits kDefaultGuardLimits;

// One member of GuardLimits.
struct LimitRow {
  enum class Kind : std::uint8_t {
    kCount,      // "16": so many at most
    kRate,       // "1000/10ms": so many at once, and one more every 10 ms; ns, us, ms, s, min, h
    kSwitch,     // "true" or "false"
    kThreshold,  // "5": where something begins to count; no limit of its own
  };

  std::string_view name;  // the member's
  Kind kind;
  Fault fault;            // of exceeding it; kNone of what is no limit of its own
  std::uint32_t most;     // the greatest value, or burst
  std::string_view what;  // is limited: "CONTINUATION frames of a field block"

  // The member as a RateLimit: a count, or 0 and 1, is its burst.
  RateLimit (*get)(const GuardLimits& limits);
  void (*set)(GuardLimits& limits, RateLimit value);
};

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

// Every member, in their order.
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

// The row of the member `name`; null if there is none.
[[nodiscard]] constexpr const LimitRow* LimitNamed(std::string_view name) noexcept {
  for (const LimitRow& row : kLimitRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

// The row of the limit that `fault` exceeds; null if it is about no limit.
[[nodiscard]] constexpr const LimitRow* LimitOf(Fault fault) noexcept {
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
  return digits != 0 && number <= most;
}

}  // namespace internal

// Sets the member `name` to what `value` says: "16", "1000/10ms" or "true", by its kind. Returns
// what is wrong, and changes nothing then; empty if nothing is.
[[nodiscard]] constexpr std::string_view SetLimit(GuardLimits& limits, std::string_view name,
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

// The value of a limit as SetLimit takes it.
class LimitText {
 public:
  constexpr LimitText(const GuardLimits& limits, const LimitRow& row) noexcept
      : LimitText(row.get(limits), row.kind) {}
  constexpr LimitText(const RateLimit& value, LimitRow::Kind kind) noexcept {
    if (kind == LimitRow::Kind::kSwitch) {
      Append(value.burst != 0 ? "true" : "false");
      return;
    }
    Append(value.burst);
    if (kind != LimitRow::Kind::kRate) return;
    Append("/");
    const std::int64_t refill = value.refill.count < 0 ? 0 : value.refill.count;
    for (const internal::TimeUnit& unit : internal::kTimeUnits) {
      if (refill % unit.nanoseconds != 0 || (refill == 0 && unit.nanoseconds != 1)) continue;
      Append(static_cast<std::uint64_t>(refill / unit.nanoseconds));
      Append(unit.name);
      return;
    }
  }

  [[nodiscard]] constexpr std::string_view text() const noexcept { return {text_, size_}; }
  constexpr operator std::string_view() const noexcept { return text(); }

 private:
  constexpr void Append(std::string_view text) noexcept {
    for (const char c : text) text_[size_++] = c;
  }
  constexpr void Append(std::uint64_t number) noexcept {
    char digits[20] = {};
    std::size_t begin = sizeof digits;
    do {
      digits[--begin] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    Append(std::string_view(digits + begin, sizeof digits - begin));
  }

  char text_[40] = {};
  std::size_t size_ = 0;
};

}  // namespace h2wire

#endif  // H2WIRE_GUARD_LIMITS_H_
