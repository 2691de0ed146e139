// SPDX-License-Identifier: Apache-2.0

#include "h2wire/renumber.h"

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/print.h"
#include "hex.h"

namespace h2wire {
namespace {

using testing::ElementsAre;

// 3 and 5 change places, and 2 and 4; the others stay.
constexpr StreamId Swapped(StreamId id) noexcept {
  return id == 3 ? 5 : id == 5 ? 3 : id == 2 ? 4 : id == 4 ? 2 : id;
}

std::vector<std::byte> Octets(Bytes octets) { return {octets.begin(), octets.end()}; }

std::vector<std::byte> Rewritten(Bytes octets, auto to) {
  std::vector<std::byte> frame = Octets(octets);
  EXPECT_EQ(RewriteStreamIds(frame, to), Fault::kNone);
  return frame;
}

TEST(RewriteStreamIds, MovesAFrameToAnotherStream) {
  EXPECT_EQ(Rewritten("00 00 02  00  09  00 00 00 03  00 61"_hex, Swapped),
            Octets("00 00 02  00  09  00 00 00 05  00 61"_hex));
  EXPECT_EQ(Rewritten("00 00 00  0b  ff  00 00 00 05"_hex, Swapped),
            Octets("00 00 00  0b  ff  00 00 00 03"_hex))
      << "of an unknown type";
  EXPECT_EQ(Rewritten("00 00 00  00  00  00 00 00 01"_hex, [](StreamId) { return kMaxStreamId; }),
            Octets("00 00 00  00  00  7f ff ff ff"_hex));
}

TEST(RewriteStreamIds, NeedsTheHeaderAloneOfFramesThatNameNoOtherStream) {
  EXPECT_EQ(Rewritten("00 00 02  00  09  00 00 00 03"_hex, Swapped),
            Octets("00 00 02  00  09  00 00 00 05"_hex));
  EXPECT_EQ(Rewritten("00 00 02  01  04  00 00 00 03"_hex, Swapped),
            Octets("00 00 02  01  04  00 00 00 05"_hex))
      << "HEADERS without priority";
}

TEST(RewriteStreamIds, RewritesWhatHeadersAndPriorityDependOn) {
  EXPECT_EQ(Rewritten("00 00 06  01  24  00 00 00 05  80 00 00 03  0a  82"_hex, Swapped),
            Octets("00 00 06  01  24  00 00 00 03  80 00 00 05  0a  82"_hex));
  EXPECT_EQ(Rewritten("00 00 09  01  2c  00 00 00 05  02  00 00 00 03  0a  82  00 00"_hex, Swapped),
            Octets("00 00 09  01  2c  00 00 00 03  02  00 00 00 05  0a  82  00 00"_hex))
      << "behind a Pad Length";
  EXPECT_EQ(Rewritten("00 00 05  02  00  00 00 00 03  00 00 00 05  0a"_hex, Swapped),
            Octets("00 00 05  02  00  00 00 00 05  00 00 00 03  0a"_hex));
  EXPECT_EQ(Rewritten("00 00 05  02  00  00 00 00 03  80 00 00 00  0a"_hex, Swapped),
            Octets("00 00 05  02  00  00 00 00 05  80 00 00 00  0a"_hex))
      << "which depends on no stream";
}

TEST(RewriteStreamIds, RewritesWhatPushPromisePromises) {
  EXPECT_EQ(Rewritten("00 00 05  05  04  00 00 00 03  00 00 00 02  82"_hex, Swapped),
            Octets("00 00 05  05  04  00 00 00 05  00 00 00 04  82"_hex));
  EXPECT_EQ(Rewritten("00 00 06  05  0c  00 00 00 03  00  00 00 00 02  82"_hex, Swapped),
            Octets("00 00 06  05  0c  00 00 00 05  00  00 00 00 04  82"_hex));
}

TEST(RewriteStreamIds, RewritesWhatPriorityUpdatePrioritizes) {
  EXPECT_EQ(Rewritten("00 00 07  10  00  00 00 00 00  00 00 00 05  75 3d 31"_hex, Swapped),
            Octets("00 00 07  10  00  00 00 00 00  00 00 00 03  75 3d 31"_hex));
}

TEST(RewriteStreamIds, LeavesTheBoundOfAGoawayAlone) {
  const Bytes goaway = "00 00 08  07  00  00 00 00 00  00 00 00 03  00 00 00 00"_hex;
  EXPECT_EQ(Rewritten(goaway, Swapped), Octets(goaway));
}

TEST(RewriteStreamIds, LeavesReservedBitsAndUndefinedFlagsAlone) {
  EXPECT_EQ(Rewritten("00 00 00  00  f6  80 00 00 03"_hex, Swapped),
            Octets("00 00 00  00  f6  80 00 00 05"_hex));
  EXPECT_EQ(Rewritten("00 00 04  10  ff  80 00 00 00  80 00 00 03"_hex, Swapped),
            Octets("00 00 04  10  ff  80 00 00 00  80 00 00 05"_hex));
}

TEST(RewriteStreamIds, AsksOnceForEachStreamThatIsNotZero) {
  std::vector<StreamId> asked;
  const auto ask = [&](StreamId id) {
    asked.push_back(id);
    return id;
  };
  (void)Rewritten("00 00 06  01  24  00 00 00 05  80 00 00 03  0a  82"_hex, ask);
  EXPECT_THAT(asked, ElementsAre(5, 3));
  asked.clear();
  (void)Rewritten("00 00 00  04  00  80 00 00 00"_hex, ask);
  EXPECT_THAT(asked, ElementsAre());
}

TEST(RewriteStreamIds, ChangesNothingIfItMayNot) {
  const auto refused = [](Bytes octets, auto to) {
    std::vector<std::byte> frame = Octets(octets);
    const Fault fault = RewriteStreamIds(frame, to);
    EXPECT_EQ(frame, Octets(octets));
    return fault;
  };
  const auto always = [](StreamId id) { return [id](StreamId) { return id; }; };
  const Bytes data = "00 00 00  00  00  80 00 00 03"_hex;
  EXPECT_EQ(refused(data.first(8), Swapped), Fault::kNoRoom);
  EXPECT_EQ(refused(Bytes(), Swapped), Fault::kNoRoom);
  EXPECT_EQ(refused(data, always(0x80000000)), Fault::kValueTooLarge);
  EXPECT_EQ(refused(data, always(0xffffffff)), Fault::kValueTooLarge);
  EXPECT_EQ(refused(data, always(0)), Fault::kStreamRequired);

  const Bytes headers = "00 00 06  01  24  00 00 00 05  80 00 00 03  0a  82"_hex;
  EXPECT_EQ(refused(headers.first(13), Swapped), Fault::kNoRoom);
  EXPECT_EQ(refused(headers, [](StreamId id) { return id == 3 ? 0x80000000 : id; }),
            Fault::kValueTooLarge);
  EXPECT_EQ(refused("00 00 04  01  24  00 00 00 05  80 00 00 03"_hex, Swapped), Fault::kTooShort);
  EXPECT_EQ(refused("00 00 06  01  08  00 00 00 05  06  01 02 03 04 05"_hex, Swapped),
            Fault::kPaddingTooLong);

  const Bytes promise = "00 00 05  05  04  00 00 00 03  00 00 00 02  82"_hex;
  EXPECT_EQ(refused(promise, always(7)), Fault::kInvalidPromisedStreamId) << "an odd one";
  const Bytes update = "00 00 04  10  00  00 00 00 00  00 00 00 03"_hex;
  EXPECT_EQ(refused(update, always(0)), Fault::kNoPrioritizedStream);
}

TEST(RewriteStreamIds, ThrowsWhatTheMappingThrowsAndChangesNothing) {
  std::vector<std::byte> frame = Octets("00 00 05  02  00  00 00 00 05  00 00 00 03  0a"_hex);
  const std::vector<std::byte> before = frame;
  const auto unknown = [](StreamId id) {
    return id == 3 ? throw std::out_of_range("stream 3") : id + 2;
  };
  EXPECT_THROW((void)RewriteStreamIds(frame, unknown), std::out_of_range);
  EXPECT_EQ(frame, before);
  static_assert(noexcept(RewriteStreamIds(MutableBytes(), Swapped)));
  static_assert(!noexcept(RewriteStreamIds(MutableBytes(), unknown)));
}

// A type of a user's own says which of its fields names a stream.
struct FollowFrame {
  StreamId stream_id = 0;
  StreamId leader = 0;
  StreamId deputy = 0;

  static constexpr FrameType kType{0x52};
  static constexpr std::string_view kName = "FOLLOW";
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.U31("leader", frame.leader);
    walk.NamesStream(frame.leader);
    walk.U31("deputy", frame.deputy);
    walk.NamesStream(frame.deputy);
  }
};

TEST(RewriteStreamIds, KnowsTheTypesOfASet) {
  const Bytes octets = "00 00 08  52  00  00 00 00 05  00 00 00 03  00 00 00 05"_hex;
  std::vector<std::byte> frame = Octets(octets);
  EXPECT_EQ(RewriteStreamIds<FrameSet<FollowFrame>>(frame, Swapped), Fault::kNone);
  EXPECT_EQ(frame, Octets("00 00 08  52  00  00 00 00 03  00 00 00 05  00 00 00 03"_hex));
  EXPECT_EQ(Rewritten(octets, Swapped),
            Octets("00 00 08  52  00  00 00 00 03  00 00 00 03  00 00 00 05"_hex))
      << "to which the type is unknown";
}

// A frame that is to be ignored names no stream but its own, whatever stands where it would.
struct IgnoredFollowFrame : FollowFrame {
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.ExpectNoFlags(0x40, {"Acme, 1", "FOLLOW has no flag 0x40"});
    FollowFrame::Layout(frame, walk);
  }
};
TEST(RewriteStreamIds, RewritesNothingButTheHeaderOfAFrameThatIsIgnored) {
  std::vector<std::byte> frame =
      Octets("00 00 08  52  40  00 00 00 05  00 00 00 03  00 00 00 05"_hex);
  EXPECT_EQ(RewriteStreamIds<FrameSet<IgnoredFollowFrame>>(frame, Swapped), Fault::kNone);
  EXPECT_EQ(frame, Octets("00 00 08  52  40  00 00 00 03  00 00 00 03  00 00 00 05"_hex));
}

static_assert([] {
  std::array<std::byte, 9> frame{};
  StoreHeader(frame.data(), {.type = DataFrame::kType, .stream_id = 3});
  return RewriteStreamIds(frame, Swapped) == Fault::kNone &&
         LoadHeader(frame.data()).stream_id == 5;
}());

}  // namespace
}  // namespace h2wire
