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
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/fragment.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/print.h"
#include "h2wire/visit.h"
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
using InDataParts = StreamDecoderOf<Frame, InParts<DataFrame>>;
using InAllParts = StreamDecoderOf<Frame, AllInParts>;

static_assert(noexcept(std::declval<StreamDecoder&>().DecodeTo(Bytes(), Ignore())));
static_assert(!noexcept(std::declval<StreamDecoder&>().DecodeTo(Bytes(), IgnoreOrThrow())));
static_assert(noexcept(std::declval<InDataParts&>().DecodeTo(Bytes(), Ignore(), Ignore())));
static_assert(!noexcept(std::declval<InDataParts&>().DecodeTo(Bytes(), Ignore(), IgnoreOrThrow())));
static_assert(sizeof(StreamDecoder) <= 88);
static_assert(std::is_trivially_copyable_v<StreamDecoder>);

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

// Storage that nobody has written to, and so costs nothing however large it is.
std::unique_ptr<std::byte[]> MakeStorage(std::size_t size) {
  return std::make_unique_for_overwrite<std::byte[]>(size);
}

// The events of `in` fed in pieces of these sizes.
template <class Decoder = StreamDecoder>
std::string Events(Bytes in, const StreamDecoderOptions& options, auto&& next_size,
                   std::size_t storage_size) {
  const std::unique_ptr<std::byte[]> storage = MakeStorage(storage_size);
  Decoder decoder(MutableBytes(storage.get(), storage_size), options);
  EventLog log;
  Feed(decoder, in, log, next_size);
  return log.octets();
}
template <class Decoder = StreamDecoder>
std::string Events(Bytes in, const StreamDecoderOptions& options, auto&& next_size) {
  return Events<Decoder>(in, options, next_size, Decoder::StorageSize(options));
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

// Pieces of 1 to 64 octets and `kPartitions` random partitions make the same events of `in` as one
// piece does, which makes `expected`; with storage of its own, and with storage lent when needed.
constexpr std::uint32_t kPartitions = 400;
template <class Decoder, class Log = EventLog>
void ExpectSameForAllPartitionsBy(Bytes in, std::string_view expected,
                                  const StreamDecoderOptions& options) {
  const std::size_t storage_size = Decoder::StorageSize(options);
  const std::unique_ptr<std::byte[]> storage = MakeStorage(storage_size);
  Decoder decoder(MutableBytes(storage.get(), storage_size), options);
  const auto expect_same = [&](const auto& next_size) {
    Log log;
    decoder.Reset();
    Feed(decoder, in, log, next_size);
    ASSERT_TRUE(log.octets() == expected);
    Decoder lent(options);
    Log log_of_lent;
    FeedLending(lent, storage_size, in, log_of_lent, next_size);
    ASSERT_TRUE(log_of_lent.octets() == expected);
  };
  ASSERT_NO_FATAL_FAILURE(expect_same(Always(in.size())));
  for (std::size_t size = 1; size <= 64; ++size) {
    ASSERT_NO_FATAL_FAILURE(expect_same(Always(size))) << "in pieces of " << size;
  }
  for (std::uint32_t seed = 0; seed < kPartitions; ++seed) {
    ASSERT_NO_FATAL_FAILURE(expect_same(RandomSizes(seed))) << "in partition " << seed;
  }
}
void ExpectSameForAllPartitions(Bytes in, std::string_view expected,
                                const StreamDecoderOptions& options) {
  ASSERT_NO_FATAL_FAILURE(ExpectSameForAllPartitionsBy<StreamDecoder>(in, expected, options));
  ASSERT_NO_FATAL_FAILURE(ExpectSameForAllPartitionsBy<InDataParts>(in, expected, options))
      << "DATA in parts";
  ASSERT_NO_FATAL_FAILURE(ExpectSameForAllPartitionsBy<InAllParts>(in, expected, options))
      << "all in parts";
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
  ExpectSameForAllPartitions(AsBytes(octets), whole.octets(), {.preface = preface});
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
    const StreamDecoderOptions options = {.decode = vector.options};
    // Of a frame that is not whole more may be decided than DecodeTo judges.
    const bool beginning = vector.kind == Vector::Kind::kNeedMore;
    ExpectSameForAllPartitions(
        vector.octets,
        beginning ? Events(vector.octets, options, Always(20000)) : expected.octets(), options);
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
    ExpectSameForAllPartitions(AsBytes(wire), whole.octets(), {.decode = options});
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
      {Fault::kNonzeroPadding, 12, RawWire(0x01, 0x08, 1, "\4h\1\0\0\0"sv), strict},
      {Fault::kNonzeroPadding, 13, RawWire(0x01, 0x08, 1, "\4h\0\1\0\0"sv), strict},
      {Fault::kNonzeroPadding, 14, RawWire(0x01, 0x08, 1, "\4h\0\0\1\0"sv), strict},
      {Fault::kNonzeroPadding, 15, RawWire(0x01, 0x08, 1, "\4h\0\0\0\1"sv), strict},
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

template <class Decoder>
void ExpectFaultAtItsEarliestOctet(const FaultCase& row) {
  const Bytes wire = AsBytes(row.wire);
  std::array<std::byte, 32768> storage;
  Decoder decoder(storage, row.options);
  for (std::size_t i = 0; i + 1 < row.decided; ++i) {
    ASSERT_EQ(DecodeInto(decoder, wire.subspan(i, 1), Ignore()).status, DecodeStatus::kNeedMore);
  }
  const Outcome octet = DecodeInto(decoder, wire.subspan(row.decided - 1, 1), Ignore());
  ASSERT_EQ(octet.status, DecodeStatus::kError);
  EXPECT_EQ(octet.error.fault, row.fault);

  decoder.Reset();
  const Outcome beginning = DecodeInto(decoder, wire.first(row.decided), Ignore());
  EXPECT_EQ(beginning.status, DecodeStatus::kError);
  EXPECT_EQ(beginning.error, octet.error);

  decoder.Reset();
  const Outcome whole = DecodeInto(decoder, wire, Ignore());
  EXPECT_EQ(whole.status, DecodeStatus::kError);
  EXPECT_EQ(whole.error, octet.error);
}

TEST(StreamDecoder, ReportsEachFaultAtItsEarliestOctet) {
  std::set<Fault> seen;
  for (const FaultCase& row : FaultCases()) {
    SCOPED_TRACE(testing::Message() << row.fault << " after " << row.decided);
    seen.insert(row.fault);
    ExpectFaultAtItsEarliestOctet<StreamDecoder>(row);
    ExpectFaultAtItsEarliestOctet<InDataParts>(row);
    ExpectFaultAtItsEarliestOctet<InAllParts>(row);
  }
  // Those that a frame of the library's types can have.
  for (Fault fault = Fault::kFrameTooLarge; fault < Fault::kStorageTooSmall;
       fault = static_cast<Fault>(static_cast<int>(fault) + 1)) {
    EXPECT_TRUE(IsOfOwnTypes(fault) || seen.contains(fault)) << fault;
  }
}

TEST(StreamDecoder, MakesTheSameErrorsForAllPartitions) {
  const std::string good = Wire(PingFrame());
  for (const FaultCase& row : FaultCases()) {
    SCOPED_TRACE(row.fault);
    const std::string wire = row.wire + good;
    const std::string expected = Events(AsBytes(wire), row.options, Always(wire.size()));
    EXPECT_NE(expected.find(RowOf(row.fault).sentence), std::string::npos);
    ExpectSameForAllPartitions(AsBytes(wire), expected, row.options);
  }
}

TEST(StreamDecoder, SticksToAConnectionErrorUntilReset) {
  std::array<std::byte, StreamDecoder::StorageSize()> storage;
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
  StreamDecoder decoder;  // what is stepped over is not kept
  EventLog log;
  const std::string wire = bad + good;
  const Outcome lost = decoder.DecodeTo(AsBytes(wire).first(100), log);
  EXPECT_EQ(lost.status, DecodeStatus::kError);
  EXPECT_EQ(lost.error, ErrorOf(Fault::kWrongPriorityLength, 5));
  FeedLending(decoder, StreamDecoder::StorageSize(), AsBytes(wire).subspan(lost.size), log,
              Always(7));
  EXPECT_EQ(log.octets(), good);
}

// Remembers where the octets of frames and parts are.
struct Places {
  const std::byte* data = nullptr;
  std::size_t size = 0;
  int parts = 0;
  int firsts = 0;
  int lasts = 0;
  template <FrameAlternative F>
  void operator()(const F& frame) noexcept {
    if (const RestOf<const Bytes> ending(frame); ending.rest != nullptr) At(*ending.rest);
  }
  template <class F>
  void operator()(const Part<F>& part) noexcept {
    ++parts;
    firsts += part.first;
    lasts += part.last;
    At(part.octets);
  }
  void At(Bytes octets) noexcept {
    data = octets.data();
    size += octets.size();
  }
};

TEST(StreamDecoder, HandsOutWholeFramesInPlace) {
  const std::string text(100, 'x');
  InAllParts decoder;  // which needs no storage for that
  for (const std::string& wire :
       {Wire(DataFrame{.stream_id = 1, .data = AsBytes(text)}), RawWire(0x20, 0, 1, text),
        Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes(text)})}) {
    Places places;
    const Outcome next = decoder.DecodeTo(AsBytes(wire), places, places);
    EXPECT_EQ(next.status, DecodeStatus::kOk);
    EXPECT_EQ(next.size, wire.size());
    EXPECT_EQ(places.data, AsBytes(wire).data() + 9);
    EXPECT_EQ(places.parts, 0);
  }
}

TEST(StreamDecoder, StreamsTheLargestFramesThroughLittleStorage) {
  const std::string payload(kLargestMaxFrameSize, 'x');
  constexpr StreamDecoderOptions kOptions = {.decode = {.max_frame_size = kLargestMaxFrameSize},
                                             .max_whole_frame_size = 0};
  using Decoder =
      StreamDecoderOf<Frame, InParts<DataFrame, HeadersFrame, ContinuationFrame, RawFrame>>;
  static_assert(Decoder::StorageSize(kOptions) == 17);
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{0x00, 0x01, 0x09, 0x20}) {
    const std::string wire = RawWire(type, 0, 1, payload) + Wire(PingFrame());
    for (const std::size_t size : {std::size_t{1460}, std::size_t{16384}, wire.size()}) {
      std::array<std::byte, 65536> storage;
      storage.fill(kUntouched);
      Decoder decoder(storage, kOptions);
      Places places;
      Bytes in = AsBytes(wire);
      const Bytes last = in.last(17);
      while (in.data() != last.data()) {
        const Bytes piece = in.first(std::min(size, in.size() - last.size()));
        const std::size_t before = places.size;
        const Outcome next = decoder.DecodeTo(piece, places, places);
        ASSERT_NE(next.status, DecodeStatus::kError);
        // Every octet is handed out where it is, and at once.
        const std::size_t head = before == 0 ? 9 : 0;
        ASSERT_EQ(places.data, piece.data() + head);
        ASSERT_EQ(places.size - before, piece.size() - head);
        in = in.subspan(piece.size());
      }
      EXPECT_EQ(places.size, payload.size());
      EXPECT_EQ(places.firsts, 1);
      EXPECT_EQ(places.lasts, 1);
      EXPECT_EQ(decoder.DecodeTo(last, places, places).status, DecodeStatus::kOk);
      // Nothing but the head of the frame, and of the next one, was kept.
      EXPECT_TRUE(AllUntouched(Bytes(storage).subspan(17)));
    }
  }
}

// What a program reads of a POST of 60,001 octets in frames of 16 KiB, however TCP cuts it.
TEST(StreamDecoder, LosesNoFrameThatIsCut) {
  const std::string body(60001, 'x');
  std::string wire = Wire(HeadersFrame{.stream_id = 1, .end_headers = true});
  for (const DataFrame& piece :
       Cut(DataFrame{.stream_id = 1, .end_stream = true, .data = AsBytes(body)},
           kDefaultMaxFrameSize, CutPadding::kDrop)) {
    wire += Wire(piece);
  }
  for (const std::size_t size : {std::size_t{65536}, std::size_t{1000}, std::size_t{1}}) {
    std::array<std::byte, StreamDecoder::StorageSize()> storage;
    StreamDecoder decoder(storage);
    std::string received;
    int frames = 0;
    const Overloaded react = {[&](const DataFrame& frame) {
                                ++frames;
                                received += AsText(frame.data);
                              },
                              [](const auto&) {}};
    for (std::size_t at = 0; at < wire.size(); at += size) {
      Bytes piece = AsBytes(wire).subspan(at, std::min(size, wire.size() - at));
      while (!piece.empty()) piece = After(piece, decoder.DecodeTo(piece, react).size);
    }
    EXPECT_EQ(frames, 4) << size;
    EXPECT_TRUE(received == body) << size;
  }
}

TEST(StreamDecoder, CountsWhatAFirstPartTakesFromTheWindows) {
  const DataFrame frame = {.stream_id = 1, .pad_length = 7, .data = AsBytes("data")};
  const std::string wire = Wire(frame);
  for (std::size_t size = 1; size < wire.size(); ++size) {
    std::array<std::byte, InDataParts::StorageSize()> storage;
    InDataParts decoder(storage);
    std::size_t counted = 0;
    const auto parts = [&](const Part<DataFrame>& part) { counted += FlowControlledLength(part); };
    for (std::size_t at = 0; at < wire.size(); at += size) {
      (void)decoder.DecodeTo(AsBytes(wire).subspan(at, std::min(size, wire.size() - at)), Ignore(),
                             parts);
    }
    EXPECT_EQ(counted, FlowControlledLength(frame)) << size;
  }
}

// Whether there is enough storage follows from the options, and not from what a peer sends.
TEST(StreamDecoder, SaysAtTheFirstCallThatItsStorageIsTooSmall) {
  const std::string error = "\n" + ToString(ErrorOf(Fault::kStorageTooSmall, 0)) + "\n";
  const auto expect_size = [&]<class Decoder>(std::type_identity<Decoder>,
                                              const StreamDecoderOptions& options,
                                              std::size_t enough) {
    EXPECT_EQ(Decoder::StorageSize(options), enough);
    const std::string ping = Wire(PingFrame());
    const std::string wire = (options.preface ? std::string(kConnectionPreface) : "") + ping;
    for (const std::size_t size : {std::size_t{1}, wire.size()}) {
      EXPECT_EQ(Events<Decoder>(AsBytes(wire), options, Always(size), enough), ping);
      EXPECT_EQ(Events<Decoder>(AsBytes(wire), options, Always(size), enough - 1), error);
      EXPECT_EQ(Events<Decoder>(AsBytes(wire).first(1), options, Always(size), enough - 1), error);
      EXPECT_EQ(Events<Decoder>(AsBytes(wire).first(1), options, Always(size), 0), error);
    }
    std::vector<std::byte> storage(enough - 1);
    Decoder decoder(storage, options);
    EXPECT_EQ(DecodeInto(decoder, Bytes(), Ignore()).error, ErrorOf(Fault::kStorageTooSmall, 0));
  };
  constexpr std::type_identity<StreamDecoder> kWhole;
  constexpr std::type_identity<InDataParts> kData;
  constexpr std::type_identity<InAllParts> kAll;
  expect_size(kWhole, {}, 9 + 16384);
  expect_size(kWhole, {.preface = true}, 9 + 16384);
  expect_size(kWhole, {.decode = {.max_frame_size = 100'000}}, 9 + 100'000);
  expect_size(kWhole, {.max_whole_frame_size = 1000}, 9 + 1000);
  // The octets of fields are not limited.
  expect_size(kWhole, {.decode = {.max_frame_size = 8}}, 9 + 8);
  expect_size(kWhole, {.max_whole_frame_size = 0}, 9 + 8);
  // HEADERS may be as large as DATA, and must be whole.
  expect_size(kData, {.decode = {.max_frame_size = 100'000}}, 9 + 100'000);
  expect_size(kData, {.decode = {.max_frame_size = 100'000}, .max_whole_frame_size = 20'000},
              9 + 20'000);
  // SETTINGS and ORIGIN have to be whole, and the origin of ALTSVC.
  expect_size(kAll, {.decode = {.max_frame_size = 100'000}, .max_whole_frame_size = 20'000},
              9 + 2 + 65535);
}

TEST(StreamDecoder, AssemblesNoLargerFramesThanItIsTold) {
  const std::string text(1001, 'x');
  const StreamDecoderOptions options = {.max_whole_frame_size = 1000};
  const std::string error = "\n" + ToString(ErrorOf(Fault::kFrameTooLargeToAssemble, 0)) + "\n";
  const std::string headers = Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes(text)});
  const std::string data = Wire(DataFrame{.stream_id = 1, .data = AsBytes(text)});
  const std::string fits =
      Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes(text).first(1000)});
  ExpectSameForAllPartitionsBy<StreamDecoder>(AsBytes(fits + headers), fits + error, options);
  ExpectSameForAllPartitionsBy<StreamDecoder>(AsBytes(data), error, options);
  // What is streamed may be larger; the header decides what may not.
  ExpectSameForAllPartitionsBy<InDataParts>(AsBytes(data + headers), data + error, options);
  ExpectSameForAllPartitionsBy<InAllParts>(AsBytes(data + headers), data + headers, options);
  ExpectSameForAllPartitionsBy<StreamDecoder>(AsBytes(headers).first(9), error, options);
}

TEST(StreamDecoder, TakesANewGreatestFrameSizeWhileRunning) {
  const std::string text(20000, 'x');
  const std::string large = Wire(DataFrame{.stream_id = 1, .data = AsBytes(text)});
  std::array<std::byte, 32768> storage;
  InDataParts decoder(storage);
  EventLog log;
  decoder.SetMaxFrameSize(20000);
  Feed(decoder, AsBytes(large), log, Always(large.size()));
  Feed(decoder, AsBytes(large), log, Always(999));
  EXPECT_TRUE(log.octets() == large + large);
  // A frame that has begun is not affected.
  EXPECT_EQ(decoder.DecodeTo(AsBytes(large).first(100), log, log).status, DecodeStatus::kNeedMore);
  decoder.SetMaxFrameSize(19999);
  Feed(decoder, AsBytes(large).subspan(100), log, Always(999));
  EXPECT_TRUE(log.octets() == large + large + large);
  EXPECT_EQ(decoder.DecodeTo(AsBytes(large).first(9), log, log).error,
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
  const std::string wire = std::string(kConnectionPreface) + Wire(PingFrame()) +
                           Wire(DataFrame{1, false, 3, AsBytes("data")});
  const auto expect_boundaries = [&]<class Decoder>(std::type_identity<Decoder>) {
    std::array<std::byte, StreamDecoder::StorageSize()> storage;
    Decoder decoder(storage, {.preface = true});
    EXPECT_TRUE(decoder.AtBoundary());
    EXPECT_EQ(DecodeInto(decoder, Bytes(), Ignore()).status, DecodeStatus::kNeedMore);
    EXPECT_TRUE(decoder.AtBoundary());
    for (std::size_t i = 0; i < wire.size(); ++i) {
      (void)DecodeInto(decoder, AsBytes(wire).subspan(i, 1), Ignore());
      EXPECT_EQ(decoder.AtBoundary(), i + 1 == 24 || i + 1 == 24 + 17 || i + 1 == wire.size()) << i;
    }
  };
  expect_boundaries(std::type_identity<StreamDecoder>());
  expect_boundaries(std::type_identity<InDataParts>());
}

TEST(StreamDecoder, TakesThePrefaceInPieces) {
  const std::string ping = Wire(PingFrame());
  const std::string wire = std::string(kConnectionPreface) + ping;
  for (std::size_t size = 1; size <= wire.size(); ++size) {
    EXPECT_EQ(Events(AsBytes(wire), {.preface = true}, Always(size)), ping);
  }
}

// Every beginning of a few octets is told as GreetingOf does, though none is kept.
TEST(StreamDecoder, TellsEveryGreetingWithoutKeepingIt) {
  const std::string octets = "PRIHTGEx-/ *\r\n\x16\x03"s;
  std::mt19937 random(1);
  std::set<Greeting> seen;
  for (int i = 0; i < 200'000; ++i) {
    std::string text(std::string_view("PRI * HTTP/").substr(0, random() % 12));
    if (random() % 2 == 0) text = std::string_view("HTTP/").substr(0, random() % 6);
    while (text.size() < 26) text += octets[random() % octets.size()];
    Greeting expected = Greeting::kNeedMore;
    std::size_t decided = 0;
    while (expected == Greeting::kNeedMore) expected = GreetingOf(AsBytes(text).first(++decided));
    seen.insert(expected);
    StreamDecoder decoder({.preface = true});
    std::size_t at = 0;
    Outcome next;
    while (at < decided) {
      const std::size_t size = std::min(1 + random() % 5, decided - at);
      next = decoder.DecodeTo(AsBytes(text).subspan(at, size), Ignore());
      at += size;
      ASSERT_EQ(next.status != DecodeStatus::kNeedMore, at == decided) << text.substr(0, at);
    }
    ASSERT_EQ(next.error.fault, FaultOf(expected)) << text.substr(0, at);
  }
  EXPECT_EQ(seen.size(), 4u);  // no one types the whole preface by chance
}

TEST(StreamDecoder, LeavesWhatItHasNoStorageFor) {
  const std::string ping = Wire(PingFrame{.ack = true});
  const std::string wire = std::string(kConnectionPreface) + ping + ping;
  StreamDecoder decoder({.preface = true});
  EventLog log;
  // The preface needs none, wherever it is cut, and neither do whole frames.
  EXPECT_EQ(decoder.DecodeTo(AsBytes(wire).first(10), log).size, 10u);
  EXPECT_EQ(decoder.DecodeTo(AsBytes(wire).subspan(10), log).size, 14u);
  Bytes in = AsBytes(ping).first(16);
  EXPECT_EQ(decoder.DecodeTo(AsBytes(ping), log).status, DecodeStatus::kOk);
  // Others do, and are left where they are until there is some.
  for (const std::size_t size : {1u, 8u, 9u, 16u}) {
    for (int again = 0; again < 2; ++again) {
      const Outcome next = decoder.DecodeTo(in.first(size), log);
      EXPECT_EQ(next.status, DecodeStatus::kNeedMore);
      EXPECT_EQ(next.size, 0u);
      EXPECT_TRUE(decoder.AtBoundary());
    }
  }
  EXPECT_TRUE(decoder.TakeStorage().empty());
  std::array<std::byte, StreamDecoder::StorageSize()> storage;
  decoder.GiveStorage(storage);
  EXPECT_EQ(decoder.DecodeTo(in, log).size, 16u);
  EXPECT_TRUE(decoder.TakeStorage().empty());  // there is something in it
  EXPECT_EQ(decoder.DecodeTo(AsBytes(ping).subspan(16), log).status, DecodeStatus::kOk);
  EXPECT_EQ(log.octets(), ping + ping);
  EXPECT_EQ(decoder.TakeStorage().data(), storage.data());
  EXPECT_TRUE(decoder.TakeStorage().empty());
  // What is wrong is told without storage.
  EXPECT_EQ(decoder.DecodeTo(AsBytes(RawWire(0x08, 0, 1, "\0\0\0\0"sv)), log).error,
            ErrorOf(Fault::kZeroWindowIncrement, 1));
  EXPECT_EQ(decoder.DecodeTo(AsBytes(RawWire(0x06, 0, 1, "12345678")).first(9), log).error,
            ErrorOf(Fault::kStreamForbidden, 0));
}

TEST(StreamDecoder, GivesStorageBackAfterAnError) {
  std::array<std::byte, StreamDecoder::StorageSize()> storage;
  StreamDecoder decoder(storage);
  const std::string bad = RawWire(0x06, 0, 1, "12345678");
  EXPECT_EQ(decoder.DecodeTo(AsBytes(bad).first(5), Ignore()).status, DecodeStatus::kNeedMore);
  EXPECT_TRUE(decoder.TakeStorage().empty());
  EXPECT_EQ(decoder.DecodeTo(AsBytes(bad).subspan(5), Ignore()).status, DecodeStatus::kError);
  EXPECT_EQ(decoder.TakeStorage().data(), storage.data());
}

// Whenever storage is changed, and whatever for: what is kept moves, or the connection is lost.
TEST(StreamDecoder, MovesWhatItKeepsToOtherStorage) {
  const std::string text(500, 'x');
  const std::string wire = Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes(text)}) +
                           Wire(DataFrame{.stream_id = 1, .pad_length = 9, .data = AsBytes(text)}) +
                           Wire(AltSvcFrame{0, AsBytes(text), AsBytes("h2")}) + Wire(PingFrame());
  const auto expect_moved = [&]<class Decoder>(std::type_identity<Decoder>) {
    const StreamDecoderOptions options = {.max_whole_frame_size = 600};
    for (const std::size_t size : {1u, 7u, 100u}) {
      std::vector<std::byte> storage(Decoder::StorageSize(options));
      Decoder decoder(storage, options);
      EventLog log;
      const auto next_size = [&] {
        std::vector<std::byte> other(storage.size());
        decoder.GiveStorage(other);
        std::fill(storage.begin(), storage.end(), std::byte{0xa5});
        storage.swap(other);
        return size;
      };
      EXPECT_TRUE(Feed(decoder, AsBytes(wire), log, next_size));
      EXPECT_EQ(log.octets(), wire);
    }
  };
  expect_moved(std::type_identity<StreamDecoder>());
  expect_moved(std::type_identity<InDataParts>());
  expect_moved(std::type_identity<InAllParts>());
}

TEST(StreamDecoder, NeverWritesBehindItsStorageHoweverThatChanges) {
  const std::string text(20000, 'x');
  const std::string wire = Wire(HeadersFrame{.stream_id = 1, .fragment = AsBytes(text)});
  for (const std::size_t cut : {1u, 8u, 9u, 10u, 100u, 16393u, 17000u}) {
    std::vector<std::byte> large(StreamDecoder::StorageSize({.decode = {.max_frame_size = 20000}}));
    // Of a frame larger than the new limit the storage for the limit does not take all.
    StreamDecoder shrunk(large, {.decode = {.max_frame_size = 20000}});
    EXPECT_EQ(shrunk.DecodeTo(AsBytes(wire).first(cut), Ignore()).status, DecodeStatus::kNeedMore);
    shrunk.SetMaxFrameSize(kDefaultMaxFrameSize);
    std::vector<std::byte> small(StreamDecoder::StorageSize());
    shrunk.GiveStorage(small);
    const Outcome next = shrunk.DecodeTo(AsBytes(wire).subspan(cut), Ignore());
    EXPECT_EQ(next.status, DecodeStatus::kError) << cut;
    // A limit larger than the storage.
    StreamDecoder grown(small);
    if (cut < 9) {
      EXPECT_EQ(grown.DecodeTo(AsBytes(wire).first(cut), Ignore()).status, DecodeStatus::kNeedMore);
      grown.SetMaxFrameSize(20000);
      EXPECT_EQ(grown.DecodeTo(AsBytes(wire).subspan(cut), Ignore()).error,
                ErrorOf(Fault::kStorageTooSmall, 0));
    }
    // Storage that is too small, in the middle of a frame.
    StreamDecoder swapped(large, {.decode = {.max_frame_size = 20000}});
    (void)swapped.DecodeTo(AsBytes(wire).first(cut), Ignore());
    swapped.GiveStorage(MutableBytes(small).first(5));
    EXPECT_EQ(swapped.DecodeTo(AsBytes(wire).subspan(cut), Ignore()).error,
              ErrorOf(Fault::kStorageTooSmall, 0));
  }
}

// What a handler refuses: an error of a stream loses that frame, one of the connection all.
class Refusing : public EventLog {
 public:
  using Refusal = FrameError;
  Refusing() = default;
  explicit Refusing(Refusal refusal) : refusal_(refusal) {}

  using EventLog::operator();
  FrameError operator()(const DataFrame& frame) {
    EventLog::operator()(frame);
    return refusal_;
  }
  FrameError operator()(const Part<DataFrame>& part) {
    EventLog::operator()(part);
    return part.last ? refusal_ : FrameError();
  }

 private:
  Refusal refusal_;
};

constexpr FrameError kRefusals[] = {
    {Fault::kWindowExceeded, ErrorCode::kFlowControlError, 1},
    {Fault::kWindowExceeded, ErrorCode::kFlowControlError, 0},
    {Fault::kNone, ErrorCode::kCancel, 1},
    {Fault::kNone, ErrorCode::kEnhanceYourCalm, 0},
};

TEST(StreamDecoder, TakesTheErrorThatAHandlerReturnsForItsOwn) {
  const std::string data = Wire(DataFrame{1, false, 3, AsBytes("data")});
  const std::string ping = Wire(PingFrame());
  const std::string wire = ping + data + ping;
  const auto expect_refused = [&]<class Decoder>(std::type_identity<Decoder>,
                                                 const FrameError& refusal) {
    const std::string line = "\n" + ToString(refusal) + "\n";
    const std::string expected = ping + data + line + (refusal.stream_id == 0 ? "" : ping);
    for (std::size_t size = 1; size <= wire.size(); ++size) {
      std::array<std::byte, StreamDecoder::StorageSize()> storage;
      Decoder decoder(storage);
      Refusing log(refusal);
      EXPECT_EQ(Feed(decoder, AsBytes(wire), log, Always(size)), refusal.stream_id != 0);
      EXPECT_EQ(log.octets(), expected) << size;
      if (refusal.stream_id != 0) continue;
      for (const Bytes in : {AsBytes(ping), Bytes()}) {
        const Outcome next = DecodeInto(decoder, in, log);
        EXPECT_EQ(next.status, DecodeStatus::kError);
        EXPECT_EQ(next.size, 0u);
        EXPECT_EQ(next.error, refusal);
      }
      EXPECT_EQ(log.octets(), expected) << size;
      decoder.Reset();
      EXPECT_EQ(DecodeInto(decoder, AsBytes(ping), log).status, DecodeStatus::kOk);
    }
  };
  for (const FrameError& refusal : kRefusals) {
    expect_refused(std::type_identity<StreamDecoder>(), refusal);
    expect_refused(std::type_identity<InDataParts>(), refusal);
  }
}

TEST(StreamDecoder, HandsOutNoMoreOfAFrameThatIsRefused) {
  const std::string ping = Wire(PingFrame());
  const std::string good = Wire(DataFrame{1, false, 3, AsBytes("0123456789")}) + ping;
  std::string bad = good;
  bad[9 + 1 + 10 + 2] = 'x';  // in the padding
  const StreamDecoderOptions strict = {.decode = {.reject_nonzero_padding = true}};
  const FrameError refusal = {Fault::kNone, ErrorCode::kCancel, 1};
  for (std::size_t size = 1; size <= good.size(); ++size) {
    for (const bool spoilt : {false, true}) {
      std::array<std::byte, InDataParts::StorageSize()> storage;
      InDataParts decoder(storage, strict);
      int parts = 0;
      int pings = 0;
      const Overloaded frames = {[&](const PingFrame&) { ++pings; },
                                 [&](const DataFrame&) { return refusal; }, [](const auto&) {}};
      const auto refuse = [&](const Part<DataFrame>&) {
        ++parts;
        return refusal;
      };
      std::vector<FrameError> errors;
      for (std::size_t at = 0; at < good.size(); at += size) {
        Bytes piece = AsBytes(spoilt ? bad : good).subspan(at, std::min(size, good.size() - at));
        while (!piece.empty() && (errors.empty() || errors.back().stream_id != 0)) {
          const Outcome next = decoder.DecodeTo(piece, frames, refuse);
          if (next.status == DecodeStatus::kError) errors.push_back(next.error);
          piece = After(piece, next.size);
        }
      }
      EXPECT_LE(parts, 1);
      EXPECT_EQ(pings, spoilt ? 0 : 1);
      // Its padding is judged all the same.
      ASSERT_FALSE(errors.empty());
      EXPECT_EQ(errors.back(), spoilt ? ErrorOf(Fault::kNonzeroPadding, 0) : refusal);
      EXPECT_EQ(errors.size(), spoilt && parts == 1 ? 2u : 1u);
    }
  }
}

// Whichever part of a frame is refused, of the frame there is no more; and those behind it come.
TEST(StreamDecoder, HandsOutNothingBehindARefusedPart) {
  const FrameError refusal = {Fault::kNone, ErrorCode::kCancel, 1};
  const std::string ping = Wire(PingFrame());
  const std::string frames[] = {
      Wire(DataFrame{.stream_id = 1, .data = AsBytes("0123456789")}),
      Wire(DataFrame{.stream_id = 1, .pad_length = 3, .data = AsBytes("0123456789")}),
      RawWire(0x0a, 0, 1, "\0\6origin0123"s),  // of ALTSVC, whose payload tells that it is ignored
      RawWire(0x77, 0, 1, "0123456789"),
  };
  for (const std::string& frame : frames) {
    const std::string wire = frame + ping;
    for (std::size_t size = 1; size <= wire.size(); ++size) {
      const std::size_t most = 1 + frame.size() / size;  // parts
      for (std::size_t refused = 1; refused <= most; ++refused) {
        using Decoder = StreamDecoderOf<Frame, InParts<DataFrame, AltSvcFrame, RawFrame>>;
        std::array<std::byte, Decoder::StorageSize()> storage;
        Decoder decoder(storage);
        std::size_t parts = 0;
        std::size_t errors = 0;
        int pings = 0;
        bool ended = false;
        const auto part = [&](const auto& one) {
          ended |= one.last;
          return ++parts == refused ? refusal : FrameError();
        };
        const Overloaded whole = {[&](const PingFrame&) { ++pings; },
                                  [&](const auto&) { ended = true; }};
        for (std::size_t at = 0; at < wire.size(); at += size) {
          Bytes piece = AsBytes(wire).subspan(at, std::min(size, wire.size() - at));
          while (!piece.empty()) {
            const Outcome next = decoder.DecodeTo(piece, whole, part);
            if (next.status == DecodeStatus::kError) {
              ++errors;
              ASSERT_EQ(next.error, refusal);
            }
            piece = After(piece, next.size);
          }
        }
        EXPECT_EQ(pings, 1);
        EXPECT_EQ(errors, parts >= refused ? 1u : 0u);
        EXPECT_LE(parts, refused + (errors == 0 ? most : 0));
        EXPECT_TRUE(ended || errors == 1);
      }
    }
  }
}

TEST(StreamDecoder, TakesNothingFromNothing) {
  const std::string text(40, 'x');
  const std::string wire = Wire(PingFrame()) +
                           Wire(DataFrame{.stream_id = 1, .data = AsBytes(text)}) +
                           Wire(DataFrame{.stream_id = 1, .pad_length = 3, .data = AsBytes(text)}) +
                           RawWire(0, 8, 1, "\5") + Wire(PingFrame());
  const auto check = [&]<class Decoder>(std::type_identity<Decoder>) {
    std::array<std::byte, Decoder::StorageSize()> storage;
    for (std::size_t size = 1; size <= 20; ++size) {
      Decoder decoder(storage);
      Decoder undisturbed = decoder;
      EventLog log;
      EventLog expected;
      Feed(undisturbed, AsBytes(wire), expected, Always(size));
      for (std::size_t at = 0; at < wire.size(); at += size) {
        const Outcome nothing = DecodeInto(decoder, {}, log);
        ASSERT_EQ(nothing.status, DecodeStatus::kNeedMore);
        ASSERT_EQ(nothing.size, 0u);
        Feed(decoder, AsBytes(wire).subspan(at, std::min(size, wire.size() - at)), log,
             Always(size));
        if (log.octets().size() == expected.octets().size()) break;
      }
      EXPECT_EQ(log.octets(), expected.octets());
    }
  };
  check(std::type_identity<StreamDecoder>());
  check(std::type_identity<InDataParts>());
  check(std::type_identity<InAllParts>());
}

// A program's own types, with members of whichever name.
struct MetadataFrame {
  StreamId stream_id = 0;
  bool end_metadata = false;
  std::optional<std::uint8_t> pad_length{};
  std::uint8_t version = 1;
  Bytes fragment{};

  static constexpr FrameType kType{0x4d};
  static constexpr std::string_view kName = "METADATA";
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.StreamOrConnection(frame.stream_id);
    walk.Flag(0x04, "end_metadata", frame.end_metadata);
    walk.PadLength(frame.pad_length);
    walk.U8("version", frame.version);
    walk.Require(frame.version != 0, Fault::kZeroWindowIncrement);  // an error of the stream
    walk.Rest("fragment", frame.fragment, 1);
  }
};
// With a rule about borrowed octets that not all of them fulfil.
struct TagFrame {
  StreamId stream_id = 0;
  Bytes key{};
  Bytes data{};

  static constexpr FrameType kType{0xe0};
  static constexpr std::string_view kName = "TAG";
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.Sized16("key", frame.key, Fault::kFieldOverrun);
    walk.Require(!frame.key.empty(), Fault::kInvalidValue);
    walk.Rest("data", frame.data, 1);
  }
};
// With rules about all of its rest.
struct ListFrame {
  Bytes settings{};

  static constexpr FrameType kType{0xe1};
  static constexpr std::string_view kName = "LIST";
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Rest("settings", frame.settings, 4);
    walk.Require(frame.settings.size() >= 8, Fault::kInvalidValue);
  }
};
struct NoteFrame {
  Bytes text{};

  static constexpr FrameType kType{0xe2};
  static constexpr std::string_view kName = "NOTE";
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Rest("text", frame.text, 1);
    walk.Require(!frame.text.empty(), Fault::kInvalidValue);
  }
};
// With rules about its header alone.
struct GossipFrame {
  StreamId stream_id = 0;
  bool loud = false;
  Bytes text{};

  static constexpr FrameType kType{0xe3};
  static constexpr std::string_view kName = "GOSSIP";
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.ExpectNoFlags(0x40, {"Acme, 1", "GOSSIP has no flag 0x40"});
    walk.Flag(0x01, "loud", frame.loud);
    walk.Expect(frame.stream_id % 2 == 1, {"Acme, 2", "GOSSIP is about a stream of the client"});
    walk.Require(!frame.loud || frame.stream_id != 9, Fault::kZeroWindowIncrement);
    walk.Rest("text", frame.text, 1);
  }
};
using OwnFrame = FrameSet<DataFrame, HeadersFrame, PingFrame, MetadataFrame, TagFrame, ListFrame,
                          NoteFrame, GossipFrame>;
using OwnWhole = StreamDecoderOf<OwnFrame>;
using OwnInParts = StreamDecoderOf<OwnFrame, InParts<MetadataFrame, TagFrame, GossipFrame>>;
using OwnAllInParts = StreamDecoderOf<
    OwnFrame, InParts<DataFrame, HeadersFrame, MetadataFrame, TagFrame, GossipFrame, RawFrame>>;

TEST(StreamDecoder, HandsOutTypesOfAProgramsOwn) {
  const std::string text(40, 'x');
  const std::string wire =
      Wire(PingFrame()) + RawWire(0x4d, 0x0c, 1, "\3\2"s + text + "\0\0\0"s) +
      RawWire(0x4d, 0, 0, "\1"s + text) + RawWire(0x4d, 0x04, 3, "\1"s) +
      RawWire(0x4d, 0, 5, "\0"s + text) +       // an error of the stream
      RawWire(0x4d, 0x08, 5, "\2\0"s + text) +  // and with padding
      RawWire(0xe0, 0, 1, "\0\3key"s + text) + RawWire(0xe0, 0, 1, "\0\2ke"s) +
      RawWire(0xe1, 0, 0, text) + RawWire(0xe2, 0, 0, text) + RawWire(0xe3, 0, 1, text) +
      RawWire(0xe3, 0x01, 3, text) + RawWire(0xe3, 0x40, 1, text) +
      RawWire(0xe3, 0, 2, text) +     // to be ignored
      RawWire(0xe3, 0x01, 9, text) +  // an error of the stream
      Wire(WindowUpdateFrame{.stream_id = 1, .window_size_increment = 1}) +  // not in the set
      Wire(HeadersFrame{1, true, true, 3, Priority{}, AsBytes(text)}) +
      Wire(DataFrame{.stream_id = 1, .data = AsBytes(text)});
  const auto expect_same = [](std::string_view octets, std::string_view what,
                              const DecodeOptions& options) {
    EventLog whole;
    DecodeAll<OwnFrame>(AsBytes(octets), whole, options);
    ASSERT_EQ(whole.violation(), "");
    EXPECT_NE(whole.octets().find(what), std::string::npos) << whole.octets();
    const StreamDecoderOptions all = {.decode = options};
    ExpectSameForAllPartitionsBy<OwnWhole>(AsBytes(octets), whole.octets(), all);
    ExpectSameForAllPartitionsBy<OwnInParts>(AsBytes(octets), whole.octets(), all);
    ExpectSameForAllPartitionsBy<OwnAllInParts>(AsBytes(octets), whole.octets(), all);
  };
  for (const bool strict : {false, true}) {
    const DecodeOptions options = {.reject_nonzero_padding = strict};
    expect_same(wire, RowOf(Fault::kZeroWindowIncrement).sentence, options);
    // The same verdict in pieces as in place, whatever a rule is about.
    for (const std::string& bad :
         {RawWire(0xe0, 0, 1, "\0\0"s + text), RawWire(0xe0, 0, 1, "\0\x28"s + text.substr(1)),
          RawWire(0xe1, 0, 0, "1234"), RawWire(0xe1, 0, 0, "123456"), RawWire(0xe2, 0, 0, ""),
          RawWire(0x4d, 8, 0, "\2\0x\0\1"s)}) {
      expect_same(wire + bad + Wire(PingFrame()), "connection", options);
    }
  }
}

// The walk that the compiler takes, taken at run time.
TEST(RestFinder, TellsWhatCanBeStreamed) {
  const auto found = []<class F>(std::type_identity<F>) {
    internal::RestFinder finder;
    F frame;
    F::Layout(frame, finder);
    return std::tuple(finder.has_sized, finder.ends_with_octets, finder.has_rule_of_rest);
  };
  EXPECT_EQ(found(std::type_identity<DataFrame>()), std::tuple(false, true, false));
  EXPECT_EQ(found(std::type_identity<TagFrame>()), std::tuple(true, true, false));
  EXPECT_EQ(found(std::type_identity<GossipFrame>()), std::tuple(false, true, false));
  EXPECT_EQ(found(std::type_identity<NoteFrame>()), std::tuple(false, true, true));
  EXPECT_EQ(found(std::type_identity<ListFrame>()), std::tuple(false, false, false));
}

TEST(StreamDecoder, HandsOutTheFieldsOfATypeOfOnesOwnWithEachPart) {
  const std::string wire = RawWire(0xe0, 0, 7, "\0\3keyvalue"sv);
  std::array<std::byte, OwnInParts::StorageSize()> storage;
  OwnInParts decoder(storage);
  std::string value;
  const Overloaded parts = {[&](const Part<TagFrame>& part) {
                              EXPECT_EQ(part.frame.stream_id, 7u);
                              EXPECT_EQ(AsText(part.frame.key), "key");
                              EXPECT_EQ(part.size, 5u);
                              EXPECT_EQ(part.first, value.empty() && part.octets.empty());
                              value += AsText(part.octets);
                              EXPECT_EQ(part.last, value == "value");
                            },
                            [](const auto&) { FAIL(); }};
  for (std::size_t i = 0; i < wire.size(); ++i) {
    (void)decoder.DecodeTo(AsBytes(wire).subspan(i, 1), Ignore(), parts);
  }
  EXPECT_EQ(value, "value");
  EXPECT_TRUE(decoder.AtBoundary());
}

}  // namespace
}  // namespace h2wire
