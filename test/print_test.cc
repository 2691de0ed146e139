// SPDX-License-Identifier: Apache-2.0

#include "h2wire/print.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "faults.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hex.h"
#include "unencodable.h"
#include "vectors.h"

namespace h2wire {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ToString, OfData) {
  EXPECT_EQ(ToString(DataFrame{.stream_id = 1}), "DATA stream=1 data=0");
  EXPECT_EQ(ToString(DataFrame{
                .stream_id = 2147483647, .end_stream = true, .pad_length = 7, .data = "hi"_text}),
            "DATA stream=2147483647 END_STREAM pad_length=7 data=2 \"hi\"");
}

TEST(ToString, OfHeaders) {
  EXPECT_EQ(ToString(HeadersFrame{.stream_id = 1, .fragment = "82 86 84"_hex}),
            "HEADERS stream=1 fragment=3 828684");
  EXPECT_EQ(
      ToString(HeadersFrame{.stream_id = 5,
                            .end_stream = true,
                            .end_headers = true,
                            .pad_length = 0,
                            .priority = Priority{.exclusive = true, .depends_on = 3, .weight = 200},
                            .fragment = "82"_hex}),
      "HEADERS stream=5 END_STREAM END_HEADERS pad_length=0"
      " priority(exclusive=1 depends_on=3 weight=200 weight_plus_one=201) fragment=1 82");
}

TEST(ToString, OfPriority) {
  EXPECT_EQ(ToString(PriorityFrame{.stream_id = 5, .priority = {.depends_on = 3}}),
            "PRIORITY stream=5 priority(exclusive=0 depends_on=3 weight=15 weight_plus_one=16)");
}

TEST(ToString, OfRstStream) {
  EXPECT_EQ(ToString(RstStreamFrame{.stream_id = 1, .error_code = ErrorCode::kCancel}),
            "RST_STREAM stream=1 error_code=CANCEL");
  EXPECT_EQ(ToString(RstStreamFrame{.stream_id = 1, .error_code = ErrorCode{0x1f}}),
            "RST_STREAM stream=1 error_code=0x1f");
}

TEST(ToString, OfSettings) {
  EXPECT_EQ(ToString(SettingsFrame{}), "SETTINGS");
  EXPECT_EQ(ToString(SettingsFrame{.ack = true}), "SETTINGS ACK");
  EXPECT_EQ(ToString(SettingsFrame{
                .settings = "00 02 00 00 00 00  00 05 00 10 00 00  fe 03 ff ff ff ff"_hex}),
            "SETTINGS ENABLE_PUSH=0 MAX_FRAME_SIZE=1048576 0xfe03=4294967295");
}

TEST(ToString, OfPushPromise) {
  EXPECT_EQ(ToString(PushPromiseFrame{.stream_id = 1,
                                      .end_headers = true,
                                      .pad_length = 1,
                                      .promised_stream_id = 2,
                                      .fragment = "82"_hex}),
            "PUSH_PROMISE stream=1 END_HEADERS pad_length=1 promised_stream_id=2 fragment=1 82");
}

TEST(ToString, OfPing) {
  EXPECT_EQ(ToString(PingFrame{}), "PING opaque_data=0000000000000000");
  PingFrame ping{.ack = true};
  std::ranges::copy("01 02 03 04 05 06 07 ff"_hex, ping.opaque_data.begin());
  EXPECT_EQ(ToString(ping), "PING ACK opaque_data=01020304050607ff");
}

TEST(ToString, OfGoaway) {
  EXPECT_EQ(ToString(GoawayFrame{.last_stream_id = 3,
                                 .error_code = ErrorCode::kEnhanceYourCalm,
                                 .debug_data = "too_many_pings"_text}),
            "GOAWAY last_stream_id=3 error_code=ENHANCE_YOUR_CALM debug_data=14"
            " \"too_many_pings\"");
}

TEST(ToString, OfWindowUpdate) {
  EXPECT_EQ(ToString(WindowUpdateFrame{.window_size_increment = 65535}),
            "WINDOW_UPDATE stream=0 window_size_increment=65535");
}

TEST(ToString, OfContinuation) {
  EXPECT_EQ(ToString(ContinuationFrame{.stream_id = 1, .end_headers = true}),
            "CONTINUATION stream=1 END_HEADERS fragment=0");
}

TEST(ToString, OfAltSvc) {
  EXPECT_EQ(
      ToString(AltSvcFrame{.origin = "https://a"_text, .alt_svc_field_value = "h2=:443"_text}),
      "ALTSVC stream=0 origin=9 \"https://a\" alt_svc_field_value=7 \"h2=:443\"");
}

TEST(ToString, OfOrigin) {
  EXPECT_EQ(ToString(OriginFrame{}), "ORIGIN");
  EXPECT_EQ(ToString(OriginFrame{.origins = "00 01 61  00 00  00 02 ff 62"_hex}),
            "ORIGIN origin=1 \"a\" origin=0 origin=2 ff62");
}

TEST(ToString, OfPriorityUpdate) {
  EXPECT_EQ(
      ToString(PriorityUpdateFrame{.prioritized_stream_id = 3, .priority_field_value = "u=1"_text}),
      "PRIORITY_UPDATE prioritized_stream_id=3 priority_field_value=3 \"u=1\"");
}

TEST(ToString, OfOtherFrames) {
  EXPECT_EQ(
      ToString(RawFrame{.header = {.type = FrameType{0x1f}, .stream_id = 9}, .payload = "00"_hex}),
      "UNKNOWN type=0x1f flags=0x0 stream=9 payload=1 00");
  EXPECT_EQ(
      ToString(RawFrame{.header = {.type = FrameType{0x0c}, .flags = 0xf1, .reserved = true}}),
      "UNKNOWN type=ORIGIN flags=0xf1 reserved stream=0 payload=0");
}

TEST(ToString, LeavesOutTypeAndStreamIfAsked) {
  constexpr PrintOptions kNeither = {.type_and_stream = false};
  EXPECT_EQ(
      ToString(HeadersFrame{.stream_id = 5, .end_stream = true, .fragment = "82"_hex}, kNeither),
      "END_STREAM fragment=1 82");
  EXPECT_EQ(ToString(WindowUpdateFrame{.stream_id = 5, .window_size_increment = 7}, kNeither),
            "window_size_increment=7");
  EXPECT_EQ(ToString(RawFrame{.header = {.type = FrameType{0x1f}, .flags = 0x81, .stream_id = 9}},
                     kNeither),
            "flags=0x81 payload=0");
  EXPECT_EQ(ToString(SettingsFrame{}, kNeither), "");
}

TEST(ToString, ShowsTextOnlyOfPrintableOctets) {
  const auto data = [](Bytes octets) { return ToString(DataFrame{.data = octets}); };
  EXPECT_EQ(data(" ~"_text), "DATA stream=0 data=2 \" ~\"");
  EXPECT_EQ(data("a\x1f"_text), "DATA stream=0 data=2 611f");
  EXPECT_EQ(data("a\x7f"_text), "DATA stream=0 data=2 617f");
  EXPECT_EQ(data("a\n"_text), R"(DATA stream=0 data=2 "a\n")");
  EXPECT_EQ(data("\ta\r\n"_text), R"(DATA stream=0 data=4 "\ta\r\n")");
  EXPECT_EQ(data("a\v"_text), "DATA stream=0 data=2 610b");
  EXPECT_EQ(data("a\""_text), R"(DATA stream=0 data=2 "a\"")");
  EXPECT_EQ(data("a'"_text), R"(DATA stream=0 data=2 "a\'")");
  EXPECT_EQ(data("a\\"_text), R"(DATA stream=0 data=2 "a\\")");
  EXPECT_EQ(data("61 80"_hex), "DATA stream=0 data=2 6180");
}

TEST(ToString, ShowsNoMoreThanTheFirstOctets) {
  EXPECT_EQ(ToString(DataFrame{.stream_id = 1, .data = "sixteen octets ."_text}),
            "DATA stream=1 data=16 \"sixteen octets .\"");
  EXPECT_EQ(ToString(DataFrame{.stream_id = 1, .data = "sixteen octets .S"_text}),
            "DATA stream=1 data=17 \"sixteen octets .\"…");
  EXPECT_EQ(ToString(DataFrame{.stream_id = 1, .data = "01 02 03"_hex}, {.max_octets = 2}),
            "DATA stream=1 data=3 0102…");
  EXPECT_EQ(ToString(DataFrame{.stream_id = 1, .data = "01 02 03"_hex}, {.max_octets = 3}),
            "DATA stream=1 data=3 010203");
  EXPECT_EQ(ToString(DataFrame{.stream_id = 1, .data = "secret"_text}, {.max_octets = 0}),
            "DATA stream=1 data=6");
  EXPECT_EQ(ToString(OriginFrame{.origins = "00 03 61 62 63"_hex}, {.max_octets = 2}),
            "ORIGIN origin=3 \"ab\"…");
  EXPECT_EQ(ToString(OriginFrame{.origins = "00 03 61 62 63"_hex}, {.max_octets = 0}),
            "ORIGIN origin=3");
}

TEST(ToString, ShowsNoMoreThanTheFirstEntries) {
  const SettingsFrame three{.settings =
                                "00 02 00 00 00 00  00 03 00 00 00 01  00 01 00 00 00 02"_hex};
  EXPECT_EQ(ToString(three, {.max_entries = 3}),
            "SETTINGS ENABLE_PUSH=0 MAX_CONCURRENT_STREAMS=1 HEADER_TABLE_SIZE=2");
  EXPECT_EQ(ToString(three, {.max_entries = 2}),
            "SETTINGS ENABLE_PUSH=0 MAX_CONCURRENT_STREAMS=1 …and 1 more");
  EXPECT_EQ(ToString(three, {.max_entries = 0}), "SETTINGS …and 3 more");
  EXPECT_EQ(ToString(OriginFrame{.origins = "00 01 61  00 01 62"_hex}, {.max_entries = 1}),
            "ORIGIN origin=1 \"a\" …and 1 more");
}

// One of each, as large as a frame may be.
TEST(ToString, IsOneLineOfBoundedLengthWhateverTheFrameHolds) {
  const Bytes huge = Many(0xffffff);
  const Frame frames[] = {
      DataFrame{.stream_id = kMaxStreamId, .end_stream = true, .pad_length = 255, .data = huge},
      HeadersFrame{.stream_id = kMaxStreamId,
                   .end_stream = true,
                   .end_headers = true,
                   .pad_length = 255,
                   .priority = Priority{true, kMaxStreamId, 255},
                   .fragment = huge},
      SettingsFrame{.settings = huge},
      PushPromiseFrame{.stream_id = kMaxStreamId,
                       .end_headers = true,
                       .pad_length = 255,
                       .promised_stream_id = kMaxStreamId,
                       .fragment = huge},
      GoawayFrame{.last_stream_id = kMaxStreamId, .debug_data = huge},
      ContinuationFrame{.stream_id = kMaxStreamId, .fragment = huge},
      AltSvcFrame{.origin = huge.first(0xffff), .alt_svc_field_value = huge},
      OriginFrame{.origins = huge},
      PriorityUpdateFrame{.prioritized_stream_id = kMaxStreamId, .priority_field_value = huge},
      RawFrame{.header = {.reserved = true}, .payload = huge},
  };
  for (const Frame& frame : frames) {
    const std::string line = ToString(frame);
    EXPECT_LE(line.size(), kLongestLine) << line;
    EXPECT_THAT(line, Not(HasSubstr("\n")));
  }
  // Origins that are escaped have the longest lines of all, and a fault's sentence is no longer.
  std::vector<std::byte> origins;
  for (int i = 0; i < 10'000; ++i) {
    origins.insert(origins.end(), {std::byte{0}, std::byte{17}});
    origins.insert(origins.end(), 17, std::byte{'"'});
  }
  const std::string longest = ToString(OriginFrame{.origins = Bytes(origins)});
  EXPECT_LE(longest.size(), kLongestLine) << longest;
  EXPECT_GE(longest.size(), kLongestLine * 3 / 4) << "the bound is not wasteful";
  for (const FaultRow& row : kFaultRows) {
    EXPECT_LE(ToString(FrameError{row.fault, row.code, kMaxStreamId}).size(), kLongestLine);
  }
}

// A type of a program's own, with a flag whose name is not all letters, and a group of nothing.
struct Marker {
  static constexpr void Layout(auto&, auto&) {}
};
struct MarkFrame {
  StreamId stream_id = 0;
  bool bold = false;
  std::optional<Marker> marker{};

  static constexpr FrameType kType{0x55};
  static constexpr std::string_view kName = "MARK";
  static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.Flag(0x01, "bold~1", frame.bold);
    walk.Optional(0x20, "marker", frame.marker);
  }
};
TEST(ToString, OfFlagsAndGroupsOfAProgramsOwn) {
  EXPECT_EQ(ToString(MarkFrame{.stream_id = 1, .bold = true}), "MARK stream=1 BOLD~1");
  EXPECT_EQ(ToString(MarkFrame{.stream_id = 1, .marker = Marker()}), "MARK stream=1 marker()");
}

TEST(ToText, IsTheSameLineInABuffer) {
  std::array<char, kLongestLine> out;
  ForEachVector([&](const Vector& vector) {
    if (!vector.good()) return;
    const Frame frame = Decode(vector.octets, vector.options).frame;
    for (const PrintOptions options : {PrintOptions{}, PrintOptions{.type_and_stream = false}}) {
      EXPECT_EQ(ToText(frame, out, options), ToString(frame, options)) << vector;
      Visit([&](const auto& f) { EXPECT_EQ(ToText(f, out, options), ToString(frame, options)); },
            frame);
    }
  });
  const FrameError error{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, 3};
  EXPECT_EQ(ToText(error, out), ToString(error));
  EXPECT_EQ(ToText(FrameError{Fault::kNone, ErrorCode{0x1f}, 0}, out), "connection: 0x1f");
}

// What has room is there to the last character; what has not ends with an ellipsis, and nothing is
// written behind the buffer.
TEST(ToText, CutsALineThatIsTooLong) {
  const auto check = [](const std::string& whole, auto to_text) {
    constexpr std::string_view kEllipsis = "…";
    for (std::size_t room = 0; room <= whole.size() + 1; ++room) {
      std::string out(room + 8, '#');
      const std::string_view text = to_text(std::span(out).first(room));
      EXPECT_EQ(out.substr(room), "########") << room;
      EXPECT_LE(text.size(), room);
      if (room > whole.size()) {
        EXPECT_EQ(text, whole);
      } else if (text != whole) {
        EXPECT_EQ(text.empty(), room < kEllipsis.size()) << room;
        if (text.empty()) continue;
        ASSERT_TRUE(text.ends_with(kEllipsis)) << text;
        const std::string_view before = text.substr(0, text.size() - kEllipsis.size());
        EXPECT_TRUE(whole.starts_with(before)) << text;
        EXPECT_GE(text.size() + kEllipsis.size(), room) << text;
        EXPECT_THAT(before, Not(testing::EndsWith("\xe2"))) << "no half of a character";
        EXPECT_THAT(before, Not(testing::EndsWith("\xe2\x80"))) << "no half of a character";
      }
    }
  };
  ForEachVector([&](const Vector& vector) {
    if (!vector.good()) return;
    const Frame frame = Decode(vector.octets, vector.options).frame;
    for (const PrintOptions options : {PrintOptions{.max_octets = 2, .max_entries = 1},
                                       PrintOptions{.type_and_stream = false}}) {
      check(ToString(frame, options),
            [&](std::span<char> out) { return ToText(frame, out, options); });
    }
  });
  const FrameError error{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, kMaxStreamId};
  check(ToString(error), [&](std::span<char> out) { return ToText(error, out); });
}

TEST(ToText, IsUsedUpToItsLastCharacter) {
  const PingFrame ping;
  const std::string whole = ToString(ping);
  std::string out(whole.size(), '#');
  EXPECT_EQ(ToText(ping, out), whole);
  EXPECT_EQ(ToText(ping, std::span(out).first(whole.size() - 1)),
            whole.substr(0, whole.size() - 4) + "…");
  EXPECT_EQ(ToText(ping, {}), "");
}

// However much of a frame is asked for.
TEST(ToString, IsNeverCut) {
  const std::string line = ToString(DataFrame{.data = Many(100'000)}, {.max_octets = 1'000'000});
  EXPECT_EQ(line.size(), std::string_view("DATA stream=0 data=100000 ").size() + 200'000);
}

TEST(ToString, SaysNothingOfWhatComesAfterTheFirstOctets) {
  ForEachVector([](const Vector& vector) {
    if (!vector.good()) return;
    std::vector<std::byte> octets(vector.octets.begin(), vector.octets.end());
    const std::string before = ToString(Decode(octets, vector.options).frame, {.max_octets = 1});
    EXPECT_THAT(before, Not(HasSubstr("\n")));
    // In these types what is after the fixed fields and one octet is not shown.
    const bool opaque = TypeOf(vector.frame) == DataFrame::kType ||
                        TypeOf(vector.frame) == ContinuationFrame::kType;
    if (!opaque || octets.size() < 12 || (octets[4] & std::byte{0x08}) != std::byte{}) return;
    octets.back() ^= std::byte{0x01};
    EXPECT_EQ(ToString(Decode(octets, vector.options).frame, {.max_octets = 1}), before) << vector;
  });
}

TEST(ToString, OfCodes) {
  EXPECT_EQ(ToString(ErrorCode::kHttp11Required), "HTTP_1_1_REQUIRED");
  EXPECT_EQ(ToString(ErrorCode{0xffffffff}), "0xffffffff");
  EXPECT_EQ(ToString(SettingId::kMaxFrameSize), "MAX_FRAME_SIZE");
  EXPECT_EQ(ToString(SettingId{0x07}), "0x7");
  EXPECT_EQ(ToString(FrameType{0x08}), "WINDOW_UPDATE");
  EXPECT_EQ(ToString(FrameType{0x0b}), "0xb");
  EXPECT_EQ(ToString(Fault::kZeroWindowIncrement), "zero_window_increment");
}

TEST(NameOf, IsThatOfTheStruct) {
  std::set<unsigned> named;
  ForEachType([&]<class F>(std::type_identity<F>) {
    if constexpr (requires { F::kType; }) {
      EXPECT_EQ(NameOf(F::kType), F::kName);
      named.insert(static_cast<unsigned>(F::kType));
    }
  });
  for (unsigned type = 0; type <= 0xff; ++type) {
    EXPECT_EQ(NameOf(FrameType{static_cast<std::uint8_t>(type)}).empty(), !named.contains(type))
        << type;
  }
}

TEST(ToString, OfErrors) {
  EXPECT_EQ(ToString(FrameError{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, 3}),
            "stream 3: PROTOCOL_ERROR: the window size increment is 0 (RFC 9113, 6.9)");
  EXPECT_EQ(ToString(FrameError{Fault::kZeroWindowIncrement, ErrorCode::kProtocolError, 0}),
            "connection: PROTOCOL_ERROR: the window size increment is 0 (RFC 9113, 6.9)");
  EXPECT_EQ(ToString(FrameError{Fault::kNone, ErrorCode::kStreamClosed, 3}),
            "stream 3: STREAM_CLOSED");
  EXPECT_EQ(ToString(FrameError()), "connection: NO_ERROR: nothing is wrong");
  EXPECT_EQ(ToString(FrameError{Fault::kNoRoom, ErrorCode::kInternalError, 0}),
            "connection: INTERNAL_ERROR: the buffer is too small for the frame");
}

template <class T>
std::string Streamed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

TEST(Streams, TakeWhatHasAString) {
  EXPECT_EQ(Streamed(PingFrame{}), "PING opaque_data=0000000000000000");
  EXPECT_EQ(Streamed(Frame(SettingsFrame{.ack = true})), "SETTINGS ACK");
  EXPECT_EQ(Streamed(Fault::kNoRoom), "no_room");
  EXPECT_EQ(Streamed(ErrorCode::kCancel), "CANCEL");
  EXPECT_EQ(Streamed(SettingId::kMaxFrameSize), "MAX_FRAME_SIZE");
  EXPECT_EQ(Streamed(SettingId{0x1f}), "0x1f");
  EXPECT_EQ(Streamed(PingFrame::kType), "PING");
  EXPECT_EQ(Streamed(FrameType{0x1f}), "0x1f");
  EXPECT_EQ(Streamed(FrameError{Fault::kNoRoom, ErrorCode::kInternalError, 0}),
            "connection: INTERNAL_ERROR: the buffer is too small for the frame");
}

// What a test says that fails.
TEST(GoogleTest, PrintsWhatHasAString) {
  EXPECT_EQ(testing::PrintToString(SettingsFrame{.ack = true}), "SETTINGS ACK");
  EXPECT_THAT(testing::PrintToString(Frame(SettingsFrame{.ack = true})), HasSubstr("SETTINGS ACK"));
  EXPECT_EQ(testing::PrintToString(Fault::kNoRoom), "no_room");
  EXPECT_EQ(testing::PrintToString(ErrorCode::kCancel), "CANCEL");
  EXPECT_EQ(testing::PrintToString(kVectorTables[0][0]),
            "\"DATA without content\"\n"
            "  octets: 00 00 00 00 00 00 00 00 01\n"
            "  wanted: DATA stream=1 data=0");
}

}  // namespace
}  // namespace h2wire
