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
#include <string_view>

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

// Every member, in their order.
extern const LimitRow kLimitRows[];

// The row of the member `name`; null if there is none.
[[nodiscard]] constexpr const LimitRow* LimitNamed(std::string_view name) noexcept;

// The row of the limit that `fault` exceeds; null if it is about no limit.
[[nodiscard]] constexpr const LimitRow* LimitOf(Fault fault) noexcept;

// Sets the member `name` to what `value` says: "16", "1000/10ms" or "true", by its kind. Returns
// what is wrong, and changes nothing then; empty if nothing is.
[[nodiscard]] constexpr std::string_view SetLimit(GuardLimits& limits, std::string_view name,
                                                  std::string_view value) noexcept;

// The value of a limit as SetLimit takes it.
class LimitText {
 public:
  constexpr LimitText(const GuardLimits& limits, const LimitRow& row) noexcept
      : LimitText(row.get(limits), row.kind) {}
  constexpr LimitText(const RateLimit& value, LimitRow::Kind kind) noexcept;

  [[nodiscard]] constexpr std::string_view text() const noexcept { return {text_, size_}; }
  constexpr operator std::string_view() const noexcept { return text(); }

 private:
  constexpr void Append(std::string_view text) noexcept;
  constexpr void Append(std::uint64_t number) noexcept;

  char text_[40] = {};
  std::size_t size_ = 0;
};

}  // namespace h2wire

#include "h2wire/walk/guard_limits.h"  // IWYU pragma: export

#endif  // H2WIRE_GUARD_LIMITS_H_
