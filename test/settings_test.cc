// SPDX-License-Identifier: Apache-2.0

#include "h2wire/settings.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/frame_set.h"
#include "hex.h"
#include "untouched.h"

namespace h2wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Setting kTableSize{SettingId::kHeaderTableSize, 0x01020304};
constexpr Setting kUnknown{SettingId{0xfe03}, 1};

static_assert(std::forward_iterator<SettingsView::iterator>);

std::vector<Setting> ListOf(SettingsView settings) { return {settings.begin(), settings.end()}; }

TEST(SettingsView, YieldsSettingsInOrderWithDuplicatesAndUnknownOnes) {
  const SettingsView view = "00 01 01 02 03 04  fe 03 00 00 00 01  00 01 01 02 03 04"_hex;
  EXPECT_THAT(ListOf(view), ElementsAre(kTableSize, kUnknown, kTableSize));
  EXPECT_EQ(view.size(), 3u);
  EXPECT_FALSE(view.empty());
}

TEST(SettingsView, IsEmptyOfNothing) {
  EXPECT_THAT(ListOf(SettingsView()), IsEmpty());
  EXPECT_TRUE(SettingsView().empty());
  EXPECT_EQ(SettingsView().size(), 0u);
  EXPECT_TRUE(SettingsView().octets().empty());
  EXPECT_THAT(ListOf(""_hex), IsEmpty());
}

TEST(SettingsView, DoesNotVisitOctetsAfterTheLastWholeSetting) {
  const Bytes octets = "00 01 01 02 03 04  fe 03 00 00 00 01"_hex;
  for (std::size_t size = 0; size <= octets.size(); ++size) {
    SCOPED_TRACE(size);
    const std::vector<std::byte> some(octets.begin(), octets.begin() + static_cast<int>(size));
    const SettingsView view(some);
    EXPECT_EQ(view.size(), size / 6);
    EXPECT_EQ(view.empty(), size < 6);
    EXPECT_EQ(std::distance(view.begin(), view.end()), static_cast<std::ptrdiff_t>(size / 6));
    EXPECT_EQ(view.octets().data(), some.data());
    EXPECT_EQ(view.octets().size(), size);
  }
}

TEST(SettingsView, HasIteratorsThatStepInBothWays) {
  const SettingsView view = "00 01 01 02 03 04  fe 03 00 00 00 01"_hex;
  SettingsView::iterator at = view.begin();
  EXPECT_EQ(*at++, kTableSize);
  EXPECT_EQ(*at, kUnknown);
  EXPECT_NE(at, view.end());
  EXPECT_EQ(++at, view.end());
  EXPECT_EQ(SettingsView::iterator(), SettingsView::iterator());
}

TEST(Setting, IsEqualInIdAndValueOnly) {
  EXPECT_EQ(kTableSize, (Setting{SettingId::kHeaderTableSize, 0x01020304}));
  EXPECT_NE(kTableSize, (Setting{SettingId::kEnablePush, 0x01020304}));
  EXPECT_NE(kTableSize, (Setting{SettingId::kHeaderTableSize, 0x01020305}));
}

constexpr auto kPacked = PackSettings({{SettingId::kHeaderTableSize, 0x01020304},
                                       {SettingId::kEnablePush, 2},
                                       {SettingId{0xfe03}, 0xffffffff}});
static_assert(std::ranges::equal(kPacked,
                                 "00 01 01 02 03 04  00 02 00 00 00 02  fe 03 ff ff ff ff"_hex));

TEST(PackSettings, IsTheSameAtRunTime) {
  const Setting settings[] = {
      kTableSize, {SettingId::kEnablePush, 2}, {SettingId{0xfe03}, 0xffffffff}};
  std::array<std::byte, 20> out;
  out.fill(kUntouched);
  const std::optional<SettingsView> view = PackSettings(settings, out);
  ASSERT_TRUE(view.has_value());
  EXPECT_TRUE(std::ranges::equal(view->octets(), kPacked));
  EXPECT_EQ(view->octets().data(), out.data());
  EXPECT_EQ(PackSettings({settings[0], settings[1], settings[2]}), kPacked);
  EXPECT_TRUE(AllUntouched(Bytes(out).subspan(18)));
}

TEST(PackSettings, NeedsJustSixOctetsASetting) {
  const Setting settings[] = {kTableSize, kUnknown};
  std::array<std::byte, 12> out;
  out.fill(kUntouched);
  EXPECT_FALSE(PackSettings(settings, MutableBytes(out).first(11)).has_value());
  EXPECT_FALSE(PackSettings(settings, MutableBytes(out).first(6)).has_value());
  EXPECT_FALSE(PackSettings(settings, MutableBytes()).has_value());
  EXPECT_TRUE(AllUntouched(out));
  EXPECT_TRUE(PackSettings(settings, out).has_value());
}

TEST(PackSettings, OfNoSettingsIsNothing) {
  const std::optional<SettingsView> view = PackSettings({}, MutableBytes());
  ASSERT_TRUE(view.has_value());
  EXPECT_TRUE(view->empty());
}

TEST(NameOf, IsTheRfcsOfEverySetting) {
  // RFC 9113, 6.5.2; RFC 8441, 3; RFC 9218, 2.1.
  constexpr std::pair<std::uint16_t, std::string_view> kNames[] = {
      {0x00, ""},
      {0x01, "HEADER_TABLE_SIZE"},
      {0x02, "ENABLE_PUSH"},
      {0x03, "MAX_CONCURRENT_STREAMS"},
      {0x04, "INITIAL_WINDOW_SIZE"},
      {0x05, "MAX_FRAME_SIZE"},
      {0x06, "MAX_HEADER_LIST_SIZE"},
      {0x07, ""},
      {0x08, "ENABLE_CONNECT_PROTOCOL"},
      {0x09, "NO_RFC7540_PRIORITIES"},
      {0x0a, ""},
      {0x0102, ""},
      {0xffff, ""},
  };
  for (const auto& [id, name] : kNames) EXPECT_EQ(NameOf(SettingId{id}), name) << id;
}

// RFC 9113, 6.5.2; RFC 8441, 3; RFC 9218, 2.1.
static_assert(SettingId::kHeaderTableSize == SettingId{0x01});
static_assert(SettingId::kEnablePush == SettingId{0x02});
static_assert(SettingId::kMaxConcurrentStreams == SettingId{0x03});
static_assert(SettingId::kInitialWindowSize == SettingId{0x04});
static_assert(SettingId::kMaxFrameSize == SettingId{0x05});
static_assert(SettingId::kMaxHeaderListSize == SettingId{0x06});
static_assert(SettingId::kEnableConnectProtocol == SettingId{0x08});
static_assert(SettingId::kNoRfc7540Priorities == SettingId{0x09});

TEST(FaultOf, IsThatOfTheRowForTheLeastAndTheGreatestValueOfEveryIdentifier) {
  for (std::uint32_t id = 0; id <= 0xffff; ++id) {
    const SettingRow& row = RowOf(SettingId{static_cast<std::uint16_t>(id)});
    for (const std::uint32_t value : {0u, 0xffff'ffffu}) {
      std::array<std::byte, kSettingSize> octets;
      StoreBig(octets.data(), static_cast<std::uint16_t>(id));
      StoreBig(octets.data() + 2, value);
      const bool allowed = row.least <= value && value <= row.most;
      EXPECT_EQ(FaultOf(SettingsView(octets)), allowed ? Fault::kNone : row.fault) << id;
    }
  }
}

TEST(RowOf, AllowsEveryValueOfASettingNobodyAssigned) {
  for (const SettingId id :
       {SettingId{0x00}, SettingId{0x07}, SettingId{0x0a}, SettingId{0xffff}}) {
    const SettingRow& row = RowOf(id);
    EXPECT_EQ(row.least, 0u);
    EXPECT_EQ(row.most, 0xffffffff);
    EXPECT_EQ(row.name, "");
  }
}

static_assert(FaultOf(SettingsView()) == Fault::kNone);
static_assert(FaultOf(kPacked) == Fault::kInvalidEnablePush);

TEST(FaultOf, IsThatOfTheFirstSettingThatIsNotAllowed) {
  EXPECT_EQ(FaultOf("00 04 ff ff ff ff  00 02 00 00 00 02"_hex), Fault::kInvalidInitialWindowSize);
  EXPECT_EQ(FaultOf("00 02 00 00 00 02  00 04 ff ff ff ff"_hex), Fault::kInvalidEnablePush);
  EXPECT_EQ(FaultOf("00 02 00 00 00 01  00 04 7f ff ff ff"_hex), Fault::kNone);
  EXPECT_EQ(FaultOf("00 02 00 00 00"_hex), Fault::kNone);
}

}  // namespace
}  // namespace h2wire
