// SPDX-License-Identifier: Apache-2.0

// The lines of a relay's log, and its numbers as text.

#include "relay_log.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/part.h"

namespace h2wire::tools {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;

// What `log` writes, by line.
std::vector<std::string> LinesOf(RelayLog& log) {
  testing::internal::CaptureStdout();
  log.Flush();
  return absl::StrSplit(testing::internal::GetCapturedStdout(), '\n');
}

TEST(RelayLog, HasALineForEachEventWithItsTime) {
  RelayLog log(4);
  log.Begin(7, "192.0.2.1:5000");
  log.Frame(7, "client", DataFrame{.stream_id = 1, .data = AsBytes("abcdef")});
  log.Frame(7, "client", Part<DataFrame>{.frame = {.stream_id = 3}, .size = 5000, .first = true});
  log.Frame(7, "client", Part<DataFrame>{.frame = {.stream_id = 3}, .size = 5000});
  log.Fault(7, "server", ErrorOf(Fault::kZeroWindowIncrement, 0));
  log.End(7, {.by = "client", .reason = "closed", .octets = {123, 45}});
  log.End(12345, {.by = "server",
                  .reason = "zero_window_increment",
                  .fault = ErrorOf(Fault::kZeroWindowIncrement, 0)});
  constexpr const char* kTime = "[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}  ";
  const auto line = [&](const std::string& rest) { return MatchesRegex(kTime + rest); };
  EXPECT_THAT(
      LinesOf(log),
      ElementsAre(
          line("#7    begins            from 192\\.0\\.2\\.1:5000"),
          line("#7    client            DATA stream=1 data=6 \"abcd\"….*"),
          line("#7    client            DATA stream=3 data=0 \\(5000 octets, in parts\\)"),
          line("#7    server            \\*\\*\\* connection: PROTOCOL_ERROR: the window .*"),
          line("#7    ends              by client: closed, 123 octets from the client, 45 "
               "from the server"),
          line("#12345 ends              by server: zero_window_increment "
               "\\(PROTOCOL_ERROR: the window size increment is 0\\), 0 octets from the "
               "client, 0 from the server"),
          IsEmpty()));
  EXPECT_THAT(LinesOf(log), ElementsAre("")) << "nothing is written twice";
}

TEST(RelayStatistics, AreSums) {
  RelayStatistics one = {.connections = 1, .open = 1, .octets = {100, 200}};
  one.counters[0].Count(DataFrame{.stream_id = 1, .data = AsBytes("12345")});
  one.counters[1].Count(PingFrame());
  one.counters[1].Count(ErrorOf(Fault::kZeroWindowIncrement, 0));
  one.endings["client: closed"] = 1;
  RelayStatistics sum = {.connections = 2, .octets = {1000, 2000}};
  sum.counters[0].Count(ErrorOf(Fault::kTooManyPings, 0));
  sum.counters[0].Count(PingFrame());
  sum.endings["client: closed"] = 2;
  sum.endings["relay: idle_timeout"] = 3;
  sum += one;
  EXPECT_EQ(
      ToString(sum),
      "                     from clients             octets   from servers             octets\n"
      "DATA                            1                 14              0                  0\n"
      "PING                            1                 17              1                 17\n"
      "read                                            1100                              2200\n"
      "\n"
      "connections: 3, of which 1 are open\n"
      "  ended by client: closed                           3\n"
      "  ended by relay: idle_timeout                      3\n"
      "  fault of a client: too_many_pings                   1\n"
      "  fault of a server: zero_window_increment            1\n");
}

}  // namespace
}  // namespace h2wire::tools
