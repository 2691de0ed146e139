// SPDX-License-Identifier: Apache-2.0

#include "h2wire/origins.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hex.h"
#include "untouched.h"

namespace h2wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> TextsOf(OriginsView origins) {
  std::vector<std::string> texts;
  for (const Bytes origin : origins) texts.emplace_back(AsText(origin));
  return texts;
}

static_assert(std::forward_iterator<OriginsView::iterator>);

TEST(OriginsView, YieldsOriginsInOrderWithDuplicatesAndEmptyOnes) {
  const OriginsView view = "00 01 61  00 02 62 63  00 00  00 01 61"_hex;
  EXPECT_THAT(TextsOf(view), ElementsAre("a", "bc", "", "a"));
  EXPECT_TRUE(view.Whole());
  EXPECT_FALSE(view.empty());
}

TEST(OriginsView, BorrowsItsOctets) {
  const Bytes octets = "00 01 61"_hex;
  const OriginsView view = octets;
  EXPECT_EQ(view.octets().data(), octets.data());
  EXPECT_EQ((*view.begin()).data(), octets.data() + 2);
}

TEST(OriginsView, IsEmptyOfNothing) {
  EXPECT_THAT(TextsOf(OriginsView()), IsEmpty());
  EXPECT_TRUE(OriginsView().empty());
  EXPECT_TRUE(OriginsView().Whole());
  EXPECT_TRUE(OriginsView(""_hex).Whole());
}

TEST(OriginsView, EndsBeforeAnEntryThatOverruns) {
  const Bytes octets = "00 01 61  00 02 62 63"_hex;
  for (std::size_t size = 0; size <= octets.size(); ++size) {
    SCOPED_TRACE(size);
    const std::vector<std::byte> some(octets.begin(), octets.begin() + static_cast<int>(size));
    const OriginsView view(some);
    EXPECT_EQ(TextsOf(view).size(), size < 3 ? 0u : size < 7 ? 1u : 2u);
    EXPECT_EQ(view.empty(), size < 3);
    EXPECT_EQ(view.Whole(), size == 0 || size == 3 || size == 7);
  }
}

TEST(OriginsView, ReadsALengthOfTwoOctets) {
  std::vector<std::byte> octets(2 + 0x0102, std::byte{0x61});
  octets[0] = std::byte{0x01};
  octets[1] = std::byte{0x02};
  EXPECT_THAT(TextsOf(OriginsView(octets)), ElementsAre(std::string(0x0102, 'a')));
  EXPECT_TRUE(OriginsView(octets).Whole());
  octets.pop_back();
  EXPECT_FALSE(OriginsView(octets).Whole());
}

TEST(OriginsView, HasIteratorsThatStepInBothWays) {
  const OriginsView view = "00 01 61  00 02 62 63"_hex;
  OriginsView::iterator at = view.begin();
  EXPECT_EQ(AsText(*at++), "a");
  EXPECT_EQ(AsText(*at), "bc");
  EXPECT_NE(at, view.end());
  EXPECT_NE(at, view.begin());
  EXPECT_EQ(++at, view.end());
}

constexpr bool kPacks = [] {
  const Bytes origins[] = {"61"_hex, ""_hex, "62 63"_hex};
  std::array<std::byte, 9> out{};
  const std::optional<OriginsView> view = PackOrigins(origins, out);
  return view.has_value() && std::ranges::equal(view->octets(), "00 01 61  00 00  00 02 62 63"_hex);
}();
static_assert(kPacks);

TEST(PackOrigins, WritesEntriesAndNoOtherOctet) {
  const Bytes origins[] = {"61"_hex, ""_hex, "62 63"_hex};
  std::array<std::byte, 11> out;
  out.fill(kUntouched);
  const std::optional<OriginsView> view = PackOrigins(origins, out);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->octets().data(), out.data());
  EXPECT_EQ(view->octets().size(), 9u);
  EXPECT_TRUE(std::ranges::equal(out, "00 01 61  00 00  00 02 62 63  a5 a5"_hex));
}

TEST(PackOrigins, NeedsTwoOctetsAndItsOwnForEach) {
  const Bytes origins[] = {"61"_hex, "62 63"_hex};
  std::array<std::byte, 7> out;
  out.fill(kUntouched);
  for (std::size_t size = 0; size < out.size(); ++size) {
    EXPECT_FALSE(PackOrigins(origins, MutableBytes(out).first(size)).has_value()) << size;
  }
  EXPECT_TRUE(AllUntouched(out));
  EXPECT_TRUE(PackOrigins(origins, out).has_value());
}

TEST(PackOrigins, OfNoOriginsIsNothing) {
  const std::optional<OriginsView> view = PackOrigins({}, MutableBytes());
  ASSERT_TRUE(view.has_value());
  EXPECT_TRUE(view->empty());
}

TEST(PackOrigins, TakesOriginsOfAtMost65535Octets) {
  const std::vector<std::byte> octets(0x10000, std::byte{0x61});
  std::vector<std::byte> out(0x10000 + 2);
  const Bytes longest[] = {Bytes(octets).first(0xffff)};
  const std::optional<OriginsView> view = PackOrigins(longest, out);
  ASSERT_TRUE(view.has_value());
  EXPECT_THAT(TextsOf(*view), ElementsAre(std::string(0xffff, 'a')));
  EXPECT_TRUE(view->Whole());

  const Bytes too_long[] = {octets};
  std::ranges::fill(out, kUntouched);
  EXPECT_FALSE(PackOrigins(too_long, out).has_value());
  EXPECT_TRUE(AllUntouched(out));
}

}  // namespace
}  // namespace h2wire
