// SPDX-License-Identifier: Apache-2.0

// What is promised of the structs themselves.

#include "h2wire/frames.h"

#include <type_traits>
#include <variant>

#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/walk/envelope.h"

namespace h2wire {
namespace {

template <class V>
inline constexpr bool kPlain = false;
template <class... Fs>
inline constexpr bool kPlain<std::variant<Fs...>> = ((std::is_trivially_copyable_v<Fs> &&
                                                      std::is_trivially_destructible_v<Fs> &&
                                                      std::is_standard_layout_v<Fs> &&
                                                      std::is_aggregate_v<Fs>)&&...);

static_assert(kPlain<Frame>);
static_assert(std::is_trivially_copyable_v<Frame>);
static_assert(sizeof(Frame) <= 56);
static_assert(noexcept(Decode(Bytes())));
static_assert(noexcept(DecodeTo(Bytes(), [](const auto&) noexcept {})));
static_assert(!noexcept(DecodeTo(Bytes(), [](const auto&) {})));
static_assert(noexcept(DecodeHeader(Bytes())) && noexcept(DecodeRaw(Bytes())));
static_assert(noexcept(Decode(RawFrame())));
static_assert(noexcept(Encode(Frame(), MutableBytes())) && noexcept(Split(Frame())));

// A type may have a flag where others have PADDED, if it has no Pad Length.
struct UnpaddedFrame {
  bool last = false;
  std::array<std::byte, 8> octets{};

  static constexpr FrameType kType{0x51};
  static constexpr std::string_view kName = "UNPADDED";
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x08, "last", frame.last);
    walk.Octets("octets", frame.octets);
  }
};
static_assert(!internal::IsPadded<UnpaddedFrame>(0x08));
static_assert(internal::IsPadded<DataFrame>(0x08) && !internal::IsPadded<DataFrame>(0xf7));
static_assert(std::variant_size_v<FrameSet<UnpaddedFrame, PingFrame>> == 3);
static_assert(std::variant_size_v<FrameSet<>> == 1);

TEST(FlowControlledLength, CountsPaddingAndPadLength) {
  const std::array<std::byte, 5> data{};
  EXPECT_EQ(FlowControlledLength({.data = data}), 5u);
  EXPECT_EQ(FlowControlledLength({.pad_length = 0, .data = data}), 6u);
  EXPECT_EQ(FlowControlledLength({.pad_length = 255, .data = data}), 261u);
}

static_assert(kIsExtension<AltSvcFrame> && kIsExtension<OriginFrame>);
static_assert(kIsExtension<PriorityUpdateFrame>);
static_assert(!kIsExtension<ContinuationFrame> && !kIsExtension<RawFrame>);

}  // namespace
}  // namespace h2wire
