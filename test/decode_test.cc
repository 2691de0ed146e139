// SPDX-License-Identifier: Apache-2.0

// What is promised of decoding beyond what single frames decode to.

#include "h2wire/decode.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/encode.h"
#include "h2wire/print.h"
#include "h2wire/visit.h"
#include "hex.h"

namespace h2wire {
namespace {

using testing::ElementsAre;

constexpr Bytes kPing = "00 00 08  06  01  00 00 00 00  01 02 03 04 05 06 07 08"_hex;

// A PING, a PRIORITY of a wrong length, DATA, and a WINDOW_UPDATE that is not all there.
constexpr Bytes kFour =
    "00 00 08  06  01  00 00 00 00  01 02 03 04 05 06 07 08"
    "00 00 04  02  00  00 00 00 03  00 00 00 00"
    "00 00 02  00  01  00 00 00 01  68 69"
    "00 00 04  08  00  00 00 00 00  00 00"_hex;

TEST(DecodeOptions, AreTheRfcsUnlessSaid) {
  EXPECT_EQ(DecodeOptions().max_frame_size, 16384u);
  EXPECT_TRUE(DecodeOptions().extensions);
  EXPECT_FALSE(DecodeOptions().reject_nonzero_padding);
}

// RFC 9113, 6.5.2: an unknown or unsupported identifier is ignored.
TEST(DecodeOptions, ExtensionsAreAboutTheirSettingsToo) {
  for (const Bytes in : {"00 00 06  04  00  00 00 00 00  00 09 00 00 00 07"_hex,
                         "00 00 06  04  00  00 00 00 00  00 08 00 00 00 02"_hex}) {
    EXPECT_EQ(Decode(in).status, DecodeStatus::kError);
    EXPECT_EQ(Decode(in, {.extensions = false}).status, DecodeStatus::kOk);
  }
  // The settings of RFC 9113 stay known.
  EXPECT_EQ(Decode("00 00 06  04  00  00 00 00 00  00 02 00 00 00 02"_hex, {.extensions = false})
                .error.fault,
            Fault::kInvalidEnablePush);
}

// The flags and the reserved bit as they were sent.
TEST(DecodeTo, LeavesTheHeaderNineOctetsAway) {
  const Bytes in = "00 00 01  00  f1  80 00 00 01  61"_hex;
  EXPECT_EQ(DecodeTo(in,
                     [&](const auto&) {
                       EXPECT_EQ(LoadHeader(in.data()).flags, 0xf1);
                       EXPECT_TRUE(LoadHeader(in.data()).reserved);
                     })
                .status,
            DecodeStatus::kOk);
}

constexpr FrameError kRefusal{Fault::kStrayContinuation, ErrorCode::kProtocolError, 0};

TEST(DecodeTo, StopsWhereTheSinkRefuses) {
  const Outcome refused = DecodeTo(kPing, [](const auto&) { return kRefusal; });
  EXPECT_EQ(refused.status, DecodeStatus::kError);
  EXPECT_EQ(refused.size, kPing.size());
  EXPECT_EQ(refused.error, kRefusal);
}

TEST(DecodeTo, TakesACodeWithoutAFaultForARefusal) {
  const FrameError error{.code = ErrorCode::kStreamClosed, .stream_id = 3};
  const Outcome refused = DecodeTo(kPing, [&](const auto&) { return error; });
  EXPECT_EQ(refused.status, DecodeStatus::kError);
  EXPECT_EQ(refused.error, error);
}

TEST(DecodeTo, GoesOnIfTheSinkReturnsNoError) {
  EXPECT_EQ(DecodeTo(kPing, [](const auto&) { return FrameError(); }).status, DecodeStatus::kOk);
  EXPECT_EQ(DecodeTo(kPing, [](const auto&) { return 7; }).status, DecodeStatus::kOk);
}

TEST(DecodeTo, AsksWhicheverFunctionOfTheSinkTakesTheFrame) {
  const Overloaded sink = {[](const PingFrame&) {}, [](const DataFrame&) { return kRefusal; },
                           [](const auto&) {}};
  EXPECT_EQ(DecodeTo(kPing, sink).status, DecodeStatus::kOk);
  EXPECT_EQ(DecodeTo("00 00 00  00  00  00 00 00 01"_hex, sink).error, kRefusal);
}

TEST(DecodeTo, AsksNoSinkAboutAFrameInError) {
  const Outcome next = DecodeTo("00 00 00  00  00  00 00 00 00"_hex, [](const auto&) {
    ADD_FAILURE();
    return kRefusal;
  });
  EXPECT_EQ(next.error.fault, Fault::kStreamRequired);
}

TEST(After, IsTheRest) {
  EXPECT_EQ(After(kPing, 9).data(), kPing.data() + 9);
  EXPECT_EQ(After(kPing, 9).size(), 8u);
  EXPECT_EQ(After(kPing, 0).size(), kPing.size());
  EXPECT_TRUE(After(kPing, kPing.size()).empty());
}

TEST(After, IsNothingOfTooFewOctets) {
  EXPECT_TRUE(After(kPing, kPing.size() + 1).empty());
  EXPECT_TRUE(After(kPing, SIZE_MAX).empty());
  EXPECT_TRUE(After(Bytes(), 1).empty());
}

TEST(Decode, GoesOnFromFrameToFrame) {
  std::vector<DecodeStatus> statuses;
  Bytes in = kFour;
  for (;;) {
    const Decoded<Frame> next = Decode(in);
    statuses.push_back(next.status);
    if (next.status == DecodeStatus::kNeedMore) {
      EXPECT_EQ(next.size, 13u);
      break;
    }
    in = After(in, next.size);
  }
  EXPECT_THAT(statuses, ElementsAre(DecodeStatus::kOk, DecodeStatus::kError, DecodeStatus::kOk,
                                    DecodeStatus::kNeedMore));
  EXPECT_EQ(in.size(), 11u);
}

TEST(Decode, CopiesNothing) {
  const Bytes data = "00 00 05  00  08  00 00 00 01  02  68 69  00 00"_hex;
  EXPECT_EQ(std::get<DataFrame>(Decode(data).frame).data.data(), data.data() + 10);

  const Bytes settings = "00 00 06  04  00  00 00 00 00  00 02 00 00 00 01"_hex;
  EXPECT_EQ(std::get<SettingsFrame>(Decode(settings).frame).settings.octets().data(),
            settings.data() + 9);

  const Bytes altsvc = "00 00 04  0a  00  00 00 00 00  00 01  61  62"_hex;
  EXPECT_EQ(std::get<AltSvcFrame>(Decode(altsvc).frame).origin.data(), altsvc.data() + 11);
  EXPECT_EQ(std::get<AltSvcFrame>(Decode(altsvc).frame).alt_svc_field_value.data(),
            altsvc.data() + 12);

  const Bytes unknown = "00 00 01  ff  00  00 00 00 00  61"_hex;
  EXPECT_EQ(std::get<RawFrame>(Decode(unknown).frame).payload.data(), unknown.data() + 9);

  const Bytes payload = "68 69"_hex;
  const RawFrame apart{.header = {.stream_id = 1}, .payload = payload};
  EXPECT_EQ(std::get<DataFrame>(Decode(apart).frame).data.data(), payload.data());
}

TEST(Decode, TakesAFrameOfTheInitialGreatestSizeAndNoLarger) {
  std::vector<std::byte> octets(9 + 16385, std::byte{0x61});
  std::ranges::copy("00 40 00  00  00  00 00 00 01"_hex, octets.begin());
  const Decoded<Frame> good = Decode(octets);
  ASSERT_EQ(good.status, DecodeStatus::kOk);
  EXPECT_EQ(good.size, 9u + 16384u);
  EXPECT_EQ(std::get<DataFrame>(good.frame).data.size(), 16384u);

  octets[2] = std::byte{1};
  EXPECT_EQ(Decode(octets).error.fault, Fault::kFrameTooLarge);
  const DecodeOptions larger{.max_frame_size = 16385};
  EXPECT_EQ(std::get<DataFrame>(Decode(octets, larger).frame).data.size(), 16385u);
}

TEST(Decode, TakesAFrameOfTheGreatestSizeThatThereIs) {
  std::vector<std::byte> octets(9 + 0xffffff);
  std::ranges::copy("ff ff ff  00  00  00 00 00 01"_hex, octets.begin());
  const Decoded<Frame> decoded = Decode(octets, {.max_frame_size = kLargestMaxFrameSize});
  ASSERT_EQ(decoded.status, DecodeStatus::kOk);
  EXPECT_EQ(decoded.size, octets.size());
  EXPECT_EQ(std::get<DataFrame>(decoded.frame).data.size(), 0xffffffu);
}

TEST(DecodeTo, CallsTheSinkWithTheStruct) {
  std::optional<PingFrame> ping;
  const Outcome outcome =
      DecodeTo(kPing, Overloaded{[&](const PingFrame& frame) { ping = frame; },
                                 [](const auto& frame) { ADD_FAILURE() << frame; }});
  EXPECT_EQ(outcome.status, DecodeStatus::kOk);
  ASSERT_TRUE(ping.has_value());
  EXPECT_TRUE(ping->ack);
  EXPECT_TRUE(std::ranges::equal(ping->opaque_data, "01 02 03 04 05 06 07 08"_hex));
}

struct Uncopyable {
  int calls = 0;
  std::unique_ptr<int> reason;
  void operator()(const auto&) { ++calls; }
};

TEST(DecodeTo, CallsTheSinkItIsGivenAndNoCopy) {
  Uncopyable sink;
  (void)DecodeTo(kPing, sink);
  EXPECT_EQ(sink.calls, 1);
  (void)DecodeTo("00 00 00  0c  01  00 00 00 00"_hex, sink);  // ignored, and so a RawFrame
  EXPECT_EQ(sink.calls, 2);
  (void)DecodeTo(kPing.first(16), sink);
  (void)DecodeTo("00 00 04  02  00  00 00 00 03  00 00 00 00"_hex, sink);
  EXPECT_EQ(sink.calls, 2);
}

TEST(DecodeTo, LetsPassWhatTheSinkThrows) {
  EXPECT_THROW((void)DecodeTo(kPing, [](const auto&) { throw std::runtime_error("enough"); }),
               std::runtime_error);
}

constexpr std::size_t OctetsOfData(Bytes in) {
  std::size_t octets = 0;
  (void)DecodeTo(in, Overloaded{[&](const DataFrame& data) { octets += data.data.size(); },
                                [](const auto&) {}});
  return octets;
}
static_assert(OctetsOfData("00 00 02  00  01  00 00 00 01  68 69"_hex) == 2);
static_assert(OctetsOfData(kPing) == 0);
static_assert(DecodeHeader("00 40 01  00  00  00 00 00 01"_hex).error.fault ==
              Fault::kFrameTooLarge);
static_assert(DecodeRaw(kPing).frame.payload.size() == 8);
static_assert(std::holds_alternative<PingFrame>(Decode(DecodeRaw(kPing).frame).frame));

TEST(DecodePayload, FollowsDecodeHeader) {
  Bytes in = kFour;
  std::vector<std::size_t> indexes;
  while (in.size() >= 9) {
    const auto header = DecodeHeader(in.first(9));
    const auto next = DecodePayload(header, After(in, 9));
    if (header.status == DecodeStatus::kError) {
      EXPECT_EQ(header.error,
                (FrameError{Fault::kWrongPriorityLength, ErrorCode::kFrameSizeError, 3}));
      EXPECT_EQ(next.status, DecodeStatus::kError);
      EXPECT_EQ(next.error, header.error);
    } else if (next.status == DecodeStatus::kNeedMore) {
      EXPECT_EQ(next.size, header.size);
    } else {
      EXPECT_EQ(next.status, DecodeStatus::kOk);
      indexes.push_back(next.frame.index());
    }
    in = After(in, header.size);
  }
  EXPECT_THAT(indexes, ElementsAre(Frame(PingFrame()).index(), Frame(DataFrame()).index()));
}

// A receiver that reads piece by piece keeps the header between its calls.
TEST(DecodePayload, NeedsAHeader) {
  DecodedHeader<> header;
  EXPECT_EQ(header.status, DecodeStatus::kNeedMore);
  EXPECT_EQ(header.size, 9u);
  const Outcome nothing = DecodePayload(header, "61 62"_hex);
  EXPECT_EQ(nothing.status, DecodeStatus::kNeedMore);
  EXPECT_EQ(nothing.size, 9u);
  header = DecodeHeader("00 00 02  00  00  00 00 00 01"_hex);
  EXPECT_EQ(DecodePayload(header, "61 62"_hex).frame,
            Frame(DataFrame{.stream_id = 1, .data = "61 62"_hex}));
}

// The options go with the header, so that both steps are by the same.
TEST(DecodePayload, GoesByTheOptionsOfTheHeader) {
  const Bytes altsvc = "00 00 01  0a  00  00 00 00 00"_hex;
  EXPECT_EQ(DecodeHeader(altsvc).error.fault, Fault::kTooShort);
  const auto unknown = DecodeHeader(altsvc, {.extensions = false});
  EXPECT_EQ(DecodePayload(unknown, "00"_hex).frame,
            Frame(RawFrame{.header = {.type = AltSvcFrame::kType}, .payload = "00"_hex}));

  const Bytes padded = "00 00 02  00  08  00 00 00 01"_hex;
  const Bytes padding = "01 ff"_hex;
  EXPECT_EQ(DecodePayload(DecodeHeader(padded), padding).status, DecodeStatus::kOk);
  const auto strict = DecodeHeader(padded, {.reject_nonzero_padding = true});
  EXPECT_EQ(DecodePayload(strict, padding).error.fault, Fault::kNonzeroPadding);
  const auto large = DecodeHeader(padded, {.max_frame_size = 1});
  EXPECT_EQ(DecodePayload(large, padding).error.fault, Fault::kFrameTooLarge);
}

TEST(DecodePayload, BorrowsFromThePayload) {
  const Bytes payload = "68 69"_hex;
  const auto header = DecodeHeader("00 00 02  00  00  00 00 00 01"_hex);
  EXPECT_EQ(std::get<DataFrame>(DecodePayload(header, payload).frame).data.data(), payload.data());
}

TEST(DecodePayloadTo, LetsASinkRefuse) {
  const auto header = DecodeHeader(kPing.first(9));
  const FrameError calm{Fault::kTooManyPings, ErrorCode::kEnhanceYourCalm, 0};
  const Outcome outcome =
      DecodePayloadTo(header, kPing.subspan(9), [&](const auto&) { return calm; });
  EXPECT_EQ(outcome.status, DecodeStatus::kError);
  EXPECT_EQ(outcome.error, calm);
  EXPECT_EQ(outcome.size, 17u);
}

TEST(DecodePayloadTo, AsksNoSinkAboutAPayloadInError) {
  const Bytes update = "00 00 04  08  00  00 00 00 01  00 00 00 00"_hex;
  const Outcome outcome =
      DecodePayloadTo(DecodeHeader(update), update.subspan(9), [](const auto&) -> FrameError {
        ADD_FAILURE();
        return {};
      });
  EXPECT_EQ(outcome.status, DecodeStatus::kError);
  EXPECT_EQ(outcome.error, ErrorOf(Fault::kZeroWindowIncrement, 1));
}

// The types are those of the set by which the header was judged.
TEST(DecodePayload, KnowsTheTypesOfItsSet) {
  const auto header = DecodeHeader<FrameSet<DataFrame>>(kPing.first(9));
  const auto next = DecodePayload(header, kPing.subspan(9));
  EXPECT_TRUE(std::holds_alternative<RawFrame>(next.frame));
}
static_assert(DecodePayload(DecodeHeader(kPing), Bytes(kPing).subspan(9)).status ==
              DecodeStatus::kOk);

// A RawFrame has one length, the size of its payload.
TEST(Decode, OfARawFrameTakesWhatEncodeWouldSend) {
  const RawFrame raw{.header = {.type = DataFrame::kType, .stream_id = 1}, .payload = "abc"_text};
  EXPECT_EQ(EncodedSize(raw), 12u);
  const Decoded<Frame> decoded = Decode(raw);
  ASSERT_EQ(decoded.status, DecodeStatus::kOk);
  EXPECT_EQ(decoded.size, 12u);
  EXPECT_EQ(decoded.frame, Frame(DataFrame{.stream_id = 1, .data = "abc"_text}));
}

TEST(Decode, RefusesARawFrameThatIsTooLarge) {
  const std::vector<std::byte> payload(0x1000001);
  const auto fault_of = [&](std::size_t size, std::uint32_t limit) {
    const RawFrame raw{.header = {.stream_id = 1}, .payload = Bytes(payload).first(size)};
    const Decoded<Frame> decoded = Decode(raw, {.max_frame_size = limit});
    EXPECT_EQ(decoded.size, 9 + size);
    return decoded.error.fault;
  };
  EXPECT_EQ(fault_of(16384, 16384), Fault::kNone);
  EXPECT_EQ(fault_of(16385, 16384), Fault::kFrameTooLarge);
  EXPECT_EQ(fault_of(0xffffff, 0xffffff), Fault::kNone);
  // More than a Length can say: it is not taken for its last 24 bits.
  EXPECT_EQ(fault_of(0x1000000, 0xffffff), Fault::kFrameTooLarge);
  EXPECT_EQ(fault_of(0x1000001, 0xffffffff), Fault::kFrameTooLarge);
}

TEST(DecodeRaw, JudgesNothingButTheSize) {
  const Bytes in = "00 00 02  08  ff  80 00 00 00  61 62  63"_hex;  // no good WINDOW_UPDATE
  const Decoded<RawFrame> raw = DecodeRaw(in);
  EXPECT_EQ(raw.status, DecodeStatus::kOk);
  EXPECT_EQ(raw.size, 11u);
  EXPECT_EQ(raw.frame.header,
            (RawHeader{.type = FrameType{0x08}, .flags = 0xff, .reserved = true}));
  EXPECT_TRUE(std::ranges::equal(raw.frame.payload, "61 62"_hex));

  EXPECT_EQ(DecodeRaw(in, {.max_frame_size = 2}).status, DecodeStatus::kOk);
  const Decoded<RawFrame> large = DecodeRaw(in, {.max_frame_size = 1});
  EXPECT_EQ(large.status, DecodeStatus::kError);
  EXPECT_EQ(large.size, 11u);
  EXPECT_EQ(large.error, (FrameError{Fault::kFrameTooLarge, ErrorCode::kFrameSizeError, 0}));
}

}  // namespace
}  // namespace h2wire
