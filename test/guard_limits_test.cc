// SPDX-License-Identifier: Apache-2.0

// The limits by name and as text, how far they are used up, alarms, reports, limits that change
// while a guard lives, and clocks.

#include "h2wire/guard_limits.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attacks.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/print.h"
#include "h2wire/settings.h"

namespace h2wire {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(Nanoseconds, AreWhatChronoSays) {
  static_assert(Nanoseconds(milliseconds(10)) == Nanoseconds(10'000'000));
  static_assert(Nanoseconds(hours(-1)).count == -3'600'000'000'000);
  static_assert(Nanoseconds(std::chrono::steady_clock::time_point(seconds(2))).count ==
                2'000'000'000);
  static_assert(!std::is_convertible_v<std::chrono::duration<double>, Nanoseconds>);
  static_assert(!std::is_convertible_v<int, Nanoseconds>);
  static_assert(Nanoseconds(seconds(1)) - milliseconds(1) == milliseconds(999));
}

TEST(LimitRows, AreTheMembersEachWithANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const LimitRow& row : kLimitRows) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(LimitNamed(row.name), &row);
    if (row.fault != Fault::kNone) {
      EXPECT_EQ(LimitOf(row.fault), &row);
    }
    EXPECT_EQ(row.fault == Fault::kNone,
              row.kind == LimitRow::Kind::kThreshold || row.kind == LimitRow::Kind::kSwitch);
    // Setting it changes it and nothing else.
    GuardLimits limits;
    const RateLimit before = row.get(limits);
    row.set(limits, {before.burst == 0 ? 1 : before.burst - 1, before.refill});
    EXPECT_NE(row.get(limits), before) << row.name;
    row.set(limits, before);
    EXPECT_EQ(limits, kDefaultGuardLimits) << row.name;
  }
  EXPECT_EQ(LimitNamed("reset"), nullptr);
  EXPECT_EQ(LimitOf(Fault::kNone), nullptr);
  EXPECT_EQ(LimitOf(Fault::kIdleStream), nullptr);
  for (auto i = static_cast<std::size_t>(Fault::kFieldBlockTooLarge);
       i <= static_cast<std::size_t>(Fault::kTooManyGoaways); ++i) {
    EXPECT_NE(LimitOf(static_cast<Fault>(i)), nullptr) << kFaultRows[i].name;
  }
}

TEST(SetLimit, TakesWhatLimitTextSays) {
  for (const LimitRow& row : kLimitRows) {
    const LimitText text(kDefaultGuardLimits, row);
    GuardLimits limits;
    row.set(limits, {});
    EXPECT_EQ(SetLimit(limits, row.name, text), "") << row.name;
    EXPECT_EQ(limits, kDefaultGuardLimits) << row.name << " " << text.text();
  }
}

TEST(LimitText, WritesATimeBelowNoneAsNone) {
  EXPECT_EQ(LimitText(RateLimit{5, Nanoseconds(-1)}, LimitRow::Kind::kRate).text(), "5/0ns");
}

std::string SetAndSay(std::string_view name, std::string_view value) {
  GuardLimits limits;
  if (!SetLimit(limits, name, value).empty()) {
    EXPECT_EQ(limits, kDefaultGuardLimits) << "what is refused changes nothing";
    return "refused";
  }
  return std::string(LimitText(limits, *LimitNamed(name)).text());
}

TEST(SetLimit, KnowsUnitsAndEnds) {
  EXPECT_EQ(SetAndSay("resets", "5000/1ms"), "5000/1ms");
  EXPECT_EQ(SetAndSay("resets", "0/0ns"), "0/0ns");
  EXPECT_EQ(SetAndSay("resets", "0/0h"), "0/0ns");
  EXPECT_EQ(SetAndSay("resets", "4294967295/2min"), "4294967295/2min");
  EXPECT_EQ(SetAndSay("resets", "1/60s"), "1/1min");
  EXPECT_EQ(SetAndSay("resets", "1/1500us"), "1/1500us");
  EXPECT_EQ(SetAndSay("resets", "1/9223372036854775807ns"), "1/9223372036854775807ns");
  EXPECT_EQ(SetAndSay("resets", "007/7h"), "7/7h");
  EXPECT_EQ(SetAndSay("continuations", "65535"), "65535");
  EXPECT_EQ(SetAndSay("settings", "4294967295"), "4294967295");
  EXPECT_EQ(SetAndSay("stream_errors_end_connection", "true"), "true");
  EXPECT_EQ(SetAndSay("stream_errors_end_connection", "false"), "false");
  for (const std::string_view value :
       {"", "/", "5", "5/", "5/1", "5/ms", "/1ms", "5/1m", "5/1ms ", " 5/1ms", "5:1ms", "-5/1ms",
        "4294967296/1ms", "5/9223372036854775808ns", "5/2562048h", "5/-1ms", "5/1.5ms"}) {
    EXPECT_EQ(SetAndSay("resets", value), "refused") << value;
  }
  for (const std::string_view value :
       {"", "x", "65536", "1/1ms", "1 ", "99999999999999999999999"}) {
    EXPECT_EQ(SetAndSay("continuations", value), "refused") << value;
  }
  for (const std::string_view value : {"", "1", "yes", "True", "true "}) {
    EXPECT_EQ(SetAndSay("stream_errors_end_connection", value), "refused") << value;
  }
  GuardLimits limits;
  EXPECT_EQ(SetLimit(limits, "", "1"), "there is no limit of this name");
  EXPECT_THAT(SetLimit(limits, "continuations", "65536"), testing::HasSubstr("65535"));
}

// Every limit: what is used before, at and beyond it.
class Used : public testing::TestWithParam<Attack> {};

TEST_P(Used, IsSeenAndNamedInTheAlarm) {
  const Attack& attack = GetParam();
  const LimitRow& row = *LimitOf(attack.fault);
  Peer peer{ConnectionGuard(Receiver::kServer)};
  (void)peer.Send(SettingsFrame());
  attack.begin(peer);
  const auto use = [&] { return peer.guard().UseOf(row, peer.now()); };
  EXPECT_EQ(use().name, row.name);
  EXPECT_EQ(use().allowed, row.get(kDefaultGuardLimits).burst);
  EXPECT_EQ(use().refill, row.get(kDefaultGuardLimits).refill);
  for (std::uint32_t step = 0; step < attack.allowed; ++step) (void)attack.step(peer, step);
  EXPECT_LE(use().used, use().allowed);
  EXPECT_LT(use().headroom(), row.name == "padding" ? 255u : 16384u);
  const std::uint64_t before = use().used;
  EXPECT_EQ(attack.step(peer, static_cast<std::uint32_t>(attack.allowed)).fault, attack.fault);
  const LimitUse alarm = peer.guard().AlarmOf(attack.fault, peer.now());
  EXPECT_EQ(alarm.name, row.name);
  EXPECT_EQ(alarm.allowed, row.get(kDefaultGuardLimits).burst);
  EXPECT_GT(alarm.used, alarm.allowed);
  EXPECT_GT(alarm.used, before);
  EXPECT_EQ(alarm.headroom(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Attack, Used, testing::ValuesIn(Attacks()), [](const auto& test) {
  std::string name(test.param.name);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
  return name;
});

TEST(Used, CountsExactly) {
  ConnectionGuard guard(Receiver::kServer);
  (void)guard.Check(SettingsFrame(), {});
  const auto used = [&](std::string_view name, Nanoseconds now = {}) {
    return guard.UseOf(*LimitNamed(name), now).used;
  };
  for (int i = 0; i < 7; ++i) (void)guard.Check(PingFrame(), {});
  EXPECT_EQ(used("pings"), 7u);
  EXPECT_EQ(used("pings", milliseconds(10)), 6u);
  EXPECT_EQ(used("pings", milliseconds(65)), 1u);
  EXPECT_EQ(used("pings", milliseconds(70)), 0u);
  EXPECT_EQ(used("settings_frames"), 1u);
  static constexpr std::array<std::byte, 18> kThree{};
  (void)guard.Check(SettingsFrame{.settings = SettingsView(kThree)}, {});
  EXPECT_EQ(used("settings"), 3u);
  EXPECT_EQ(used("field_block_octets"), 0u);
  (void)guard.Check(HeadersFrame{.stream_id = 1, .fragment = Bytes(kFiller).first(10)}, {});
  (void)guard.Check(ContinuationFrame{.stream_id = 1, .fragment = Bytes(kFiller).first(5)}, {});
  EXPECT_EQ(used("field_block_octets"), 15u);
  EXPECT_EQ(used("continuations"), 1u);
  EXPECT_EQ(used("settings"), 0u);
  EXPECT_EQ(used("small_data_octets"), 0u);
  EXPECT_EQ(guard.AlarmOf(Fault::kIdleStream, {}).name, "");
}

// A token that takes no time to come back, or less, is never missing.
TEST(Used, IsNothingWhereTokensComeBackAtOnce) {
  for (const std::int64_t refill : {0, -1, -1000}) {
    const GuardLimits limits = {.pings = {1, Nanoseconds(refill)}};
    ConnectionGuard guard(Receiver::kServer, limits);
    (void)guard.Check(SettingsFrame(), milliseconds(1));
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(guard.Check(PingFrame(), milliseconds(1)), FrameError()) << refill;
    }
    EXPECT_EQ(guard.UseOf(*LimitNamed("pings"), milliseconds(1)).used, 0u);
    const GuardLimits none = {.pings = {0, Nanoseconds(refill)}};
    ConnectionGuard strict(Receiver::kServer, none);
    (void)strict.Check(SettingsFrame(), milliseconds(1));
    EXPECT_EQ(strict.Check(PingFrame(), milliseconds(1)).fault, Fault::kTooManyPings);
  }
}

TEST(Used, IsNothingAfterMoreThanAllWasPutBack) {
  static constexpr GuardLimits kLimits = {.padding = {1, std::chrono::hours(24 * 365)}};
  ConnectionGuard guard(Receiver::kServer, kLimits);
  (void)guard.Check(SettingsFrame(), {});
  const DataFrame padded = {.stream_id = 1, .end_stream = true, .pad_length = 0};
  const auto used = [&] { return guard.UseOf(*LimitNamed("padding"), {}).used; };
  EXPECT_EQ(guard.Check(padded, {}), FrameError());
  EXPECT_EQ(used(), 1u);
  EXPECT_EQ(guard.Check(padded, {}).fault, Fault::kTooMuchPadding);
  // So many tokens that the time they take has more than 64 bits.
  DataFrame data = padded;
  const std::string octets(1 << 20, 'x');
  data.data = AsBytes(octets);
  EXPECT_EQ(guard.Check(data, {}), FrameError());
  EXPECT_EQ(used(), 0u);
  EXPECT_EQ(guard.Check(padded, {}), FrameError());
}

TEST(Used, StopsAtTheFirstFault) {
  static constexpr GuardLimits kLimits = {.empty_frames = 5, .padding = {10, milliseconds(1)}};
  ConnectionGuard guard(Receiver::kServer, kLimits);
  (void)guard.Check(SettingsFrame(), {});
  EXPECT_EQ(guard.Check(DataFrame{.stream_id = 1, .pad_length = 255}, {}).fault,
            Fault::kTooMuchPadding);
  EXPECT_EQ(guard.UseOf(*LimitNamed("empty_frames"), {}).used, 0u);
}

ConnectionGuard WithAnswered(const GuardLimits& limits, std::uint32_t answered) {
  ConnectionGuard guard(Receiver::kServer, limits);
  (void)guard.Check(SettingsFrame(), {});
  for (StreamId id = 1; id < 2 * answered; id += 2) {
    (void)guard.Check(HeadersFrame{.stream_id = id, .end_headers = true}, {});
    (void)guard.Sent(HeadersFrame{.stream_id = id, .end_stream = true, .end_headers = true}, {});
  }
  return guard;
}
// How many resets cost nothing.
int FreeResets(ConnectionGuard& guard) {
  const LimitRow& resets = *LimitNamed("resets");
  int count = 0;
  for (; count < 100'000; ++count) {
    (void)guard.Check(RstStreamFrame{1, {}}, {});
    if (guard.UseOf(resets, {}).used != 0) break;
  }
  return count;
}
SettingsFrame MaxStreams(std::uint32_t value, std::array<std::byte, 6>& room) {
  const Setting setting = {SettingId::kMaxConcurrentStreams, value};
  return {.settings = PackSettings(std::span(&setting, 1), room).value()};
}

TEST(FreeResets, AreAsManyAsWereAnswered) {
  ConnectionGuard guard = WithAnswered(kDefaultGuardLimits, 100);
  EXPECT_EQ(FreeResets(guard), 100);
  static constexpr GuardLimits kMany = {.resets = {1'000'000, milliseconds(5)},
                                        .resets_per_stream = 1};
  for (const std::uint32_t answered : {65535u, 65536u, 70000u}) {
    ConnectionGuard many = WithAnswered(kMany, answered);
    EXPECT_EQ(FreeResets(many), 65535) << "no more are counted";
  }
}

TEST(FreeResets, AreNoMoreThanMayBeAtOnceOnceThatIsLess) {
  std::array<std::byte, 6> room;
  GuardLimits limits;
  const auto answer = [](ConnectionGuard& guard) {
    (void)guard.Check(HeadersFrame{.stream_id = 1001, .end_headers = true}, {});
    (void)guard.Sent(HeadersFrame{.stream_id = 1001, .end_stream = true, .end_headers = true}, {});
  };
  ConnectionGuard guard = WithAnswered(limits, 100);
  ConnectionGuard advertised = guard;
  (void)advertised.Sent(MaxStreams(10, room), {});
  (void)advertised.Sent(MaxStreams(5, room), {});  // those before may be under way
  answer(advertised);
  EXPECT_EQ(FreeResets(advertised), 10);
  limits.resets = {40, milliseconds(5)};
  answer(guard);
  EXPECT_EQ(FreeResets(guard), 20);
}

TEST(FreeResets, AreNoneWhereNoneMayBeAtOnce) {
  GuardLimits limits;
  ConnectionGuard guard = WithAnswered(limits, 100);
  limits.resets = {1, milliseconds(5)};  // half a stream
  EXPECT_EQ(FreeResets(guard), 0);
}

TEST(FreeResets, AreNoneWhileMoreAreNotAnsweredThanCanBeCounted) {
  std::array<std::byte, 6> room;
  ConnectionGuard guard(Receiver::kServer);
  (void)guard.Sent(MaxStreams(10, room), {});
  (void)guard.Check(SettingsFrame(), {});
  for (StreamId id = 1; id < 2 * 65540; id += 2) {
    (void)guard.Check(
        HeadersFrame{.stream_id = id, .end_headers = true, .fragment = Bytes(kFiller).first(1)},
        {});
  }
  (void)guard.Sent(HeadersFrame{.stream_id = 1, .end_stream = true, .end_headers = true}, {});
  EXPECT_EQ(FreeResets(guard), 0);
}

TEST(ReportOnly, GoesOnAndSaysWhatItSaw) {
  static constexpr GuardLimits kLimits = {.pings = {2, milliseconds(10)}};
  ConnectionGuard guard({.report_only = true}, kLimits);
  EXPECT_EQ(guard.Check(SettingsFrame(), {}), FrameError());
  const auto report = [&](Nanoseconds now) {
    EXPECT_EQ(guard.Check(PingFrame(), now), FrameError());
    return guard.TakeReport();
  };
  EXPECT_EQ(report({}), Fault::kNone);
  EXPECT_EQ(report({}), Fault::kNone);
  EXPECT_EQ(report({}), Fault::kTooManyPings);
  EXPECT_EQ(guard.AlarmOf(Fault::kTooManyPings, {}).used, 3u);
  EXPECT_EQ(guard.TakeReport(), Fault::kNone);
  EXPECT_EQ(report({}), Fault::kTooManyPings);
  EXPECT_EQ(report(milliseconds(10)), Fault::kNone);
  // What is no matter of limits is an error as ever.
  EXPECT_EQ(guard.Check(HeadersFrame{.stream_id = 1}, {}), FrameError());
  EXPECT_EQ(guard.Check(PingFrame(), {}).fault, Fault::kFieldBlockInterrupted);
  EXPECT_EQ(guard.TakeReport(), Fault::kFieldBlockInterrupted);
}

TEST(ReportOnly, LeavesStreamErrorsWhatTheyAre) {
  static constexpr GuardLimits kLimits = {.stream_errors = {1, seconds(1)}};
  ConnectionGuard guard({.report_only = true}, kLimits);
  (void)guard.Check(SettingsFrame(), {});
  const FrameError error = {Fault::kNone, ErrorCode::kStreamClosed, 1};
  EXPECT_EQ(guard.Check(error, {}), error);
  EXPECT_EQ(guard.TakeReport(), Fault::kNone);
  EXPECT_EQ(guard.Check(error, {}), error);
  EXPECT_EQ(guard.TakeReport(), Fault::kTooManyStreamErrors);
}

TEST(ReportOnly, FollowsAllAttacksToTheirEnd) {
  for (const Attack& attack : Attacks()) {
    ConnectionGuard guard({.report_only = true});
    Peer peer(guard);
    (void)peer.Send(SettingsFrame());
    attack.begin(peer);
    for (std::uint32_t step = 0; step < 3 * attack.allowed; ++step) {
      const FrameError error = attack.step(peer, step);
      ASSERT_TRUE(error == FrameError() || error.stream_id != 0) << attack.name << error;
    }
  }
}

// Limits that are lowered below what was counted stop what comes next, and no longer than a bucket
// takes to fill.
TEST(ChangingLimits, LoweredStillStop) {
  GuardLimits limits;
  ConnectionGuard guard(Receiver::kServer, limits);
  (void)guard.Check(SettingsFrame(), {});
  for (int i = 0; i < 5; ++i) (void)guard.Check(DataFrame{.stream_id = 1}, {});
  limits.empty_frames = 3;
  EXPECT_EQ(guard.Check(DataFrame{.stream_id = 1}, {}).fault, Fault::kTooManyEmptyFrames);
  limits.empty_frames = 1000;
  EXPECT_EQ(guard.Check(DataFrame{.stream_id = 1}, {}).fault, Fault::kNone);

  (void)guard.Check(HeadersFrame{.stream_id = 1, .fragment = kFiller}, {});
  limits.field_block_octets = 100;
  const ContinuationFrame one = {.stream_id = 1, .fragment = Bytes(kFiller).first(1)};
  EXPECT_EQ(guard.Check(one, {}).fault, Fault::kFieldBlockTooLarge);
  limits.field_block_octets = 1 << 20;
  for (int i = 0; i < 10; ++i) (void)guard.Check(one, {});
  limits.continuations = 3;
  EXPECT_EQ(guard.Check(one, {}).fault, Fault::kTooManyContinuations);
}

// As many resets are free as there may be requests at once, whatever was answered before.
TEST(ChangingLimits, LoweredCountForWhatWasAnswered) {
  GuardLimits limits;
  ConnectionGuard guard(Receiver::kServer, limits);
  (void)guard.Check(SettingsFrame(), {});
  for (StreamId stream = 1; stream < 200; stream += 2) {
    (void)guard.Check(HeadersFrame{.stream_id = stream, .end_headers = true}, {});
    (void)guard.Sent(HeadersFrame{.stream_id = stream, .end_stream = true}, {});
  }
  limits.resets = {10, hours(1)};
  limits.resets_per_stream = 2;
  int passed = 0;
  while (guard.Check(RstStreamFrame{.stream_id = 1}, {}).fault == Fault::kNone) ++passed;
  EXPECT_EQ(passed, 5 + 10);
}

TEST(ChangingLimits, RatesCountFromWhatTheyAre) {
  GuardLimits limits;
  ConnectionGuard guard(Receiver::kServer, limits);
  (void)guard.Check(SettingsFrame(), {});
  const auto passes = [&](Nanoseconds now) {
    return guard.Check(PingFrame(), now).fault == Fault::kNone;
  };
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(passes({}));
  limits.pings = {10, milliseconds(1)};  // of which none is left
  EXPECT_FALSE(passes({}));
  EXPECT_TRUE(passes(milliseconds(1)));
  EXPECT_FALSE(passes(milliseconds(1)));
  limits.pings = {20, milliseconds(1)};
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(passes(milliseconds(1))) << i;
  EXPECT_FALSE(passes(milliseconds(1)));
  limits.pings = {0, {}};
  EXPECT_FALSE(passes(hours(1)));
  limits.pings = {1, {}};
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(passes(hours(1)));
}

TEST(Clocks, IdleForMonthsIsIdle) {
  static constexpr GuardLimits kLimits = {.pings = {3, hours(1)}};
  ConnectionGuard guard(Receiver::kServer, kLimits);
  (void)guard.Check(SettingsFrame(), {});
  const auto passes = [&](Nanoseconds now) {
    return guard.Check(PingFrame(), now).fault == Fault::kNone;
  };
  Nanoseconds now = hours(-24 * 365 * 200);
  for (const int days : {1, 30, 103, 104, 105, 208, 209, 365, 10'000, 40'000}) {
    now += hours(24 * days);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(passes(now)) << days;
    EXPECT_FALSE(passes(now)) << days;
    EXPECT_FALSE(passes(now + hours(1) - nanoseconds(64))) << days;
    EXPECT_TRUE(passes(now + hours(1))) << days;
    EXPECT_FALSE(passes(now + hours(1))) << days;
  }
  // Owed from one era of the buckets to the next: an hour at a time for a year.
  now += hours(24);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(passes(now));
  for (int hour = 1; hour < 24 * 365; ++hour) {
    ASSERT_TRUE(passes(now + hours(hour))) << hour;
    ASSERT_FALSE(passes(now + hours(hour))) << hour;
  }
}

TEST(Clocks, SlowBucketsFillInAHundredDays) {
  static constexpr GuardLimits kLimits = {
      .pings = {std::numeric_limits<std::uint32_t>::max(), milliseconds(700)},
      .priorities = {10, hours(24 * 365)}};
  ConnectionGuard guard(Receiver::kServer, kLimits);
  (void)guard.Check(SettingsFrame(), {});
  for (int i = 0; i < 100'000; ++i) ASSERT_EQ(guard.Check(PingFrame(), {}), FrameError());
  const auto passes = [&](Nanoseconds now) {
    return guard.Check(PriorityFrame{.stream_id = 1}, now).fault == Fault::kNone;
  };
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(passes({})) << i;
  EXPECT_FALSE(passes(hours(24 * 9)));
  EXPECT_TRUE(passes(hours(24 * 10)));
  EXPECT_FALSE(passes(hours(24 * 10)));
}

TEST(Clocks, ABucketThatNeverFillsIsOneOfAHundredDays) {
  constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
  constexpr nanoseconds kFill = hours(24 * 100);
  static constexpr GuardLimits kLimits = {
      .pings = {kMost, Nanoseconds(std::numeric_limits<std::int64_t>::max())}};
  ConnectionGuard guard(Receiver::kServer, kLimits);
  (void)guard.Check(SettingsFrame(), {});
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(guard.Check(PingFrame(), {}), FrameError());
  const auto used = [&](Nanoseconds now) { return guard.UseOf(*LimitNamed("pings"), now).used; };
  EXPECT_EQ(used({}), 1000u);
  EXPECT_EQ(used(kFill / kMost * 500), 500u);
  EXPECT_EQ(used(kFill / kMost * 1001), 0u);
}

// Of a clock that begins anywhere, 0 is a moment like any other.
TEST(Clocks, BucketsAreNotFullAgainAtZero) {
  static constexpr GuardLimits kLimits = {.pings = {10, hours(1)}};
  ConnectionGuard guard(Receiver::kServer, kLimits);
  (void)guard.Check(SettingsFrame(), milliseconds(-2));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(guard.Check(PingFrame(), milliseconds(-1)), FrameError()) << i;
  }
  EXPECT_EQ(guard.Check(PingFrame(), milliseconds(1)).fault, Fault::kTooManyPings);
}

TEST(Clocks, ThatGoBackAreNoDanger) {
  ConnectionGuard guard(Receiver::kServer);
  (void)guard.Check(SettingsFrame(), hours(24 * 365 * 100));
  for (const Nanoseconds now :
       {Nanoseconds(std::numeric_limits<std::int64_t>::max()),
        Nanoseconds(std::numeric_limits<std::int64_t>::min()), Nanoseconds(0), Nanoseconds(-1)}) {
    EXPECT_EQ(guard.Check(PingFrame(), now), FrameError());
  }
}

TEST(Goaways, TheFirstTwoPassWhateverTheirSize) {
  static constexpr GuardLimits kNone = {.goaways = {}};
  for (const Receiver receiver : {Receiver::kServer, Receiver::kClient, Receiver::kUnknown}) {
    ConnectionGuard guard(receiver, kNone);
    const GoawayFrame large = {.last_stream_id = 1, .debug_data = kFiller};
    EXPECT_EQ(guard.Check(large, {}), FrameError()) << "before SETTINGS";
    EXPECT_EQ(guard.Check(PingFrame(), {}).fault, Fault::kFirstFrameNotSettings);
    EXPECT_EQ(guard.Check(SettingsFrame(), {}), FrameError());
    EXPECT_EQ(guard.Check(large, {}), FrameError());
    EXPECT_EQ(guard.Check(GoawayFrame{}, {}).fault, Fault::kTooManyGoaways);
  }
}

}  // namespace
}  // namespace h2wire
