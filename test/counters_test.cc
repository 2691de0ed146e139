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
  EXPECT_EQ(Faults(counters), (std::map<std::string_view, std::uint64_t>{{"too_many_pings", 2},
                                                                         {"window_exceeded", 1}}));
}

TEST(Counters, AddUp) {
  Counters a;
  a.Count(PingFrame());
  a.Count(ErrorOf(Fault::kTooShort, 0));
  Counters sum = a;
  sum += a;
  EXPECT_EQ(Types(sum), (std::map<std::string_view, Traffic>{{"PING", {2, 34}}}));
  EXPECT_EQ(Faults(sum), (std::map<std::string_view, std::uint64_t>{{"too_short", 2}}));
}

}  // namespace
}  // namespace h2wire
