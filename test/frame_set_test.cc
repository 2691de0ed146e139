// SPDX-License-Identifier: Apache-2.0

#include "h2wire/frame_set.h"

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <variant>
#include <vector>

#include "acme_frames.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/visit.h"
#include "hex.h"

namespace h2wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = RawReason::Kind;

using Two = FrameSet<DataFrame, PingFrame>;

static_assert(std::same_as<Two, std::variant<DataFrame, PingFrame, RawFrame>>);
static_assert(std::same_as<With<Two, AltSvcFrame, OriginFrame>,
                           FrameSet<DataFrame, PingFrame, AltSvcFrame, OriginFrame>>);
static_assert(std::same_as<Without<Two, DataFrame>, FrameSet<PingFrame>>);
static_assert(std::same_as<Without<Two, DataFrame, PingFrame>, FrameSet<>>);
static_assert(std::same_as<Without<Two, HeadersFrame>, Two>);
static_assert(AnyFrameSet<Two> && AnyFrameSet<Frame> && AnyFrameSet<FrameSet<>>);
static_assert(!AnyFrameSet<DataFrame> && !AnyFrameSet<int> && !AnyFrameSet<std::variant<int>>);
static_assert(kHas<Two, PingFrame> && kHas<Two, RawFrame> && !kHas<Two, HeadersFrame>);

TEST(FrameSet, KnowsItsTypes) {
  EXPECT_TRUE(Knows(PingFrame::kType));
  EXPECT_FALSE(Knows(FrameType{0x4d}));
  EXPECT_TRUE(Knows<acme::Frame>(FrameType{0x4d}));
  EXPECT_FALSE(Knows<Two>(HeadersFrame::kType));
  EXPECT_FALSE(Knows(AltSvcFrame::kType, /*extensions=*/false));
  EXPECT_TRUE(Knows<acme::Frame>(FrameType{0x4d}, /*extensions=*/false));
}

TEST(FrameSet, NamesItsTypes) {
  EXPECT_EQ(NameOf(PingFrame::kType), "PING");
  EXPECT_EQ(NameOf(FrameType{0x4d}), "");
  EXPECT_EQ(NameOf<acme::Frame>(FrameType{0x4d}), "METADATA");
  EXPECT_EQ(NameOf<Two>(HeadersFrame::kType), "");
}

TEST(FrameSet, NamesTheFlagsOfItsTypes) {
  EXPECT_THAT(FlagsOf(HeadersFrame::kType),
              ElementsAre(FlagRow{0x01, "end_stream"}, FlagRow{0x04, "end_headers"},
                          FlagRow{0x08, "padded"}, FlagRow{0x20, "priority"}));
  EXPECT_THAT(FlagsOf(RstStreamFrame::kType), IsEmpty());
  EXPECT_THAT(FlagsOf(FrameType{0x4d}), IsEmpty());
  EXPECT_THAT(FlagsOf<acme::Frame>(FrameType{0x4d}), ElementsAre(FlagRow{0x04, "end_metadata"}));
  EXPECT_THAT(FlagsOf<acme::Frame>(FrameType{0x20}), ElementsAre(FlagRow{0x08, "urgent"}));
}

// The walk that the compiler takes, taken at run time.
TEST(FrameSet, GathersTheFlagsOfALayoutInItsOrder) {
  internal::FlagGatherer gatherer;
  const HeadersFrame frame;
  HeadersFrame::Layout(frame, gatherer);
  ASSERT_EQ(gatherer.count, 4u);
  const std::span<const FlagRow> flags = FlagsOf(HeadersFrame::kType);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(gatherer.flags[i].bit, flags[i].bit);
    EXPECT_EQ(gatherer.flags[i].name, flags[i].name);
  }
}

TEST(FrameSet, CallsAFunctionWithTheStructOfAType) {
  const auto size = []<class F>(std::type_identity<F>) { return sizeof(F); };
  EXPECT_EQ(VisitType(PingFrame::kType, size), sizeof(PingFrame));
  EXPECT_EQ(VisitType(FrameType{0x4d}, size), sizeof(RawFrame));
  EXPECT_EQ(VisitType<acme::Frame>(FrameType{0x4d}, size), sizeof(acme::MetadataFrame));
  EXPECT_EQ(VisitType<FrameSet<>>(PingFrame::kType, size), sizeof(RawFrame));
}

TEST(FrameSet, KnowsSettings) {
  constexpr SettingId kNoPriorities = SettingId::kNoRfc7540Priorities;
  constexpr SettingId kConnect = SettingId::kEnableConnectProtocol;
  EXPECT_EQ(NameOf<Frame>(kNoPriorities), "NO_RFC7540_PRIORITIES");
  EXPECT_EQ(NameOf<Frame>(kNoPriorities, /*extensions=*/false), "");
  EXPECT_EQ((NameOf<Without<Frame, PriorityUpdateFrame>>(kNoPriorities)), "");
  EXPECT_EQ((NameOf<Without<Frame, PriorityUpdateFrame>>(kConnect)), "ENABLE_CONNECT_PROTOCOL");
  EXPECT_EQ(NameOf<Frame>(kConnect, /*extensions=*/false), "");
  EXPECT_EQ(NameOf<Frame>(SettingId::kEnablePush, /*extensions=*/false), "ENABLE_PUSH");
  EXPECT_EQ(NameOf<acme::Frame>(SettingId{0x4d44}), "ENABLE_METADATA");
  EXPECT_EQ(NameOf<acme::Frame>(SettingId{0x4d44}, /*extensions=*/false), "ENABLE_METADATA");
  EXPECT_EQ(NameOf<Frame>(SettingId{0x4d44}), "");
}

TEST(FrameSet, JudgesTheSettingsThatItKnows) {
  const auto fault = []<AnyFrameSet Set>(std::type_identity<Set>, Bytes settings) {
    const Fault found = FaultOf<Set>(settings);
    std::vector<std::byte> wire(kFrameHeaderSize + settings.size());
    StoreHeader(wire.data(), {.length = static_cast<std::uint32_t>(settings.size()),
                              .type = SettingsFrame::kType});
    std::ranges::copy(settings, wire.begin() + kFrameHeaderSize);
    EXPECT_EQ(Decode<Set>(wire).error.fault, found);
    EXPECT_EQ(Encode(Set(SettingsFrame{.settings = settings}), wire).fault, found);
    return found;
  };
  constexpr std::type_identity<Frame> kDefault;
  constexpr std::type_identity<acme::Frame> kAcme;
  constexpr std::type_identity<Without<FrameSet<SettingsFrame>, PriorityUpdateFrame>> kOne;
  EXPECT_EQ(fault(kAcme, "4d 44 00 00 00 02"_hex), Fault::kInvalidSetting);
  EXPECT_EQ(fault(kAcme, "4d 44 00 00 00 01  00 f0 00 00 00 64"_hex), Fault::kNone);
  EXPECT_EQ(fault(kAcme, "4d 44 00 00 00 01  00 f0 00 00 00 00"_hex), Fault::kInvalidSetting);
  EXPECT_EQ(fault(kAcme, "00 f0 00 00 00 65"_hex), Fault::kInvalidSetting);
  EXPECT_EQ(fault(kAcme, "f0 00 00 00 00 65  00 09 00 00 00 02"_hex),
            Fault::kInvalidNoRfc7540Priorities);
  EXPECT_EQ(fault(kDefault, "4d 44 00 00 00 02  00 f0 00 00 00 65"_hex), Fault::kNone);
  EXPECT_EQ(fault(kDefault, "00 09 00 00 00 02"_hex), Fault::kInvalidNoRfc7540Priorities);
  EXPECT_EQ(fault(kOne, "00 09 00 00 00 02"_hex), Fault::kNone);
  EXPECT_EQ(fault(kOne, "00 08 00 00 00 02"_hex), Fault::kInvalidEnableConnectProtocol);
  EXPECT_EQ(fault(kOne, "00 02 00 00 00 02"_hex), Fault::kInvalidEnablePush);
  EXPECT_EQ(FaultOf("00 08 00 00 00 02  00 09 00 00 00 07"_hex, /*extensions=*/false),
            Fault::kNone);
}

// Why `in` comes as a RawFrame.
template <AnyFrameSet Set = Frame>
RawReason Reason(Bytes in, bool extensions = true) {
  const auto next = Decode<Set>(in, {.extensions = extensions});
  const auto* const raw = std::get_if<RawFrame>(&next.frame);
  EXPECT_NE(raw, nullptr);
  return raw == nullptr ? RawReason() : ReasonOf<Set>(*raw, extensions);
}

TEST(RawReason, IsAnUnknownType) {
  EXPECT_EQ(Reason("00 00 00  4d  00  00 00 00 00"_hex).kind, Kind::kUnknownType);
  EXPECT_EQ(Reason<Two>("00 00 00  4d  00  00 00 00 00"_hex).kind, Kind::kUnknownType);
}

TEST(RawReason, IsATypeUnknownToTheSet) {
  EXPECT_EQ(Reason<Two>("00 00 00  01  00  00 00 00 01"_hex).kind, Kind::kUnknownToSet);
  EXPECT_EQ(Reason("00 00 00  0c  00  00 00 00 00"_hex, /*extensions=*/false).kind,
            Kind::kUnknownToSet);
}

TEST(RawReason, IsTheRuleByWhichAFrameIsIgnored) {
  const auto section = [](Bytes in) {
    const RawReason reason = Reason(in);
    EXPECT_EQ(reason.kind, Kind::kIgnored);
    return reason.rule.section;
  };
  EXPECT_EQ(section("00 00 02  0a  00  00 00 00 00  00 00"_hex), "RFC 7838, 4");
  EXPECT_EQ(section("00 00 00  0c  00  00 00 00 01"_hex), "RFC 8336, 2.1");
  EXPECT_EQ(Reason("00 00 00  0c  00  00 00 00 01"_hex).rule.sentence,
            "ORIGIN belongs to the connection");
  EXPECT_EQ(Reason("00 00 00  0c  04  00 00 00 00"_hex).rule.sentence,
            "ORIGIN has none of the flags 0x1, 0x2, 0x4, 0x8");
}

TEST(RawReason, IsNoneOfAFrameThatWouldNotComeRaw) {
  const Bytes tag = "00 00 05  f0  00  00 00 00 01  00 03 6b 65 79"_hex;
  EXPECT_EQ(ReasonOf<acme::Frame>(DecodeRaw(tag).frame).kind, Kind::kNone);
  const Bytes ping = "00 00 08  06  00  00 00 00 00  01 02 03 04 05 06 07 08"_hex;
  EXPECT_EQ(ReasonOf(DecodeRaw(ping).frame).kind, Kind::kNone);
  EXPECT_EQ(ReasonOf(RawFrame{{.type = AltSvcFrame::kType}, {}}).kind, Kind::kNone);
}

}  // namespace
}  // namespace h2wire
