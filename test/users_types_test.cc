// SPDX-License-Identifier: Apache-2.0

// Frame types of a user's, through all of the library.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "acme_frames.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hex.h"

namespace {

using acme::DrainFrame;
using acme::MetadataFrame;
using acme::TagFrame;
using h2wire::Bytes;
using h2wire::Decode;
using h2wire::DecodeStatus;
using h2wire::DecodeTo;
using h2wire::Fault;
using h2wire::FrameType;
using h2wire::RawFrame;
using h2wire::operator""_hex;

// Only what a proxy of content has to understand.
using Four = h2wire::FrameSet<h2wire::DataFrame, h2wire::HeadersFrame, h2wire::ContinuationFrame,
                              h2wire::WindowUpdateFrame>;

constexpr Bytes kMetadata = "00 00 03  4d  04  00 00 00 03  61 62 63"_hex;
constexpr Bytes kDrain = "00 00 08  20  08  00 00 00 00  00 00 00 01  00 00 00 09"_hex;
constexpr Bytes kTag = "00 00 05  f0  00  00 00 00 05  00 01 6b  76 77"_hex;
constexpr Bytes kPing = "00 00 08  06  00  00 00 00 00  01 02 03 04 05 06 07 08"_hex;

const MetadataFrame kMetadataFrame = {3, true, "61 62 63"_hex};
const DrainFrame kDrainFrame = {true, acme::DrainReason::kRestart, 9};
const TagFrame kTagFrame = {5, "6b"_hex, "76 77"_hex};

// The struct that `in` decodes to, in a set that need not be `Set`.
template <class F, class Set = acme::Frame>
F Decoded(Bytes in) {
  const auto next = Decode<Set>(in);
  EXPECT_EQ(next.status, DecodeStatus::kOk);
  EXPECT_EQ(next.size, in.size());
  const F* const frame = std::get_if<F>(&next.frame);
  EXPECT_NE(frame, nullptr);
  return frame == nullptr ? F() : *frame;
}

TEST(UsersTypes, Decode) {
  const MetadataFrame metadata = Decoded<MetadataFrame>(kMetadata);
  EXPECT_EQ(metadata.stream_id, 3u);
  EXPECT_TRUE(metadata.end_metadata);
  EXPECT_EQ(h2wire::AsText(metadata.fragment), "abc");
  const DrainFrame drain = Decoded<DrainFrame>(kDrain);
  EXPECT_TRUE(drain.urgent);
  EXPECT_EQ(drain.reason, acme::DrainReason::kRestart);
  EXPECT_EQ(drain.header, 9u);
  const TagFrame tag = Decoded<TagFrame>(kTag);
  EXPECT_EQ(tag.stream_id, 5u);
  EXPECT_EQ(h2wire::AsText(tag.key), "k");
  EXPECT_EQ(h2wire::AsText(tag.data), "vw");
}

TEST(UsersTypes, DecodeToASink) {
  std::string called;
  const auto sink = h2wire::Overloaded{[&](const MetadataFrame&) { called = "metadata"; },
                                       [&](const auto&) { called = "another"; }};
  EXPECT_EQ(DecodeTo<acme::Frame>(kMetadata, sink).status, DecodeStatus::kOk);
  EXPECT_EQ(called, "metadata");
  EXPECT_EQ(DecodeTo<acme::Frame>(kPing, sink).status, DecodeStatus::kOk);
  EXPECT_EQ(called, "another");
}

TEST(UsersTypes, DecodeInConstantExpressions) {
  static_assert(std::get<MetadataFrame>(Decode<acme::Frame>(kMetadata).frame).end_metadata);
  static_assert(Decode<Four>(kPing).frame.index() == 4);
}

TEST(UsersTypes, AreUnknownToOtherSets) {
  const auto raw = Decoded<RawFrame, h2wire::Frame>(kMetadata);
  EXPECT_EQ(raw.header.type, MetadataFrame::kType);
  const auto ping = Decoded<RawFrame, Four>(kPing);
  EXPECT_EQ(ping.header.type, h2wire::PingFrame::kType);
}

TEST(UsersTypes, AreRefusedByTheirRules) {
  const auto error = [](Bytes in) { return Decode<acme::Frame>(in).error; };
  EXPECT_EQ(error("00 00 08  20  00  00 00 00 00  00 00 00 01  00 00 00 07"_hex).fault,
            Fault::kInvalidValue);
  EXPECT_EQ(error("00 00 07  20  00  00 00 00 00"_hex).fault, Fault::kWrongLength);
  EXPECT_EQ(error("00 00 08  20  00  00 00 00 01"_hex).fault, Fault::kStreamForbidden);
  EXPECT_EQ(error("00 00 03  f0  00  00 00 00 05  00 02 6b"_hex).fault, Fault::kFieldOverrun);
  EXPECT_EQ(error("00 00 02  f0  00  00 00 00 05  00 00"_hex).fault, Fault::kInvalidValue);
  EXPECT_EQ(error("00 00 01  f0  00  00 00 00 05  00"_hex).fault, Fault::kTooShort);
  EXPECT_EQ(h2wire::DecodeHeader<acme::Frame>("00 00 07  20  00  00 00 00 00"_hex).error.fault,
            Fault::kWrongLength);
}

TEST(UsersTypes, ComeRawIfTheyAreToBeIgnored) {
  const RawFrame raw = Decoded<RawFrame>("00 00 03  f0  00  00 00 00 04  00 01 6b"_hex);
  const h2wire::RawReason reason = h2wire::ReasonOf<acme::Frame>(raw);
  EXPECT_EQ(reason.kind, h2wire::RawReason::Kind::kIgnored);
  EXPECT_EQ(reason.rule.section, "ACME 12, 3");
  EXPECT_EQ(h2wire::Encode(TagFrame{4, "6b"_hex}, {}).fault, Fault::kWouldBeIgnored);
}

TEST(UsersTypes, AreKnownWithoutTheLibrarysExtensions) {
  EXPECT_EQ(Decode<acme::Frame>(kMetadata, {.extensions = false}).frame.index(),
            Decode<acme::Frame>(kMetadata).frame.index());
  EXPECT_TRUE(std::holds_alternative<RawFrame>(
      Decode<acme::Frame>("00 00 04  10  00  00 00 00 00  00 00 00 01"_hex, {.extensions = false})
          .frame));
}

template <class F>
std::vector<std::byte> Wire(const F& frame) {
  std::vector<std::byte> wire(h2wire::EncodedSize(frame));
  EXPECT_EQ(h2wire::Encode(frame, wire).fault, Fault::kNone);
  EXPECT_EQ(h2wire::Encode(frame, wire).size, wire.size());
  return wire;
}

TEST(UsersTypes, Encode) {
  EXPECT_THAT(Wire(kMetadataFrame), testing::ElementsAreArray(kMetadata));
  EXPECT_THAT(Wire(kDrainFrame), testing::ElementsAreArray(kDrain));
  EXPECT_THAT(Wire(kTagFrame), testing::ElementsAreArray(kTag));
  EXPECT_THAT(Wire(acme::Frame(kTagFrame)), testing::ElementsAreArray(kTag));
}

TEST(UsersTypes, Split) {
  const h2wire::Parts parts = h2wire::Split(acme::Frame(kTagFrame));
  EXPECT_THAT(parts.head(), testing::ElementsAreArray(kTag.first(11)));
  EXPECT_EQ(parts.bodies[0].data(), kTagFrame.key.data());
  EXPECT_EQ(parts.bodies[1].data(), kTagFrame.data.data());
}

TEST(UsersTypes, Compare) {
  EXPECT_EQ(kMetadataFrame, Decoded<MetadataFrame>(kMetadata));
  EXPECT_NE(kMetadataFrame, MetadataFrame{});
  EXPECT_EQ(acme::Frame(kTagFrame), Decode<acme::Frame>(kTag).frame);
  EXPECT_NE(acme::Frame(kTagFrame), acme::Frame(kDrainFrame));
  EXPECT_EQ(std::vector<MetadataFrame>{kMetadataFrame}, std::vector<MetadataFrame>{kMetadataFrame});
}

TEST(UsersTypes, Print) {
  std::ostringstream out;
  out << kMetadataFrame << "\n" << acme::Frame(kDrainFrame) << "\n" << kTagFrame;
  EXPECT_EQ(out.str(),
            "METADATA stream=3 END_METADATA fragment=3 \"abc\"\n"
            "DRAIN URGENT reason=1 header=9\n"
            "TAG stream=5 key=1 \"k\" data=2 \"vw\"");
  EXPECT_EQ(h2wire::ToString(acme::Frame(RawFrame{{.type = MetadataFrame::kType}, {}})),
            "UNKNOWN type=METADATA flags=0x0 stream=0 payload=0");
}

TEST(UsersTypes, AreVisited) {
  const acme::Frame frame = kDrainFrame;
  EXPECT_EQ(h2wire::Visit([]<class F>(const F&) { return F::kName; }, frame), "DRAIN");
  EXPECT_EQ(h2wire::StreamIdOf(frame), 0u);
  EXPECT_EQ(h2wire::TypeOf(frame), DrainFrame::kType);
  EXPECT_EQ(h2wire::StreamIdOf(kTagFrame), 5u);
}

using Whole = h2wire::StreamDecoderOf<acme::Frame>;
using InParts = h2wire::StreamDecoderOf<acme::Frame, h2wire::InParts<MetadataFrame>>;

// What comes of all frames of `wire`, a line each, in pieces of `size` octets.
template <class Decoder>
std::string InPiecesOf(std::size_t size, Bytes wire) {
  std::vector<std::byte> storage(Decoder::StorageSize());
  Decoder decoder(storage);
  std::ostringstream out;
  const auto frames = [&](const auto& frame) { out << acme::Frame(frame) << "\n"; };
  std::string octets;
  const auto parts = [&](const auto& part) {
    octets += h2wire::AsText(part.octets);
    if (!part.last) return;
    auto whole = part.frame;
    whole.fragment = h2wire::AsBytes(octets);
    frames(whole);
    octets.clear();
  };
  for (; !wire.empty(); wire = h2wire::After(wire, size)) {
    for (Bytes piece = wire.first(std::min(size, wire.size()));;) {
      h2wire::Outcome next;
      if constexpr (std::same_as<Decoder, InParts>) {
        next = decoder.DecodeTo(piece, frames, parts);
      } else {
        next = decoder.DecodeTo(piece, frames);
      }
      if (next.status == DecodeStatus::kNeedMore) break;
      if (next.status == DecodeStatus::kError) {
        out << next.error << "\n";
        return out.str();
      }
      piece = h2wire::After(piece, next.size);
    }
  }
  return out.str();
}

TEST(UsersTypes, ArriveInPieces) {
  std::vector<std::byte> wire;
  for (const Bytes frame :
       {kMetadata, kDrain, kTag, kPing, "00 00 03  f0  00  00 00 00 04  00 01 6b"_hex,
        "00 00 06  04  00  00 00 00 00  4d 44 00 00 00 01"_hex}) {
    wire.insert(wire.end(), frame.begin(), frame.end());
  }
  const std::string good =
      "METADATA stream=3 END_METADATA fragment=3 \"abc\"\n"
      "DRAIN URGENT reason=1 header=9\n"
      "TAG stream=5 key=1 \"k\" data=2 \"vw\"\n"
      "PING opaque_data=0102030405060708\n"
      "UNKNOWN type=TAG flags=0x0 stream=4 payload=3 00016b\n"
      "SETTINGS ENABLE_METADATA=1\n";
  const struct {
    Bytes frame;
    std::string_view fault;
  } bad[] = {
      {"00 00 08  20  00  00 00 00 00  00 00 00 01  00 00 00 07"_hex, "invalid_value"},
      {"00 00 02  f0  00  00 00 00 05  00 00"_hex, "invalid_value"},
      {"00 00 03  f0  00  00 00 00 05  00 02 6b"_hex, "field_overrun"},
      {"00 00 06  04  00  00 00 00 00  4d 44 00 00 00 02"_hex, "invalid_setting"},
  };
  for (std::size_t size = 1; size <= wire.size(); ++size) {
    EXPECT_EQ(InPiecesOf<Whole>(size, wire), good) << size;
    EXPECT_EQ(InPiecesOf<InParts>(size, wire), good) << size;
    for (const auto& [frame, fault] : bad) {
      std::ostringstream error;
      error << Decode<acme::Frame>(frame).error << "\n";
      EXPECT_EQ(h2wire::ToString(Decode<acme::Frame>(frame).error.fault), fault);
      EXPECT_EQ(InPiecesOf<Whole>(size, frame), error.str()) << size;
      EXPECT_EQ(InPiecesOf<InParts>(size, frame), error.str()) << size;
    }
  }
}

TEST(UsersTypes, AreQueued) {
  std::array<std::byte, 64> copies;
  std::array<h2wire::OutputQueue::Body, 4> bodies;
  std::array<iovec, 4> pieces;
  h2wire::OutputQueue queue(copies, bodies);
  EXPECT_EQ(queue.Add(kTagFrame), Fault::kNone);
  EXPECT_EQ(queue.Add(acme::Frame(kDrainFrame)), Fault::kNone);
  std::vector<std::byte> sent;
  for (const iovec& piece : queue.Batch(pieces)) {
    const auto* const octets = static_cast<const std::byte*>(piece.iov_base);
    sent.insert(sent.end(), octets, octets + piece.iov_len);
  }
  std::vector<std::byte> expected(kTag.begin(), kTag.end());
  expected.insert(expected.end(), kDrain.begin(), kDrain.end());
  EXPECT_EQ(sent, expected);
}

// A member `fragment` makes no field block.
TEST(UsersTypes, OpenNoFieldBlock) {
  h2wire::FieldBlock block;
  EXPECT_EQ(block.Add(MetadataFrame{.stream_id = 1}), Fault::kNone);
  EXPECT_FALSE(block.open());
  EXPECT_EQ(block.Add(h2wire::HeadersFrame{.stream_id = 1}), Fault::kNone);
  EXPECT_TRUE(block.open());
  EXPECT_EQ(block.Add(MetadataFrame{.stream_id = 1}), Fault::kFieldBlockInterrupted);
}

}  // namespace
