// SPDX-License-Identifier: Apache-2.0

// A window onto storage: whole frames in place, whatever is read, and no more moved than has to be.

#include "h2wire/frame_buffer.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/encode.h"
#include "stream_events.h"

namespace h2wire {
namespace {

std::string Wire(const Frame& frame) {
  std::string octets(EncodedSize(frame), '\xa5');
  EXPECT_EQ(Encode(frame, std::as_writable_bytes(std::span(octets))).fault, Fault::kNone);
  return octets;
}

// Reads `in`, at most next_size() octets at a time, and writes down what is decoded. False if the
// storage turned out to be too small.
bool ReadAll(Bytes in, MutableBytes storage, EventLog& log, auto&& next_size) {
  FrameBuffer buffer(storage);
  std::size_t needed = kFrameHeaderSize;
  while (!in.empty()) {
    const MutableBytes room = buffer.Room(needed);
    if (room.empty()) return false;
    const std::size_t got = std::min({next_size(), room.size(), in.size()});
    std::copy_n(in.data(), got, room.data());
    in = in.subspan(got);
    buffer.Add(got);
    for (;;) {
      const Outcome next = DecodeTo(buffer.pending(), log);
      needed = next.size;
      if (next.status == DecodeStatus::kNeedMore) break;
      if (next.status == DecodeStatus::kError) log(next.error);
      buffer.Take(next.size);
    }
  }
  return true;
}

// Frames of many sizes up to `most` octets of payload, one of exactly that, and stream errors.
std::string Frames(std::size_t most) {
  std::mt19937 random(1);
  const std::string text(most, 'x');
  std::string wire;
  for (int i = 0; i < 200; ++i) {
    const Bytes data = AsBytes(text).first(i == 100 ? most : random() % (most + 1));
    wire += Wire(DataFrame{.stream_id = 1, .data = data});
    wire += Wire(WindowUpdateFrame{.window_size_increment = 1});
    wire += Wire(RawFrame{.header = {.type = PriorityFrame::kType, .stream_id = 3},
                          .payload = AsBytes("not five octets")});
  }
  return wire;
}

TEST(FrameBuffer, MakesFramesOfWhateverIsRead) {
  const std::size_t most = 100;
  const std::string wire = Frames(most);
  EventLog whole;
  DecodeAll(AsBytes(wire), whole, {});
  for (const std::size_t size : {kFrameHeaderSize + most, kFrameHeaderSize + most + 1,
                                 2 * (kFrameHeaderSize + most), std::size_t{5000}}) {
    std::vector<std::byte> storage(size);
    for (std::size_t piece = 1; piece <= 64; ++piece) {
      EventLog log;
      ASSERT_TRUE(ReadAll(AsBytes(wire), storage, log, [&] { return piece; }));
      ASSERT_TRUE(log.octets() == whole.octets()) << piece << " of " << size;
    }
    std::mt19937 random(1);
    for (int i = 0; i < 100; ++i) {
      EventLog log;
      ASSERT_TRUE(ReadAll(AsBytes(wire), storage, log, [&] { return 1 + random() % 300; }));
      ASSERT_TRUE(log.octets() == whole.octets());
    }
  }
}

TEST(FrameBuffer, SaysThatTheStorageIsTooSmall) {
  const std::string wire = Frames(100);
  std::vector<std::byte> storage(kFrameHeaderSize + 100 - 1);
  EventLog log;
  EXPECT_FALSE(ReadAll(AsBytes(wire), storage, log, [] { return std::size_t{1000}; }));
  EXPECT_TRUE(FrameBuffer(MutableBytes()).Room(kFrameHeaderSize).empty());
}

TEST(FrameBuffer, MovesWhatIsPendingOnlyForRoom) {
  std::vector<std::byte> storage(100);
  FrameBuffer buffer(storage);
  EXPECT_EQ(buffer.Room(9).data(), storage.data());
  buffer.Add(80);
  buffer.Take(60);
  // There is room for 40 octets to be pending: nothing moves.
  EXPECT_EQ(buffer.Room(40).data(), storage.data() + 80);
  EXPECT_EQ(buffer.pending().data(), storage.data() + 60);
  // For one more there is not.
  EXPECT_EQ(buffer.Room(41).data(), storage.data() + 20);
  EXPECT_EQ(buffer.pending().data(), storage.data());
  EXPECT_EQ(buffer.pending().size(), 20u);
  // With nothing pending, all of the storage is room, and nothing moves.
  buffer.Take(20);
  EXPECT_EQ(buffer.Room(9).size(), 100u);
}

}  // namespace
}  // namespace h2wire
