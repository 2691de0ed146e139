// SPDX-License-Identifier: Apache-2.0

// What is counted where.

#include "h2wire/counters.h"

#include <cstdint>
#include <map>
#include <string_view>

#include "gtest/gtest.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"

namespace h2wire {
namespace {

std::map<std::string_view, Traffic> Types(const Counters& counters) {
  std::map<std::string_view, Traffic> types;
  counters.ForEachType([&](std::string_view name, const Traffic& traffic) {
    if (traffic != Traffic()) types[name] = traffic;
  });
  return types;
}

std::map<std::string_view, std::uint64_t> Faults(const Counters& counters) {
  std::map<std::string_view, std::uint64_t> faults;
  counters.ForEachFault([&](std::string_view name, std::uint64_t count) {
    if (count != 0) faults[name] = count;
  });
  return faults;
}

TEST(Counters, CountFramesAndTheirOctets) {
  Counters counters;
  counters.Count(DataFrame{.stream_id = 1, .pad_length = 2, .data = AsBytes("data")});
  counters.Count(Frame(DataFrame{.stream_id = 1}));
  counters.Count(FrameHeader{.length = 100, .type = DataFrame::kType, .stream_id = 1});
  counters.Count(PriorityUpdateFrame{1, AsBytes("u=1")});
  counters.Count(RawFrame{{.type = FrameType{0x1f}}, AsBytes("?")});
  counters.Count(FrameHeader{.length = 1, .type = FrameType{0xff}});
  EXPECT_EQ(Types(counters),
            (std::map<std::string_view, Traffic>{
                {"DATA", {3, 16 + 9 + 109}}, {"PRIORITY_UPDATE", {1, 16}}, {"UNKNOWN", {2, 20}}}));
}

TEST(Counters, CountFaults) {
  Counters counters;
  counters.Count(ErrorOf(Fault::kTooManyPings, 0));
  counters.Count(ErrorOf(Fault::kWindowExceeded, 1));
  counters.Count(ErrorOf(Fault::kTooManyPings, 0));
  Counters twice = counters;
  twice += counters;
  EXPECT_EQ(Faults(twice)["too_many_pings"], 4u);
  EXPECT_EQ(Faults(counters), (std::map<std::string_view, std::uint64_t>{{"too_many_pings", 2},
                                                                         {"window_exceeded", 1}}));
}

TEST(Counters, CountPartsAsTheFrameThatTheyMake) {
  Counters counters;
  const DataFrame padded = {.stream_id = 1, .pad_length = 2};
  counters.Count(Part<DataFrame>{.frame = padded, .size = 1000, .first = true});
  counters.Count(Part<DataFrame>{.frame = padded, .size = 1000});
  counters.Count(Part<DataFrame>{.frame = padded, .size = 1000, .last = true});
  counters.Count(
      Part<RawFrame>{.frame = {{.type = FrameType{0x1f}}, {}}, .size = 7, .first = true});
  EXPECT_EQ(Types(counters), (std::map<std::string_view, Traffic>{{"DATA", {1, 9 + 3 + 1000}},
                                                                  {"UNKNOWN", {1, 16}}}));
}

TEST(Counters, CountErrorCodes) {
  Counters counters;
  counters.Count(RstStreamFrame{1, ErrorCode::kCancel});
  counters.Count(Frame(RstStreamFrame{3, ErrorCode::kCancel}));
  counters.Count(RstStreamFrame{5, ErrorCode::kEnhanceYourCalm});
  counters.Count(RstStreamFrame{7, ErrorCode{14}});
  counters.Count(RstStreamFrame{7, ErrorCode{0xfffffc78}});
  counters.Count(Part<GoawayFrame>{.frame = {.error_code = ErrorCode::kNoError}, .first = true});
  counters += counters;
  std::map<std::string_view, std::uint64_t> resets;
  std::map<std::string_view, std::uint64_t> goaways;
  counters.ForEachReset([&](std::string_view code, std::uint64_t count) { resets[code] = count; });
  counters.ForEachGoaway(
      [&](std::string_view code, std::uint64_t count) { goaways[code] = count; });
  EXPECT_EQ(resets.size(), std::size(kErrorCodeNames) + 1);
  EXPECT_EQ(resets["CANCEL"], 4u);
  EXPECT_EQ(resets["ENHANCE_YOUR_CALM"], 2u);
  EXPECT_EQ(resets["OTHER"], 4u);
  EXPECT_EQ(resets["NO_ERROR"], 0u);
  EXPECT_EQ(goaways["NO_ERROR"], 2u);
  EXPECT_EQ(goaways["OTHER"], 0u);
}

// Of a set of few types, with one of a user's.
struct NoteFrame {
  Bytes note{};
  static constexpr FrameType kType{0xe0};
  static constexpr std::string_view kName = "NOTE";
  static constexpr void Layout(auto& frame, auto& walk) { walk.Rest("note", frame.note, 1); }
};

TEST(Counters, CountTheTypesOfASet) {
  CountersOf<FrameSet<DataFrame, NoteFrame>> counters;
  counters.Count(NoteFrame{.note = AsBytes("note")});
  counters.Count(FrameHeader{.length = 1, .type = NoteFrame::kType});
  counters.Count(FrameHeader{.length = 1, .type = PingFrame::kType});
  counters.Count(PingFrame());
  std::map<std::string_view, Traffic> types;
  counters.ForEachType(
      [&](std::string_view name, const Traffic& traffic) { types[name] = traffic; });
  EXPECT_EQ(types, (std::map<std::string_view, Traffic>{
                       {"DATA", {}}, {"NOTE", {2, 13 + 10}}, {"UNKNOWN", {2, 10 + 17}}}));
}

TEST(Counters, AddUp) {
  Counters a;
  a.Count(PingFrame());
  a.Count(ErrorOf(Fault::kTooShort, 0));
  Counters sum = a;
  sum += a;
  EXPECT_EQ(Types(sum), (std::map<std::string_view, Traffic>{{"PING", {2, 34}}}));
  EXPECT_EQ(Faults(sum), (std::map<std::string_view, std::uint64_t>{{"too_short", 2}}));
  // Every fault, the first and the last among them.
  for (const FaultRow& row : kFaultRows) {
    Counters one;
    one.Count(FrameError{row.fault, row.code, 0});
    one += one;
    EXPECT_EQ(one.faults[static_cast<std::size_t>(row.fault)], 2u) << row.name;
  }
}

}  // namespace
}  // namespace h2wire
