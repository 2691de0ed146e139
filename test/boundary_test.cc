// SPDX-License-Identifier: Apache-2.0

// Boundaries found in recorded traffic, cut where it may be, and none that are not there.

#include "h2wire/boundary.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"

namespace h2wire {
namespace {

// The octets of frames, and where each begins.
struct Stream {
  std::string octets;
  std::set<std::size_t> boundaries{};

  void FindBoundaries() {
    for (std::size_t at = 0; at < octets.size();) {
      boundaries.insert(at);
      at += kFrameHeaderSize + LoadHeader(AsBytes(octets).data() + at).length;
    }
  }
  void Add(const Frame& frame) {
    const std::size_t at = octets.size();
    boundaries.insert(at);
    octets.resize(at + EncodedSize(frame));
    ASSERT_EQ(Encode(frame, std::as_writable_bytes(std::span(octets)).subspan(at)).fault,
              Fault::kNone);
  }
  // Octets from `cut` on to the end of the `count`-th frame behind it; of all if there are fewer.
  std::size_t SizeOfFrames(std::size_t cut, int count) const {
    auto end = boundaries.upper_bound(cut);
    while (end != boundaries.end() && count-- > 1) ++end;
    return (end == boundaries.end() ? octets.size() : *end) - cut;
  }
};

std::vector<std::string> Files() {
  std::vector<std::string> files;
  for (const char* folder : {H2WIRE_CAPTURES, H2WIRE_CAPTURES "/peers-streams"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".h2") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Cut at every octet of what is small, and at every 31st of what is large. 64 KiB are looked at.
TEST(FindBoundary, AcceptsNoFalseOneAndFindsOneIn64KiB) {
  constexpr std::size_t kWindow = 65536;
  std::uint64_t found = 0;
  for (const std::string& file : Files()) {
    std::ifstream in(file, std::ios::binary);
    Stream stream = {.octets = {std::istreambuf_iterator<char>(in), {}}};
    if (stream.octets.starts_with(kConnectionPreface)) {
      stream.octets.erase(0, kConnectionPreface.size());
    }
    stream.FindBoundaries();
    const std::size_t step = stream.octets.size() < 10'000 ? 1 : 31;
    for (std::size_t cut = 0; cut < stream.octets.size(); cut += step) {
      const Bytes octets = AsBytes(stream.octets).subspan(cut);
      const auto boundary = FindBoundary(octets.first(std::min(octets.size(), kWindow)));
      if (boundary) {
        ++found;
        ASSERT_TRUE(stream.boundaries.contains(cut + boundary->offset)) << file << " at " << cut;
        ASSERT_GE(boundary->evidence, 64u);
      } else {
        ASSERT_LT(octets.size(), kWindow) << file << " at " << cut;
      }
    }
  }
  EXPECT_GT(found, 10'000u);
}

// As random as compressed content.
std::string Noise(std::size_t size, std::uint32_t seed) {
  std::string noise(size, '\0');
  for (char& c : noise) {
    seed = seed * 1664525 + 1013904223;
    c = static_cast<char>(seed >> 24);
  }
  return noise;
}

TEST(FindBoundary, NeedsTwoFramesWhereFramesAreLong) {
  Stream stream;
  const std::string noise = Noise(1'000'000, 1);
  for (const StreamId id : {1u, 1u, 3u, 3u, 3u, 1u}) {
    stream.Add(DataFrame{.stream_id = id, .data = AsBytes(noise)});
  }
  for (std::size_t cut = 1; cut < 4'000'000; cut += 250'007) {
    // Those of two whole frames behind the one that is cut, and the header of the third.
    const std::size_t size =
        std::min(stream.SizeOfFrames(cut, 3) + kFrameHeaderSize, stream.octets.size() - cut);
    const auto boundary =
        FindBoundary(AsBytes(stream.octets).subspan(cut, size), {.max_frame_size = 1 << 20});
    ASSERT_TRUE(boundary) << cut;
    EXPECT_TRUE(stream.boundaries.contains(cut + boundary->offset)) << cut;
    EXPECT_LE(boundary->offset, stream.SizeOfFrames(cut, 2));
  }
}

// Of streams with great numbers that are not the same a header says little where any Length may be.
TEST(FindBoundary, NeedsMoreLongFramesThatSayLittle) {
  constexpr BoundaryOptions kAnySize = {.max_frame_size = kLargestMaxFrameSize};
  const std::string filler(20'000, '\xff');
  Stream stream;
  for (StreamId id = kMaxStreamId; stream.boundaries.size() < 4; id -= 2) {
    EXPECT_FALSE(FindBoundary(AsBytes(stream.octets), kAnySize)) << stream.boundaries.size();
    stream.Add(DataFrame{.stream_id = id, .data = AsBytes(filler)});
  }
  const auto boundary = FindBoundary(AsBytes(stream.octets), kAnySize);
  ASSERT_TRUE(boundary);
  EXPECT_EQ(boundary->offset, kFrameHeaderSize + filler.size());
  EXPECT_EQ(boundary->evidence, 44u);
}

TEST(FindBoundary, WaitsForTheEndOfTheFirstFrame) {
  constexpr BoundaryOptions kCredulous = {.least_frames = 1, .least_evidence = 1};
  const std::string filler(100, '\xff');
  Stream stream;
  stream.Add(DataFrame{.stream_id = 1, .data = AsBytes(filler)});
  stream.Add(PingFrame{});
  const Bytes octets = AsBytes(stream.octets);
  for (std::size_t size = 0; size <= octets.size(); ++size) {
    const auto boundary = FindBoundary(octets.first(size), kCredulous);
    // All that could be a header in the first has to be there.
    ASSERT_EQ(boundary.has_value(), size >= 100 + 2 * kFrameHeaderSize - 1) << size;
    ASSERT_EQ(boundary.value_or(Boundary{100 + kFrameHeaderSize}).offset, 100 + kFrameHeaderSize);
  }
}

TEST(FindBoundary, FindsNoneInWhatIsNone) {
  EXPECT_FALSE(FindBoundary({}));
  const std::string zeros(100'000, '\0');
  EXPECT_FALSE(FindBoundary(AsBytes(zeros)));
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    EXPECT_FALSE(FindBoundary(AsBytes(Noise(100'000, seed))));
  }
  EXPECT_FALSE(FindBoundary(AsBytes(Noise(1 << 20, 1)), {.max_frame_size = kLargestMaxFrameSize}));
}

TEST(FindBoundary, WantsMoreThanOneHeader) {
  Stream stream;
  for (int i = 0; i < 4; ++i) stream.Add(PingFrame{});
  EXPECT_FALSE(FindBoundary(AsBytes(stream.octets)));
  stream.Add(PingFrame{});
  const auto boundary = FindBoundary(AsBytes(stream.octets));
  ASSERT_TRUE(boundary);
  EXPECT_EQ(boundary->frames, 5u);
  EXPECT_EQ(boundary->offset, 17u);
  EXPECT_FALSE(FindBoundary(AsBytes(stream.octets), {.least_evidence = 1000}));
  EXPECT_TRUE(FindBoundary(AsBytes(stream.octets).first(60), {.least_frames = 3}));
}

// A request whose field block goes on, with END_STREAM and without: five frames are a chain, and
// four are too few.
TEST(FindBoundary, KnowsAFieldBlockThatGoesOn) {
  const auto found = [](std::uint8_t flags, const Frame& next) {
    Stream stream;
    stream.Add(RawFrame{.header = {.type = HeadersFrame::kType, .flags = flags, .stream_id = 1},
                        .payload = AsBytes("\x82\x86")});
    stream.Add(next);
    for (int i = 0; i < 3; ++i) stream.Add(PingFrame{});
    return FindBoundary(AsBytes(stream.octets)).has_value();
  };
  const ContinuationFrame more = {.stream_id = 1, .end_headers = true, .fragment = AsBytes("\x84")};
  EXPECT_TRUE(found(0, more));
  EXPECT_TRUE(found(0x01, more));
  EXPECT_FALSE(found(0x05, more));
  EXPECT_FALSE(found(0x01, PingFrame{}));
  EXPECT_TRUE(found(0x05, PingFrame{}));
}

// A capture that began four octets before the end of a DATA frame.
TEST(FindBoundary, JoinsInsideAFrame) {
  Stream stream = {.octets = "abcd"};
  stream.Add(PingFrame{});
  stream.Add(HeadersFrame{.stream_id = 1,
                          .end_stream = true,
                          .end_headers = true,
                          .fragment = AsBytes("\x82\x86\x84")});
  stream.Add(WindowUpdateFrame{0, 65536});
  stream.Add(PingFrame{.ack = true});
  stream.Add(PingFrame{});
  const auto boundary = FindBoundary(AsBytes(stream.octets));
  ASSERT_TRUE(boundary);
  EXPECT_TRUE(stream.boundaries.contains(boundary->offset)) << boundary->offset;
}

}  // namespace
}  // namespace h2wire
