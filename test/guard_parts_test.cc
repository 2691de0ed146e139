// SPDX-License-Identifier: Apache-2.0

// Frames that are not whole structs of the library: handed out in parts, however they are cut; raw;
// or of a user's types. The guard judges them as the frame that they are.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "attacks.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/part.h"
#include "h2wire/print.h"
#include "h2wire/settings.h"

namespace h2wire {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

template <class F>
constexpr bool kHasParts =
    std::is_same_v<F, DataFrame> || std::is_same_v<F, HeadersFrame> ||
    std::is_same_v<F, PushPromiseFrame> || std::is_same_v<F, ContinuationFrame>;

Bytes& RestOf(DataFrame& frame) { return frame.data; }
Bytes& RestOf(auto& frame) { return frame.fragment; }

// Checks `frame` in parts of at most `most` octets, the first of `first`; returns the error of all
// of them.
template <class F>
FrameError CheckInParts(ConnectionGuard& guard, F frame, std::size_t first, std::size_t most,
                        Nanoseconds now) {
  Bytes left = RestOf(frame);
  RestOf(frame) = {};
  Part<F> part = {.frame = frame, .size = left.size(), .first = true};
  FrameError error;
  for (std::size_t size = std::min(first, left.size());; size = std::min(most, left.size())) {
    part.octets = left.first(size);
    left = left.subspan(size);
    part.last = left.empty();
    const FrameError found = guard.Check(part, now);
    if (found != FrameError()) error = found;
    if (part.last) return error;
    part.first = false;
  }
}

// What is left of every limit.
std::vector<std::uint64_t> UseOfAll(const ConnectionGuard& guard, Nanoseconds now) {
  std::vector<std::uint64_t> use;
  for (const LimitRow& row : kLimitRows) use.push_back(guard.UseOf(row, now).used);
  return use;
}

TEST(Parts, AreJudgedAsTheFrameThatTheyMake) {
  static constexpr GuardLimits kLimits = {.field_block_octets = 40'000,
                                          .continuations = 3,
                                          .empty_frames = 3,
                                          .small_data = {20, microseconds(100)},
                                          .padding = {3000, microseconds(10)}};
  std::uint32_t random = 1;
  const auto below = [&](std::uint32_t end) {
    random = random * 1664525 + 1013904223;
    return (random >> 8) % end;
  };
  std::uint64_t faults = 0;
  for (int round = 0; round < 2000; ++round) {
    const Receiver receiver = round % 3 == 0   ? Receiver::kServer
                              : round % 3 == 1 ? Receiver::kClient
                                               : Receiver::kUnknown;
    ConnectionGuard whole({.receiver = receiver, .observer = round % 2 == 0}, kLimits);
    ConnectionGuard pieces = whole;
    nanoseconds now(0);
    FrameError error = whole.Check(SettingsFrame(), now);
    EXPECT_EQ(pieces.Check(SettingsFrame(), now), error);
    for (int i = 0; i < 50 && error == FrameError(); ++i) {
      now += microseconds(below(200));
      const std::uint32_t sizes[] = {0, 1, 5, 300, 16384};
      const Bytes rest = Bytes(kFiller).first(sizes[below(5)]);
      const auto pad =
          below(3) == 0 ? std::optional(static_cast<std::uint8_t>(below(256))) : std::nullopt;
      const StreamId id = 1 + 2 * below(3);
      const bool end = below(2) == 0;
      Frame frame = DataFrame{.stream_id = id, .pad_length = pad, .data = rest};
      switch (below(5)) {
        case 0:
          frame = HeadersFrame{
              .stream_id = id, .end_headers = end, .pad_length = pad, .fragment = rest};
          break;
        case 1:
          frame = ContinuationFrame{.stream_id = id, .end_headers = end, .fragment = rest};
          break;
        case 2:
          frame = PushPromiseFrame{.stream_id = id,
                                   .end_headers = end,
                                   .pad_length = pad,
                                   .promised_stream_id = 2 + 2 * below(4),
                                   .fragment = rest};
          break;
        default:
          break;
      }
      error = whole.Check(frame, now);
      const std::size_t first = below(3) == 0 ? 0 : 1 + below(20'000);
      const std::size_t most = 1 + below(5000);
      const FrameError in_parts = Visit(
          [&]<class F>(const F& alternative) -> FrameError {
            if constexpr (kHasParts<F>) {
              return CheckInParts(pieces, alternative, first, most, now);
            } else {
              return {};
            }
          },
          frame);
      ASSERT_EQ(in_parts, error) << frame;
      ASSERT_EQ(UseOfAll(pieces, now), UseOfAll(whole, now)) << frame;
    }
    faults += error != FrameError();
  }
  EXPECT_GT(faults, 500u);
}

// 16,000 octets of data with 255 of padding pass for ever, whatever their first part is.
TEST(Parts, PaddingIsHeldAgainstTheWholeFrame) {
  for (const std::size_t first : {std::size_t{16000}, std::size_t{1}, std::size_t{0}}) {
    ConnectionGuard guard(Receiver::kServer);
    (void)guard.Check(SettingsFrame(), {});
    const DataFrame padded = {
        .stream_id = 1, .pad_length = 255, .data = Bytes(kFiller).first(16000)};
    for (int i = 0; i < 20'000; ++i) {
      ASSERT_EQ(CheckInParts(guard, padded, first, 16000, nanoseconds(microseconds(500)) * i),
                FrameError());
    }
  }
}

TEST(Parts, AFieldBlockIsMeasuredByWhatIsToCome) {
  ConnectionGuard guard(Receiver::kServer);
  (void)guard.Check(SettingsFrame(), {});
  const auto first = [](const auto& frame) {
    return Part<std::remove_cvref_t<decltype(frame)>>{
        .frame = frame, .octets = Bytes(kFiller).first(1), .size = 200'000, .first = true};
  };
  EXPECT_EQ(guard.Check(first(HeadersFrame{.stream_id = 1}), {}), FrameError());
  EXPECT_EQ(guard.Check(first(ContinuationFrame{.stream_id = 1}), {}).fault,
            Fault::kFieldBlockTooLarge);
}

TEST(Parts, OpenStreamsToo) {
  ConnectionGuard server(Receiver::kServer);
  (void)server.Check(SettingsFrame(), {});
  EXPECT_EQ(server.Check(
                Part<HeadersFrame>{
                    .frame = {.stream_id = 3, .end_headers = true}, .size = 10, .first = true},
                {}),
            FrameError());
  EXPECT_EQ(server.Check(RstStreamFrame{5, {}}, {}).fault, Fault::kIdleStream);
  ConnectionGuard client(Receiver::kClient);
  (void)client.Check(SettingsFrame(), {});
  (void)client.Sent(Part<HeadersFrame>{.frame = {.stream_id = 3}, .size = 10, .first = true}, {});
  (void)client.Sent(Part<HeadersFrame>{.frame = {.stream_id = 5}, .size = 10},
                    {});  // not the first
  EXPECT_EQ(client.Check(RstStreamFrame{3, {}}, {}), FrameError());
  EXPECT_EQ(client.Check(RstStreamFrame{5, {}}, {}).fault, Fault::kIdleStream);
}

// The header of a raw frame does not say which stream is promised: from then on nobody knows.
TEST(Parts, OfARawPromiseOpenAnyStream) {
  ConnectionGuard guard(Receiver::kClient);
  (void)guard.Check(SettingsFrame(), {});
  const HeadersFrame pushed = {.stream_id = 4, .end_headers = true, .fragment = kFiller};
  EXPECT_EQ(guard.Check(PushPromiseFrame{1, true, {}, 2, kFiller}, {}), FrameError());
  EXPECT_EQ(ConnectionGuard(guard).Check(pushed, {}).fault, Fault::kIdleStream);
  const FrameHeader promise = {
      .length = 100, .type = PushPromiseFrame::kType, .flags = 0x04, .stream_id = 1};
  EXPECT_EQ(guard.Check(promise, {}), FrameError());  // which remembers nothing
  EXPECT_EQ(ConnectionGuard(guard).Check(pushed, {}).fault, Fault::kIdleStream);
  EXPECT_EQ(guard.Check(Part<RawFrame>{.frame = {promise, {}}, .size = 100, .first = true}, {}),
            FrameError());
  EXPECT_EQ(guard.Check(pushed, {}), FrameError());
  EXPECT_EQ(guard.Check(RstStreamFrame{4, {}}, {}), FrameError());
}

TEST(Parts, OfUnknownTypesCountOnce) {
  static constexpr GuardLimits kLimits = {.ignored_frames = {2, std::chrono::seconds(1)}};
  ConnectionGuard guard(Receiver::kServer, kLimits);
  (void)guard.Check(SettingsFrame(), {});
  Part<RawFrame> part = {.frame = {{.type = FrameType{0x1f}}, {}}, .size = 100};
  for (int frame = 0; frame < 3; ++frame) {
    for (int i = 0; i < 10; ++i) {
      part.first = i == 0;
      EXPECT_EQ(guard.Check(part, {}).fault,
                frame == 2 && i == 0 ? Fault::kTooManyIgnoredFrames : Fault::kNone);
    }
  }
  // Of a type that the caller's set of frames has not, the header says what it is.
  part = {.frame = {{.type = HeadersFrame::kType, .stream_id = 1}, {}}, .size = 10, .first = true};
  EXPECT_EQ(guard.Check(part, {}), FrameError());
  EXPECT_EQ(guard.Check(PingFrame(), {}).fault, Fault::kFieldBlockInterrupted);
  part.frame.header.stream_id = 0;
  EXPECT_EQ(ConnectionGuard(Receiver::kServer).Check(part, {}).fault, Fault::kStreamRequired);
}

// A raw frame is judged as what it decodes to.
RawFrame Raw(const Frame& frame, std::vector<std::byte>& wire) {
  wire.resize(EncodedSize(frame));
  EXPECT_EQ(Encode(frame, wire).fault, Fault::kNone);
  return DecodeRaw(wire).frame;
}

TEST(Raw, IsJudgedAsWhatItDecodesTo) {
  std::vector<std::byte> wire;
  ConnectionGuard guard(Receiver::kServer);
  (void)guard.Check(SettingsFrame(), {});
  const RawFrame padding = Raw(DataFrame{.stream_id = 1, .pad_length = 255}, wire);
  int passed = 0;
  while (passed < 100'000 && guard.Check(padding, {}).fault == Fault::kNone) ++passed;
  EXPECT_EQ(passed, kDefaultGuardLimits.empty_frames);

  guard = ConnectionGuard(Receiver::kServer);
  (void)guard.Check(SettingsFrame(), {});
  EXPECT_EQ(guard.Check(Raw(HeadersFrame{.stream_id = 1, .fragment = kFiller}, wire), {}),
            FrameError());
  EXPECT_EQ(guard.Check(PingFrame{}, {}).fault, Fault::kFieldBlockInterrupted);

  guard = ConnectionGuard(Receiver::kServer);
  (void)guard.Check(SettingsFrame(), {});
  RawFrame on_stream_0 = Raw(HeadersFrame{.stream_id = 1, .fragment = kFiller}, wire);
  on_stream_0.header.stream_id = 0;
  EXPECT_EQ(guard.Check(on_stream_0, {}).fault, Fault::kStreamRequired);
  EXPECT_EQ(guard.Check(Raw(HeadersFrame{.stream_id = 2, .end_headers = true}, wire), {}).fault,
            Fault::kStreamOfServer);
}

// A value that only an extension forbids, which the guard's receiver knows or does not.
TEST(Raw, KnowsAsManyExtensionsAsTheGuard) {
  static constexpr auto kOther = PackSettings({{SettingId{0x100}, 0}});
  for (const bool extensions : {true, false}) {
    std::vector<std::byte> wire;
    RawFrame raw = Raw(SettingsFrame{.settings = kOther}, wire);
    StoreBig(wire.data() + kFrameHeaderSize, std::uint16_t{8});  // ENABLE_CONNECT_PROTOCOL
    StoreBig(wire.data() + kFrameHeaderSize + 2, std::uint32_t{2});
    raw = DecodeRaw(wire).frame;
    const Decoded<Frame> decoded = Decode(wire, {.extensions = extensions});
    ConnectionGuard guard({.receiver = Receiver::kServer, .extensions = extensions});
    EXPECT_EQ(guard.Check(raw, {}), decoded.error);
    EXPECT_EQ(decoded.status == DecodeStatus::kError, extensions);
  }
}

// A user's types, whose members are named like the library's.
struct NoteFrame {
  StreamId stream_id = 0;
  bool end_headers = false;
  bool ack = false;
  Bytes fragment{};
  static constexpr FrameType kType{0xe0};
  static constexpr std::string_view kName = "NOTE";
};
template <CostClass kClass>
struct CostlyFrame : NoteFrame {
  static constexpr CostClass kCost = kClass;
};

template <class F>
int PassedOf(const F& frame) {
  ConnectionGuard guard(Receiver::kServer);
  (void)guard.Check(SettingsFrame(), {});
  int passed = 0;
  while (passed < 100'000 && guard.Check(frame, {}).fault == Fault::kNone) ++passed;
  return passed;
}

TEST(UsersTypes, AreLimitedByTheirCostClass) {
  EXPECT_EQ(PassedOf(NoteFrame()), 500);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kIgnored>()), 500);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kNeedsReply>()), 1000);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kPriority>()), 1000);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kReset>()), 2000);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kUncounted>()), 100'000);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kData>()), 100'000);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kFieldBlock>()), 100'000);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kWindow>()), 100'000);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kEmpty>()), 500);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kReply>()), 500);
  EXPECT_EQ(PassedOf(CostlyFrame<CostClass::kGoaway>()), 500);
}

TEST(UsersTypes, OpenNoFieldBlockAndInterruptOne) {
  ConnectionGuard guard(Receiver::kServer);
  EXPECT_EQ(guard.Check(NoteFrame(), {}).fault, Fault::kFirstFrameNotSettings);
  (void)guard.Check(SettingsFrame(), {});
  EXPECT_EQ(guard.Check(NoteFrame{.stream_id = 1, .fragment = kFiller}, {}), FrameError());
  EXPECT_EQ(guard.Check(PingFrame(), {}), FrameError());
  EXPECT_EQ(guard.Check(HeadersFrame{.stream_id = 1}, {}), FrameError());
  EXPECT_EQ(guard.Check(NoteFrame{.stream_id = 1}, {}).fault, Fault::kFieldBlockInterrupted);
  EXPECT_EQ(guard.Sent(NoteFrame{.ack = true}, {}), FrameError());
}

}  // namespace
}  // namespace h2wire
