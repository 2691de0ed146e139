// SPDX-License-Identifier: Apache-2.0

// The parts of programs that the README shows, taken from it, at work.

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/h2wire.h"
#include "readme/guarded.inc"
#include "readme/limits.inc"
#include "readme/read_frames.inc"
#include "readme/read_pieces.inc"
#include "readme/smaller_sets.inc"
#include "readme/write_out.inc"

namespace h2wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The two ends of a connection.
struct Sockets {
  Sockets() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); }
  ~Sockets() {
    close(ends[0]);
    close(ends[1]);
  }
  void Send(std::string_view octets) const {
    EXPECT_EQ(write(ends[0], octets.data(), octets.size()), static_cast<ssize_t>(octets.size()));
  }
  void Shut() const { shutdown(ends[0], SHUT_WR); }
  int ends[2] = {-1, -1};
};

std::string Wire(const std::vector<Frame>& frames) {
  std::string wire;
  for (const Frame& frame : frames) {
    std::vector<std::byte> octets(EncodedSize(frame));
    EXPECT_EQ(Encode(frame, octets).fault, Fault::kNone) << frame;
    wire += AsText(octets);
  }
  return wire;
}

const std::string kGood = Wire({SettingsFrame(), PingFrame(), HeadersFrame{.stream_id = 1}});
const std::string kLost("\0\0\1\6\0\0\0\0\0x", 10);  // a PING of one octet

TEST(ReadFrames, HandsOutFramesUntilThePeerCloses) {
  const Sockets sockets;
  sockets.Send(kGood);
  sockets.Shut();
  std::vector<std::string> seen;
  const auto handler = [&](const auto& frame) { seen.push_back(ToString(frame)); };
  EXPECT_EQ(ReadFrames(sockets.ends[1], handler).fault, Fault::kNone);
  EXPECT_THAT(seen, ElementsAre(HasSubstr("SETTINGS"), HasSubstr("PING"), HasSubstr("HEADERS")));
}

TEST(ReadFrames, ReturnsWhyTheConnectionIsLost) {
  const Sockets sockets;
  sockets.Send(kGood + kLost);
  EXPECT_EQ(ReadFrames(sockets.ends[1], [](const auto&) {}).fault, Fault::kWrongLength);
}

TEST(ReadPieces, TakesThePrefaceAndFramesThatAreCut) {
  const Sockets sockets;
  const std::string large = Wire({DataFrame{.stream_id = 1, .data = Bytes(kZeros)}});
  sockets.Send(std::string(kConnectionPreface) + kGood + large + kLost);
  std::size_t frames = 0;
  EXPECT_EQ(ReadPieces(sockets.ends[1], [&](const auto&) { ++frames; }).fault, Fault::kWrongLength);
  EXPECT_EQ(frames, 4U);

  const Sockets other;
  other.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(ReadPieces(other.ends[1], [](const auto&) {}).fault, Fault::kHttp1Request);
}

struct Session {
  void Handle(const auto&) { ++frames; }
  int frames = 0;
};

TEST(TakeGuarded, HandsOnWhatIsInOrder) {
  Session session;
  ConnectionGuard guard(Receiver::kServer);
  const auto now = std::chrono::seconds(1);
  const std::string good = Wire({SettingsFrame()});
  EXPECT_EQ(TakeGuarded(AsBytes(good), guard, session, now).status, DecodeStatus::kOk);
  EXPECT_EQ(session.frames, 1);
  const std::string stray = Wire({ContinuationFrame{.stream_id = 1}});
  EXPECT_EQ(TakeGuarded(AsBytes(stray), guard, session, now).error.fault,
            Fault::kStrayContinuation);
  EXPECT_EQ(TakeGuarded(AsBytes(kLost), guard, session, now).error.fault, Fault::kWrongLength);
  EXPECT_EQ(session.frames, 1);
}

TEST(ShowUse, NamesEveryLimit) {
  GuardLimits limits;
  const ConnectionGuard guard(Receiver::kServer, limits);
  ::testing::internal::CaptureStdout();
  ShowUse(guard, limits, std::chrono::seconds(1));
  const std::string shown = ::testing::internal::GetCapturedStdout();
  EXPECT_THAT(shown, HasSubstr("resets: 0 of 5000\n"));
  for (const LimitRow& limit : kLimitRows) EXPECT_THAT(shown, HasSubstr(std::string(limit.name)));
}

TEST(WriteOut, WritesAllAndNamesTheBodiesThatAreFree) {
  const Sockets sockets;
  std::array<std::byte, 4096> copies;
  std::array<OutputQueue::Body, 8> bodies;
  OutputQueue queue(copies, bodies);
  const std::vector<std::byte> large(1000);
  EXPECT_EQ(queue.Add(DataFrame{.stream_id = 1, .data = large}, 7), Fault::kNone);
  EXPECT_EQ(queue.Add(PingFrame()), Fault::kNone);
  std::vector<std::uint64_t> released;
  EXPECT_TRUE(
      WriteOut(sockets.ends[0], queue, [&](std::uint64_t name) { released.push_back(name); }));
  EXPECT_THAT(released, ElementsAre(7U));
  EXPECT_EQ(queue.waiting(), 0U);
  std::array<char, 2000> got;
  EXPECT_EQ(read(sockets.ends[1], got.data(), got.size()), 9 + 1000 + 17);
}

TEST(SmallerSets, KnowWhatTheySay) {
  EXPECT_TRUE(Knows<Four>(DataFrame::kType));
  EXPECT_FALSE(Knows<Four>(PingFrame::kType));
  EXPECT_TRUE(Knows<NoOrigin>(AltSvcFrame::kType));
  EXPECT_FALSE(Knows<NoOrigin>(OriginFrame::kType));
}

}  // namespace
}  // namespace h2wire
