// SPDX-License-Identifier: Apache-2.0

// Lines for `h2wire encode` that mean harm, or that only look like JSON; and that what
// `h2wire decode --json` prints gives back every octet. What the program says of ordinary mistakes
// is in tools_test.cc.

#include "json_reader.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acme_frames.h"
#include "connection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "input.h"
#include "json_writer.h"
#include "output.h"
#include "vectors.h"

namespace h2wire::tools {
namespace {

using ::testing::StartsWith;

// Keeps what is written.
class Kept : public Output {
 public:
  std::string text;

 private:
  void Write(std::string_view more) override {
    EXPECT_LE(more.size(), kMostRoom) << "more than there was room for";
    text += more;
  }
};

// Octets that are there, at most `piece` at a time.
class Given : public Input {
 public:
  Given(Bytes octets, std::size_t piece) : Input("given"), octets_(octets), piece_(piece) {}

  Bytes Peek(std::size_t least) override {
    return octets_.first(std::min(octets_.size(), std::max(least, piece_)));
  }
  void Skip(std::size_t size) override { octets_ = octets_.subspan(size); }
  std::chrono::nanoseconds arrival() const override { return {}; }

 private:
  Bytes octets_;
  std::size_t piece_;
};

// Octets that come when `output` has room for `left` characters.
class GivenLate : public Given {
 public:
  GivenLate(Bytes octets, Output& output, std::size_t left)
      : Given(octets, octets.size()), output_(output), before_(Output::kMostRoom - left, '\n') {}

  Bytes Peek(std::size_t least) override {
    output_.Append(std::exchange(before_, ""));
    return Given::Peek(least);
  }

 private:
  Output& output_;
  std::string before_;
};

void WriteLines(Input& input, const ConnectionOptions& options, Output& output) {
  JsonEvents events(output, options.decode.extensions);
  try {
    DecodeConnection(input, options, events, [](const Watch&) {});
  } catch (const Failure&) {
    // no octets of a connection
  }
  output.Flush();
}

// What `h2wire decode --json` prints of `octets`.
std::string LinesOf(Bytes octets, const ConnectionOptions& options, std::size_t piece) {
  Kept output;
  Given input(octets, piece);
  WriteLines(input, options, output);
  return std::move(output.text);
}

// What `h2wire encode` makes of it.
std::vector<std::byte> OctetsOfLines(std::string_view lines) {
  std::vector<std::byte> octets;
  for (bool first = true; !lines.empty(); first = false) {
    const std::size_t end = lines.find('\n');
    const std::vector<std::byte> more = OctetsOfLine(lines.substr(0, end), first);
    octets.insert(octets.end(), more.begin(), more.end());
    lines.remove_prefix(end + 1);
  }
  return octets;
}

// Whether JSON gives all octets back, and does not hang on how they came.
::testing::AssertionResult ComesBack(Bytes octets, const ConnectionOptions& options) {
  const std::string lines = LinesOf(octets, options, octets.size());
  if (lines != LinesOf(octets, options, 1)) {
    return ::testing::AssertionFailure() << "piece by piece there are other lines than\n" << lines;
  }
  if (!std::ranges::equal(OctetsOfLines(lines), octets)) {
    return ::testing::AssertionFailure() << "other octets than those of\n" << lines;
  }
  return ::testing::AssertionSuccess();
}

constexpr ConnectionOptions kPlain{};
const ConnectionOptions kGuarded{.watch = WatchOptions{}};
const ConnectionOptions kReported{.watch = WatchOptions{.report_only = true}};

TEST(Json, GivesBackEveryVector) {
  ForEachVector([](const Vector& vector) {
    EXPECT_TRUE(ComesBack(vector.octets, {.decode = vector.options})) << vector;
    EXPECT_TRUE(ComesBack(vector.octets, kPlain)) << vector;
    EXPECT_TRUE(ComesBack(vector.octets, kGuarded)) << vector;
    EXPECT_TRUE(ComesBack(vector.octets, kReported)) << vector;
  });
}

TEST(Json, GivesBackAnOriginWhoseLengthTakesTwoOctets) {
  const std::string entry = "\x01\x2c" + std::string(300, 'a');
  std::array<std::byte, 400> frame;
  const Encoded encoded = Encode(OriginFrame{.origins = OriginsView(AsBytes(entry))}, frame);
  ASSERT_EQ(encoded.fault, Fault::kNone);
  EXPECT_TRUE(ComesBack(std::span(frame).first(encoded.size), kPlain));
}

// Frames of every type, with lengths and fields that are mostly in order.
class RandomFrames {
 public:
  explicit RandomFrames(std::uint32_t seed) : random_(seed) {}

  std::vector<std::byte> Connection(int frames) {
    std::vector<std::byte> octets;
    if (Below(4) == 0) Append(octets, AsBytes(kConnectionPreface));
    for (int i = 0; i < frames; ++i) AppendFrame(octets);
    if (Below(4) == 0 && !octets.empty()) octets.resize(octets.size() - Below(octets.size()));
    return octets;
  }

 private:
  std::size_t Below(std::size_t end) { return random_() % end; }

  static void Append(std::vector<std::byte>& octets, Bytes more) {
    octets.insert(octets.end(), more.begin(), more.end());
  }

  void AppendFrame(std::vector<std::byte>& octets) {
    constexpr std::uint8_t kTypes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 153};
    constexpr std::uint8_t kLengths[] = {4, 5, 6, 8, 12};
    const std::size_t length = Below(3) == 0 ? Below(40) : kLengths[Below(std::size(kLengths))];
    std::array<std::byte, kFrameHeaderSize> header;
    StoreHeader(header.data(), {.length = static_cast<std::uint32_t>(length),
                                .type = FrameType{kTypes[Below(std::size(kTypes))]},
                                .flags = static_cast<std::uint8_t>(Below(2) ? random_() : 0),
                                .reserved = Below(4) == 0,
                                .stream_id = static_cast<StreamId>(Below(3))});
    Append(octets, header);
    for (std::size_t i = 0; i < length; ++i) {
      // Small numbers, so that lengths of fields are often in order; and text.
      constexpr std::uint8_t kOctets[] = {0, 0, 1, 2, 3, 0x80, 0xff, '"', '\\', 'a', '\n'};
      octets.push_back(std::byte{kOctets[Below(std::size(kOctets))]});
    }
  }

  std::mt19937 random_;
};

TEST(Json, GivesBackRandomFramesGoodAndBad) {
  constexpr int kFrames = 100'000;
  RandomFrames random(7540);
  for (int frames = 0; frames < kFrames; frames += 2) {
    const std::vector<std::byte> octets = random.Connection(2);
    const ConnectionOptions* const options[] = {&kPlain, &kGuarded, &kReported};
    ASSERT_TRUE(ComesBack(octets, *options[frames / 2 % 3]));
  }
}

// Lines take no more of the output's room than there is, wherever they are when it ends.
TEST(Json, AsksForTheRoomThatItTakes) {
  const auto try_all = [](Bytes octets, const ConnectionOptions& options) {
    const std::string lines = LinesOf(octets, options, octets.size());
    for (std::size_t left = 0; left <= lines.size(); ++left) {
      Kept output;
      GivenLate input(octets, output, left);
      WriteLines(input, options, output);
      ASSERT_EQ(std::string_view(output.text).substr(Output::kMostRoom - left), lines);
    }
  };
  RandomFrames random(8259);
  for (int i = 0; i < 12; ++i) try_all(random.Connection(8), i % 2 == 0 ? kPlain : kGuarded);
  // Text whose characters take two, to its last one.
  std::array<std::byte, 40> frame;
  const Encoded encoded = Encode(GoawayFrame{.debug_data = AsBytes(R"("\"")")}, frame);
  ASSERT_EQ(encoded.fault, Fault::kNone);
  try_all(std::span(frame).first(encoded.size), kPlain);
}

TEST(Json, GivesBackOctetsThatAreNoFrames) {
  std::mt19937 random(9113);
  for (int i = 0; i < 300; ++i) {
    std::vector<std::byte> octets(random() % 40'000);
    for (std::byte& octet : octets) octet = static_cast<std::byte>(random());
    ASSERT_TRUE(ComesBack(octets, kPlain));
  }
  for (const std::string_view text : {"", "G", "GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX",
                                      "{\"offset\":0}", "\x1f\x8b\x08 gzip", "hello"}) {
    EXPECT_TRUE(ComesBack(AsBytes(text), kPlain)) << text;
  }
}

// A user's set has lines of its own, whose members have any name.
TEST(Json, IsOfAUsersFramesToo) {
  const std::string_view hex[] = {
      "000003 4d 04 00000001 616263", "000008 20 08 00000000 00000001 80000005",
      "000004 f0 00 00000003 0001 61 62", "000006 04 00 00000000 4d44 00000001"};
  for (const std::string_view text : hex) {
    std::string digits(text);
    std::erase(digits, ' ');
    const std::vector<std::byte> octets = Members::ToOctets(digits, "");
    Kept output;
    JsonEventsOf<acme::Frame> events(output, true);
    const Decoded<acme::Frame> next = Decode<acme::Frame>(octets);
    ASSERT_EQ(next.status, DecodeStatus::kOk) << text;
    Visit([&](const auto& frame) { events.Frame(0, octets, frame, {}); }, next.frame);
    output.Flush();
    EXPECT_THAT(output.text, ::testing::Not(::testing::HasSubstr("UNKNOWN")));
    EXPECT_EQ(OctetsOfLine<acme::Frame>(output.text, true), octets) << output.text;
  }
}

// Why `line` is refused; empty if it has octets.
std::string WhyNot(std::string_view line) {
  try {
    (void)OctetsOfLine(line, /*first=*/true);
    return "";
  } catch (const Refusal& refusal) {
    return refusal.what();
  }
}

// A line for RST_STREAM with `value` for its error code.
std::string Reset(std::string_view value) {
  return absl::StrCat(R"({"type":"RST_STREAM","stream_id":1,"error_code":)", std::string(value),
                      "}");
}

TEST(OctetsOfLine, HasOctetsForTheLineThatTheOthersAreMadeFrom) {
  EXPECT_EQ(OctetsOfLine(Reset("8"), true).size(), 13u);
  EXPECT_EQ(WhyNot(absl::StrCat("\xef\xbb\xbf", Reset("8"))), "") << "a byte order mark is no harm";
}

TEST(OctetsOfLine, RefusesNumbersThatAreNotWholeOrTooLarge) {
  for (const std::string_view number :
       {"-0", "-1", "8.0", "8e0", "1e-400", "4294967296", "18446744073709551615",
        "18446744073709551616", "-9223372036854775809"}) {
    EXPECT_EQ(WhyNot(Reset(number)), "`error_code` is no whole number from 0 to 4294967295")
        << number;
  }
  for (const std::string_view number : {"1e400", "-1e400", "1e99999999999999999999"}) {
    EXPECT_EQ(WhyNot(Reset(number)), "a number in it is too large") << number;
  }
  for (const std::string_view number : {"08", "+8", "0x8", ".8", "8.", "1e", "NaN", "Infinity"}) {
    EXPECT_THAT(WhyNot(Reset(number)), StartsWith("it is no JSON, from character ")) << number;
  }
}

TEST(OctetsOfLine, RefusesWhatStandsBehindANul) {
  using namespace std::string_literals;
  const std::string good = Reset("8");
  EXPECT_EQ(WhyNot(good + "\0"s),
            absl::StrCat("it is no JSON, from character ", good.size() + 1, " on"));
  EXPECT_EQ(WhyNot(good + "\0{}"s), WhyNot(good + "\0"s));
  EXPECT_EQ(WhyNot("\0"s), "it is no JSON, from character 1 on");
  EXPECT_EQ(WhyNot("{\"\0\":0}"s), "it is no JSON, from character 3 on");
}

TEST(OctetsOfLine, RefusesTextThatIsNotUtf8) {
  for (const std::string_view text :
       {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", R"("\ud800")",
        R"("\udc00\ud800")", "\"\x1f\"", R"("\x41")"}) {
    EXPECT_THAT(WhyNot(Reset(text)), StartsWith("it is no JSON, from character ")) << text;
  }
}

TEST(OctetsOfLine, SaysInPrintableWordsWhatANameIs) {
  EXPECT_EQ(WhyNot("{\"\\u0000\\n\\u00e9\":1,\"type\":\"DATA\",\"stream_id\":1,"
                   "\"end_stream\":true,\"data\":\"\"}"),
            "`\\x00\\n\\xc3\\xa9` is no member of a frame of type DATA");
  const std::string long_name(1000, 'x');
  EXPECT_EQ(WhyNot(absl::StrCat("{\"", long_name, "\":1,\"", long_name, "\":1}")),
            absl::StrCat("`", std::string(60, 'x'), "` is there twice"));
}

TEST(OctetsOfLine, RefusesAMemberTooManyBesideAnOptionalOne) {
  EXPECT_EQ(WhyNot(R"({"type":"HEADERS","stream_id":1,"end_stream":true,"end_headers":true,)"
                   R"("priority":{"exclusive":false,"depends_on":0,"weight":0},"fragment":"",)"
                   R"("x":1})"),
            "`x` is no member of a frame of type HEADERS");
}

TEST(OctetsOfLine, RefusesBeforeItTakesMemoryForWhatNoFrameHas) {
  constexpr std::string_view kTooDeep = "it has lists and objects nested more than three deep";
  EXPECT_NE(WhyNot("[[["), kTooDeep);
  EXPECT_EQ(WhyNot("[[[["), kTooDeep);
  EXPECT_EQ(WhyNot(std::string(1 << 20, '[')), kTooDeep);
  EXPECT_EQ(
      WhyNot(absl::StrCat(R"({"type":"SETTINGS","settings":[{"id":)", std::string(1 << 20, '['))),
      kTooDeep);
  std::string objects;
  for (int i = 0; i < 1000; ++i) objects += "{\"a\":";
  EXPECT_EQ(WhyNot(objects), kTooDeep);

  std::string members = "{";
  for (int i = 0; i < 100'000; ++i) absl::StrAppend(&members, "\"m", i, "\":0,");
  EXPECT_EQ(WhyNot(members), "an object in it has more than 32 members");

  // A string that goes on, and a list.
  EXPECT_EQ(WhyNot(R"({"data":")" + std::string(40'000'000, '0')),
            "a string in it is longer than any frame");
  std::string strings = R"({"type":"ORIGIN","stream_id":0,"origins":[)";
  for (int i = 0; i < 9'000'000; ++i) strings += R"("",)";
  EXPECT_EQ(WhyNot(strings), "a list in it is longer than any frame");
}

// The JSON of the longest lists that a frame can have is read, in time linear in its size.
TEST(OctetsOfLine, TakesTheLongestFrames) {
  const auto frame_of = [](FrameType type, std::string_view entry, std::size_t count) {
    std::string octets(kFrameHeaderSize, '\0');
    for (std::size_t i = 0; i < count; ++i) octets += entry;
    StoreHeader(std::as_writable_bytes(std::span(octets)).data(),
                {.length = static_cast<std::uint32_t>(entry.size() * count), .type = type});
    return octets;
  };
  const auto seconds = [](const std::string& octets) {
    Kept output;
    JsonEvents events(output, true);
    const auto write = [&](const auto& frame) { events.Frame(0, AsBytes(octets), frame, {}); };
    (void)DecodeTo(AsBytes(octets), write, {.max_frame_size = kLargestMaxFrameSize});
    output.Flush();
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(std::ranges::equal(OctetsOfLine(output.text, false), AsBytes(octets)));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const struct {
    FrameType type;
    std::string_view entry;
  } rows[] = {{SettingsFrame::kType, std::string_view("\0\3\xff\xff\xff\xff", 6)},
              {OriginFrame::kType, std::string_view("\0\0", 2)}};
  for (const auto& row : rows) {
    const std::size_t most = kLargestMaxFrameSize / row.entry.size();
    const double few = seconds(frame_of(row.type, row.entry, most / 64));
    const double all = seconds(frame_of(row.type, row.entry, most));
    EXPECT_LT(all, 64 * 4 * few + 1) << "quadratic would be 4096 times as long";
  }
}

}  // namespace
}  // namespace h2wire::tools
