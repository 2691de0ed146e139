// SPDX-License-Identifier: Apache-2.0

// Frames in pieces: the same events for every partition, nothing copied, every fault at its
// earliest octet.

#include "h2wire/stream_decoder.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/encode.h"
#include "h2wire/print.h"
#include "stream_events.h"
#include "untouched.h"
#include "vectors.h"

namespace h2wire {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

struct Ignore {
  void operator()(const auto&) const noexcept {}
};
struct IgnoreOrThrow {
  void operator()(const auto&) const {}
};
static_assert(noexcept(std::declval<StreamDecoder&>().DecodeTo(Bytes(), Ignore())));
static_assert(!noexcept(std::declval<StreamDecoder&>().DecodeTo(Bytes(), IgnoreOrThrow())));

std::string Wire(const Frame& frame) {
  std::string octets(EncodedSize(frame), '\xa5');
  EXPECT_EQ(Encode(frame, std::as_writable_bytes(std::span(octets))).fault, Fault::kNone);
  return octets;
}

// A frame of any type, flags and payload, malformed or not.
std::string RawWire(std::uint8_t type, std::uint8_t flags, StreamId stream_id,
                    std::string_view payload) {
  return Wire(RawFrame{.header = {.type = FrameType{type}, .flags = flags, .stream_id = stream_id},
                       .payload = AsBytes(payload)});
}

// The events of `in` fed in pieces of these sizes.
std::string Events(Bytes in, const StreamDecoderOptions& options, auto&& next_size,
                   std::size_t storage_size = 1 << 16) {
  std::vector<std::byte> storage(storage_size);
  StreamDecoder decoder(storage, options);
  EventLog log;
  Feed(decoder, in, log, next_size);
  return log.octets();
}

auto Always(std::size_t size) {
  return [size] { return size; };
}

// Small ones and large ones are as likely.
class RandomSizes {
 public:
  explicit RandomSizes(std::uint32_t seed) : random_(seed + 1) {}
  std::size_t operator()() {
    const std::uint32_t number = static_cast<std::uint32_t>(random_()) >> 4;
    return 1 + number % (1u << (number >> 16) % 16);
  }

 private:
  std::minstd_rand random_;  // a partition is over too soon to seed a better one
};

// Pieces of 1 to 64 octets and 1,000 random partitions make the same events of `in` as one piece
// does, which makes `expected`.
void ExpectSameForAllPartitions(Bytes in, std::string_view expected,
                                const StreamDecoderOptions& options) {
  ASSERT_EQ(Events(in, options, Always(in.size())), expected);
  std::vector<std::byte> storage(1 << 16);
  StreamDecoder decoder(storage, options);
  EventLog log;
  for (std::size_t size = 1; size <= 64; ++size) {
    decoder.Reset();
    log.Clear();
    Feed(decoder, in, log, Always(size));
    ASSERT_TRUE(log.octets() == expected) << "in pieces of " << size;
  }
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    decoder.Reset();
    log.Clear();
    Feed(decoder, in, log, RandomSizes(seed));
    ASSERT_TRUE(log.octets() == expected) << "in partition " << seed;
  }
}

std::vector<std::string> Captures() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(H2WIRE_CAPTURES)) {
    if (entry.path().extension() == ".h2") names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class CaptureTest : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, CaptureTest, testing::ValuesIn(Captures()), [](const auto& capture) {
  std::string name = capture.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
});

TEST_P(CaptureTest, IsTheSameForAllPartitions) {
  std::ifstream file(std::filesystem::path(H2WIRE_CAPTURES) / GetParam(), std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(octets.empty());
  const bool preface = octets.starts_with(kConnectionPreface);
  EventLog whole;
  DecodeAll(AsBytes(octets).subspan(preface ? kConnectionPreface.size() : 0), whole, {});
  // Captures are canonical: nothing is lost between the octets and the events.
  ASSERT_EQ(whole.octets(), octets.substr(preface ? kConnectionPreface.size() : 0));
  ExpectSameForAllPartitions(AsBytes(octets), whole.octets(),
                             {.preface = preface, .stream_fragments = true});
  ASSERT_EQ(Events(AsBytes(octets), {.preface = preface}, Always(1)), whole.octets());
}

TEST(StreamDecoder, MakesOfEachVectorWhatItSaysForAllPartitions) {
  ForEachVector([&](const Vector& vector) {
    SCOPED_TRACE(vector.name);
    EventLog expected;
    if (vector.good()) {
      Visit(expected, vector.frame);
    } else if (vector.kind == Vector::Kind::kRefused) {
      const FrameHeader header = LoadHeader(vector.octets.data());
      expected(FrameError{vector.fault, vector.code,
                          vector.scope == Scope::kStream ? header.stream_id : 0});
    }
    for (const bool stream_fragments : {false, true}) {
      const StreamDecoderOptions options = {.decode = vector.options,
                                            .stream_fragments = stream_fragments};
      // Of a frame that is not whole more may be decided than DecodeTo judges.
      const bool beginning = vector.kind == Vector::Kind::kNeedMore;
      ExpectSameForAllPartitions(
          vector.octets,
          beginning ? Events(vector.octets, options, Always(20000)) : expected.octets(), options);
    }
  });
}

// Frames of every type, with and without all that is optional, and some that are ignored or lost.
std::string Assorted() {
  std::mt19937 random(1);
  std::string text(700, '\0');
  std::generate(text.begin(), text.end(), [&] { return static_cast<char>(random()); });
  const auto octets = [&] { return AsBytes(text).first(random() % text.size()); };
  const auto id = [&] { return static_cast<StreamId>(1 + random() % kMaxStreamId); };
  const auto bit = [&] { return random() % 2 == 0; };
  const auto pad = [&] {
    return bit() ? std::optional<std::uint8_t>() : static_cast<std::uint8_t>(random());
  };
  const auto priority = [&] { return Priority{bit(), id(), static_cast<std::uint8_t>(random())}; };
  static constexpr auto kSettings = PackSettings({{SettingId::kMaxFrameSize, 16384},
                                                  {SettingId{0xfe03}, 7},
                                                  {SettingId::kMaxFrameSize, 16385}});
  std::array<std::byte, 64> origins;
  const std::array<Bytes, 3> origin_list = {AsBytes("https://a.example"), Bytes(), AsBytes("x")};
  std::string wire;
  for (int round = 0; round < 12; ++round) {
    wire += Wire(DataFrame{id(), bit(), pad(), octets()});
    wire += Wire(DataFrame{id(), bit(), pad(), {}});
    wire += Wire(HeadersFrame{id(), bit(), bit(), pad(), {}, octets()});
    wire += Wire(HeadersFrame{id(), bit(), bit(), pad(), priority(), octets()});
    wire += Wire(PriorityFrame{id(), priority()});
    wire += Wire(RstStreamFrame{id(), ErrorCode{static_cast<std::uint32_t>(random())}});
    wire += Wire(SettingsFrame{.settings = kSettings});
    wire += Wire(SettingsFrame{.ack = true});
    wire += Wire(PushPromiseFrame{id(), bit(), pad(), 2 * (1 + id() / 4), octets()});
    wire += Wire(PingFrame{bit(), {std::byte{1}, std::byte{2}}});
    wire += Wire(GoawayFrame{id(), ErrorCode{2}, octets()});
    wire += Wire(WindowUpdateFrame{id(), id()});
    wire += Wire(ContinuationFrame{id(), bit(), octets()});
    wire += Wire(AltSvcFrame{0, AsBytes("a.example"), octets()});
    wire += Wire(OriginFrame{*PackOrigins(origin_list, origins)});
    wire += Wire(PriorityUpdateFrame{id(), octets()});
    wire += RawWire(0x0b, 0xff, id(), AsText(octets()));          // unknown
    wire += RawWire(0x0a, 0, 0, "\0\0h2"sv);                      // ALTSVC without an origin
    wire += RawWire(0x0c, 0, id(), AsText(octets()));             // ORIGIN on a stream
    wire += RawWire(0x08, 0, id(), "\0\0\0\0"sv);                 // stream error
    wire += RawWire(0x02, 0, id(), AsText(octets().first(0)));    // stream error
    wire += RawWire(0x02, 0, id(), "not five octets, but more");  // stream error
  }
  return wire;
}

TEST(StreamDecoder, HandsOutTheSameForAllPartitions) {
  const std::string wire = Assorted();
  for (const bool extensions : {true, false}) {
    const DecodeOptions options = {.extensions = extensions};
    EventLog whole;
    DecodeAll(AsBytes(wire), whole, options);
    for (const bool stream_fragments : {false, true}) {
      ExpectSameForAllPartitions(AsBytes(wire), whole.octets(),
                                 {.decode = options, .stream_fragments = stream_fragments});
    }
  }
}

// A frame with a fault, and how many of its octets decide that.
struct FaultCase {
  Fault fault;
  std::size_t decided;
  std::string wire;
  StreamDecoderOptions options{};
};

std::vector<FaultCase> FaultCases() {
  const std::string k64(64, 'x');
  const StreamDecoderOptions strict = {.decode = {.reject_nonzero_padding = true}};
  return {
      {Fault::kFrameTooLarge, 9, RawWire(0x00, 0, 1, std::string(16385, 'x'))},
      {Fault::kFrameTooLarge, 9, RawWire(0xff, 0, 1, std::string(16385, 'x'))},
      {Fault::kStreamRequired, 9, RawWire(0x00, 0, 0, k64)},
      {Fault::kStreamRequired, 9, RawWire(0x01, 0, 0, k64)},
      {Fault::kStreamRequired, 9, RawWire(0x09, 0, 0, "")},
      {Fault::kStreamForbidden, 9, RawWire(0x06, 0, 1, "12345678")},
      {Fault::kTooShort, 9, RawWire(0x00, 0x08, 1, "")},
      {Fault::kTooShort, 9, RawWire(0x01, 0x28, 1, "12345")},
      {Fault::kTooShort, 9, RawWire(0x07, 0, 0, "1234567")},
      {Fault::kTooShort, 9, RawWire(0x0a, 0, 0, "1")},
      {Fault::kWrongLength, 9, RawWire(0x06, 0, 0, k64)},
      {Fault::kWrongPriorityLength, 9, RawWire(0x02, 0, 1, k64)},
      {Fault::kSettingsAckWithPayload, 9, RawWire(0x04, 0x01, 0, k64.substr(0, 60))},
      {Fault::kPartialSetting, 9, RawWire(0x04, 0, 0, k64)},
      {Fault::kPaddingTooLong, 10, RawWire(0x00, 0x08, 1, "\x40" + k64.substr(1))},
      {Fault::kPaddingTooLong, 10, RawWire(0x01, 0x28, 1, "\x3b" + k64.substr(1))},
      {Fault::kPaddingTooLong, 10, RawWire(0x05, 0x08, 1, "\x3c" + k64.substr(1))},
      {Fault::kNonzeroPadding, 14, RawWire(0x00, 0x08, 1, "\3d\0\0\1"sv), strict},
      {Fault::kNonzeroPadding, 13, RawWire(0x01, 0x08, 1, "\4h\0\1\0\0"sv), strict},
      {Fault::kNonzeroPadding, 11, RawWire(0x00, 0x08, 1, "\2\1\0"sv), strict},
      {Fault::kInvalidEnablePush, 15, RawWire(0x04, 0, 0, "\0\2\0\0\0\2\0\3\0\0\0\1"sv)},
      {Fault::kInvalidInitialWindowSize, 21, RawWire(0x04, 0, 0, "\0\3\0\0\0\2\0\4\x80\0\0\0"sv)},
      {Fault::kInvalidMaxFrameSize, 15, RawWire(0x04, 0, 0, "\0\5\0\0\x3f\xff\0\3\0\0\0\1"sv)},
      {Fault::kInvalidEnableConnectProtocol, 15, RawWire(0x04, 0, 0, "\0\10\0\0\0\2"sv)},
      {Fault::kInvalidNoRfc7540Priorities, 15, RawWire(0x04, 0, 0, "\0\11\1\0\0\0"sv)},
      {Fault::kInvalidPromisedStreamId, 13, RawWire(0x05, 0, 1, "\0\0\0\3"s + k64)},
      {Fault::kInvalidPromisedStreamId, 14, RawWire(0x05, 8, 1, "\7\0\0\0\3"s + k64)},
      {Fault::kZeroWindowIncrement, 13, RawWire(0x08, 0, 1, "\0\0\0\0"sv)},
      {Fault::kZeroWindowIncrement, 13, RawWire(0x08, 0, 0, "\0\0\0\0"sv)},
      {Fault::kOriginOverrun, 11, RawWire(0x0a, 0, 0, "\0\x3f"s + k64.substr(2))},
      {Fault::kOriginEntryOverrun, 14, RawWire(0x0c, 0, 0, "\0\1a\0\4abc"sv)},
      {Fault::kOriginEntryOverrun, 11, RawWire(0x0c, 0, 0, "\0\1ab"sv)},
      {Fault::kOriginEntryOverrun, 9, RawWire(0x0c, 0, 0, "a")},
      // The content of padding goes before values, wherever it stands.
      {Fault::kNonzeroPadding, 18, RawWire(0x05, 8, 1, "\3\0\0\0\3f\0\0\1"sv), strict},
      {Fault::kInvalidPromisedStreamId, 18, RawWire(0x05, 8, 1, "\3\0\0\0\3f\0\0\0"sv), strict},
      {Fault::kNoPrioritizedStream, 13, RawWire(0x10, 0, 0, "\0\0\0\0u=1"sv)},
      {Fault::kBadPreface, 2, "\x16\x02\x01\x02\x00\x01\x00", {.preface = true}},
      {Fault::kBadPreface, 24, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r", {.preface = true}},
      {Fault::kBadPreface, 12, "PRI * HTTP/1.1\r\n\r\n", {.preface = true}},
      {Fault::kBadPreface, 4, "PRI\t* HTTP/2.0\r\n", {.preface = true}},
      {Fault::kBadPreface, 1, Wire(SettingsFrame()), {.preface = true}},
      {Fault::kBadPreface, 21, std::string(30, 'A'), {.preface = true}},
      {Fault::kBadPreface, 1, " / HTTP/1.1", {.preface = true}},
      {Fault::kBadPreface, 4, "GET/ HTTP/1.1", {.preface = true}},
      {Fault::kHttp1Request, 4, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", {.preface = true}},
      {Fault::kHttp1Request, 5, "POST / HTTP/1.1\r\n", {.preface = true}},
      {Fault::kHttp1Request, 9, "M-SEARCH * HTTP/1.1\r\n", {.preface = true}},
      {Fault::kHttp1Request, 5, "PRIX / HTTP/1.1\r\n", {.preface = true}},
      {Fault::kTls, 2, "\x16\x03\x01\x02", {.preface = true}},
      {Fault::kHttp1Response, 5, "HTTP/1.1 400 Bad Request\r\n", {.preface = true}},
  };
}

TEST(StreamDecoder, ReportsEachFaultAtItsEarliestOctet) {
  std::set<Fault> seen;
  for (const FaultCase& row : FaultCases()) {
    SCOPED_TRACE(testing::Message() << row.fault << " after " << row.decided);
    seen.insert(row.fault);
    const Bytes wire = AsBytes(row.wire);
    for (const bool stream_fragments : {false, true}) {
      StreamDecoderOptions options = row.options;
      options.stream_fragments = stream_fragments;
      std::array<std::byte, 32768> storage;
      StreamDecoder decoder(storage, options);
      for (std::size_t i = 0; i + 1 < row.decided; ++i) {
        ASSERT_EQ(decoder.DecodeTo(wire.subspan(i, 1), Ignore()).status, DecodeStatus::kNeedMore);
      }
      const Outcome octet = decoder.DecodeTo(wire.subspan(row.decided - 1, 1), Ignore());
      ASSERT_EQ(octet.status, DecodeStatus::kError);
      EXPECT_EQ(octet.error.fault, row.fault);

      decoder.Reset();
      const Outcome beginning = decoder.DecodeTo(wire.first(row.decided), Ignore());
      EXPECT_EQ(beginning.status, DecodeStatus::kError);
      EXPECT_EQ(beginning.error, octet.error);

      decoder.Reset();
      const Outcome whole = decoder.DecodeTo(wire, Ignore());
      EXPECT_EQ(whole.status, DecodeStatus::kError);
      EXPECT_EQ(whole.error, octet.error);
    }
  }
  for (Fault fault = Fault::kFrameTooLarge; fault < Fault::kStorageTooSmall;
       fault = static_cast<Fault>(static_cast<int>(fault) + 1)) {
    EXPECT_TRUE(seen.contains(fault)) << fault;
  }
}

TEST(StreamDecoder, MakesTheSameErrorsForAllPartitions) {
  const std::string good = Wire(PingFrame());
  for (const FaultCase& row : FaultCases()) {
    const std::string wire = row.wire + good;
    const std::string expected = Events(AsBytes(wire), row.options, Always(wire.size()));
    EXPECT_NE(expected.find(RowOf(row.fault).sentence), std::string::npos) << row.fault;
    for (std::size_t size = 1; size <= 64; ++size) {
      EXPECT_EQ(Events(AsBytes(wire), row.options, Always(size)), expected) << row.fault;
    }
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      EXPECT_EQ(Events(AsBytes(wire), row.options, RandomSizes(seed)), expected) << row.fault;
    }
  }
}

TEST(StreamDecoder, SticksToAConnectionErrorUntilReset) {
  std::array<std::byte, 64> storage;
  StreamDecoder decoder(storage);
  const std::string bad = RawWire(0x06, 0, 0, "1234567");
  const std::string good = Wire(PingFrame());
  const FrameError error = ErrorOf(Fault::kWrongLength, 0);
  EventLog log;
  EXPECT_EQ(decoder.DecodeTo(AsBytes(bad), log).error, error);
  for (int i = 0; i < 3; ++i) {
    const Outcome next = decoder.DecodeTo(AsBytes(good), log);
    EXPECT_EQ(next.status, DecodeStatus::kError);
    EXPECT_EQ(next.size, 0u);
    EXPECT_EQ(next.error, error);
  }
  EXPECT_EQ(decoder.DecodeTo(Bytes(), log).error, error);
  EXPECT_FALSE(decoder.AtBoundary());
  EXPECT_EQ(log.octets(), "");
  decoder.Reset();
  EXPECT_TRUE(decoder.AtBoundary());
  EXPECT_EQ(decoder.DecodeTo(AsBytes(good), log).status, DecodeStatus::kOk);
  EXPECT_EQ(log.octets(), good);
}

TEST(StreamDecoder, StepsOverAFrameWithAStreamError) {
  const std::string bad = RawWire(0x02, 0, 5, std::string(1000, 'x'));
  const std::string good = Wire(PingFrame());
  std::array<std::byte, 64> storage;  // what is stepped over is not kept
  StreamDecoder decoder(storage);
  EventLog log;
  const std::string wire = bad + good;
  const Outcome lost = decoder.DecodeTo(AsBytes(wire).first(100), log);
  EXPECT_EQ(lost.status, DecodeStatus::kError);
  EXPECT_EQ(lost.error, ErrorOf(Fault::kWrongPriorityLength, 5));
  Feed(decoder, AsBytes(wire).subspan(lost.size), log, Always(7));
  EXPECT_EQ(log.octets(), good);
}

// Remembers where the octets of frames and chunks are.
struct Places {
  const std::byte* data = nullptr;
  std::size_t size = 0;
  int begins = 0;
  int ends = 0;
  void operator()(const DataFrame& frame) noexcept { At(frame.data); }
  void operator()(const RawFrame& frame) noexcept { At(frame.payload); }
  void operator()(const HeadersFrame& frame) noexcept { At(frame.fragment); }
  template <class F>
  void operator()(const FrameBegin<F>&) noexcept {
    ++begins;
  }
  template <class F>
  void operator()(const FrameChunk<F>& chunk) noexcept {
    At(chunk.octets);
  }
  template <class F>
  void operator()(const FrameEnd<F>&) noexcept {
    ++ends;
  }
  void operator()(const auto&) noexcept {}
  void At(Bytes octets) noexcept {
    data = octets.data();
    size += octets.size();
  }
};

TEST(StreamDecoder, HandsOutWholeFramesInPlace) {
  const std::string text(100, 'x');
  std::array<std::byte, 256> storage;
  StreamDecoder decoder(storage);
  for (const std::string& wire :
       {Wire(DataFrame{.stream_id = 1, .data = AsBytes(text)}), RawWire(0x20, 0, 1, text),
        Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes(text)})}) {
    Places places;
    const Outcome next = decoder.DecodeTo(AsBytes(wire), places);
    EXPECT_EQ(next.status, DecodeStatus::kOk);
    EXPECT_EQ(next.size, wire.size());
    EXPECT_EQ(places.data, AsBytes(wire).data() + 9);
    EXPECT_EQ(places.begins, 0);
  }
}

TEST(StreamDecoder, StreamsTheLargestFramesThroughLittleStorage) {
  const std::string payload(kLargestMaxFrameSize, 'x');
  const StreamDecoderOptions options = {.decode = {.max_frame_size = kLargestMaxFrameSize},
                                        .stream_fragments = true};
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{0x00, 0x01, 0x09, 0x20}) {
    const std::string wire = RawWire(type, 0, 1, payload) + Wire(PingFrame());
    for (const std::size_t size : {std::size_t{1460}, std::size_t{16384}, wire.size()}) {
      std::array<std::byte, 65536> storage;
      storage.fill(kUntouched);
      StreamDecoder decoder(storage, options);
      Places places;
      Bytes in = AsBytes(wire);
      const Bytes last = in.last(17);
      while (in.data() != last.data()) {
        const Bytes piece = in.first(std::min(size, in.size() - last.size()));
        const std::size_t before = places.size;
        const Outcome next = decoder.DecodeTo(piece, places);
        ASSERT_NE(next.status, DecodeStatus::kError);
        // Every octet is handed out where it is, and at once.
        const std::size_t head = before == 0 ? 9 : 0;
        ASSERT_EQ(places.data, piece.data() + head);
        ASSERT_EQ(places.size - before, piece.size() - head);
        in = in.subspan(piece.size());
      }
      EXPECT_EQ(places.size, payload.size());
      EXPECT_EQ(places.begins, 1);
      EXPECT_EQ(places.ends, 1);
      EXPECT_EQ(decoder.DecodeTo(last, places).status, DecodeStatus::kOk);
      // Nothing but the head of the frame, and of the next one, was kept.
      EXPECT_TRUE(AllUntouched(Bytes(storage).subspan(17)));
    }
  }
}

TEST(StreamDecoder, CountsWhatABeginTakesFromTheWindows) {
  const DataFrame frame = {.stream_id = 1, .pad_length = 7, .data = AsBytes("data")};
  const std::string wire = Wire(frame);
  std::array<std::byte, 64> storage;
  StreamDecoder decoder(storage);
  struct Counting : Ignore {
    using Ignore::operator();
    std::size_t counted = 0;
    void operator()(const FrameBegin<DataFrame>& begin) noexcept {
      counted = FlowControlledLength(begin);
    }
  } sink;
  EXPECT_EQ(decoder.DecodeTo(AsBytes(wire).first(12), sink).status, DecodeStatus::kNeedMore);
  EXPECT_EQ(sink.counted, FlowControlledLength(frame));
}

TEST(StreamDecoder, NeedsStorageForTheFramesItAssembles) {
  const std::string wire = Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes("a fragment")});
  const std::string large = Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes(wire + wire)});
  for (const std::size_t size : {std::size_t{1}, std::size_t{10}, large.size()}) {
    EXPECT_EQ(Events(AsBytes(large), {}, Always(size), large.size()), large);
    const std::string error = "\n" + ToString(ErrorOf(Fault::kStorageTooSmall, 0)) + "\n";
    EXPECT_EQ(Events(AsBytes(large), {}, Always(size), large.size() - 1), error);
    EXPECT_EQ(Events(AsBytes(large).first(9), {}, Always(size), large.size() - 1), error);
    // Not so if it is streamed.
    EXPECT_EQ(Events(AsBytes(large), {.stream_fragments = true}, Always(size), large.size() - 1),
              large);
    // Less than any frame needs is found before the first octet.
    EXPECT_EQ(Events(AsBytes(wire), {}, Always(size), StreamDecoder::kLeastStorage), wire);
    EXPECT_EQ(Events(AsBytes(wire), {}, Always(size), StreamDecoder::kLeastStorage - 1), error);
  }
}

TEST(StreamDecoder, TakesANewGreatestFrameSizeWhileRunning) {
  const std::string text(20000, 'x');
  const std::string large = Wire(DataFrame{.stream_id = 1, .data = AsBytes(text)});
  std::array<std::byte, 32768> storage;
  StreamDecoder decoder(storage);
  EventLog log;
  decoder.SetMaxFrameSize(20000);
  Feed(decoder, AsBytes(large), log, Always(large.size()));
  Feed(decoder, AsBytes(large), log, Always(999));
  EXPECT_EQ(log.octets(), large + large);
  // A frame that has begun is not affected.
  EXPECT_EQ(decoder.DecodeTo(AsBytes(large).first(100), log).status, DecodeStatus::kNeedMore);
  decoder.SetMaxFrameSize(19999);
  Feed(decoder, AsBytes(large).subspan(100), log, Always(999));
  EXPECT_EQ(log.octets(), large + large + large);
  EXPECT_EQ(decoder.DecodeTo(AsBytes(large).first(9), log).error,
            ErrorOf(Fault::kFrameTooLarge, 0));
}

TEST(StreamDecoder, GoesOnWithAFrameThatANewGreatestSizeAllows) {
  const std::string text(20000, 'x');
  const std::string large = Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes(text)});
  const std::string wire = large + Wire(PingFrame());
  for (std::size_t cut = 1; cut < 40; ++cut) {
    std::array<std::byte, 32768> storage;
    StreamDecoder decoder(storage, {.decode = {.max_frame_size = 20000}});
    EventLog log;
    Feed(decoder, AsBytes(wire).first(cut), log, Always(cut));
    decoder.SetMaxFrameSize(20001);
    Feed(decoder, AsBytes(wire).subspan(cut), log, Always(wire.size()));
    EXPECT_EQ(log.octets(), wire) << cut;
  }
}

TEST(StreamDecoder, HoldsAFrameToAGreatestSizeSetWhileItIsAssembled) {
  // `size` is set when the first `cut` octets of `wire` are there.
  const auto refuses = [](Bytes wire, std::size_t cut, std::uint32_t size) {
    std::array<std::byte, 32768> storage;
    StreamDecoder decoder(storage, {.decode = {.max_frame_size = 20000}});
    EventLog log;
    EXPECT_EQ(decoder.DecodeTo(wire.first(cut), log).status, DecodeStatus::kNeedMore) << cut;
    decoder.SetMaxFrameSize(size);
    EXPECT_EQ(decoder.DecodeTo(wire.subspan(cut), log).error, ErrorOf(Fault::kFrameTooLarge, 0))
        << cut;
    EXPECT_EQ(log.octets(), "") << cut;
  };
  const std::string text(20000, 'x');
  const std::string wire = Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes(text)});
  for (const std::size_t cut : {1u, 8u, 9u, 100u}) refuses(AsBytes(wire), cut, 19999);
  // Also to one that no receiver may set.
  const std::string ping = Wire(PingFrame());
  for (std::size_t cut = 1; cut < ping.size(); ++cut) refuses(AsBytes(ping), cut, 7);
}

TEST(StreamDecoder, KeepsToLimitsThatNoReceiverMayHave) {
  const std::string wire = Wire(PingFrame()) + Wire(DataFrame{1, false, 3, AsBytes("data")}) +
                           Wire(WindowUpdateFrame{1, 1}) + Wire(PriorityFrame{1, {}});
  for (std::uint32_t max = 0; max < 20; ++max) {
    const DecodeOptions options = {.max_frame_size = max};
    for (Bytes in = AsBytes(wire); !in.empty(); in = in.subspan(DecodeHeader(in).size)) {
      EventLog whole;
      DecodeAll(in, whole, options);
      for (const std::size_t size : {std::size_t{1}, std::size_t{5}, wire.size()}) {
        EXPECT_EQ(Events(in, {.decode = options}, Always(size)), whole.octets()) << max;
      }
    }
  }
}

TEST(StreamDecoder, KnowsWhetherAFrameWasCutOff) {
  const std::string wire = Wire(PingFrame()) + Wire(DataFrame{1, false, 3, AsBytes("data")});
  std::array<std::byte, 64> storage;
  StreamDecoder decoder(storage);
  EXPECT_TRUE(decoder.AtBoundary());
  EXPECT_EQ(decoder.DecodeTo(Bytes(), Ignore()).status, DecodeStatus::kNeedMore);
  EXPECT_TRUE(decoder.AtBoundary());
  for (std::size_t i = 0; i < wire.size(); ++i) {
    (void)decoder.DecodeTo(AsBytes(wire).subspan(i, 1), Ignore());
    EXPECT_EQ(decoder.AtBoundary(), i + 1 == 17 || i + 1 == wire.size());
  }
}

TEST(StreamDecoder, TakesThePrefaceInPieces) {
  const std::string ping = Wire(PingFrame());
  const std::string wire = std::string(kConnectionPreface) + ping;
  for (std::size_t size = 1; size <= wire.size(); ++size) {
    EXPECT_EQ(Events(AsBytes(wire), {.preface = true}, Always(size)), ping);
  }
}

}  // namespace
}  // namespace h2wire
