// SPDX-License-Identifier: Apache-2.0

// Lines for `h2wire encode` that mean harm, or that only look like JSON. What the program says of
// ordinary mistakes is in tools_test.cc.

#include "json_reader.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace h2wire::tools {
namespace {

using ::testing::StartsWith;

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

  std::string values(std::size_t{2} << 24, ',');
  for (std::size_t i = 1; i < values.size(); i += 2) values[i] = '0';
  values.front() = '[';
  EXPECT_EQ(WhyNot(values), "it has more values than any frame");
}

}  // namespace
}  // namespace h2wire::tools
