// SPDX-License-Identifier: Apache-2.0

// What real peers do that a guard must put up with, at its defaults: recorded octets and measured
// behaviour, at the true pace and at once.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attacks.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/header.h"
#include "h2wire/print.h"
#include "h2wire/settings.h"

namespace h2wire {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::string_view kFolder = H2WIRE_CAPTURES "/peers-streams/";

std::string OctetsOf(const std::string& file) {
  std::ifstream in(std::string(kFolder) + file, std::ios::binary);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

// Calls `each` with every frame of `octets`.
template <class Each>
void ForEachFrame(std::string_view octets, Each each) {
  Bytes in = AsBytes(octets);
  if (MatchPreface(in) == PrefaceMatch::kWhole) in = After(in, kConnectionPreface.size());
  while (!in.empty()) {
    const Outcome outcome = DecodeTo(in, each);
    ASSERT_EQ(outcome.status, DecodeStatus::kOk);
    in = After(in, outcome.size);
  }
}

SettingsFrame Setting(SettingId id, std::uint32_t value) {
  static std::array<std::byte, kSettingSize> room;
  const h2wire::Setting setting = {id, value};
  return {.settings = PackSettings(std::span(&setting, 1), room).value()};
}

std::vector<std::string> Files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".h2") files.push_back(entry.path().filename());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Peers, AreAllThere) { EXPECT_EQ(Files().size(), 17u); }

// Each file before a guard that is told nothing of the other direction: at its true pace, and those
// that came at once at once. What depends on the other direction, Go's credit, is tested below.
TEST(Peers, PassAtTheirPace) {
  for (const std::string& file : Files()) {
    const bool of_server = file.find(".server.") != std::string::npos;
    if (file.starts_with("go-returns")) continue;
    const nanoseconds step = file.starts_with("firefox-leaves") ? milliseconds(1) : nanoseconds(0);
    for (const bool observer : {false, true}) {
      ConnectionGuard guard(
          {.receiver = of_server ? Receiver::kClient : Receiver::kServer, .observer = observer});
      for (int i = 0; i < 3; ++i) (void)guard.Sent(SettingsFrame(), {});
      nanoseconds now(0);
      ForEachFrame(OctetsOf(file), [&](const auto& frame) {
        EXPECT_EQ(guard.Check(frame, now), FrameError()) << file << " " << frame;
        now += step;
      });
    }
  }
}

TEST(Peers, FirefoxLeavesPagesWhateverWasAdvertised) {
  for (const std::uint32_t streams : {1000u, 2000u, 100'000u}) {
    ConnectionGuard guard(Receiver::kServer);
    (void)guard.Sent(Setting(SettingId::kMaxConcurrentStreams, streams), {});
    nanoseconds now(0);
    ForEachFrame(OctetsOf("firefox-leaves-page-of-1000.h2"), [&](const auto& frame) {
      EXPECT_EQ(guard.Check(frame, now), FrameError()) << streams << " " << frame;
      now += milliseconds(1);
    });
  }
}

TEST(Peers, GoReturnsEachOctetTwiceThatOurWriterWroteByItself) {
  const std::string octets = OctetsOf("go-returns-one-octet-uploads.server.h2");
  for (const CutBy cut : {CutBy::kWriter, CutBy::kWindow}) {
    ConnectionGuard guard(Receiver::kClient);
    (void)guard.Sent(SettingsFrame(), {});
    (void)guard.Sent(HeadersFrame{.stream_id = 1, .end_headers = true}, {});
    nanoseconds now(0);
    std::uint64_t alarms = 0;
    std::uint64_t updates = 0;
    ForEachFrame(octets, [&]<class F>(const F& frame) {
      // Two for each DATA, at 1,200 DATA a second.
      if (std::is_same_v<F, WindowUpdateFrame> && updates++ % 2 == 0) {
        (void)guard.Sent(DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(1)}, now, cut);
        now += nanoseconds(seconds(1)) / 1200;
      }
      alarms += guard.Check(frame, now).fault != Fault::kNone;
    });
    EXPECT_EQ(alarms == 0, cut == CutBy::kWriter) << alarms;
  }
}

TEST(Peers, CreditIsForSmallDataOnlyAndForTwoUpdates) {
  static constexpr GuardLimits kNone = {.tiny_window_updates = {}};
  ConnectionGuard guard(Receiver::kClient, kNone);
  ASSERT_EQ(guard.Check(SettingsFrame(), {}), FrameError());
  const auto sent = [&](std::size_t size) {
    (void)guard.Sent(DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(size)}, {},
                     CutBy::kWriter);
  };
  const auto fault = [&] { return guard.Check(WindowUpdateFrame{0, 1}, {}).fault; };
  sent(4);
  EXPECT_EQ(fault(), Fault::kNone);
  EXPECT_EQ(fault(), Fault::kNone);
  EXPECT_EQ(fault(), Fault::kTooManyTinyWindowUpdates);
  sent(5);
  sent(0);
  EXPECT_EQ(fault(), Fault::kTooManyTinyWindowUpdates);
  (void)guard.Sent(DataFrame{.stream_id = 1, .pad_length = 3, .data = Bytes(kFiller).first(1)}, {},
                   CutBy::kWriter);
  EXPECT_EQ(fault(), Fault::kTooManyTinyWindowUpdates) << "padding is returned too";
  (void)guard.Sent(Part<DataFrame>{.frame = {.stream_id = 1}, .size = 1, .first = true}, {},
                   CutBy::kWriter);
  EXPECT_EQ(fault(), Fault::kNone);
}

// got and http2-wrapper: RST_STREAM after each answer, here with `at_once` requests under way.
std::uint64_t AlarmsOfResetsAfterAnswers(std::uint32_t at_once, std::uint32_t advertised,
                                         std::uint32_t requests) {
  ConnectionGuard guard(Receiver::kServer);
  (void)guard.Check(SettingsFrame(), {});
  if (advertised != 0) {
    (void)guard.Sent(Setting(SettingId::kMaxConcurrentStreams, advertised), {});
  }
  std::uint64_t alarms = 0;
  for (std::uint32_t i = 0; i < requests + at_once; ++i) {
    const nanoseconds now = i * nanoseconds(milliseconds(1));
    if (i < requests) alarms += guard.Check(Request(i), now).fault != Fault::kNone;
    if (i < at_once) continue;
    const StreamId done = ClientStream(i - at_once);
    (void)guard.Sent(HeadersFrame{.stream_id = done, .end_headers = true}, now);
    (void)guard.Sent(DataFrame{.stream_id = done, .end_stream = true}, now);
    alarms += guard.Check(RstStreamFrame{done, ErrorCode::kNoError}, now).fault != Fault::kNone;
  }
  return alarms;
}

TEST(Peers, ResetsOfWhatWasAnsweredCostNothing) {
  for (const std::uint32_t at_once : {1u, 10u, 100u}) {
    EXPECT_EQ(AlarmsOfResetsAfterAnswers(at_once, 0, 50'000), 0u) << at_once;
    EXPECT_EQ(AlarmsOfResetsAfterAnswers(at_once, 100, 50'000), 0u) << at_once;
  }
}

// How many pairs of an answered and a reset request pass, after `answered` requests.
std::uint32_t PairsThatPass(std::uint32_t streams, std::uint32_t answered) {
  ConnectionGuard guard(Receiver::kServer);
  (void)guard.Check(SettingsFrame(), {});
  if (streams != 0) (void)guard.Sent(Setting(SettingId::kMaxConcurrentStreams, streams), {});
  std::uint32_t next = 0;
  const auto answer = [&] {
    (void)guard.Check(Request(next), {});
    (void)guard.Sent(HeadersFrame{.stream_id = ClientStream(next++), .end_stream = true}, {});
  };
  while (answered-- != 0) answer();
  for (std::uint32_t pairs = 0; pairs < 1'000'000; ++pairs) {
    answer();
    (void)guard.Check(Request(next), {});
    const RstStreamFrame reset = {ClientStream(next++), ErrorCode::kCancel};
    if (guard.Check(reset, {}).fault == Fault::kTooManyResets) return pairs;
  }
  return 1'000'000;
}

TEST(Peers, AnswersBuyNoLargerBurst) {
  EXPECT_EQ(PairsThatPass(0, 0), 1000u + 2000);
  EXPECT_EQ(PairsThatPass(0, 1'000'000), 1000u + 2000);
  EXPECT_EQ(PairsThatPass(250, 0), 250u + 500);
  EXPECT_EQ(PairsThatPass(250, 1'000'000), 250u + 500);
}

TEST(Peers, ResetsFollowWhatWasAdvertised) {
  const auto passes = [](std::uint32_t streams, const GuardLimits& limits) {
    ConnectionGuard guard(Receiver::kServer, limits);
    (void)guard.Check(SettingsFrame(), {});
    (void)guard.Sent(Setting(SettingId::kMaxConcurrentStreams, streams), {});
    for (std::uint32_t i = 0;; ++i) {
      (void)guard.Check(Request(i), {});
      if (guard.Check(RstStreamFrame{ClientStream(i), {}}, {}).fault != Fault::kNone) return i;
    }
  };
  static constexpr GuardLimits kStays = {.resets_per_stream = 0};
  EXPECT_EQ(passes(250, kDefaultGuardLimits), 500u);
  EXPECT_EQ(passes(5000, kDefaultGuardLimits), 10'000u);
  EXPECT_EQ(passes(0, kDefaultGuardLimits), 100u) << "who lets nobody in is left all the same";
  EXPECT_EQ(passes(kMaxStreamId, kDefaultGuardLimits), 2000u) << "no limit";
  EXPECT_EQ(passes(5000, kStays), 2000u);
}

// Node, Bun and Deno with PADDING_STRATEGY_MAX; 3,000 of them at once.
TEST(Peers, NodePadsSmallDataToTheMaximum) {
  ConnectionGuard guard(Receiver::kClient);
  (void)guard.Check(SettingsFrame(), {});
  (void)guard.Check(HeadersFrame{.stream_id = 1, .end_headers = true}, {});
  const DataFrame padded = {.stream_id = 1, .pad_length = 255, .data = Bytes(kFiller).first(1)};
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(guard.Check(padded, {}), FrameError()) << i;
}

TEST(Peers, WhoAdvertisesLargeFieldsTakesThem) {
  ConnectionGuard guard(Receiver::kClient);
  (void)guard.Check(SettingsFrame(), {});
  (void)guard.Sent(Setting(SettingId::kMaxHeaderListSize, 1 << 20), {});
  (void)guard.Sent(Setting(SettingId::kMaxHeaderListSize, 1000), {});
  ASSERT_EQ(guard.Check(HeadersFrame{.stream_id = 1, .fragment = kFiller}, {}), FrameError());
  for (int i = 1; i < 64; ++i) {
    ASSERT_EQ(guard.Check(ContinuationFrame{.stream_id = 1, .fragment = kFiller}, {}),
              FrameError());
  }
  const Bytes one = Bytes(kFiller).first(1);
  EXPECT_EQ(guard.Check(ContinuationFrame{.stream_id = 1, .fragment = one}, {}).fault,
            Fault::kFieldBlockTooLarge);
}

TEST(Peers, WhoAdvertisesSmallFieldsHasTheLimitAllTheSame) {
  const LimitRow& octets = *LimitNamed("field_block_octets");
  for (const std::uint32_t value : {0u, 1u, 4096u, 262144u}) {
    ConnectionGuard guard(Receiver::kClient);
    (void)guard.Sent(Setting(SettingId::kMaxHeaderListSize, value), {});
    EXPECT_EQ(guard.UseOf(octets, {}).allowed, kDefaultGuardLimits.field_block_octets) << value;
  }
}

TEST(Peers, AUpgradedConnectionHasStream1OpenWithoutHeaders) {
  for (const bool upgraded : {false, true}) {
    ConnectionGuard guard({.receiver = Receiver::kServer, .upgraded = upgraded});
    (void)guard.Sent(SettingsFrame(), {});
    (void)guard.Sent(SettingsFrame(), {});
    ForEachFrame(OctetsOf("nghttp-upgrade.h2"), [&](const auto& frame) {
      EXPECT_EQ(guard.Check(frame, {}), FrameError()) << frame;
    });
    EXPECT_EQ(guard.Check(WindowUpdateFrame{3, 1000}, {}).fault,
              upgraded ? Fault::kIdleStream : Fault::kNone);
  }
}

}  // namespace
}  // namespace h2wire
