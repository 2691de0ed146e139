// SPDX-License-Identifier: Apache-2.0

// Frames gathered for writing: in order, each octet once, whatever was written of them; borrowed
// bodies free when they are written, and no sooner.

#include "h2wire/output_queue.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/encode.h"
#include "h2wire/header.h"
#include "h2wire/print.h"

namespace h2wire {
namespace {

std::string Wire(const Frame& frame) {
  std::string octets(EncodedSize(frame), '\xa5');
  EXPECT_EQ(Encode(frame, std::as_writable_bytes(std::span(octets))).fault, Fault::kNone);
  return octets;
}

// Writes the first `size` octets of the batch, as a system may, to `out`.
void Write(OutputQueue& queue, std::size_t size, std::string& out) {
  std::size_t left = size;
  for (const iovec& piece : queue.batch()) {
    EXPECT_GT(piece.iov_len, 0u);
    const std::size_t taken = std::min(left, piece.iov_len);
    out.append(static_cast<const char*>(piece.iov_base), taken);
    left -= taken;
  }
  ASSERT_EQ(left, 0u);
  queue.Written(size);
}

std::size_t Waiting(const OutputQueue& queue) {
  return static_cast<std::size_t>(queue.queued() - queue.written());
}

TEST(OutputQueue, GathersSmallFramesInOnePiece) {
  std::array<std::byte, 200> copies;
  std::array<iovec, 8> pieces;
  OutputQueue queue(copies, pieces, 20);
  std::string expected(kConnectionPreface);
  ASSERT_EQ(queue.AddOctets(AsBytes(kConnectionPreface)), Fault::kNone);
  for (const Frame& frame :
       {Frame(PingFrame()), Frame(SettingsFrame{.ack = true}),
        Frame(DataFrame{.stream_id = 1, .pad_length = 3, .data = AsBytes("small")})}) {
    ASSERT_EQ(queue.Add(frame), Fault::kNone);
    expected += Wire(frame);
  }
  ASSERT_EQ(queue.batch().size(), 2u);  // the preface is borrowed, the others are one copy
  EXPECT_EQ(queue.batch()[0].iov_base, kConnectionPreface.data());
  EXPECT_EQ(queue.queued(), expected.size());
  std::string out;
  Write(queue, Waiting(queue), out);
  EXPECT_EQ(out, expected);
  EXPECT_TRUE(queue.batch().empty());
}

TEST(OutputQueue, BorrowsBodiesAboveTheThreshold) {
  std::array<std::byte, 200> copies;
  std::array<iovec, 8> pieces;
  const std::string at(20, 'x');
  const std::string above(21, 'y');
  OutputQueue queue(copies, pieces, 20);
  ASSERT_EQ(queue.Add(DataFrame{.stream_id = 1, .data = AsBytes(at)}), Fault::kNone);
  ASSERT_EQ(queue.batch().size(), 1u);
  ASSERT_EQ(queue.Add(DataFrame{.stream_id = 1, .pad_length = 255, .data = AsBytes(above)}),
            Fault::kNone);
  ASSERT_EQ(queue.batch().size(), 3u);
  EXPECT_EQ(queue.batch()[1].iov_base, above.data());
  EXPECT_EQ(queue.batch()[2].iov_base, kZeros.data());
}

TEST(OutputQueue, RefusesWhatEncodeRefuses) {
  std::array<std::byte, 200> copies;
  std::array<iovec, 8> pieces;
  OutputQueue queue(copies, pieces);
  EXPECT_EQ(queue.Add(DataFrame{.stream_id = 0}), Fault::kStreamRequired);
  EXPECT_EQ(queue.Add(WindowUpdateFrame{}), Fault::kZeroWindowIncrement);
  EXPECT_TRUE(queue.batch().empty());
  EXPECT_EQ(queue.queued(), 0u);
}

TEST(OutputQueue, TakesAllOfAFrameOrNothing) {
  const std::string body(100, 'x');
  const DataFrame frame = {.stream_id = 1, .pad_length = 200, .data = AsBytes(body)};
  for (std::size_t copies_size = 0; copies_size <= 11; ++copies_size) {
    for (std::size_t pieces_size = 0; pieces_size <= 4; ++pieces_size) {
      std::vector<std::byte> copies(copies_size);
      std::vector<iovec> pieces(pieces_size);
      OutputQueue queue(copies, pieces, 0);
      const bool fits = copies_size >= 10 && pieces_size >= 3;
      EXPECT_EQ(queue.Add(frame), fits ? Fault::kNone : Fault::kNoRoom);
      EXPECT_EQ(queue.queued(), fits ? EncodedSize(frame) : 0);
      EXPECT_EQ(queue.batch().size(), fits ? 3u : 0u);
    }
  }
}

// Random frames, written in random parts through little storage, with bodies that are overwritten
// as soon as they are free.
TEST(OutputQueue, WritesEveryOctetOnceWhateverIsWrittenOfThem) {
  std::mt19937 random(1);
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<std::byte> copies(64 + random() % 300);
    std::vector<iovec> pieces(4 + random() % 12);
    OutputQueue queue(copies, pieces, random() % 40);
    struct Body {
      std::vector<std::byte> octets;
      std::uint64_t free_at;
    };
    std::deque<Body> bodies;
    std::string expected;
    std::string out;
    for (int i = 0; i < 300; ++i) {
      std::vector<std::byte> octets(random() % 60, static_cast<std::byte>(random()));
      const Bytes body = octets;
      const std::uint8_t pad_length = static_cast<std::uint8_t>(random() % 50);
      Frame frame = WindowUpdateFrame{1, 1};
      switch (random() % 4) {
        case 0:
          frame = DataFrame{.stream_id = 1, .pad_length = pad_length, .data = body};
          break;
        case 1:
          frame = AltSvcFrame{.origin = AsBytes("https://a.example"), .alt_svc_field_value = body};
          break;
        case 2:
          frame = ContinuationFrame{.stream_id = 1, .fragment = body};
          break;
      }
      const std::string wire = Wire(frame);
      const Fault fault = queue.Add(frame);
      ASSERT_EQ(queue.queued() - queue.written(), Waiting(queue));
      if (fault == Fault::kNone) {
        expected += wire;
        bodies.push_back({std::move(octets), queue.queued()});
        ASSERT_EQ(queue.queued(), expected.size());
      } else {
        ASSERT_EQ(fault, Fault::kNoRoom);
        ++refused;
      }
      if (fault == Fault::kNoRoom || random() % 3 == 0) {
        const std::size_t most = Waiting(queue);
        Write(queue, random() % 4 == 0 ? most : random() % (most + 1), out);
        while (!bodies.empty() && bodies.front().free_at <= queue.written()) {
          std::fill(bodies.front().octets.begin(), bodies.front().octets.end(), std::byte{0xa5});
          bodies.pop_front();
        }
        if (Waiting(queue) == 0) {
          ASSERT_TRUE(bodies.empty());
        }
      }
    }
    Write(queue, Waiting(queue), out);
    ASSERT_TRUE(out == expected) << round;
    EXPECT_TRUE(queue.batch().empty());
  }
  EXPECT_GT(refused, 200);
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
  std::array<iovec, 16> pieces;
  OutputQueue queue(copies, pieces);
  std::string received;
  std::string buffer(30000, '\0');
  std::size_t partial_writes = 0;
  auto next = frames.begin();
  while (received.size() < expected.size()) {
    while (next != frames.end() && queue.Add(*next) == Fault::kNone) ++next;
    const std::span<const iovec> batch = queue.batch();
    const ssize_t sent = writev(ends[0], batch.data(), static_cast<int>(batch.size()));
    if (sent > 0) {
      queue.Written(static_cast<std::size_t>(sent));
      if (!queue.batch().empty()) ++partial_writes;
    }
    const ssize_t got = read(ends[1], buffer.data(), buffer.size());
    ASSERT_GT(got, 0);
    received.append(buffer, 0, static_cast<std::size_t>(got));
  }
  EXPECT_TRUE(received == expected);
  EXPECT_GT(partial_writes, 0u);
  EXPECT_EQ(queue.written(), expected.size());
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace h2wire
