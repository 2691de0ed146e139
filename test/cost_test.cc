// SPDX-License-Identifier: Apache-2.0

// The cost class of every frame, from its struct and from its header.

#include "h2wire/cost.h"

#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/frame_set.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/print.h"

namespace h2wire {
namespace {

static_assert(sizeof(CostClass) == 1);
static_assert(std::size(kCostClassNames) == static_cast<std::size_t>(CostClass::kWindow) + 1);
static_assert(ClassOf(PingFrame()) == CostClass::kNeedsReply);

struct Row {
  Frame frame;
  CostClass cost;
};

std::vector<Row> Rows() {
  const Bytes some = AsBytes("some");
  return {
      {DataFrame{.stream_id = 1, .data = some}, CostClass::kData},
      {DataFrame{.stream_id = 1, .end_stream = true}, CostClass::kData},
      {DataFrame{.stream_id = 1}, CostClass::kEmpty},
      {DataFrame{.stream_id = 1, .pad_length = 0}, CostClass::kEmpty},
      {HeadersFrame{.stream_id = 1, .end_headers = true, .fragment = some}, CostClass::kFieldBlock},
      {HeadersFrame{.stream_id = 1, .fragment = some}, CostClass::kFieldBlock},
      {HeadersFrame{.stream_id = 1, .end_headers = true}, CostClass::kFieldBlock},
      {HeadersFrame{.stream_id = 1, .end_stream = true}, CostClass::kEmpty},
      {HeadersFrame{.stream_id = 1, .priority = Priority()}, CostClass::kEmpty},
      {PriorityFrame{.stream_id = 1}, CostClass::kPriority},
      {RstStreamFrame{.stream_id = 1}, CostClass::kReset},
      {SettingsFrame{}, CostClass::kNeedsReply},
      {SettingsFrame{.ack = true}, CostClass::kReply},
      {PushPromiseFrame{.stream_id = 1, .promised_stream_id = 2, .fragment = some},
       CostClass::kFieldBlock},
      {PushPromiseFrame{.stream_id = 1, .promised_stream_id = 2}, CostClass::kEmpty},
      {PingFrame{}, CostClass::kNeedsReply},
      {PingFrame{.ack = true}, CostClass::kReply},
      {GoawayFrame{}, CostClass::kGoaway},
      {WindowUpdateFrame{0, 1}, CostClass::kWindow},
      {ContinuationFrame{.stream_id = 1, .fragment = some}, CostClass::kFieldBlock},
      {ContinuationFrame{.stream_id = 1, .end_headers = true}, CostClass::kFieldBlock},
      {ContinuationFrame{.stream_id = 1}, CostClass::kEmpty},
      {AltSvcFrame{.stream_id = 1}, CostClass::kIgnored},
      {OriginFrame{}, CostClass::kIgnored},
      {PriorityUpdateFrame{.prioritized_stream_id = 1}, CostClass::kPriority},
      {RawFrame{{.type = FrameType{0x1f}}, {}}, CostClass::kIgnored},
      {RawFrame{{.type = OriginFrame::kType, .stream_id = 1}, {}}, CostClass::kIgnored},
  };
}

TEST(CostClass, IsThatOfTheFrameAndOfItsHeader) {
  std::set<CostClass> seen;
  for (const auto& [frame, cost] : Rows()) {
    EXPECT_EQ(ClassOf(frame), cost) << frame;
    std::vector<std::byte> wire(EncodedSize(frame));
    ASSERT_EQ(Encode(frame, wire).fault, Fault::kNone) << frame;
    const FrameHeader header = LoadHeader(wire.data());
    EXPECT_EQ(ClassOf(header), cost) << frame;
    if (Knows(header.type, /*extensions=*/false)) {
      const RawFrame raw{header, Bytes(wire).subspan(kFrameHeaderSize)};
      EXPECT_EQ(ClassOf(raw), cost) << frame;
    }
    seen.insert(cost);
  }
  EXPECT_EQ(seen.size(), std::size(kCostClassNames));
}

TEST(CostClass, PaddingHidesFromTheHeaderThatAFrameIsEmpty) {
  const DataFrame frame = {.stream_id = 1, .pad_length = 10};
  EXPECT_EQ(ClassOf(frame), CostClass::kEmpty);
  EXPECT_EQ(ClassOf(FrameHeader{.length = 11, .flags = 0x08, .stream_id = 1}), CostClass::kData);
}

TEST(CostClass, HasANameOfItsOwn) {
  EXPECT_EQ(NameOf(CostClass::kFieldBlock), "field_block");
  EXPECT_EQ(NameOf(CostClass::kWindow), "window");
  const std::set<std::string_view> names(std::begin(kCostClassNames), std::end(kCostClassNames));
  EXPECT_EQ(names.size(), std::size(kCostClassNames));
}

}  // namespace
}  // namespace h2wire
