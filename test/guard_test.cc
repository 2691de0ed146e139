// SPDX-License-Identifier: Apache-2.0

// The order of frames, the roles of the two ends, our own SETTINGS, and each limit.

#include "h2wire/guard.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agreement.h"
#include "attacks.h"
#include "captures.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/print.h"
#include "h2wire/settings.h"
#include "reference.h"

namespace h2wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr ConnectionGuard::Time kNow = seconds(1000);

static_assert(noexcept(ConnectionGuard(Receiver::kServer).Check(Frame(), kNow)));
static_assert(noexcept(ConnectionGuard(Receiver::kServer).Check(FrameHeader(), kNow)));
static_assert(noexcept(ConnectionGuard(Receiver::kServer).Check(FrameError(), kNow)));
static_assert(noexcept(ConnectionGuard(Receiver::kServer).Sent(Frame(), kNow)));

FrameHeader HeaderOf(const Frame& frame) {
  std::vector<std::byte> wire(EncodedSize(frame));
  EXPECT_EQ(Encode(frame, wire).fault, Fault::kNone);
  return LoadHeader(wire.data());
}

// A guard whose connection has begun.
ConnectionGuard Begun(const GuardOptions& options,
                      const GuardLimits& limits = kDefaultGuardLimits) {
  ConnectionGuard guard(options, limits);
  EXPECT_EQ(guard.Check(SettingsFrame(), kNow).fault, Fault::kNone);
  return guard;
}
ConnectionGuard Begun(Receiver receiver, const GuardLimits& limits = kDefaultGuardLimits) {
  return Begun(GuardOptions{.receiver = receiver}, limits);
}

// The fault of each of `frames` in turn: all but the last must be good.
Fault FaultOfLast(ConnectionGuard guard, const std::vector<Frame>& frames) {
  Fault fault = Fault::kNone;
  for (const Frame& frame : frames) {
    EXPECT_EQ(fault, Fault::kNone) << "before " << frame;
    const Fault of_header = std::as_const(guard).Check(HeaderOf(frame), kNow).fault;
    const FrameError error = guard.Check(frame, kNow);
    EXPECT_EQ(error.stream_id, 0u);
    if (of_header != Fault::kNone) {
      EXPECT_EQ(of_header, error.fault) << frame;
    }
    fault = error.fault;
  }
  return fault;
}

const Frame kSettings = SettingsFrame{};
const Frame kSettingsAck = SettingsFrame{.ack = true};
const Frame kOpenHeaders = HeadersFrame{.stream_id = 1};
const Frame kWholeHeaders = HeadersFrame{.stream_id = 1, .end_headers = true};
const Frame kOpenPush = PushPromiseFrame{.stream_id = 1, .promised_stream_id = 2};
const Frame kContinuation = ContinuationFrame{.stream_id = 1};
const Frame kLastContinuation = ContinuationFrame{.stream_id = 1, .end_headers = true};

TEST(Order, TheFirstFrameIsSettings) {
  for (const Receiver receiver : {Receiver::kServer, Receiver::kClient, Receiver::kUnknown}) {
    const ConnectionGuard guard(receiver);
    EXPECT_EQ(FaultOfLast(guard, {kSettings}), Fault::kNone);
    EXPECT_EQ(FaultOfLast(guard, {kSettingsAck}), Fault::kFirstFrameNotSettings);
    EXPECT_EQ(FaultOfLast(guard, {kWholeHeaders}), Fault::kFirstFrameNotSettings);
    EXPECT_EQ(FaultOfLast(guard, {DataFrame{.stream_id = 1, .data = kFiller}}),
              Fault::kFirstFrameNotSettings);
    EXPECT_EQ(FaultOfLast(guard, {WindowUpdateFrame{0, 100}}), Fault::kFirstFrameNotSettings);
    EXPECT_EQ(FaultOfLast(guard, {RawFrame{{.type = FrameType{0x1f}}, {}}}),
              Fault::kFirstFrameNotSettings);
    EXPECT_EQ(ErrorOf(Fault::kFirstFrameNotSettings, 1).code, ErrorCode::kProtocolError);
  }
}

TEST(Order, NothingButContinuationGoesOnWithAFieldBlock) {
  const std::vector<Frame> interruptions = {
      DataFrame{.stream_id = 1, .data = kFiller},
      kWholeHeaders,
      kOpenHeaders,
      HeadersFrame{.stream_id = 1, .end_headers = true, .fragment = Bytes(kFiller).first(10)},
      PriorityFrame{.stream_id = 1},
      RstStreamFrame{.stream_id = 1},
      kSettings,
      kSettingsAck,
      kOpenPush,
      PingFrame{},
      GoawayFrame{},
      WindowUpdateFrame{1, 10000},
      ContinuationFrame{.stream_id = 3},
      AltSvcFrame{.stream_id = 1},
      OriginFrame{},
      PriorityUpdateFrame{1, {}},
      RawFrame{{.type = FrameType{0x1f}, .stream_id = 1}, {}},
      RawFrame{{.type = OriginFrame::kType, .stream_id = 1}, {}},
  };
  for (const Frame& open : {kOpenHeaders, kOpenPush}) {
    for (const Frame& frame : interruptions) {
      EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient), {open, frame}), Fault::kFieldBlockInterrupted)
          << frame;
      EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient), {open, kContinuation, frame}),
                Fault::kFieldBlockInterrupted)
          << frame;
    }
    EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient),
                          {open, kContinuation, kLastContinuation, PingFrame{}}),
              Fault::kNone);
  }
}

TEST(Order, AFieldBlockOfAPromiseGoesOnOnTheAssociatedStream) {
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient),
                        {kOpenPush, ContinuationFrame{.stream_id = 2, .end_headers = true}}),
            Fault::kFieldBlockInterrupted);
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient), {kOpenPush, kLastContinuation}), Fault::kNone);
}

TEST(Order, ContinuationContinuesSomething) {
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kServer), {kLastContinuation}), Fault::kStrayContinuation);
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kServer), {kWholeHeaders, kContinuation}),
            Fault::kStrayContinuation);
  EXPECT_EQ(
      FaultOfLast(Begun(Receiver::kServer), {kOpenHeaders, kLastContinuation, kLastContinuation}),
      Fault::kStrayContinuation);
}

TEST(Order, AFrameWithAnErrorOfItsOwnInterruptsToo) {
  const FrameError zero = ErrorOf(Fault::kZeroWindowIncrement, 1);
  ConnectionGuard guard(Receiver::kServer);
  EXPECT_EQ(guard.Check(zero, kNow).fault, Fault::kFirstFrameNotSettings);
  guard = Begun(Receiver::kServer);
  EXPECT_EQ(guard.Check(zero, kNow), zero);
  EXPECT_EQ(guard.Check(kOpenHeaders, kNow).fault, Fault::kNone);
  // What the session finds out about a stream has nothing to do with the order of frames.
  const FrameError closed = {Fault::kNone, ErrorCode::kStreamClosed, 1};
  EXPECT_EQ(guard.Check(closed, kNow), closed);
  const FrameError overflow = ErrorOf(Fault::kWindowOverflow, 1);
  EXPECT_EQ(guard.Check(overflow, kNow), overflow);
  EXPECT_EQ(guard.Check(zero, kNow), ErrorOf(Fault::kFieldBlockInterrupted, 0));
}

TEST(Order, AnObserverMayJoinAnywhere) {
  const GuardOptions joined = {.receiver = Receiver::kUnknown, .observer = true, .joined = true};
  for (const Frame& frame :
       {kSettings, kSettingsAck, kWholeHeaders, kContinuation, kLastContinuation, kOpenPush}) {
    EXPECT_EQ(FaultOfLast(ConnectionGuard(joined), {frame}), Fault::kNone) << frame;
  }
  EXPECT_EQ(FaultOfLast(ConnectionGuard(joined), {kContinuation, PingFrame{}}),
            Fault::kFieldBlockInterrupted);
  EXPECT_EQ(FaultOfLast(ConnectionGuard(joined), {PingFrame{}, kContinuation}),
            Fault::kStrayContinuation);
}

// Everything that may follow on everything, up to a depth.
class Explorer {
 public:
  explicit Explorer(const GuardOptions& options) : options_(options) {
    static constexpr auto kPush = PackSettings({{SettingId::kEnablePush, 1}});
    static constexpr auto kConnect = PackSettings({{SettingId::kEnableConnectProtocol, 1}});
    static constexpr auto kNoConnect = PackSettings({{SettingId::kEnableConnectProtocol, 0}});
    static constexpr auto kNoPush = PackSettings({{SettingId::kEnablePush, 0}});
    const Bytes some = Bytes(kFiller).first(5);
    for (const Frame& frame : std::vector<Frame>{
             kSettings,
             kSettingsAck,
             SettingsFrame{.settings = kPush},
             SettingsFrame{.settings = kConnect},
             SettingsFrame{.settings = kNoConnect},
             DataFrame{.stream_id = 1, .data = some},
             HeadersFrame{.stream_id = 1, .fragment = some},
             HeadersFrame{.stream_id = 1, .end_headers = true, .fragment = some},
             HeadersFrame{.stream_id = 3, .fragment = some},
             HeadersFrame{.stream_id = 5, .end_headers = true, .fragment = some},
             HeadersFrame{.stream_id = 4, .end_headers = true, .fragment = some},
             ContinuationFrame{.stream_id = 1, .fragment = some},
             ContinuationFrame{.stream_id = 1, .end_headers = true, .fragment = some},
             ContinuationFrame{.stream_id = 2, .end_headers = true, .fragment = some},
             ContinuationFrame{.stream_id = 3, .end_headers = true, .fragment = some},
             PushPromiseFrame{.stream_id = 1, .promised_stream_id = 2, .fragment = some},
             PushPromiseFrame{
                 .stream_id = 1, .end_headers = true, .promised_stream_id = 2, .fragment = some},
             PriorityFrame{.stream_id = 1},
             RstStreamFrame{.stream_id = 1},
             PingFrame{},
             GoawayFrame{},
             GoawayFrame{.last_stream_id = 5},
             WindowUpdateFrame{1, 1000},
             WindowUpdateFrame{4, 1000},
             DataFrame{.stream_id = 2, .data = some},
             RstStreamFrame{.stream_id = 5},
             PushPromiseFrame{
                 .stream_id = 2, .end_headers = true, .promised_stream_id = 4, .fragment = some},
             AltSvcFrame{.stream_id = 1},
             OriginFrame{},
             PriorityUpdateFrame{1, {}},
             RawFrame{{.type = FrameType{0x1f}, .stream_id = 1}, some},
         }) {
      steps_.push_back(MakeStep(frame, false));
    }
    steps_.push_back(MakeStep(kSettings, true));
    steps_.push_back(MakeStep(SettingsFrame{.settings = kNoPush}, true));
    steps_.push_back(
        MakeStep(HeadersFrame{.stream_id = 3, .end_headers = true, .fragment = some}, true));
    steps_.push_back(MakeStep(
        PushPromiseFrame{
            .stream_id = 1, .end_headers = true, .promised_stream_id = 2, .fragment = some},
        true));
  }

  void Explore(int depth) { Explore(ConnectionGuard(options_), ReferenceOrder(options_), depth); }

  std::uint64_t wrong() const { return wrong_; }
  std::uint64_t tried() const { return tried_; }

 private:
  struct Step {
    Frame frame;
    bool sent;
    FrameHeader header;
    reference::Result read;  // from `wire`
    std::vector<std::byte> wire;
  };

  static Step MakeStep(const Frame& frame, bool sent) {
    Step step{.frame = frame, .sent = sent, .header = HeaderOf(frame), .read = {}, .wire = {}};
    step.wire.resize(EncodedSize(frame));
    EXPECT_EQ(Encode(frame, step.wire).fault, Fault::kNone);
    step.read = ReferenceDecode(step.wire, {});
    return step;
  }

  // Tries every step after `guard`, and every step after those, `depth` deep. Asks for the header,
  // the frame, and the frame as it is.
  void Explore(const ConnectionGuard& guard, const reference::Order& order, int depth) {
    for (const Step& step : steps_) {
      ConnectionGuard after = guard;
      reference::Order order_after = order;
      ++tried_;
      if (step.sent) {
        (void)after.Sent(step.frame, kNow);
        order_after.Sent(step.read);
      } else {
        const Fault expected = agreement::FaultOf(order_after.Received(step.read));
        wrong_ += after.Check(step.frame, kNow) != ErrorOf(expected, 0);
        const Fault by_header = guard.Check(step.header, kNow).fault;
        const bool in_payload = expected == Fault::kEnablePushFromServer ||
                                expected == Fault::kConnectProtocolWithdrawn ||
                                expected == Fault::kPromisedStreamIdNotNew ||
                                expected == Fault::kLastStreamIdIncreased;
        wrong_ += by_header != (in_payload ? Fault::kNone : expected);
        ConnectionGuard after_raw = guard;
        const RawFrame raw{step.header, Bytes(step.wire).subspan(kFrameHeaderSize)};
        // Of an extension, a raw frame is one that the receiver does not know.
        wrong_ += after_raw.Check(raw, kNow).fault != expected &&
                  expected != Fault::kPriorityUpdateToClient;
        if (expected != Fault::kNone) continue;
      }
      if (depth > 1) Explore(after, order_after, depth - 1);
    }
  }

  GuardOptions options_;
  std::vector<Step> steps_;
  std::uint64_t wrong_ = 0;
  std::uint64_t tried_ = 0;
};

TEST(Order, IsThatOfTheReference) {
  for (const Receiver receiver : {Receiver::kServer, Receiver::kClient, Receiver::kUnknown}) {
    for (const bool observer : {false, true}) {
      for (const bool joined : {false, true}) {
        const GuardOptions options = {.receiver = receiver, .observer = observer, .joined = joined};
        Explorer explorer(options);
        explorer.Explore(4);
        EXPECT_EQ(explorer.wrong(), 0u) << static_cast<int>(receiver) << observer << joined;
        EXPECT_GT(explorer.tried(), 10'000u);
      }
    }
  }
}

// Every type of frame, on streams that are open, and on those that nobody has opened.
TEST(Idle, StreamsGetNothingButWhatOpensThem) {
  const Bytes some = Bytes(kFiller).first(5);
  const auto frames_on = [&](StreamId id) -> std::vector<Frame> {
    return {DataFrame{.stream_id = id, .data = some},
            DataFrame{.stream_id = id, .end_stream = true},
            DataFrame{.stream_id = id, .pad_length = 1, .data = some},
            HeadersFrame{.stream_id = id, .end_headers = true, .fragment = some},
            HeadersFrame{.stream_id = id, .fragment = some},
            HeadersFrame{.stream_id = id, .end_headers = true, .pad_length = 1, .fragment = some},
            HeadersFrame{.stream_id = id, .end_headers = true},
            RstStreamFrame{id, ErrorCode::kCancel},
            WindowUpdateFrame{id, 1000},
            WindowUpdateFrame{id, 1},
            PushPromiseFrame{
                .stream_id = id, .end_headers = true, .promised_stream_id = 100, .fragment = some}};
  };
  const auto always_on = [&](StreamId id) -> std::vector<Frame> {
    return {PriorityFrame{.stream_id = id}, AltSvcFrame{.stream_id = id},
            RawFrame{{.type = FrameType{0x1f}, .stream_id = id}, some}};
  };
  struct Case {
    Receiver receiver;
    StreamId open;
    StreamId idle;
  };
  for (const Case& test : {Case{Receiver::kServer, 3, 5}, Case{Receiver::kServer, 2, 4},
                           Case{Receiver::kClient, 3, 5}, Case{Receiver::kClient, 2, 4}}) {
    const bool to_server = test.receiver == Receiver::kServer;
    ConnectionGuard guard = Begun(test.receiver);
    const Frame request = HeadersFrame{.stream_id = 3, .end_headers = true, .fragment = some};
    const Frame promise = PushPromiseFrame{
        .stream_id = 3, .end_headers = true, .promised_stream_id = 2, .fragment = some};
    if (to_server) {
      EXPECT_EQ(guard.Check(request, kNow), FrameError());
      (void)guard.Sent(promise, kNow);
    } else {
      (void)guard.Sent(request, kNow);
      EXPECT_EQ(guard.Check(promise, kNow), FrameError());
    }
    const bool even = test.open % 2 == 0;
    // Whoever may not send it at all is told so, whatever the stream is.
    const auto by_role = [&](const Frame& frame) {
      const bool data = std::holds_alternative<DataFrame>(frame);
      const bool headers = std::holds_alternative<HeadersFrame>(frame);
      const bool push = std::holds_alternative<PushPromiseFrame>(frame);
      if (push && to_server) return Fault::kPushPromiseToServer;
      if (push && even) return Fault::kPromiseOnStreamOfServer;
      return (data || headers) && to_server && even ? Fault::kStreamOfServer : Fault::kNone;
    };
    for (const Frame& frame : frames_on(test.open)) {
      EXPECT_EQ(FaultOfLast(guard, {frame}), by_role(frame)) << frame;
    }
    for (const Frame& frame : frames_on(test.idle)) {
      const bool opens = to_server && !even && std::holds_alternative<HeadersFrame>(frame);
      const Fault of_role = by_role(frame);
      const Fault expected = of_role != Fault::kNone ? of_role
                             : opens                 ? Fault::kNone
                                                     : Fault::kIdleStream;
      EXPECT_EQ(FaultOfLast(guard, {frame}), expected) << frame;
      EXPECT_EQ(std::as_const(guard).Check(HeaderOf(frame), kNow).fault, expected) << frame;
    }
    for (const Frame& frame : always_on(test.idle)) {
      EXPECT_EQ(FaultOfLast(guard, {frame}), Fault::kNone) << frame;
    }
  }
}

TEST(Idle, NoStreamIsThatTheClientOpens) {
  const Frame answer = HeadersFrame{.stream_id = 3, .end_headers = true};
  ConnectionGuard guard = Begun(Receiver::kClient);
  (void)guard.Sent(kWholeHeaders, kNow);
  EXPECT_EQ(FaultOfLast(guard, {answer}), Fault::kIdleStream);
  // A stream of the server's is not opened by what is sent on it.
  (void)guard.Sent(HeadersFrame{.stream_id = 4, .end_headers = true}, kNow);
  EXPECT_EQ(FaultOfLast(guard, {answer}), Fault::kIdleStream);
  (void)guard.Sent(answer, kNow);
  (void)guard.Sent(kWholeHeaders, kNow);  // trailers
  EXPECT_EQ(FaultOfLast(guard, {answer, kWholeHeaders, WindowUpdateFrame{3, 1000}}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {WindowUpdateFrame{5, 1000}}), Fault::kIdleStream);
  // An error of a stream becomes one of the connection where no RST_STREAM may be sent.
  const FrameError error = ErrorOf(Fault::kZeroWindowIncrement, 3);
  EXPECT_EQ(guard.Check(error, kNow), error);
  EXPECT_EQ(guard.Check(ErrorOf(Fault::kZeroWindowIncrement, 5), kNow),
            (FrameError{error.fault, error.code, 0}));
}

TEST(Idle, NothingIsBeforeTheFirstThatIsKnownToBeOpen) {
  const auto headers = [](StreamId id) {
    return HeadersFrame{.stream_id = id, .end_headers = true, .fragment = Bytes(kFiller).first(5)};
  };
  // A client's guard that is not told what the client asks for.
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient), {headers(1), headers(7), headers(2), headers(8)}),
            Fault::kNone);
  // Whoever watches sees an answer before the request, it may be; a promise never.
  ConnectionGuard observer = Begun(GuardOptions{.receiver = Receiver::kClient, .observer = true});
  (void)observer.Sent(headers(1), kNow);
  EXPECT_EQ(FaultOfLast(observer, {headers(3)}), Fault::kNone);
  EXPECT_EQ(
      FaultOfLast(observer, {kWholeHeaders,
                             Frame(PushPromiseFrame{
                                 .stream_id = 1, .end_headers = true, .promised_stream_id = 2}),
                             headers(2), headers(4)}),
      Fault::kIdleStream);
  ConnectionGuard joined = Begun(GuardOptions{.receiver = Receiver::kClient, .joined = true});
  (void)joined.Sent(headers(1), kNow);
  EXPECT_EQ(FaultOfLast(joined, {headers(3), headers(4)}), Fault::kNone);
}

TEST(Role, OnlyServersPromise) {
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kServer), {kOpenPush}), Fault::kPushPromiseToServer);
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient), {kOpenPush}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kUnknown), {kOpenPush}), Fault::kNone);
}

TEST(Role, OnlyClientsUpdatePriorities) {
  const Frame update = PriorityUpdateFrame{1, AsBytes("u=1")};
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient), {update}), Fault::kPriorityUpdateToClient);
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kServer), {update}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kUnknown), {update}), Fault::kNone);
  // To a client without the extension it is a frame of unknown type.
  ConnectionGuard guard = Begun(GuardOptions{.receiver = Receiver::kClient, .extensions = false});
  EXPECT_EQ(std::as_const(guard).Check(HeaderOf(update), kNow).fault, Fault::kNone);
  EXPECT_EQ(guard.Check(RawFrame{HeaderOf(update), {}}, kNow).fault, Fault::kNone);
}

TEST(Role, OnlyClientsEnablePush) {
  static constexpr auto kOn = PackSettings({{SettingId::kEnablePush, 1}});
  static constexpr auto kOff = PackSettings({{SettingId::kEnablePush, 0}});
  EXPECT_EQ(FaultOfLast(ConnectionGuard(Receiver::kClient), {SettingsFrame{.settings = kOn}}),
            Fault::kEnablePushFromServer);
  EXPECT_EQ(FaultOfLast(ConnectionGuard(Receiver::kClient), {SettingsFrame{.settings = kOff}}),
            Fault::kNone);
  EXPECT_EQ(FaultOfLast(ConnectionGuard(Receiver::kServer), {SettingsFrame{.settings = kOn}}),
            Fault::kNone);
  EXPECT_EQ(FaultOfLast(ConnectionGuard(Receiver::kUnknown), {SettingsFrame{.settings = kOn}}),
            Fault::kNone);
}

TEST(Role, ConnectProtocolIsNotWithdrawn) {
  static constexpr auto kOn = PackSettings({{SettingId::kEnableConnectProtocol, 1}});
  static constexpr auto kOff = PackSettings({{SettingId::kEnableConnectProtocol, 0}});
  static constexpr auto kBoth = PackSettings(
      {{SettingId::kEnableConnectProtocol, 1}, {SettingId::kEnableConnectProtocol, 0}});
  const Frame on = SettingsFrame{.settings = kOn};
  const Frame off = SettingsFrame{.settings = kOff};
  const ConnectionGuard guard(Receiver::kClient);
  EXPECT_EQ(FaultOfLast(guard, {off, on, on}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {on, kSettings, off}), Fault::kConnectProtocolWithdrawn);
  EXPECT_EQ(FaultOfLast(guard, {SettingsFrame{.settings = kBoth}}),
            Fault::kConnectProtocolWithdrawn);
  // "Receipt of this parameter by a server does not have any impact."
  for (const Receiver receiver : {Receiver::kServer, Receiver::kUnknown}) {
    EXPECT_EQ(
        FaultOfLast(ConnectionGuard(receiver), {on, off, on, SettingsFrame{.settings = kBoth}}),
        Fault::kNone);
  }
}

// Without the extension it is the identifier of a setting that nobody knows.
TEST(Role, ConnectProtocolIsAnExtension) {
  static constexpr auto kBoth = PackSettings(
      {{SettingId::kEnableConnectProtocol, 1}, {SettingId::kEnableConnectProtocol, 0}});
  const SettingsFrame both = {.settings = kBoth};
  std::vector<std::byte> wire(EncodedSize(both));
  EXPECT_EQ(Encode(both, wire).fault, Fault::kNone);
  for (const bool extensions : {true, false}) {
    ConnectionGuard guard({.receiver = Receiver::kClient, .extensions = extensions});
    ConnectionGuard of_raw = guard;
    const Fault expected = extensions ? Fault::kConnectProtocolWithdrawn : Fault::kNone;
    EXPECT_EQ(guard.Check(both, kNow).fault, expected);
    EXPECT_EQ(of_raw.Check(DecodeRaw(wire).frame, kNow).fault, expected);
  }
}

TEST(OurSettings, AnAcknowledgementAcknowledgesOne) {
  ConnectionGuard guard = Begun(Receiver::kServer);
  EXPECT_EQ(FaultOfLast(guard, {kSettingsAck}), Fault::kStraySettingsAck);
  (void)guard.Sent(kSettings, kNow);
  (void)guard.Sent(kSettingsAck, kNow);
  EXPECT_EQ(FaultOfLast(guard, {kSettingsAck}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {kSettingsAck, kSettingsAck}), Fault::kStraySettingsAck);
  EXPECT_EQ(FaultOfLast(Begun(GuardOptions{.observer = true}), {kSettingsAck, kSettingsAck}),
            Fault::kNone);
}

SettingsFrame MaxFrameSize(std::uint32_t size, MutableBytes room) {
  const Setting setting = {SettingId::kMaxFrameSize, size};
  return {.settings = PackSettings(std::span(&setting, 1), room).value()};
}

TEST(OurSettings, TakeEffectInOrderAsTheyAreAcknowledged) {
  ConnectionGuard guard = Begun(Receiver::kServer);
  std::array<std::byte, 6> room;
  EXPECT_EQ(guard.max_frame_size(), 16384u);
  (void)guard.Sent(MaxFrameSize(20000, room), kNow);
  (void)guard.Sent(SettingsFrame{}, kNow);
  (void)guard.Sent(MaxFrameSize(30000, room), kNow);
  (void)guard.Sent(MaxFrameSize(17000, room), kNow);
  for (const std::uint32_t size : {20000u, 20000u, 30000u, 17000u}) {
    const FrameHeader header = {.length = size, .stream_id = 1};
    EXPECT_EQ(guard.Check(kSettingsAck, kNow).fault, Fault::kNone);
    EXPECT_EQ(guard.max_frame_size(), size);
    EXPECT_EQ(std::as_const(guard).Check(header, kNow).fault, Fault::kNone);
    const FrameHeader larger = {.length = size + 1, .stream_id = 1};
    EXPECT_EQ(std::as_const(guard).Check(larger, kNow), ErrorOf(Fault::kFrameTooLarge, 0));
  }
}

TEST(OurSettings, BeyondTheRoomForThemAllowMoreAndNeverLess) {
  ConnectionGuard guard = Begun(Receiver::kServer);
  std::array<std::byte, 6> room;
  for (const std::uint32_t size : {20000u, 21000u, 22000u, 23000u, 50000u, 24000u}) {
    (void)guard.Sent(MaxFrameSize(size, room), kNow);
  }
  for (const std::uint32_t size : {20000u, 21000u, 22000u, 50000u, 50000u, 50000u}) {
    EXPECT_EQ(guard.Check(kSettingsAck, kNow).fault, Fault::kNone);
    EXPECT_EQ(guard.max_frame_size(), size);
  }
  EXPECT_EQ(FaultOfLast(guard, {kSettingsAck}), Fault::kStraySettingsAck);
  (void)guard.Sent(MaxFrameSize(24000, room), kNow);
  EXPECT_EQ(guard.Check(kSettingsAck, kNow).fault, Fault::kNone);
  EXPECT_EQ(guard.max_frame_size(), 24000u);
}

TEST(OurSettings, PushIsDisabledOnceThatIsAcknowledged) {
  static constexpr auto kOff = PackSettings({{SettingId::kEnablePush, 0}});
  static constexpr auto kOn = PackSettings({{SettingId::kEnablePush, 1}});
  const Frame push = PushPromiseFrame{.stream_id = 1, .end_headers = true, .promised_stream_id = 2};
  ConnectionGuard guard = Begun(Receiver::kClient);
  (void)guard.Sent(SettingsFrame{.settings = kOff}, kNow);
  (void)guard.Sent(SettingsFrame{.settings = kOn}, kNow);
  EXPECT_EQ(FaultOfLast(guard, {push}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {kSettingsAck, push}), Fault::kPushPromiseWhileDisabled);
  EXPECT_EQ(FaultOfLast(guard, {kSettingsAck, kSettingsAck, push}), Fault::kNone);
}

TEST(OurSettings, BeyondTheRoomForThemAllowPushIfAnyDoes) {
  static constexpr auto kOff = PackSettings({{SettingId::kEnablePush, 0}});
  static constexpr auto kOn = PackSettings({{SettingId::kEnablePush, 1}});
  ConnectionGuard guard = Begun(Receiver::kClient);
  for (int i = 0; i < 3; ++i) (void)guard.Sent(SettingsFrame{.settings = kOff}, kNow);
  (void)guard.Sent(SettingsFrame{.settings = kOn}, kNow);
  (void)guard.Sent(SettingsFrame{.settings = kOff}, kNow);
  for (const Fault fault : {Fault::kPushPromiseWhileDisabled, Fault::kPushPromiseWhileDisabled,
                            Fault::kPushPromiseWhileDisabled, Fault::kNone, Fault::kNone}) {
    EXPECT_EQ(guard.Check(kSettingsAck, kNow).fault, Fault::kNone);
    EXPECT_EQ(FaultOfLast(guard, {kOpenPush}), fault);
  }
}

TEST(OurSettings, BeyondTheRoomForThemDisablePushIfAllDo) {
  static constexpr auto kOff = PackSettings({{SettingId::kEnablePush, 0}});
  static constexpr auto kOn = PackSettings({{SettingId::kEnablePush, 1}});
  for (const bool last_enables : {false, true}) {
    ConnectionGuard guard = Begun(Receiver::kClient);
    for (int i = 0; i < 5; ++i) {
      const bool enables = i == 4 && last_enables;
      (void)guard.Sent(SettingsFrame{.settings = enables ? SettingsView(kOn) : kOff}, kNow);
    }
    for (int i = 0; i < 5; ++i) EXPECT_EQ(guard.Check(kSettingsAck, kNow).fault, Fault::kNone);
    EXPECT_EQ(FaultOfLast(guard, {kOpenPush}),
              last_enables ? Fault::kNone : Fault::kPushPromiseWhileDisabled);
  }
}

// Whether they are told apart, counted or neither, none is forgotten that allows more.
TEST(OurSettings, AllowMoreAndNeverLessHoweverManyThereAre) {
  static constexpr auto kLess =
      PackSettings({{SettingId::kEnablePush, 0}, {SettingId::kMaxFrameSize, 16384}});
  static constexpr auto kMore =
      PackSettings({{SettingId::kEnablePush, 1}, {SettingId::kMaxFrameSize, 50000}});
  for (const int count : {1, 4, 5, 253, 254, 255, 256, 257, 300, 1000}) {
    ConnectionGuard guard = Begun(Receiver::kClient);
    (void)guard.Sent(SettingsFrame{.settings = kLess}, kNow);
    EXPECT_EQ(FaultOfLast(guard, {kSettingsAck, kOpenPush}), Fault::kPushPromiseWhileDisabled);
    EXPECT_EQ(guard.Check(kSettingsAck, kNow).fault, Fault::kNone);
    const auto send = [&](int i) {
      return SettingsFrame{.settings = i % 2 == 0 ? SettingsView(kMore) : kLess};
    };
    for (int i = 0; i < count; ++i) (void)guard.Sent(send(i), kNow);
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(guard.Check(kSettingsAck, kNow).fault, Fault::kNone) << count;
      if (i % 2 == 1) continue;
      ASSERT_EQ(FaultOfLast(guard, {kOpenPush}), Fault::kNone) << count << ", " << i;
      ASSERT_EQ(guard.max_frame_size(), 50000u) << count << ", " << i;
    }
    // From 255 on they are not counted any more.
    EXPECT_EQ(FaultOfLast(guard, {kSettingsAck}),
              count < 255 ? Fault::kStraySettingsAck : Fault::kNone);
  }
}

TEST(OurSettings, BindNobodyWhomAnObserverSees) {
  ConnectionGuard guard = Begun(GuardOptions{.receiver = Receiver::kClient, .observer = true});
  static constexpr auto kOff = PackSettings({{SettingId::kEnablePush, 0}});
  (void)guard.Sent(SettingsFrame{.settings = kOff}, kNow);
  EXPECT_EQ(FaultOfLast(guard, {kSettingsAck, kOpenPush}), Fault::kNone);
  EXPECT_EQ(guard.max_frame_size(), kLargestMaxFrameSize);
}

// Whatever is limited: as many as the limit passes, one more does not.
class Limit : public testing::TestWithParam<Attack> {};

TEST_P(Limit, StopsTheAttackAtExactlyTheCount) {
  const Attack& attack = GetParam();
  ASSERT_GT(attack.allowed, 0u);
  Peer peer{ConnectionGuard(Receiver::kServer)};
  EXPECT_EQ(peer.Send(SettingsFrame()), FrameError());
  attack.begin(peer);
  std::uint32_t step = 0;
  for (; step < attack.allowed; ++step) {
    const FrameError error = attack.step(peer, step);
    ASSERT_TRUE(error.fault == Fault::kNone || error.stream_id != 0) << step << ": " << error;
  }
  EXPECT_EQ(attack.step(peer, step), ErrorOf(attack.fault, 0));
  EXPECT_EQ(RowOf(attack.fault).code, ErrorCode::kEnhanceYourCalm);
  EXPECT_EQ(RowOf(attack.fault).scope, Scope::kConnection);
}

INSTANTIATE_TEST_SUITE_P(Attack, Limit, testing::ValuesIn(Attacks()), [](const auto& test) {
  std::string name(test.param.name);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
  return name;
});

TEST(Limits, EveryOneHasAnAttack) {
  for (auto i = static_cast<std::size_t>(Fault::kFieldBlockTooLarge);
       i <= static_cast<std::size_t>(Fault::kTooManyGoaways); ++i) {
    const std::vector<Attack> attacks = Attacks();
    EXPECT_TRUE(std::any_of(attacks.begin(), attacks.end(), [i](const Attack& attack) {
      return attack.fault == static_cast<Fault>(i);
    })) << kFaultRows[i].name;
  }
}

TEST(Limits, BucketsFillAsTimePasses) {
  static constexpr GuardLimits kLimits = {.pings = {3, milliseconds(10)}};
  ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  const auto passes = [&guard](nanoseconds after) {
    return guard.Check(PingFrame{}, kNow + after).fault == Fault::kNone;
  };
  EXPECT_TRUE(passes(nanoseconds(0)));
  EXPECT_TRUE(passes(nanoseconds(0)));
  EXPECT_TRUE(passes(nanoseconds(0)));
  EXPECT_FALSE(passes(nanoseconds(0)));
  EXPECT_FALSE(passes(milliseconds(10) - nanoseconds(1)));
  EXPECT_TRUE(passes(milliseconds(10)));
  EXPECT_FALSE(passes(milliseconds(20) - nanoseconds(1)));
  EXPECT_TRUE(passes(milliseconds(30)));
  EXPECT_TRUE(passes(milliseconds(30)));
  EXPECT_FALSE(passes(milliseconds(30)));
  // Full is full, however long it takes.
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(passes(std::chrono::hours(24 * 365 * 50)));
  EXPECT_FALSE(passes(std::chrono::hours(24 * 365 * 50)));
}

TEST(Limits, AnyMomentMayBeTheFirst) {
  static constexpr GuardLimits kLimits = {.pings = {2, milliseconds(10)}};
  for (const nanoseconds start : {-nanoseconds(std::chrono::hours(24 * 365 * 50)), nanoseconds(-1),
                                  nanoseconds(0), nanoseconds(std::chrono::hours(24 * 365 * 50))}) {
    ConnectionGuard guard(Receiver::kServer, kLimits);
    EXPECT_EQ(guard.Check(SettingsFrame{}, start).fault, Fault::kNone);
    EXPECT_EQ(guard.Check(PingFrame{}, start).fault, Fault::kNone);
    EXPECT_EQ(guard.Check(PingFrame{}, start).fault, Fault::kNone);
    EXPECT_EQ(guard.Check(PingFrame{}, start).fault, Fault::kTooManyPings);
  }
}

TEST(Limits, OfNothingLetNothingThrough) {
  static constexpr GuardLimits kLimits = {.field_block_octets = 0,
                                          .continuations = 0,
                                          .empty_frames = 0,
                                          .resets = {},
                                          .settings = 0,
                                          .pings = {}};
  const ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  EXPECT_EQ(FaultOfLast(guard, {Request(0)}), Fault::kFieldBlockTooLarge);
  EXPECT_EQ(FaultOfLast(guard, {DataFrame{.stream_id = 1}}), Fault::kTooManyEmptyFrames);
  EXPECT_EQ(FaultOfLast(guard, {RstStreamFrame{1, {}}}), Fault::kTooManyResets);
  EXPECT_EQ(FaultOfLast(guard, {PingFrame{}}), Fault::kTooManyPings);
}

TEST(Limits, AFieldBlockIsMeasuredWholeAndEachByItself) {
  static constexpr GuardLimits kLimits = {.field_block_octets = 100, .continuations = 2};
  const ConnectionGuard guard = Begun(Receiver::kClient, kLimits);
  const auto octets = [](std::size_t size) { return Bytes(kFiller).first(size); };
  const Frame begin = HeadersFrame{.stream_id = 1, .fragment = octets(60)};
  const Frame push =
      PushPromiseFrame{.stream_id = 1, .promised_stream_id = 2, .fragment = octets(60)};
  const Frame rest = ContinuationFrame{.stream_id = 1, .end_headers = true, .fragment = octets(40)};
  const Frame too_much =
      ContinuationFrame{.stream_id = 1, .end_headers = true, .fragment = octets(41)};
  EXPECT_EQ(FaultOfLast(guard, {begin, rest, begin, rest, push, rest}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {begin, too_much}), Fault::kFieldBlockTooLarge);
  EXPECT_EQ(FaultOfLast(guard, {push, too_much}), Fault::kFieldBlockTooLarge);
  const Frame whole = HeadersFrame{.stream_id = 1, .end_headers = true, .fragment = octets(100)};
  const Frame too_large =
      HeadersFrame{.stream_id = 1, .end_headers = true, .fragment = octets(101)};
  EXPECT_EQ(FaultOfLast(guard, {whole}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {too_large}), Fault::kFieldBlockTooLarge);
  EXPECT_EQ(FaultOfLast(guard, {begin, kContinuation, kLastContinuation, begin, kContinuation,
                                kContinuation, kContinuation}),
            Fault::kTooManyContinuations);
}

TEST(Limits, AHeaderDoesNotTakePaddingForFieldBlock) {
  static constexpr GuardLimits kLimits = {.field_block_octets = 100};
  const ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  const auto padded = [](std::size_t fragment, std::uint8_t padding) {
    return HeadersFrame{.stream_id = 1,
                        .end_headers = true,
                        .pad_length = padding,
                        .fragment = Bytes(kFiller).first(fragment)};
  };
  EXPECT_EQ(guard.Check(HeaderOf(padded(100, 255)), kNow).fault, Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {padded(100, 255)}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {padded(101, 254)}), Fault::kFieldBlockTooLarge);
  const HeadersFrame bare = {
      .stream_id = 1, .end_headers = true, .fragment = Bytes(kFiller).first(101)};
  EXPECT_EQ(guard.Check(HeaderOf(bare), kNow).fault, Fault::kFieldBlockTooLarge);
  // Not even the longest padding explains this length.
  EXPECT_EQ(guard.Check(HeaderOf(padded(101, 255)), kNow).fault, Fault::kFieldBlockTooLarge);
  // What may be padding may be something, and what has no room for either is nothing.
  static constexpr GuardLimits kNoEmpty = {.empty_frames = 0};
  const ConnectionGuard strict = Begun(Receiver::kServer, kNoEmpty);
  const auto empty = [](std::uint8_t padding) {
    return HeadersFrame{.stream_id = 1, .pad_length = padding};
  };
  EXPECT_EQ(strict.Check(HeaderOf(empty(10)), kNow).fault, Fault::kNone);
  EXPECT_EQ(FaultOfLast(strict, {empty(10)}), Fault::kTooManyEmptyFrames);
  EXPECT_EQ(strict.Check(HeaderOf(empty(0)), kNow).fault, Fault::kTooManyEmptyFrames);
}

TEST(Limits, CountersStayAtTheirEnd) {
  static constexpr GuardLimits kLimits = {.ignored_frames = {}};
  constexpr int kMost = 254;  // that is counted in 8 bits, of which the last is "more"
  ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  for (int i = 0; i < kMost; ++i) {
    (void)guard.Sent(PingFrame{}, kNow);
    (void)guard.Sent(SettingsFrame{}, kNow);
  }
  ConnectionGuard end = guard;
  for (int i = 0; i < kMost; ++i) {
    ASSERT_EQ(end.Check(PingFrame{.ack = true}, kNow).fault, Fault::kNone) << i;
    ASSERT_EQ(end.Check(kSettingsAck, kNow).fault, Fault::kNone) << i;
  }
  EXPECT_EQ(FaultOfLast(end, {PingFrame{.ack = true}}), Fault::kTooManyIgnoredFrames);
  EXPECT_EQ(FaultOfLast(end, {kSettingsAck}), Fault::kStraySettingsAck);
  // Beyond that nothing is known, and nobody is blamed.
  (void)guard.Sent(PingFrame{}, kNow);
  (void)guard.Sent(SettingsFrame{}, kNow);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(guard.Check(PingFrame{.ack = true}, kNow).fault, Fault::kNone) << i;
    ASSERT_EQ(guard.Check(kSettingsAck, kNow).fault, Fault::kNone) << i;
  }
}

TEST(Limits, WhatCarriesOrEndsSomethingIsNotEmpty) {
  static constexpr GuardLimits kLimits = {.empty_frames = 2};
  const ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  const Frame empty = DataFrame{.stream_id = 1};
  const Frame padded = DataFrame{.stream_id = 1, .pad_length = 10};
  const Frame data = DataFrame{.stream_id = 1, .data = Bytes(kFiller).first(1)};
  const Frame end = DataFrame{.stream_id = 1, .end_stream = true};
  EXPECT_EQ(FaultOfLast(guard, {empty, padded, empty}), Fault::kTooManyEmptyFrames);
  EXPECT_EQ(FaultOfLast(guard, {empty, empty, kOpenHeaders}), Fault::kTooManyEmptyFrames);
  EXPECT_EQ(FaultOfLast(guard, {empty, kOpenHeaders, kContinuation}), Fault::kTooManyEmptyFrames);
  EXPECT_EQ(FaultOfLast(guard, {empty, empty, data, empty, empty}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {empty, empty, end, empty, empty}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {empty, empty, Request(0), empty, empty}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {empty, kContinuation}), Fault::kStrayContinuation);
  EXPECT_EQ(FaultOfLast(guard, {empty, kOpenHeaders, kLastContinuation, data, empty, empty}),
            Fault::kNone);
  ConnectionGuard after_error = guard;
  const FrameError zero = ErrorOf(Fault::kZeroWindowIncrement, 1);
  for (const Frame& frame : {empty, empty}) {
    EXPECT_EQ(after_error.Check(frame, kNow).fault, Fault::kNone);
  }
  EXPECT_EQ(after_error.Check(zero, kNow), zero);
  EXPECT_EQ(FaultOfLast(after_error, {data, empty, empty}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(after_error, {empty}), Fault::kTooManyEmptyFrames);
  // Frames of other kinds make no difference.
  EXPECT_EQ(FaultOfLast(guard, {empty, empty, WindowUpdateFrame{0, 100}, PingFrame{}, empty}),
            Fault::kTooManyEmptyFrames);
}

TEST(Limits, AClientDoesNotCountResetsOfItsOwnStreams) {
  static constexpr GuardLimits kLimits = {.resets = {1, seconds(1)}};
  const Frame own = RstStreamFrame{1, ErrorCode::kNoError};
  const Frame pushed = RstStreamFrame{2, ErrorCode::kNoError};
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient, kLimits), {own, own, pushed, own}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kClient, kLimits), {pushed, pushed}),
            Fault::kTooManyResets);
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kServer, kLimits), {own, own}), Fault::kTooManyResets);
  EXPECT_EQ(FaultOfLast(Begun(Receiver::kUnknown, kLimits), {own, own}), Fault::kTooManyResets);
}

TEST(Limits, AStreamErrorOfOursIsNotThePeers) {
  static constexpr GuardLimits kLimits = {.stream_errors = {1, seconds(1)}};
  ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  for (const ErrorCode code :
       {ErrorCode::kNoError, ErrorCode::kCancel, ErrorCode::kRefusedStream,
        ErrorCode::kInternalError, ErrorCode::kConnectError, ErrorCode::kHttp11Required}) {
    const FrameError error = {Fault::kNone, code, 1};
    EXPECT_EQ(guard.Check(error, kNow), error);
  }
  const FrameError closed = {Fault::kNone, ErrorCode::kStreamClosed, 1};
  EXPECT_EQ(guard.Check(closed, kNow), closed);
  EXPECT_EQ(guard.Check(closed, kNow), ErrorOf(Fault::kTooManyStreamErrors, 0));
  EXPECT_EQ(guard.Check(closed, kNow + seconds(1)), closed);
  const FrameError of_connection = ErrorOf(Fault::kTooShort, 1);
  EXPECT_EQ(guard.Check(of_connection, kNow), of_connection);
}

TEST(Limits, StreamErrorsMayEndTheConnection) {
  static constexpr GuardLimits kLimits = {.stream_errors_end_connection = true};
  ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  EXPECT_EQ(guard.Check(ErrorOf(Fault::kZeroWindowIncrement, 3), kNow),
            (FrameError{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, 0}));
  EXPECT_EQ(guard.Check(FrameError{Fault::kNone, ErrorCode::kStreamClosed, 3}, kNow),
            (FrameError{Fault::kNone, ErrorCode::kStreamClosed, 0}));
  // A stream that the receiver ends for reasons of its own is no stream error.
  const FrameError cancel = {Fault::kNone, ErrorCode::kCancel, 3};
  EXPECT_EQ(guard.Check(cancel, kNow), cancel);
  ConnectionGuard observer = Begun(GuardOptions{.observer = true}, kLimits);
  EXPECT_EQ(observer.Sent(RstStreamFrame{3, ErrorCode::kRefusedStream}, kNow).stream_id, 3u);
  EXPECT_EQ(observer.Sent(RstStreamFrame{3, ErrorCode::kProtocolError}, kNow).stream_id, 0u);
}

TEST(Limits, AnObserverCountsTheResetsThatItSees) {
  static constexpr GuardLimits kLimits = {.stream_errors = {1, seconds(1)}};
  const RstStreamFrame error = {1, ErrorCode::kProtocolError};
  const RstStreamFrame cancel = {1, ErrorCode::kCancel};
  ConnectionGuard observer = Begun(GuardOptions{.observer = true}, kLimits);
  EXPECT_EQ(observer.Sent(cancel, kNow).fault, Fault::kNone);
  EXPECT_NE(observer.Sent(error, kNow).stream_id, 0u);
  EXPECT_EQ(observer.Sent(error, kNow), ErrorOf(Fault::kTooManyStreamErrors, 0));
  // An end of the connection has asked about the error itself.
  ConnectionGuard end = Begun(Receiver::kServer, kLimits);
  EXPECT_EQ(end.Sent(error, kNow), FrameError());
  EXPECT_EQ(end.Sent(error, kNow), FrameError());
}

TEST(Limits, APingForTheDataSentIsFree) {
  static constexpr GuardLimits kLimits = {.pings = {1, seconds(1)}};
  ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  for (int i = 0; i < 10; ++i) {
    (void)guard.Sent(DataFrame{.stream_id = 1}, kNow);
    EXPECT_EQ(guard.Check(PingFrame{}, kNow).fault, Fault::kNone);
  }
  EXPECT_EQ(guard.Check(PingFrame{}, kNow).fault, Fault::kNone);
  EXPECT_EQ(guard.Check(PingFrame{}, kNow).fault, Fault::kTooManyPings);
}

TEST(Limits, AReplyToAPingIsFree) {
  static constexpr GuardLimits kLimits = {.ignored_frames = {1, seconds(1)}};
  const PingFrame reply = {.ack = true};
  ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  for (int i = 0; i < 10; ++i) (void)guard.Sent(PingFrame{}, kNow);
  (void)guard.Sent(reply, kNow);
  for (int i = 0; i < 11; ++i) EXPECT_EQ(guard.Check(reply, kNow).fault, Fault::kNone) << i;
  EXPECT_EQ(guard.Check(reply, kNow).fault, Fault::kTooManyIgnoredFrames);
  ConnectionGuard observer = Begun(GuardOptions{.observer = true}, kLimits);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(observer.Check(reply, kNow).fault, Fault::kNone);
}

TEST(Limits, PaddingIsFreeUpToThePayload) {
  static constexpr GuardLimits kLimits = {.padding = {10, seconds(1)}};
  const ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  const auto data = [](std::size_t size) { return Bytes(kFiller).first(size); };
  const Frame even = DataFrame{.stream_id = 1, .pad_length = 99, .data = data(100)};
  const Frame ten_more = DataFrame{.stream_id = 1, .pad_length = 109, .data = data(100)};
  const Frame headers =
      HeadersFrame{.stream_id = 1, .end_headers = true, .pad_length = 109, .fragment = data(99)};
  EXPECT_EQ(FaultOfLast(guard, {even, even, ten_more, even}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, {ten_more, ten_more}), Fault::kTooMuchPadding);
  EXPECT_EQ(FaultOfLast(guard, {headers}), Fault::kTooMuchPadding);
}

TEST(Limits, OnlyIncrementsBelowTheThresholdAreTiny) {
  static constexpr GuardLimits kLimits = {.tiny_window_updates = {1, seconds(1)}};
  const ConnectionGuard guard = Begun(Receiver::kServer, kLimits);
  const std::vector<Frame> small(100, WindowUpdateFrame{1, 5});
  const std::vector<Frame> tiny(2, WindowUpdateFrame{1, 4});
  EXPECT_EQ(FaultOfLast(guard, small), Fault::kNone);
  EXPECT_EQ(FaultOfLast(guard, tiny), Fault::kTooManyTinyWindowUpdates);
  static constexpr GuardLimits kNone = {.tiny_window_updates = {}};
  const GuardOptions joined = {.observer = true, .joined = true};
  EXPECT_EQ(FaultOfLast(ConnectionGuard(joined, kNone), {WindowUpdateFrame{1, 5}}), Fault::kNone);
  EXPECT_EQ(FaultOfLast(ConnectionGuard(joined, kNone), {WindowUpdateFrame{1, 4}}),
            Fault::kTooManyTinyWindowUpdates);
}

TEST(Limits, AreThoseOfTheReadme) {
  constexpr const GuardLimits& kLimits = kDefaultGuardLimits;
  const struct {
    std::string limit;
    std::uint64_t count;
    Nanoseconds refill;
    Fault fault;
  } rows[] = {
      {"field_block_octets", kLimits.field_block_octets, {}, Fault::kFieldBlockTooLarge},
      {"continuations", kLimits.continuations, {}, Fault::kTooManyContinuations},
      {"empty_frames", kLimits.empty_frames, {}, Fault::kTooManyEmptyFrames},
      {"small_data", kLimits.small_data.burst, kLimits.small_data.refill, Fault::kTooMuchSmallData},
      {"resets", kLimits.resets.burst, kLimits.resets.refill, Fault::kTooManyResets},
      {"stream_errors", kLimits.stream_errors.burst, kLimits.stream_errors.refill,
       Fault::kTooManyStreamErrors},
      {"settings_frames", kLimits.settings_frames.burst, kLimits.settings_frames.refill,
       Fault::kTooManySettingsFrames},
      {"settings", kLimits.settings, {}, Fault::kTooManySettings},
      {"pings", kLimits.pings.burst, kLimits.pings.refill, Fault::kTooManyPings},
      {"priorities", kLimits.priorities.burst, kLimits.priorities.refill,
       Fault::kTooManyPriorities},
      {"tiny_window_updates", kLimits.tiny_window_updates.burst, kLimits.tiny_window_updates.refill,
       Fault::kTooManyTinyWindowUpdates},
      {"ignored_frames", kLimits.ignored_frames.burst, kLimits.ignored_frames.refill,
       Fault::kTooManyIgnoredFrames},
      {"padding", kLimits.padding.burst, kLimits.padding.refill, Fault::kTooMuchPadding},
      {"goaways", kLimits.goaways.burst, kLimits.goaways.refill, Fault::kTooManyGoaways},
  };
  EXPECT_EQ(std::size(rows), static_cast<std::size_t>(Fault::kTooManyGoaways) + 1 -
                                 static_cast<std::size_t>(Fault::kFieldBlockTooLarge));
  std::ifstream file(H2WIRE_CAPTURES "/../../README.md");
  const std::string readme(std::istreambuf_iterator<char>(file), {});
  for (const auto& row : rows) {
    const std::size_t at = readme.find(" | `" + row.limit + "` | ");
    ASSERT_NE(at, std::string::npos) << row.limit;
    const std::size_t begin = readme.rfind('\n', at) + 1;
    const std::string line = readme.substr(begin, readme.find('\n', at) - begin);
    EXPECT_THAT(line, testing::HasSubstr("` | " + std::to_string(row.count) + " "));
    if (row.refill != Nanoseconds()) {
      EXPECT_EQ(1'000'000'000 % row.refill.count, 0) << row.limit << " is not so many a second";
      const std::string rate = std::to_string(1'000'000'000 / row.refill.count);
      EXPECT_THAT(line, testing::HasSubstr(", then " + rate + " a second"));
    }
    EXPECT_THAT(line, testing::EndsWith("| `" + std::string(RowOf(row.fault).name) + "` |"));
    for (const Attack& attack : Attacks()) {
      if (attack.fault != row.fault || attack.cve.empty()) continue;
      const bool known =
          line.find(attack.cve) != std::string::npos ||
          (row.fault == Fault::kTooManyContinuations && line.find("the same") != std::string::npos);
      EXPECT_TRUE(known) << attack.cve << " is not in: " << line;
    }
  }
  EXPECT_THAT(readme,
              testing::HasSubstr("of fewer than " + std::to_string(kLimits.tiny_window_increment) +
                                 " octets (`tiny_window_increment`)"));
  EXPECT_THAT(readme, testing::HasSubstr("of at most " + std::to_string(kLimits.small_data_octets) +
                                         " octets (`small_data_octets`)"));
}

// All that recorded programs sent is within the limits.
class Captures : public testing::TestWithParam<std::string> {
 protected:
  // A frame a millisecond; one connection after the other as if they were one, each begun a second
  // after the one before or when that is over, of which only the last takes its leave.
  static void Play(const Capture& capture, ConnectionGuard guard, int times) {
    ConnectionGuard::Time start = kNow;
    for (int i = 0; i < times; ++i) {
      ConnectionGuard::Time now = start;
      for (const Frame& frame : capture.frames()) {
        if (std::holds_alternative<GoawayFrame>(frame) && i + 1 != times) continue;
        ASSERT_EQ(guard.Check(frame, now), FrameError()) << "time " << i << ": " << frame;
        now += milliseconds(1);
      }
      start = std::max(start + seconds(1), now);
    }
  }

  const Capture client_{GetParam() + ".client.h2"};
  const Capture server_{GetParam() + ".server.h2"};
};

TEST_P(Captures, PassAtTheEndsOfTheConnection) {
  ConnectionGuard server(Receiver::kServer);
  ConnectionGuard client(Receiver::kClient);
  for (const Frame& frame : server_.frames()) (void)server.Sent(frame, kNow);
  for (const Frame& frame : client_.frames()) (void)client.Sent(frame, kNow);
  Play(client_, server, 1);
  Play(server_, client, 1);
}

TEST_P(Captures, PassBeforeAnObserver) {
  Play(client_, ConnectionGuard({.receiver = Receiver::kServer, .observer = true}), 1);
  Play(server_, ConnectionGuard({.receiver = Receiver::kClient, .observer = true}), 1);
}

// As often, the same streams open again: one who joined does not judge that.
TEST_P(Captures, PassAThousandTimesBeforeAnObserverWhoJoined) {
  const auto joined = [](Receiver receiver) {
    return ConnectionGuard({.receiver = receiver, .observer = true, .joined = true});
  };
  Play(client_, joined(Receiver::kServer), 1000);
  Play(server_, joined(Receiver::kClient), 1000);
  const ConnectionGuard ignorant = joined(Receiver::kUnknown);
  Play(client_, ignorant, 1000);
  Play(server_, ignorant, 1000);
}

INSTANTIATE_TEST_SUITE_P(All, Captures, testing::ValuesIn(CaptureNames()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace h2wire
