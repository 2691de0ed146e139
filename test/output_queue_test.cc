// SPDX-License-Identifier: Apache-2.0

// Frames gathered for writing: each octet once, whatever was written of them; urgent ones first, by
// the rules of each type; borrowed bodies free when they are written or dropped, and no sooner.

#include "h2wire/output_queue.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acme_frames.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/encode.h"
#include "h2wire/fragment.h"
#include "h2wire/header.h"
#include "h2wire/iovec.h"
#include "h2wire/print.h"
#include "h2wire/visit.h"
#include "naive_queue.h"

namespace h2wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <class F>
std::string Wire(const F& frame) {
  std::string octets(EncodedSize(frame), '\xa5');
  EXPECT_EQ(Encode(frame, std::as_writable_bytes(std::span(octets))).fault, Fault::kNone);
  return octets;
}

std::string Joined(std::span<const iovec> pieces) {
  std::string octets;
  for (const iovec& piece : pieces) {
    EXPECT_GT(piece.iov_len, 0u);
    octets.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  }
  return octets;
}

std::vector<std::uint64_t> NamesOf(std::span<const OutputQueue::Body> bodies) {
  std::vector<std::uint64_t> names;
  for (const OutputQueue::Body& body : bodies) names.push_back(body.name);
  return names;
}

// A queue with room enough, and what it writes.
struct Output {
  explicit Output(bool urgent_first = true)
      : queue(copies, bodies, urgent_first ? MutableBytes(urgent) : MutableBytes(), 20) {}

  Fault Add(const auto& frame, std::uint64_t name = 0) { return queue.Add(frame, name); }
  std::string Batch() { return Joined(queue.Batch(pieces)); }
  // Writes so many octets; all there are, by default.
  std::string Write(std::size_t size = static_cast<std::size_t>(-1)) {
    const std::string octets = Batch().substr(0, size);
    freed = NamesOf(queue.Written(octets.size()));
    return octets;
  }

  std::array<std::byte, 2000> copies;
  std::array<OutputQueue::Body, 20> bodies;
  std::array<std::byte, 200> urgent;
  std::array<iovec, 50> pieces;
  OutputQueue queue;
  std::vector<std::uint64_t> freed;
};

const std::string kText(100, 'd');
const std::string kLong(600, 'l');
const DataFrame kData1 = {.stream_id = 1, .data = AsBytes(kText)};
const DataFrame kData3 = {.stream_id = 3, .data = AsBytes(kText)};
const HeadersFrame kHeaders1 = {.stream_id = 1, .end_headers = true, .fragment = AsBytes("\x82")};
const HeadersFrame kHeaders3 = {.stream_id = 3, .end_headers = true, .fragment = AsBytes("\x82")};
const WindowUpdateFrame kUpdate0 = {0, 5};
const WindowUpdateFrame kUpdate1 = {1, 5};
const RstStreamFrame kReset1 = {1, ErrorCode::kCancel};
const RstStreamFrame kReset3 = {3, ErrorCode::kCancel};
const PingFrame kPong = {.ack = true};
const SettingsFrame kAck = {.ack = true};

// What leaves if the frames are added in this order.
std::string Leaving(const auto&... frames) {
  Output output;
  const auto add = [&](const auto& frame) { EXPECT_EQ(output.Add(frame), Fault::kNone); };
  (add(frames), ...);
  return output.Write();
}
std::string InOrder(const auto&... frames) { return (Wire(frames) + ...); }

TEST(OutputQueue, GathersSmallFramesInOnePiece) {
  Output output;
  ASSERT_EQ(output.queue.AddPreface(), Fault::kNone);
  const DataFrame small = {.stream_id = 1, .pad_length = 3, .data = AsBytes("small")};
  ASSERT_EQ(output.Add(SettingsFrame()), Fault::kNone);
  ASSERT_EQ(output.Add(PingFrame()), Fault::kNone);
  ASSERT_EQ(output.Add(Frame(small)), Fault::kNone);
  const std::string expected =
      std::string(kConnectionPreface) + InOrder(SettingsFrame(), PingFrame(), small);
  EXPECT_EQ(output.queue.waiting(), expected.size());
  EXPECT_EQ(output.queue.Batch(output.pieces).size(), 1u);
  EXPECT_EQ(output.Write(), expected);
  EXPECT_EQ(output.queue.waiting(), 0u);
  EXPECT_TRUE(output.queue.Batch(output.pieces).empty());
}

TEST(OutputQueue, BorrowsBodiesAboveTheThreshold) {
  Output output;
  const std::string at(20, 'x');
  const std::string above(21, 'y');
  ASSERT_EQ(output.Add(DataFrame{.stream_id = 1, .data = AsBytes(at)}), Fault::kNone);
  ASSERT_EQ(output.queue.Batch(output.pieces).size(), 1u);
  ASSERT_EQ(output.Add(DataFrame{.stream_id = 1, .pad_length = 255, .data = AsBytes(above)}, 7),
            Fault::kNone);
  const std::span<const iovec> batch = output.queue.Batch(output.pieces);
  ASSERT_EQ(batch.size(), 3u);
  EXPECT_EQ(batch[1].iov_base, above.data());
  EXPECT_EQ(batch[2].iov_len, 255u);
  const std::span<const OutputQueue::Body> freed = output.queue.Written(output.queue.waiting());
  ASSERT_EQ(freed.size(), 1u);
  EXPECT_EQ(freed[0].name, 7u);
  EXPECT_EQ(freed[0].octets.data(), AsBytes(above).data());
}

TEST(OutputQueue, FreesABodyWithItsLastOctet) {
  Output output;
  ASSERT_EQ(output.Add(DataFrame{.stream_id = 1, .pad_length = 9, .data = AsBytes(kText)}, 4),
            Fault::kNone);
  ASSERT_EQ(output.Add(kData3, 5), Fault::kNone);
  output.Write(10 + 99);
  EXPECT_THAT(output.freed, IsEmpty());
  output.Write(1);
  EXPECT_THAT(output.freed, ElementsAre(4));
  output.Write(0);
  EXPECT_THAT(output.freed, IsEmpty());
  output.Write();
  EXPECT_THAT(output.freed, ElementsAre(5));
}

TEST(OutputQueue, RefusesWhatEncodeRefuses) {
  Output output;
  EXPECT_EQ(output.Add(DataFrame{.stream_id = 0}), Fault::kStreamRequired);
  EXPECT_EQ(output.Add(WindowUpdateFrame{}), Fault::kZeroWindowIncrement);
  EXPECT_EQ(output.Add(SettingsFrame{.ack = true, .settings = SettingsView(AsBytes("123456"))}),
            Fault::kSettingsAckWithPayload);
  EXPECT_EQ(output.queue.waiting(), 0u);
}

TEST(OutputQueue, TakesAllOfAFrameOrNothing) {
  const DataFrame frame = {.stream_id = 1, .pad_length = 200, .data = AsBytes(kText)};
  std::array<iovec, 4> pieces;
  for (std::size_t copies_size = 205; copies_size <= 212; ++copies_size) {
    for (std::size_t bodies_size = 0; bodies_size <= 2; ++bodies_size) {
      std::vector<std::byte> copies(copies_size);
      std::vector<OutputQueue::Body> bodies(bodies_size);
      OutputQueue queue(copies, bodies, {}, 0);
      const bool fits = copies_size >= 210 && bodies_size >= 1;
      EXPECT_EQ(queue.Add(frame), fits ? Fault::kNone : Fault::kNoRoom);
      EXPECT_EQ(queue.waiting(), fits ? EncodedSize(frame) : 0);
      EXPECT_EQ(Joined(queue.Batch(pieces)), fits ? Wire(frame) : "");
    }
  }
}

TEST(OutputQueue, UsesRoomAgainThatIsWritten) {
  std::array<std::byte, 30> copies;
  std::array<OutputQueue::Body, 1> bodies;
  std::array<iovec, 4> pieces;
  OutputQueue queue(copies, bodies);
  ASSERT_EQ(queue.Add(PingFrame()), Fault::kNone);
  ASSERT_EQ(queue.Add(WindowUpdateFrame{1, 1}), Fault::kNone);
  ASSERT_EQ(queue.Add(WindowUpdateFrame{3, 1}), Fault::kNoRoom);
  (void)queue.Batch(pieces);
  queue.Written(16);
  EXPECT_EQ(queue.Add(WindowUpdateFrame{3, 1}), Fault::kNone);
  EXPECT_EQ(queue.Add(WindowUpdateFrame{5, 1}), Fault::kNoRoom);
  EXPECT_EQ(
      Joined(queue.Batch(pieces)),
      Wire(PingFrame()).substr(16) + Wire(WindowUpdateFrame{1, 1}) + Wire(WindowUpdateFrame{3, 1}));
}

TEST(OutputQueue, PointsAtAsMuchAsThereArePieces) {
  Output output;
  ASSERT_EQ(output.Add(kData1, 1), Fault::kNone);
  ASSERT_EQ(output.Add(kData3, 3), Fault::kNone);
  ASSERT_EQ(output.Add(kPong), Fault::kNone);
  const std::string all = InOrder(kPong, kData1, kData3);
  std::string out;
  for (std::size_t count = 0; count <= 5; ++count) {
    EXPECT_EQ(output.queue.Batch(std::span(output.pieces).first(count)).size(), count);
  }
  while (output.queue.waiting() != 0) {
    const std::string octets = Joined(output.queue.Batch(std::span(output.pieces).first(1)));
    output.queue.Written(octets.size());
    out += octets;
  }
  EXPECT_EQ(out, all);
}

// Each rule of what passes what.
TEST(OutputQueue, LetsUrgentFramesPass) {
  EXPECT_EQ(Leaving(kHeaders1, kData1, kAck, kPong), InOrder(kPong, kHeaders1, kData1, kAck));
  EXPECT_EQ(Leaving(kData1, kAck, kUpdate0), InOrder(kUpdate0, kData1, kAck));
  EXPECT_EQ(Leaving(kData1, kUpdate1), InOrder(kUpdate1, kData1));
  EXPECT_EQ(Leaving(kData3, kUpdate1), InOrder(kUpdate1, kData3));
  EXPECT_EQ(Leaving(kData3, kHeaders3, kUpdate1), InOrder(kUpdate1, kData3, kHeaders3));
  EXPECT_EQ(Leaving(kData3, kReset1), InOrder(kReset1, kData3));
  EXPECT_EQ(Leaving(kData3, kPong, kUpdate1, kReset1, kUpdate0),
            InOrder(kPong, kUpdate1, kReset1, kUpdate0, kData3));
}

TEST(OutputQueue, LetsNothingElsePass) {
  const PriorityFrame priority = {.stream_id = 3};
  EXPECT_EQ(Leaving(kData1, PingFrame()), InOrder(kData1, PingFrame()));
  EXPECT_EQ(Leaving(kData1, kAck), InOrder(kData1, kAck));
  EXPECT_EQ(Leaving(kData1, kHeaders3), InOrder(kData1, kHeaders3));
  EXPECT_EQ(Leaving(kData1, priority, GoawayFrame()), InOrder(kData1, priority, GoawayFrame()));
}

TEST(OutputQueue, LetsWindowUpdatesFollowWhatOpensTheirStream) {
  const PushPromiseFrame promise = {
      .stream_id = 3, .end_headers = true, .pad_length = 1, .promised_stream_id = 8};
  const WindowUpdateFrame update8 = {8, 5};
  EXPECT_EQ(Leaving(kData3, kHeaders1, kData3, kUpdate1),
            InOrder(kData3, kHeaders1, kUpdate1, kData3));
  EXPECT_EQ(Leaving(promise, kData3, update8), InOrder(promise, update8, kData3));
  // Trailers open nothing.
  EXPECT_EQ(Leaving(kData1, kHeaders1, kUpdate1), InOrder(kUpdate1, kData1, kHeaders1));
  // Stream 129 and stream 1 have the same bit.
  const WindowUpdateFrame update129 = {129, 5};
  EXPECT_EQ(Leaving(kHeaders1, kData3, update129), InOrder(update129, kHeaders1, kData3));
}

TEST(OutputQueue, LetsResetsFollowTheirStreamAndDropItsData) {
  EXPECT_EQ(Leaving(kHeaders1, kData1, kData3, kReset1), InOrder(kHeaders1, kReset1, kData3));
  EXPECT_EQ(Leaving(kHeaders1, kData1, kData3, kHeaders1, kData1, kReset1),
            InOrder(kHeaders1, kData3, kHeaders1, kReset1));
  EXPECT_EQ(Leaving(kHeaders1, kData3, kUpdate1, kReset1),
            InOrder(kHeaders1, kUpdate1, kReset1, kData3));
  const PushPromiseFrame promise = {.stream_id = 3, .end_headers = false, .promised_stream_id = 8};
  const ContinuationFrame rest = {.stream_id = 3, .end_headers = true};
  const RstStreamFrame reset8 = {8, ErrorCode::kCancel};
  EXPECT_EQ(Leaving(promise, rest, kData3, reset8), InOrder(promise, rest, reset8, kData3));
}

TEST(OutputQueue, DropsNoDataThatHasBegun) {
  Output output;
  ASSERT_EQ(output.Add(kData1, 1), Fault::kNone);
  ASSERT_EQ(output.Add(kData1, 2), Fault::kNone);
  ASSERT_EQ(output.Add(kData3, 3), Fault::kNone);
  output.Write(1);
  ASSERT_EQ(output.Add(kReset1), Fault::kNone);
  EXPECT_EQ(output.queue.dropped(), 100u);
  EXPECT_EQ(output.Write(), Wire(kData1).substr(1) + InOrder(kReset1, kData3));
  EXPECT_THAT(output.freed, ElementsAre(1, 3));
}

TEST(OutputQueue, LetsNothingPassTheBeginningOfAConnection) {
  Output output;
  ASSERT_EQ(output.queue.AddPreface(), Fault::kNone);
  ASSERT_EQ(output.Add(SettingsFrame()), Fault::kNone);
  ASSERT_EQ(output.Add(kData1), Fault::kNone);
  ASSERT_EQ(output.Add(kPong), Fault::kNone);
  ASSERT_EQ(output.Add(kReset3), Fault::kNone);
  EXPECT_EQ(output.Write(30), std::string(kConnectionPreface) + Wire(SettingsFrame()).substr(0, 6));
  EXPECT_EQ(output.Write(), Wire(SettingsFrame()).substr(6) + InOrder(kPong, kReset3, kData1));
  // The SETTINGS that come later are passed.
  ASSERT_EQ(output.Add(SettingsFrame()), Fault::kNone);
  ASSERT_EQ(output.Add(kPong), Fault::kNone);
  EXPECT_EQ(output.Write(), InOrder(kPong, SettingsFrame()));
}

TEST(OutputQueue, LetsTheFirstSettingsPassNothingThatHasBegun) {
  for (std::size_t begun = 1; begun < Wire(kPong).size(); ++begun) {
    for (const bool in_flight : {false, true}) {
      Output output;
      ASSERT_EQ(output.Add(kPong), Fault::kNone);
      const std::string pong = output.Batch();
      if (!in_flight) output.queue.Written(begun);
      ASSERT_EQ(output.Add(SettingsFrame()), Fault::kNone);
      if (in_flight) output.queue.Written(begun);
      EXPECT_EQ(output.Write(), pong.substr(begun) + Wire(SettingsFrame()));
    }
  }
}

TEST(OutputQueue, LetsLaterSettingsBeginNothing) {
  Output output;
  ASSERT_EQ(output.Add(kData1), Fault::kNone);
  output.Write(10);
  ASSERT_EQ(output.Add(SettingsFrame()), Fault::kNone);
  ASSERT_EQ(output.Add(kPong), Fault::kNone);
  EXPECT_EQ(output.Batch(), Wire(kData1).substr(10) + InOrder(kPong, SettingsFrame()));
  EXPECT_EQ(output.queue.WaitingOn(1).frames, 1u);
  EXPECT_EQ(output.queue.WaitingOn(1).octets, Wire(kData1).size() - 10);
}

TEST(OutputQueue, SendsTheFirstSettingsFirstBehindAPrefaceThatIsWritten) {
  Output output;
  ASSERT_EQ(output.queue.AddPreface(), Fault::kNone);
  EXPECT_EQ(output.Write(), kConnectionPreface);
  ASSERT_EQ(output.Add(kPong), Fault::kNone);
  ASSERT_EQ(output.Add(SettingsFrame()), Fault::kNone);
  EXPECT_EQ(output.Write(), InOrder(SettingsFrame(), kPong));
}

TEST(OutputQueue, BeginsWithThePreface) {
  Output output;
  ASSERT_EQ(output.Add(kPong), Fault::kNone);
  EXPECT_EQ(output.queue.AddPreface(), Fault::kBadPreface);
  EXPECT_EQ(output.Write(), Wire(kPong));
  ASSERT_EQ(output.Add(HeadersFrame{.stream_id = 1}), Fault::kNone);
  output.Write();
  EXPECT_EQ(output.queue.AddPreface(), Fault::kBadPreface);
}

TEST(OutputQueue, LetsNothingIntoAFrameThatHasBegun) {
  for (std::size_t begun = 1; begun < Wire(kData1).size(); ++begun) {
    Output output;
    ASSERT_EQ(output.Add(kData1), Fault::kNone);
    ASSERT_EQ(output.Add(kData3), Fault::kNone);
    output.Write(begun);
    ASSERT_EQ(output.Add(kPong), Fault::kNone);
    EXPECT_EQ(output.Write(), Wire(kData1).substr(begun) + InOrder(kPong, kData3));
  }
}

TEST(OutputQueue, LetsNothingIntoAFieldBlock) {
  const HeadersFrame begin = {.stream_id = 1, .fragment = AsBytes(kText)};
  const ContinuationFrame go_on = {.stream_id = 1, .fragment = AsBytes("x")};
  const ContinuationFrame end = {.stream_id = 1, .end_headers = true};
  for (const bool urgent : {false, true}) {
    Output output(urgent);
    ASSERT_EQ(output.Add(go_on), Fault::kStrayContinuation);
    ASSERT_EQ(output.Add(begin), Fault::kNone);
    for (const Frame& other :
         {Frame(PingFrame()), Frame(kData1), Frame(kAck), Frame(kHeaders3),
          Frame(ContinuationFrame{.stream_id = 3}), Frame(RawFrame{{.type = FrameType{0x40}}, {}}),
          Frame(kUpdate1), Frame(kReset1)}) {
      EXPECT_EQ(output.Add(other), Fault::kFieldBlockInterrupted) << other;
    }
    EXPECT_EQ(output.Add(kPong), urgent ? Fault::kNone : Fault::kFieldBlockInterrupted);
    const std::string pong = urgent ? Wire(kPong) : "";
    EXPECT_EQ(output.Batch(), pong + Wire(begin));
    output.queue.Written(pong.size() + 9);
    if (urgent) {
      ASSERT_EQ(output.Add(kPong), Fault::kNone);
    }
    EXPECT_EQ(output.Write(), kText);
    EXPECT_EQ(output.Batch(), "");
    EXPECT_EQ(output.queue.waiting(), pong.size());
    ASSERT_EQ(output.Add(go_on), Fault::kNone);
    EXPECT_EQ(output.Write(), Wire(go_on));
    ASSERT_EQ(output.Add(end), Fault::kNone);
    ASSERT_EQ(output.Add(kData1), Fault::kNone);
    EXPECT_EQ(output.Write(), Wire(end) + pong + Wire(kData1));
    EXPECT_EQ(output.Add(end), Fault::kStrayContinuation);
  }
}

TEST(OutputQueue, HoldsBackOneThatFollowsAnOpenFieldBlock) {
  Output output;
  ASSERT_EQ(output.Add(kData3), Fault::kNone);
  ASSERT_EQ(output.Add(HeadersFrame{.stream_id = 1}), Fault::kNone);
  // It passes what waits before the block.
  ASSERT_EQ(output.Add(kPong), Fault::kNone);
  EXPECT_EQ(output.Batch(), InOrder(kPong, kData3, HeadersFrame{.stream_id = 1}));
}

TEST(OutputQueue, TellsTypesInWhateverFormFramesCome) {
  const auto raw = [](const auto& frame, const std::string& wire) {
    return RawFrame{{.type = frame.kType, .flags = std::uint8_t(wire[4]), .stream_id = 1},
                    AsBytes(wire).subspan(9)};
  };
  const std::string reset = Wire(kReset1);
  const std::string data = Wire(DataFrame{.stream_id = 1, .data = AsBytes("octets")});
  Output output;
  ASSERT_EQ(output.Add(kData3), Fault::kNone);
  ASSERT_EQ(output.Add(raw(kData1, data)), Fault::kNone);
  ASSERT_EQ(output.queue.AddOctets(AsBytes(data)), Fault::kNone);
  ASSERT_EQ(output.Add(raw(kReset1, reset)), Fault::kNone);
  EXPECT_EQ(output.queue.dropped(), 12u);
  ASSERT_EQ(output.queue.AddOctets(AsBytes(Wire(kPong))), Fault::kNone);
  EXPECT_EQ(output.Write(), InOrder(kReset1, kPong, kData3));
  EXPECT_EQ(output.queue.AddOctets(AsBytes(reset).first(12)), Fault::kWrongLength);
  EXPECT_EQ(output.queue.AddOctets(AsBytes(reset).first(8)), Fault::kWrongLength);
  EXPECT_EQ(output.queue.AddOctets(AsBytes(reset + "x")), Fault::kWrongLength);
}

TEST(OutputQueue, KeepsTheOrderWithoutStorageForUrgentFrames) {
  Output output(false);
  for (const Frame& frame : {Frame(kHeaders1), Frame(kData1), Frame(kPong), Frame(kUpdate0),
                             Frame(kUpdate1), Frame(kReset1)}) {
    ASSERT_EQ(output.Add(frame), Fault::kNone);
  }
  EXPECT_EQ(output.queue.dropped(), 0u);
  EXPECT_EQ(output.Write(), InOrder(kHeaders1, kData1, kPong, kUpdate0, kUpdate1, kReset1));
}

TEST(OutputQueue, KeepsTheOrderWhereStorageForUrgentFramesIsFull) {
  std::array<std::byte, 30> urgent;
  Output output;
  OutputQueue queue(output.copies, output.bodies, urgent);
  ASSERT_EQ(queue.Add(kData3), Fault::kNone);
  ASSERT_EQ(queue.Add(kPong), Fault::kNone);
  ASSERT_EQ(queue.Add(kUpdate1), Fault::kNone);
  ASSERT_EQ(queue.Add(kUpdate0), Fault::kNone);
  ASSERT_EQ(queue.Add(kPong), Fault::kNone);
  ASSERT_EQ(queue.Add(kReset1), Fault::kNone);
  EXPECT_EQ(Joined(queue.Batch(output.pieces)),
            InOrder(kPong, kUpdate1, kData3, kUpdate0, kPong, kReset1));
}

TEST(OutputQueue, DropsTheDataOfAStream) {
  Output output;
  const DataFrame padded = {.stream_id = 1, .pad_length = 4, .data = AsBytes(kText)};
  ASSERT_EQ(output.Add(kHeaders1), Fault::kNone);
  ASSERT_EQ(output.Add(kData1, 1), Fault::kNone);
  ASSERT_EQ(output.Add(kData3, 2), Fault::kNone);
  ASSERT_EQ(output.Add(padded, 3), Fault::kNone);
  ASSERT_EQ(output.Add(DataFrame{.stream_id = 1, .data = AsBytes("small")}), Fault::kNone);
  ASSERT_EQ(output.Add(kData3, 4), Fault::kNone);
  const OutputQueue::Dropped dropped = output.queue.DropData(1);
  EXPECT_EQ(dropped.flow_controlled_length, 100u + 105 + 5);
  EXPECT_THAT(NamesOf(dropped.bodies), testing::UnorderedElementsAre(1, 3));
  EXPECT_EQ(output.queue.dropped(), 210u);
  EXPECT_EQ(output.queue.DropData(1).flow_controlled_length, 0u);
  EXPECT_EQ(output.queue.waiting(), InOrder(kHeaders1, kData3, kData3).size());
  EXPECT_EQ(output.Write(), InOrder(kHeaders1, kData3, kData3));
  EXPECT_THAT(output.freed, ElementsAre(2, 4));
}

// A header says on which stream a CONTINUATION is that waits alone, whatever was written before.
TEST(OutputQueue, CountsAContinuationThatWaitsAlone) {
  Output output;
  ASSERT_EQ(output.Add(kData3), Fault::kNone);
  output.Write(1);
  output.Write();
  ASSERT_EQ(output.Add(HeadersFrame{.stream_id = 1}), Fault::kNone);
  output.Write();
  ASSERT_EQ(output.Add(ContinuationFrame{.stream_id = 1}), Fault::kNone);
  output.Batch();
  EXPECT_EQ(output.queue.WaitingOn(1).frames, 1u);
  EXPECT_EQ(output.queue.WaitingOn(3).frames, 0u);
}

// Stream 0 is promised by no frame.
TEST(OutputQueue, LetsWindowUpdatesOfTheConnectionPassInOctets) {
  Output output;
  ASSERT_EQ(output.Add(kHeaders1), Fault::kNone);
  ASSERT_EQ(output.queue.AddOctets(AsBytes(Wire(kUpdate0))), Fault::kNone);
  EXPECT_EQ(output.Write(), InOrder(kUpdate0, kHeaders1));
}

// During a write that takes its time.
TEST(OutputQueue, LeavesABatchAloneUntilWrittenIsCalled) {
  Output output;
  ASSERT_EQ(output.Add(kHeaders1), Fault::kNone);
  ASSERT_EQ(output.Add(kData1, 1), Fault::kNone);
  const std::string batch = output.Batch();
  ASSERT_EQ(output.Add(kData1, 2), Fault::kNone);
  ASSERT_EQ(output.Add(kPong), Fault::kNone);
  EXPECT_EQ(output.queue.DropData(1).flow_controlled_length, 100u);
  ASSERT_EQ(output.Add(kUpdate1), Fault::kNone);
  ASSERT_EQ(output.Add(kReset1), Fault::kNone);
  EXPECT_THAT(NamesOf(output.queue.Written(0)), IsEmpty());
  EXPECT_EQ(output.Batch(), Wire(kPong) + batch + InOrder(kUpdate1, kReset1));
  EXPECT_THAT(NamesOf(output.queue.Written(output.queue.waiting())), ElementsAre(1));
}

TEST(OutputQueue, LetsNothingIntoAFieldBlockInWhichABatchEnds) {
  const HeadersFrame begin = {.stream_id = 3, .fragment = AsBytes("x")};
  const ContinuationFrame go_on = {.stream_id = 3, .fragment = AsBytes("x")};
  const ContinuationFrame end = {.stream_id = 3, .end_headers = true};
  for (const Frame& urgent : {Frame(kReset1), Frame(kUpdate1)}) {
    Output output;
    ASSERT_EQ(output.Add(kHeaders1), Fault::kNone);
    ASSERT_EQ(output.Add(begin), Fault::kNone);
    const std::string batch = output.Batch();
    ASSERT_EQ(output.Add(go_on), Fault::kNone);
    EXPECT_EQ(output.Add(urgent), Fault::kFieldBlockInterrupted) << urgent;
    ASSERT_EQ(output.Add(end), Fault::kNone);
    ASSERT_EQ(output.Add(kData3), Fault::kNone);
    EXPECT_EQ(output.Add(urgent), Fault::kNone) << urgent;
    output.queue.Written(0);
    EXPECT_EQ(output.Write(), batch + InOrder(go_on, end, urgent, kData3));
  }
}

TEST(OutputQueue, MovesNothingUntilWrittenIsCalled) {
  std::array<std::byte, 40> copies;
  std::array<OutputQueue::Body, 2> bodies;
  std::array<iovec, 2> pieces;
  OutputQueue queue(copies, bodies);
  const PingFrame first = {.opaque_data = {std::byte{1}}};
  const PingFrame second = {.opaque_data = {std::byte{2}}};
  ASSERT_EQ(queue.Add(first), Fault::kNone);
  ASSERT_EQ(queue.Add(second), Fault::kNone);
  (void)queue.Batch(pieces);
  (void)queue.Written(17);
  const std::span<const iovec> batch = queue.Batch(pieces);
  EXPECT_EQ(queue.Add(first), Fault::kNoRoom);
  EXPECT_EQ(Joined(batch), Wire(second));
  (void)queue.Written(0);
  EXPECT_EQ(queue.Add(first), Fault::kNone);
  EXPECT_EQ(Joined(queue.Batch(pieces)), InOrder(second, first));
}

TEST(OutputQueue, UsesThePlacesOfBodiesThatAreFreeAgain) {
  Output output;
  std::array<OutputQueue::Body, 2> bodies;
  OutputQueue queue(output.copies, bodies);
  const auto add = [&](std::uint64_t name) {
    return queue.Add(DataFrame{.stream_id = 1, .data = AsBytes(std::string_view(kLong))}, name);
  };
  ASSERT_EQ(add(1), Fault::kNone);
  ASSERT_EQ(add(2), Fault::kNone);
  EXPECT_EQ(add(3), Fault::kNoRoom);
  (void)queue.Batch(output.pieces);
  EXPECT_THAT(NamesOf(queue.Written(9 + kLong.size())), ElementsAre(1));
  ASSERT_EQ(add(3), Fault::kNone);
  EXPECT_EQ(add(4), Fault::kNoRoom);
  (void)queue.Batch(output.pieces);
  EXPECT_THAT(NamesOf(queue.Written(queue.waiting())), ElementsAre(2, 3));
}

TEST(OutputQueue, CopiesWhatIsNoLargerThanAHead) {
  Output output;
  OutputQueue queue(output.copies, output.bodies, {}, 0);
  const std::string small(queue.copy_at_most(), 's');
  ASSERT_GT(small.size(), 0u);
  ASSERT_EQ(queue.Add(DataFrame{.stream_id = 1, .data = AsBytes(small)}), Fault::kNone);
  EXPECT_EQ(queue.Batch(output.pieces).size(), 1u);
}

// A PING of another length is malformed, and no acknowledgement.
TEST(OutputQueue, LetsNoMalformedPingPass) {
  Output output;
  const std::string ping("\0\0\4\6\1\0\0\0\0four", 13);
  ASSERT_EQ(output.Add(kData3), Fault::kNone);
  ASSERT_EQ(output.queue.AddOctets(AsBytes(ping)), Fault::kNone);
  EXPECT_EQ(output.Write(), Wire(kData3) + ping);
}

TEST(OutputQueue, TakesAPromiseTooShortToPromise) {
  Output output;
  const RawFrame promise = {.header = {.type = PushPromiseFrame::kType, .flags = 4, .stream_id = 1},
                            .payload = AsBytes("\0\0\0")};
  EXPECT_EQ(output.Add(promise), Fault::kNone);
  EXPECT_EQ(output.Add(kUpdate1), Fault::kNone);
  EXPECT_EQ(output.Write(), Wire(promise) + Wire(kUpdate1));
}

// What was in no batch is not written, however much a caller counts.
TEST(OutputQueue, CountsNoMoreAsWrittenThanItPointedAt) {
  Output output;
  const PingFrame reply = {.ack = true};
  EXPECT_EQ(output.Add(kData1), Fault::kNone);
  const std::string batch = output.Batch();
  EXPECT_EQ(output.Add(reply), Fault::kNone);
  EXPECT_THAT(NamesOf(output.queue.Written(batch.size() + 1)), ElementsAre(0));
  EXPECT_EQ(output.Write(), Wire(reply));
  EXPECT_EQ(output.Write(), "");
}

TEST(OutputQueue, CountsWhatWaits) {
  Output output;
  ASSERT_EQ(output.Add(kHeaders1), Fault::kNone);
  ASSERT_EQ(output.Add(kData1), Fault::kNone);
  ASSERT_EQ(output.Add(kData3), Fault::kNone);
  ASSERT_EQ(output.Add(WindowUpdateFrame{5, 1}), Fault::kNone);
  EXPECT_EQ(output.queue.WaitingOn(1).frames, 2u);
  EXPECT_EQ(output.queue.WaitingOn(1).octets, InOrder(kHeaders1, kData1).size());
  EXPECT_EQ(output.queue.WaitingOn(3).octets, Wire(kData3).size());
  EXPECT_EQ(output.queue.WaitingOn(5).octets, 13u);
  EXPECT_EQ(output.queue.WaitingOn(7).frames, 0u);
  output.Write(13 + Wire(kHeaders1).size() + 20);
  EXPECT_EQ(output.queue.WaitingOn(5).frames, 0u);
  EXPECT_EQ(output.queue.WaitingOn(1).frames, 1u);
  EXPECT_EQ(output.queue.WaitingOn(1).octets, Wire(kData1).size() - 20);
}

TEST(OutputQueue, TakesTheFramesOfUsers) {
  Output output;
  // The members are named like those of HEADERS and RawFrame.
  const acme::MetadataFrame metadata = {.stream_id = 1, .fragment = AsBytes(kText)};
  const acme::DrainFrame drain = {.reason = acme::DrainReason::kRestart};
  const acme::TagFrame tag = {1, AsBytes(kText), AsBytes(kText)};
  ASSERT_EQ(output.Add(metadata, 1), Fault::kNone);
  ASSERT_EQ(output.Add(acme::Frame(drain)), Fault::kNone);
  ASSERT_EQ(output.Add(acme::Frame(tag), 2), Fault::kNone);
  ASSERT_EQ(output.Add(acme::Frame(kPong)), Fault::kNone);
  ASSERT_EQ(output.Add(acme::Frame(kReset3)), Fault::kNone);
  EXPECT_EQ(output.Write(), InOrder(kPong, kReset3, metadata, drain, tag));
  EXPECT_THAT(output.freed, ElementsAre(1, 2, 2));
}

TEST(OutputQueue, CutsIntoItself) {
  Output output;
  const std::string payload(20000, 'p');
  const auto add = [&](const auto& frame) { return output.Add(frame); };
  ASSERT_EQ(CutTo(DataFrame{.stream_id = 1, .end_stream = true, .data = AsBytes(payload)},
                  kDefaultMaxFrameSize, CutPadding::kDrop, add),
            Fault::kNone);
  ASSERT_EQ(CutTo(HeadersFrame{.stream_id = 3, .end_headers = true, .fragment = AsBytes(payload)},
                  kDefaultMaxFrameSize, add),
            Fault::kNone);
  EXPECT_EQ(output.queue.WaitingOn(1).frames, 2u);
  EXPECT_EQ(output.queue.WaitingOn(3).frames, 2u);
}

TEST(OutputQueue, DoesWhatANaiveOneDoes) {
  Played played;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    Choices choices(seed);
    ASSERT_EQ(PlayQueue(choices, played), "") << seed;
  }
  EXPECT_GT(played.added, 100'000u);
  EXPECT_GT(played.no_room, 10'000u);
  EXPECT_GT(played.refused, 10'000u);
  EXPECT_GT(played.dropped, 1'000u);
  EXPECT_GT(played.freed, 10'000u);
}

TEST(OutputQueue, GoesThroughASocketThatTakesLittle) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  std::string text(100000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i % 251);
  std::vector<Frame> frames;
  std::string expected;
  for (std::size_t i = 0; i < 100; ++i) {
    frames.push_back(DataFrame{.stream_id = 1, .data = AsBytes(text).subspan(i, i * 900)});
    expected += Wire(frames.back());
  }

  std::array<std::byte, 512> copies;
  std::array<OutputQueue::Body, 8> bodies;
  std::array<iovec, 6> pieces;
  OutputQueue queue(copies, bodies, {});
  std::string received;
  std::string buffer(30000, '\0');
  std::size_t partial_writes = 0;
  auto next = frames.begin();
  while (received.size() < expected.size()) {
    while (next != frames.end() && queue.Add(*next) == Fault::kNone) ++next;
    const std::span<const iovec> batch = queue.Batch(pieces);
    const ssize_t sent = writev(ends[0], batch.data(), static_cast<int>(batch.size()));
    queue.Written(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    if (sent > 0 && queue.waiting() != 0) ++partial_writes;
    const ssize_t got = read(ends[1], buffer.data(), buffer.size());
    ASSERT_GT(got, 0);
    received.append(buffer, 0, static_cast<std::size_t>(got));
  }
  EXPECT_TRUE(received == expected);
  EXPECT_GT(partial_writes, 0u);
  EXPECT_EQ(queue.waiting(), 0u);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace h2wire
