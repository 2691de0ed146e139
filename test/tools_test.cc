// SPDX-License-Identifier: Apache-2.0

// The program h2wire, run as a user runs it: what it prints, what it refuses, how it ends.

#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/guard_limits.h"
#include "h2wire/header.h"
#include "h2wire/print.h"
#include "sanitized.h"

namespace h2wire {
namespace {

using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void WriteFile(const std::filesystem::path& path, std::string_view octets) {
  std::ofstream(path, std::ios::binary) << octets;
}

// The octets of hex digits with spaces between them.
std::string Octets(std::string_view hex) {
  return absl::HexStringToBytes(
      absl::StrReplaceAll(absl::string_view(hex.data(), hex.size()), {{" ", ""}}));
}

// What `frames` are on the wire, one after the other.
std::string Wire(const std::vector<Frame>& frames) {
  std::string octets;
  for (const Frame& frame : frames) {
    std::string one(EncodedSize(frame), '\0');
    EXPECT_EQ(Encode(frame, std::as_writable_bytes(std::span(one))).fault, Fault::kNone) << frame;
    octets += one;
  }
  return octets;
}

std::vector<std::filesystem::path> Captures() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(H2WIRE_CAPTURES)) {
    if (entry.path().extension() == ".h2") files.push_back(entry.path());
  }
  return files;
}

struct Result {
  int status = -1;
  std::string out;
  std::string err;
  long largest_memory = 0;  // KiB, of the process that had most
};

// Runs commands of the shell in a folder of the test's own.
class Program : public ::testing::Test {
 protected:
  Program() {
    std::string name = ::testing::TempDir() + "/h2wire.XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~Program() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path File(std::string_view name) const { return folder_ / name; }

  // `command` may call the program h2wire; `input` is its standard input.
  Result Run(const std::string& command, std::string_view input = "") {
    WriteFile(File("in"), input);
    const std::string script = absl::StrCat("cd '", folder_.string(),
                                            "'; h2wire() { " H2WIRE_PROGRAM
                                            " \"$@\"; }\n"
                                            "exec <in >out 2>err\n",
                                            command);
    const char* const arguments[] = {"sh", "-c", script.c_str(), nullptr};
    pid_t process = 0;
    int status = 0;
    rusage usage{};
    EXPECT_EQ(posix_spawn(&process, "/bin/sh", nullptr, nullptr,
                          const_cast<char* const*>(arguments), environ),
              0);
    EXPECT_EQ(wait4(process, &status, 0, &usage), process);
    EXPECT_TRUE(WIFEXITED(status)) << command;
    return {WEXITSTATUS(status), ReadFile(File("out")), ReadFile(File("err")), usage.ru_maxrss};
  }

 private:
  std::filesystem::path folder_;
};

// A frame, and the line of JSON that stands for it.
struct Row {
  std::string_view octets;
  std::string_view line;
};

constexpr Row kRows[] = {
    {"000003 00 01 00000001 616263",
     R"({"offset":0,"length":3,"type":"DATA","type_code":0,"flags":1,"stream_id":1,)"
     R"("end_stream":true,"data":"616263"})"},
    {"000005 00 08 00000001 02 6162 0000",
     R"({"offset":0,"length":5,"type":"DATA","type_code":0,"flags":8,"stream_id":1,)"
     R"("end_stream":false,"pad_length":2,"data":"6162"})"},
    {"000001 00 08 00000001 00",
     R"({"offset":0,"length":1,"type":"DATA","type_code":0,"flags":8,"stream_id":1,)"
     R"("end_stream":false,"pad_length":0,"data":""})"},
    {"000001 01 05 00000003 82",
     R"({"offset":0,"length":1,"type":"HEADERS","type_code":1,"flags":5,"stream_id":3,)"
     R"("end_stream":true,"end_headers":true,"fragment":"82"})"},
    {"000008 01 2c 00000003 01 80000001 10 82 00",
     R"({"offset":0,"length":8,"type":"HEADERS","type_code":1,"flags":44,"stream_id":3,)"
     R"("end_stream":false,"end_headers":true,"pad_length":1,)"
     R"("priority":{"exclusive":true,"depends_on":1,"weight":16,"weight_plus_one":17},"fragment":"82"})"},
    {"000005 02 00 00000003 00000005 ff",
     R"({"offset":0,"length":5,"type":"PRIORITY","type_code":2,"flags":0,"stream_id":3,)"
     R"("priority":{"exclusive":false,"depends_on":5,"weight":255,"weight_plus_one":256}})"},
    {"000004 03 00 00000005 00000008",
     R"({"offset":0,"length":4,"type":"RST_STREAM","type_code":3,"flags":0,"stream_id":5,)"
     R"("error_code":8,"error_name":"CANCEL"})"},
    {"000004 03 00 00000005 ffffffff",
     R"({"offset":0,"length":4,"type":"RST_STREAM","type_code":3,"flags":0,"stream_id":5,)"
     R"("error_code":4294967295})"},
    {"000012 04 00 00000000 0003 00000064 fe03 00000001 0003 000000c8",
     R"({"offset":0,"length":18,"type":"SETTINGS","type_code":4,"flags":0,"stream_id":0,)"
     R"("ack":false,"settings":[{"id":3,"name":"MAX_CONCURRENT_STREAMS","value":100},)"
     R"({"id":65027,"value":1},{"id":3,"name":"MAX_CONCURRENT_STREAMS","value":200}]})"},
    {"000000 04 01 00000000",
     R"({"offset":0,"length":0,"type":"SETTINGS","type_code":4,"flags":1,"stream_id":0,)"
     R"("ack":true,"settings":[]})"},
    {"000005 05 04 00000001 00000002 82",
     R"({"offset":0,"length":5,"type":"PUSH_PROMISE","type_code":5,"flags":4,"stream_id":1,)"
     R"("end_headers":true,"promised_stream_id":2,"fragment":"82"})"},
    {"000008 06 01 00000000 0123456789abcdef",
     R"({"offset":0,"length":8,"type":"PING","type_code":6,"flags":1,"stream_id":0,)"
     R"("ack":true,"opaque_data":"0123456789abcdef"})"},
    {"00000a 07 00 00000000 7fffffff 0000000b 6869",
     R"({"offset":0,"length":10,"type":"GOAWAY","type_code":7,"flags":0,"stream_id":0,)"
     R"("last_stream_id":2147483647,"error_code":11,"error_name":"ENHANCE_YOUR_CALM",)"
     R"("debug_data":"6869","debug_data_text":"hi"})"},
    {"00000d 07 00 00000000 00000001 00000002 225c0a0d09",
     R"({"offset":0,"length":13,"type":"GOAWAY","type_code":7,"flags":0,"stream_id":0,)"
     R"("last_stream_id":1,"error_code":2,"error_name":"INTERNAL_ERROR",)"
     R"("debug_data":"225c0a0d09","debug_data_text":"\"\\\n\r\t"})"},
    {"000009 07 00 00000000 00000001 00000002 1b",
     R"({"offset":0,"length":9,"type":"GOAWAY","type_code":7,"flags":0,"stream_id":0,)"
     R"("last_stream_id":1,"error_code":2,"error_name":"INTERNAL_ERROR","debug_data":"1b"})"},
    {"000004 08 00 00000000 0000ffff",
     R"({"offset":0,"length":4,"type":"WINDOW_UPDATE","type_code":8,"flags":0,"stream_id":0,)"
     R"("window_size_increment":65535})"},
    {"000001 09 04 00000003 82",
     R"({"offset":0,"length":1,"type":"CONTINUATION","type_code":9,"flags":4,"stream_id":3,)"
     R"("end_headers":true,"fragment":"82"})"},
    {"000005 0a 00 00000000 0001 61 6832",
     R"({"offset":0,"length":5,"type":"ALTSVC","type_code":10,"flags":0,"stream_id":0,)"
     R"("origin":"61","origin_text":"a","alt_svc_field_value":"6832",)"
     R"("alt_svc_field_value_text":"h2"})"},
    {"000007 0c 00 00000000 0001 61 0000 0000",
     R"({"offset":0,"length":7,"type":"ORIGIN","type_code":12,"flags":0,"stream_id":0,)"
     R"("origins":["61","",""],"origins_text":["a","",""]})"},
    {"000007 0c 00 00000000 0001 61 0002 ff62",
     R"({"offset":0,"length":7,"type":"ORIGIN","type_code":12,"flags":0,"stream_id":0,)"
     R"("origins":["61","ff62"]})"},
    {"000005 10 00 00000000 00000003 75",
     R"({"offset":0,"length":5,"type":"PRIORITY_UPDATE","type_code":16,"flags":0,"stream_id":0,)"
     R"("prioritized_stream_id":3,"priority_field_value":"75","priority_field_value_text":"u"})"},
    {"000002 99 ff 00000007 beef",
     R"({"offset":0,"length":2,"type":"UNKNOWN","type_code":153,"flags":255,"stream_id":7,)"
     R"("payload":"beef"})"},
    // To be ignored, and so not looked into.
    {"000003 0c 00 00000003 000161",
     R"({"offset":0,"length":3,"type":"ORIGIN","type_code":12,"flags":0,"stream_id":3,)"
     R"("payload":"000161"})"},
    // Flags that the type does not define are shown, and come back.
    {"000008 06 f0 00000000 0123456789abcdef",
     R"({"offset":0,"length":8,"type":"PING","type_code":6,"flags":240,"stream_id":0,)"
     R"("ack":false,"opaque_data":"0123456789abcdef"})"},
    // So is what else a receiver ignores.
    {"000004 08 f0 80000001 80000005",
     R"({"offset":0,"length":4,"type":"WINDOW_UPDATE","type_code":8,"flags":240,"reserved":true,)"
     R"("stream_id":1,"window_size_increment":5,"window_size_increment_reserved":true})"},
    {"000009 05 08 00000001 02 80000002 ff00 0100",
     R"({"offset":0,"length":9,"type":"PUSH_PROMISE","type_code":5,"flags":8,"stream_id":1,)"
     R"("end_headers":false,"pad_length":2,"promised_stream_id":2,"fragment":"ff00",)"
     R"("promised_stream_id_reserved":true,"padding":"0100"})"},
};

template <class... Fs>
std::vector<std::string_view> NamesOf(std::variant<Fs...>*) {
  return {Fs::kName...};
}

TEST_F(Program, HasAJsonLineForEachType) {
  for (const std::string_view name : NamesOf(static_cast<Frame*>(nullptr))) {
    const std::string member = absl::StrCat("\"type\":\"", std::string(name), "\"");
    EXPECT_TRUE(std::any_of(std::begin(kRows), std::end(kRows), [&](const Row& row) {
      return row.line.find(member) != std::string_view::npos;
    })) << name;
  }
  for (const Row& row : kRows) {
    const std::string octets = Octets(row.octets);
    const Result decoded = Run("h2wire decode --json", octets);
    EXPECT_EQ(decoded.status, 0) << row.octets;
    EXPECT_EQ(decoded.out, std::string(row.line) + "\n");
    EXPECT_THAT(decoded.err, IsEmpty());
    const Result encoded = Run("h2wire encode", decoded.out);
    EXPECT_EQ(encoded.status, 0) << encoded.err;
    EXPECT_EQ(encoded.out, octets) << row.line;
  }
}

TEST_F(Program, DecodesEveryCaptureAndEncodesItAgain) {
  // Of each file and type code: frames, and their octets.
  std::map<std::pair<std::string, int>, std::pair<std::uint64_t, std::uint64_t>> counts, expected;
  std::ifstream table(H2WIRE_CAPTURES "/counts.tsv");
  std::string file;
  int code = 0;
  std::uint64_t frames = 0, octets = 0;
  while (table >> file >> code >> frames >> octets) expected[{file, code}] = {frames, octets};
  ASSERT_FALSE(expected.empty());

  for (const std::filesystem::path& capture : Captures()) {
    const Result text = Run("h2wire decode '" + capture.string() + "'");
    EXPECT_EQ(text.status, 0) << capture;
    const Result json = Run("h2wire decode --json '" + capture.string() + "'");
    EXPECT_EQ(json.status, 0) << capture;
    EXPECT_EQ(std::count(text.out.begin(), text.out.end(), '\n'),
              std::count(json.out.begin(), json.out.end(), '\n'));
    std::istringstream lines(json.out);
    for (std::string line; std::getline(lines, line);) {
      const auto object = nlohmann::json::parse(line);
      if (object.contains("preface")) continue;
      auto& count = counts[{capture.filename().string(), object["type_code"].get<int>()}];
      count.first += 1;
      count.second += kFrameHeaderSize + object["length"].get<std::uint64_t>();
    }
    const Result encoded = Run("h2wire encode", json.out);
    EXPECT_EQ(encoded.status, 0) << encoded.err;
    EXPECT_TRUE(encoded.out == ReadFile(capture)) << capture;
  }
  EXPECT_EQ(counts, expected);
}

TEST_F(Program, GoesOnAfterAStreamErrorAndStopsAtAConnectionError) {
  const Result result = Run("h2wire decode --json", Octets("000004 08 00 00000003 00000000"
                                                           "000000 04 01 00000000"
                                                           "000004 08 00 00000000 00000000"
                                                           "000000 04 01 00000000"));
  EXPECT_EQ(result.status, 1);
  const auto error = [](int offset, int stream_id, std::string_view scope) {
    return absl::StrCat("{\"offset\":", offset, ",\"length\":4,\"type\":\"WINDOW_UPDATE\",",
                        "\"type_code\":8,\"flags\":0,\"stream_id\":", stream_id,
                        ",\"error\":{\"fault\":\"zero_window_increment\",",
                        "\"code\":\"PROTOCOL_ERROR\",\"scope\":\"", std::string(scope),
                        "\",\"stream_id\":", stream_id,
                        ",\"message\":\"the window size increment is 0 (RFC 9113, 6.9)\"},",
                        "\"octets\":\"00000408000000000", stream_id, "00000000\"}\n");
  };
  EXPECT_EQ(result.out,
            error(0, 3, "stream") +
                R"({"offset":13,"length":0,"type":"SETTINGS","type_code":4,"flags":1,)"
                R"("stream_id":0,"ack":true,"settings":[]})"
                "\n" +
                error(22, 0, "connection") +
                "{\"offset\":35,\"undecoded\":true,\"octets\":\"000000040100000000\"}\n");
}

TEST_F(Program, StepsOverAFrameWithAnErrorWhoseOctetsComeLater) {
  const std::string wrong = Octets("000004 02 00 00000003 00000000");  // PRIORITY has 5 octets
  const std::string ping = Octets("000008 06 00 00000000 0000000000000000");
  WriteFile(File("wrong"), wrong);
  WriteFile(File("ping"), ping);
  const Result result =
      Run("{ head -c 9 wrong; sleep 0.2; tail -c 4 wrong; cat ping; } | h2wire decode --json; "
          "echo $?");
  std::istringstream lines(result.out);
  std::string error, next, status;
  ASSERT_TRUE(std::getline(lines, error) && std::getline(lines, next) &&
              std::getline(lines, status));
  EXPECT_THAT(error, HasSubstr(R"("fault":"wrong_priority_length")"));
  EXPECT_THAT(next, StartsWith(R"({"offset":13,"length":8,"type":"PING")"));
  EXPECT_EQ(status, "1");

  const Result cut = Run("h2wire decode --json", wrong.substr(0, 11));
  EXPECT_EQ(cut.status, 1);
  EXPECT_THAT(
      cut.out,
      EndsWith("\"octets\":\"0000040200000000030000\"}\n"
               "{\"offset\":0,\"incomplete\":true,\"have\":11,\"need\":13,\"octets\":\"\"}\n"));
}

TEST_F(Program, SaysWhereTheInputIsCutOff) {
  const std::string preface(kConnectionPreface);
  const std::string ping = Octets("000008 06 00 00000000 0000000000000000");
  const struct {
    std::string octets;
    std::size_t offset, have, need;
  } rows[] = {
      {preface.substr(0, 1), 0, 1, 24},
      {preface.substr(0, 23), 0, 23, 24},
      {ping.substr(0, 1), 0, 1, 9},
      {ping.substr(0, 8), 0, 8, 9},
      {ping.substr(0, 9), 0, 9, 17},
      {ping.substr(0, 16), 0, 16, 17},
      {preface + ping.substr(0, 3), 24, 3, 9},
      {ping + ping.substr(0, 12), 17, 12, 17},
  };
  for (const auto& row : rows) {
    const Result json = Run("h2wire decode --json", row.octets);
    EXPECT_EQ(json.status, 1);
    EXPECT_THAT(json.out, EndsWith(absl::StrCat(
                              "{\"offset\":", row.offset, ",\"incomplete\":true,\"have\":",
                              row.have, ",\"need\":", row.need, ",\"octets\":\"",
                              absl::BytesToHexString(row.octets.substr(row.offset)), "\"}\n")));
    const Result text = Run("h2wire decode", row.octets);
    EXPECT_EQ(text.status, 1);
    EXPECT_THAT(text.out, HasSubstr(absl::StrCat("after ", row.have, " of ", row.need)));
  }
  EXPECT_EQ(Run("h2wire decode --json", preface).out, "{\"offset\":0,\"preface\":true}\n");
}

TEST_F(Program, PrintsAlignedLines) {
  const std::string octets =
      std::string(kConnectionPreface) + Octets(
                                            "000005 00 09 00000001 01 616263 00"
                                            "000002 99 01 00000000 beef"
                                            "000003 0c 00 00000003 000161"
                                            "000004 08 00 0000000d 00000000"
                                            "000004 08");
  const std::string lines =
      "         0  PREFACE          connection           PRI * HTTP/2.0\n"
      "        24  DATA             stream 1          5  END_STREAM pad_length=1 data=3 \"abc\"\n"
      "        38  UNKNOWN(0x99)    connection        2  flags=0x1 payload=2 beef\n"
      "        49  ORIGIN           stream 3          3  flags=0x0 payload=3 000161 (to be "
      "ignored)\n"
      "        61  WINDOW_UPDATE    stream 13         4  *** STREAM ERROR PROTOCOL_ERROR: "
      "the window size increment is 0 (RFC 9113, 6.9): 000004 08 00 0000000d 00000000\n"
      "        74  INCOMPLETE                            *** CUT OFF: "
      "the input ends after 4 of 9 octets\n";
  EXPECT_EQ(Run("h2wire decode", octets).out, lines);
  EXPECT_EQ(Run("h2wire decode --color=auto -", octets).out, lines);

  std::string coloured = Run("h2wire decode --color=always", octets).out;
  EXPECT_THAT(coloured, HasSubstr("\x1b[34mDATA\x1b[0m  "));
  EXPECT_THAT(coloured, HasSubstr("\x1b[1;31mWINDOW_UPDATE "));
  for (std::size_t at; (at = coloured.find('\x1b')) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  EXPECT_EQ(coloured, lines);

  EXPECT_THAT(Run("h2wire decode --octets=2", octets).out, HasSubstr("data=3 \"ab\"…\n"));
  const std::string reason(21, 'r');
  EXPECT_THAT(
      Run("h2wire decode --octets=2", Octets("00001d 07 00 00000000 00000000 00000000") + reason)
          .out,
      EndsWith(absl::StrCat("debug_data=21 \"", reason.substr(1), "\"…\n")));
  EXPECT_THAT(Run("h2wire decode --octets 0", octets).out, HasSubstr("data=3\n"));
}

// A frame in hex; what is no frame, as text.
TEST_F(Program, ShowsTheOctetsOfWhatIsWrong) {
  const std::string http = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
  const struct {
    std::string octets, options, line;  // the line: from "stops here" to its end
  } rows[] = {
      {Octets("000004 08 20 80000000 00000000 000000"), "", "000004 08 20 80000000 00000000"},
      {Octets("000000 00 09 00000000"), "", "000000 00 09 00000000"},
      {Octets("004002 00 29 00000001") + "a", "--max_frame_size=16385",
       "004002 00 29 00000001 61…"},
      {Octets("000004 09 00 00000000 616263"), "", "000004 09 00 00000000 616263…"},
      {Octets("000004 09 00 00000000 61626364"), "--octets=3", "000004 09 00 00000000 616263…"},
      {Octets("000004 09 00 00000000 61626364"), "--octets=0", "000004 09 00 00000000…"},
      {http, "", R"("GET / HTTP/1.1\r\nHost: a."…)"},
      {http, "--octets=100", R"("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")"},
      {Octets("160301 02 00 010001fc"), "", R"("\x16\x03\x01\x02\x00\x01\x00\x01\xfc")"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(Run("h2wire decode " + row.options, row.octets).out,
                EndsWith("; decoding stops here: " + row.line + "\n"));
  }
}

TEST_F(Program, ReadsHexText) {
  const std::string ping =
      R"({"offset":0,"length":8,"type":"PING","type_code":6,"flags":0,"stream_id":0,)"
      R"("ack":false,"opaque_data":"6869207468657265"})"
      "\n";
  for (const std::string_view text :
       {"0000080600000000006869207468657265", "00 00 08 06 00 00 00 00 00\n6869207468657265\n",
        "# a PING\n000008 06 00 00000000 # nine octets\r\n\t68:69:20:74:68:65:72:65",
        "0x00, 0x00, 0x08, 0x06, 0x00, 0x00,0x00,0x00,0x00, 0x68,0x69,0x20,0x74,0x68,0x65,0x72,"
        "0x65"}) {
    const Result result = Run("h2wire decode --json --hex", text);
    EXPECT_EQ(result.out, ping) << text;
    EXPECT_EQ(result.status, 0);
  }
}

TEST_F(Program, NamesTheLineWhereHexTextIsWrong) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"0", "ends with half an octet, in line 1"},
      {"0\n", "has half an octet, in line 1"},
      {"00\n0", "ends with half an octet, in line 2"},
      {"00 # 0\n0 0\n", "has half an octet, in line 2"},
      {"00\n0g\n", "has something else than hex digits, in line 2"},
      {"00\n\n00\n0\n", "has half an octet, in line 4"},
      {"0x", "ends with 0x and no digits, in line 1"},
      {"0x\n", "has 0x without digits, in line 1"},
      {"00 0x 00\n", "has 0x without digits, in line 1"},
      {"0x0x00\n", "has something else than hex digits, in line 1"},
      {"1x00\n", "has something else than hex digits, in line 1"},
      {"ax00\n", "has something else than hex digits, in line 1"},
      {"00x00\n", "has something else than hex digits, in line 1"},
  };
  for (const auto& [text, sentence] : rows) {
    const Result result = Run("h2wire decode --hex", text);
    EXPECT_EQ(result.status, 2) << text;
    EXPECT_EQ(result.err, absl::StrCat("h2wire: standard input ", std::string(sentence), "\n"));
    // The frames before it are shown all the same.
    const Result after_frame =
        Run("h2wire decode --hex", "000000 04 01 00000000" + std::string(text));
    EXPECT_EQ(after_frame.status, 2) << text;
    EXPECT_EQ(after_frame.err, result.err);
    EXPECT_EQ(after_frame.out, "         0  SETTINGS         connection        0  ACK\n") << text;
  }
}

TEST_F(Program, HeedsTheReceiversLimitsAndExtensions) {
  const std::string frame = Octets("004001 00 00 00000001") + std::string(16385, 'a');
  EXPECT_EQ(Run("h2wire decode", frame).status, 1);
  EXPECT_THAT(Run("h2wire decode --json", frame).out, HasSubstr("\"fault\":\"frame_too_large\""));
  EXPECT_EQ(Run("h2wire decode --max_frame_size=16385", frame).status, 0);
  EXPECT_EQ(Run("h2wire decode --max_frame_size 16777215", frame).status, 0);
  EXPECT_EQ(Run("h2wire stat --max_frame_size=16384", frame).status, 1);

  const std::string origin = Octets("000001 0c 00 00000000 00");  // an entry that overruns
  EXPECT_EQ(Run("h2wire decode", origin).status, 1);
  const Result unknown = Run("h2wire decode --json --no_extensions", origin);
  EXPECT_EQ(unknown.status, 0);
  EXPECT_EQ(unknown.out,
            R"({"offset":0,"length":1,"type":"UNKNOWN","type_code":12,"flags":0,"stream_id":0,)"
            R"("payload":"00"})"
            "\n");
  EXPECT_EQ(Run("h2wire encode", unknown.out).out, origin);
}

TEST_F(Program, EncodesLinesThatSayOnlyWhatIsNeeded) {
  const Result result =
      Run("h2wire encode",
          "{\"preface\":true}\n\n"
          R"({"type":"PING","stream_id":0,"ack":true,"opaque_data":"0123456789ABCDEF"})"
          "\n  \n"
          R"({"type_code":0,"flags":64,"stream_id":1,"payload":""})");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out,
            std::string(kConnectionPreface) + Octets("000008 06 01 00000000 0123456789abcdef"
                                                     "000000 00 40 00000001"));
}

TEST_F(Program, RefusesLinesItCannotEncode) {
  const std::string good = R"({"type":"SETTINGS","stream_id":0,"ack":true,"settings":[]})";
  const struct {
    std::string_view line;
    std::string_view reason;
  } rows[] = {
      {"not json", "it is no JSON, from character 2 on"},
      {"{\"offset\":0", "it is no JSON"},
      {"[]", "the line is no object"},
      {"{}", "`type` and `type_code` are missing"},
      {R"({"type":"NOPE","stream_id":0})", "`type` names no type of frame"},
      {R"({"type":7,"stream_id":0})", "`type` is no string"},
      {R"({"type":"UNKNOWN","flags":0,"stream_id":0,"payload":""})", "`type_code` is missing"},
      {R"({"type":"UNKNOWN","type_code":0,"stream_id":0})",
       "`payload` is missing, by which a frame of type UNKNOWN is given\n"},
      {R"({"type":"DATA","type_code":1,"flags":0,"stream_id":0,"payload":""})",
       "`type` is not HEADERS, which the type code 1 means"},
      {R"({"type_code":256,"stream_id":0})", "`type_code` is no whole number from 0 to 255"},
      {R"({"type_code":153,"flags":0,"stream_id":0})", "`payload` is missing"},
      {R"({"type_code":153,"stream_id":0,"payload":""})", "`flags` is missing"},
      {R"({"type":"PING","ack":true,"opaque_data":"0000000000000000"})", "`stream_id` is missing"},
      {R"({"type":"PING","stream_id":3,"ack":true,"opaque_data":"0000000000000000"})",
       "`stream_id` is not 0, and a frame of type PING belongs to the connection"},
      {R"({"type":"PING","stream_id":0,"opaque_data":"0000000000000000"})", "`ack` is missing"},
      {R"({"type":"PING","stream_id":0,"ack":1,"opaque_data":"0000000000000000"})",
       "`ack` is neither true nor false"},
      {R"({"type":"PING","stream_id":0,"ack":true,"opaque_data":"00"})",
       "`opaque_data` has 1 octets and not 8"},
      {R"({"type":"PING","stream_id":0,"ack":true,"opaque_data":"000"})",
       "`opaque_data` has an odd number of hex digits"},
      {R"({"type":"PING","stream_id":0,"ack":true,"opaque_data":"0g"})",
       "`opaque_data` has something else than hex digits, at character 2"},
      {R"({"type":"PING","stream_id":0,"ack":true,"opaque_data":"00g0"})",
       "`opaque_data` has something else than hex digits, at character 3"},
      {R"({"type":"PING","stream_id":0,"ack":true,"opaque_data":8})",
       "`opaque_data` is no string of hex digits"},
      {R"({"type":"PING","stream_id":0,"ack":true,"opaque_data":"0000000000000000","x":1})",
       "`x` is no member of a frame of type PING"},
      {R"({"type":"PING","stream_id":0,"ack":true,"ack":true,"opaque_data":"0000000000000000"})",
       "`ack` is there twice"},
      {R"({"length":9,"type":"PING","stream_id":0,"ack":true,"opaque_data":"0000000000000000"})",
       "`length` is 9, and the other members make a payload of 8 octets"},
      {R"({"flags":0,"type":"PING","stream_id":0,"ack":true,"opaque_data":"0000000000000000"})",
       "`flags` is 0, and the other members make it 1"},
      {R"({"flags":1,"type":"ORIGIN","stream_id":0,"origins":[]})",
       "`flags` is 1, and the other members make it 0"},
      {R"({"offset":-1,"type":"PING"})",
       "`offset` is no whole number from 0 to 18446744073709551615"},
      {R"({"type":"RST_STREAM","stream_id":2147483648,"error_code":0})",
       "`stream_id` is no whole number from 0 to 2147483647"},
      {R"({"type":"RST_STREAM","stream_id":1,"error_code":4294967296})",
       "`error_code` is no whole number from 0 to 4294967295"},
      {R"({"type":"RST_STREAM","stream_id":1,"error_code":8.0})",
       "`error_code` is no whole number"},
      {R"({"type":"RST_STREAM","stream_id":1,"error_code":8,"error_name":"NO_ERROR"})",
       "`error_name` is not CANCEL, which the number beside it means"},
      {R"({"type":"RST_STREAM","stream_id":1,"error_code":99,"error_name":"NO_ERROR"})",
       "`error_name` is given for a number that has no name"},
      {R"({"type":"RST_STREAM","stream_id":0,"error_code":8})",
       "a frame of this type belongs to a stream, and this one is on stream 0 (RFC 9113, 6)"},
      {R"({"type":"WINDOW_UPDATE","stream_id":0,"window_size_increment":0})",
       "the window size increment is 0 (RFC 9113, 6.9)"},
      {R"({"type":"DATA","stream_id":1,"end_stream":true,"pad_length":256,"data":""})",
       "`pad_length` is no whole number from 0 to 255"},
      {R"({"type":"DATA","stream_id":1,"end_stream":true,"pad_length":null,"data":""})",
       "`pad_length` is no whole number from 0 to 255"},
      {R"({"type":"PRIORITY","stream_id":1,"priority":{"exclusive":true,"depends_on":0}})",
       "`priority.weight` is missing"},
      {R"({"type":"PRIORITY","stream_id":1,"priority":7})", "`priority` is no object"},
      {R"({"type":"PRIORITY","stream_id":1,"priority":{"exclusive":true,"depends_on":0,"weight":0,)"
       R"("y":0}})",
       "`priority.y` is no member of `priority`"},
      {R"({"type":"SETTINGS","stream_id":0,"ack":false,"settings":{}})", "`settings` is no list"},
      {R"({"type":"SETTINGS","stream_id":0,"ack":false,"settings":[{"id":1,"value":2},{"id":3}]})",
       "`settings[1].value` is missing"},
      {R"({"type":"SETTINGS","stream_id":0,"ack":false,"settings":[{"id":65536,"value":2}]})",
       "`settings[0].id` is no whole number from 0 to 65535"},
      {R"({"type":"SETTINGS","stream_id":0,"ack":false,"settings":[{"id":2,"value":2}]})",
       "SETTINGS_ENABLE_PUSH is neither 0 nor 1 (RFC 9113, 6.5.2)"},
      {R"({"type":"SETTINGS","stream_id":0,"ack":true,"settings":[{"id":2,"value":1}]})",
       "a SETTINGS acknowledgement has a payload (RFC 9113, 6.5)"},
      {R"({"type":"ORIGIN","stream_id":0,"origins":["00",1]})",
       "`origins[1]` is no string of hex digits"},
      {R"({"type":"SETTINGS","stream_id":0,"ack":true,"settings":[{"id":3,"value":1},"x",{}]})",
       "`settings[1]` is no object"},
      {R"({"type":"SETTINGS","stream_id":0,"ack":true,"settings":[{"id":3,"value":1,"w":1}]})",
       "`settings[0].w` is no member of a setting"},
      {R"({"type":"SETTINGS","stream_id":0,"ack":true,"settings":[{"id":3,"name":"X","value":1}]})",
       "`settings[0].name` is not MAX_CONCURRENT_STREAMS, which the number beside it means"},
      {R"({"type":"ALTSVC","stream_id":0,"origin":"","alt_svc_field_value":""})",
       "a receiver would have to ignore the frame"},
      {R"({"preface":true})", "the preface stands after other octets"},
      {R"({"preface":false})", "`preface` is not true"},
      {R"({"offset":0,"length":4,"type_code":8,"flags":0,"stream_id":0,"error":{}})",
       "`window_size_increment` is missing"},
      {R"({"offset":0,"incomplete":true,"have":1,"need":9})", "`octets` is missing"},
      {R"({"offset":0,"undecoded":true})", "`octets` is missing"},
      {R"({"offset":0,"undecoded":true,"octets":"0"})", "`octets` has an odd number of hex digits"},
      {R"({"offset":0,"undecoded":true,"octets":"00","payload":"00"})",
       "`payload` is no member of a line with `octets`"},
      {R"({"type":"WINDOW_UPDATE","stream_id":0,"window_size_increment":1,"reserved":1})",
       "`reserved` is neither true nor false"},
      {R"({"type":"PING","stream_id":0,"ack":true,"opaque_data":"0000000000000000",)"
       R"("opaque_data_reserved":true})",
       "`opaque_data_reserved` is no member of a frame of type PING"},
      {R"({"type":"DATA","stream_id":1,"end_stream":true,"data":"","padding":"00"})",
       "`padding` is no member of a frame of type DATA"},
      {R"({"type":"DATA","stream_id":1,"end_stream":true,"pad_length":2,"data":"","padding":"00"})",
       "`padding` has 1 octets, and `pad_length` says 2"},
      {R"({"type":"PING","stream_id":0,"ack":true,"opaque_data":"0000000000000000",)"
       R"("padding":""})",
       "`padding` is no member of a frame of type PING"},
      {R"({"type":"PRIORITY","stream_id":1,"priority":{"exclusive":true,"depends_on":0,"weight":0,)"
       R"("weight_plus_one":2}})",
       "`priority.weight_plus_one` is not 1"},
      {R"({"type":"GOAWAY","stream_id":0,"last_stream_id":0,"error_code":0,"debug_data":"61",)"
       R"("debug_data_text":"b"})",
       "`debug_data_text` is not what the hex digits beside it mean"},
      {R"({"type":"ORIGIN","stream_id":0,"origins":["61"],"origins_text":["a","b"]})",
       "`origins_text` is not what the hex digits beside it mean"},
      {R"({"type":"ORIGIN","stream_id":0,"origins":["61","62"],"origins_text":["a"]})",
       "`origins_text` is not what the hex digits beside it mean"},
      {R"({"type":"ORIGIN","stream_id":0,"origins":["61"],"origins_text":[1]})",
       "`origins_text` is not what the hex digits beside it mean"},
  };
  for (const auto& row : rows) {
    const Result result =
        Run("h2wire encode", absl::StrCat(good, "\n\n", std::string(row.line), "\n", good, "\n"));
    EXPECT_EQ(result.status, 1) << row.line;
    EXPECT_THAT(result.err, StartsWith("h2wire: line 3 is not encoded: " + std::string(row.reason)))
        << row.line;
    EXPECT_EQ(result.out, Octets("000000 04 01 00000000")) << row.line;
  }
  // Too deep for a parser that calls itself.
  EXPECT_EQ(Run("h2wire encode", std::string(1 << 20, '[')).status, 1);
}

TEST_F(Program, CountsFramesByType) {
  WriteFile(File("a"), std::string(kConnectionPreface) + Octets("000005 00 09 00000001 02 6162 0000"
                                                                "000001 00 01 00000001 61"
                                                                "000004 08 00 00000000 00000001"));
  WriteFile(File("b"), Octets("000002 99 00 00000000 0000"
                              "000004 08 00 00000003 00000000"
                              "00"));
  const Result result = Run("h2wire stat a b");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(
      result.out,
      StartsWith(
          "type                  frames           octets   share  smallest        mean     largest"
          "      padding\n"
          "DATA                       2               24   50.0%        10        12.0          14"
          "            2\n"
          "WINDOW_UPDATE              1               13   27.1%        13        13.0          13"
          "            0\n"
          "UNKNOWN(0x99)              1               11   22.9%        11        11.0          11"
          "            0\n"
          "total                      4               48  100.0%        10        12.0          14"
          "            2\n"
          "\n2 inputs; 1 with the connection preface."));
  EXPECT_THAT(result.out, HasSubstr("frames/s"));
  EXPECT_THAT(result.out,
              EndsWith("Errors: 2\n"
                       "  b, offset 11: WINDOW_UPDATE: stream 3: PROTOCOL_ERROR: the window size "
                       "increment is 0 (RFC 9113, 6.9)\n"
                       "  b, offset 24: cut off after 1 of 9 octets\n"));
  EXPECT_THAT(result.err, IsEmpty());  // no progress is shown where nobody looks

  EXPECT_EQ(Run("h2wire stat a").status, 0);
  EXPECT_EQ(Run("h2wire stat < a").status, 0);
}

TEST_F(Program, CountsWhatCanBeReadAndNamesTheRest) {
  const std::string ping = "000008 06 00 00000000 0000000000000000\n";
  WriteFile(File("good"), ping);
  WriteFile(File("bad"), ping + "0\n");
  const Result one = Run("h2wire stat --hex good");
  EXPECT_EQ(one.status, 0);
  EXPECT_THAT(one.out, HasSubstr("\ntotal                      1  "));
  EXPECT_THAT(one.out, HasSubstr("\n1 input; "));
  const std::string missing = "h2wire: cannot open missing: No such file or directory\n";
  for (const std::string files : {"missing good", "good missing"}) {
    const Result result = Run("h2wire stat --hex " + files);
    EXPECT_EQ(result.status, 2) << files;
    EXPECT_EQ(result.err, missing) << files;
    EXPECT_EQ(result.out.substr(0, result.out.find("Decoded in")),
              one.out.substr(0, one.out.find("Decoded in")))
        << files;
    EXPECT_THAT(result.out, EndsWith("Errors: 0\n")) << files;
  }
  // A file that cannot be read to its end counts as far as it can.
  const Result bad = Run("h2wire stat --hex bad missing good .");
  EXPECT_EQ(bad.status, 2);
  EXPECT_EQ(bad.err, "h2wire: bad has half an octet, in line 2\n" + missing +
                         "h2wire: cannot read .: Is a directory\n");
  EXPECT_THAT(bad.out, HasSubstr("\ntotal                      2  "));
  EXPECT_THAT(bad.out, HasSubstr("\n2 inputs; "));
  // Of nothing there is no table.
  const Result nothing = Run("h2wire stat missing missing");
  EXPECT_EQ(nothing.status, 2);
  EXPECT_EQ(nothing.err, missing + missing);
  EXPECT_THAT(nothing.out, IsEmpty());
}

TEST_F(Program, GroupsTheDigitsOfLargeNumbers) {
  WriteFile(File("large"), Octets("0f4240 00 00 00000001"));
  std::filesystem::resize_file(File("large"), 1'000'009);
  WriteFile(File("small"), Octets("000000 00 00 00000001"));
  EXPECT_THAT(Run("h2wire stat --max_frame_size=1000000 large small").out,
              HasSubstr("\nDATA                       2        1,000,018  100.0%         9   "
                        "500,009.0   1,000,009            0\n"));
}

TEST_F(Program, KnowsHttp1AndTlsAndASpoiltPreface) {
  const std::string ping = Octets("000008 06 00 00000000 0000000000000000");
  const struct {
    std::string octets;
    Fault fault;  // kNone: as any other frame
  } rows[] = {
      {"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", Fault::kHttp1Request},
      {"GET / HTT", Fault::kHttp1Request},
      {"PROPFIND / HTTP/1.1\r\n\r\n", Fault::kHttp1Request},
      {"PROPFIND ", Fault::kHttp1Request},
      {"VERSION-CONTROL / HTTP/1.1\r\n\r\n", Fault::kHttp1Request},  // nine octets do not tell
      {"PRI * HTTP/1.1\r\n\r\n", Fault::kBadPreface},
      {"PRI * HTTP/2.0\n\nSM\n\n", Fault::kBadPreface},
      {std::string(kConnectionPreface.substr(0, 23)) + "\r", Fault::kBadPreface},
      {"PRI / HTTP/1.1\r\n\r\n", Fault::kBadPreface},
      {"HTTP/1.1 400 Bad Request\r\n\r\n", Fault::kHttp1Response},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9), Fault::kTls},
      // What else is too large for a frame.
      {std::string("\x16\x02\x01\x02\x00\x01\x00\x01\xfc", 9), Fault::kNone},
      // Where a frame was before, no client begins.
      {ping + "GET / HTTP/1.1\r\n\r\n", Fault::kNone},
      {std::string(kConnectionPreface) + "GET / HTTP/1.1\r\n\r\n", Fault::kNone},
  };
  for (const auto& row : rows) {
    const Fault fault = row.fault == Fault::kNone ? Fault::kFrameTooLarge : row.fault;
    const FaultRow& expected = RowOf(fault);
    const std::string explanation =
        absl::StrCat(std::string(expected.sentence), " (", std::string(expected.section), ")");
    const std::size_t offset =
        row.octets.find("GET") == std::string::npos ? 0 : row.octets.find("GET");
    const FrameHeader header = LoadHeader(AsBytes(row.octets).data() + offset);
    const std::string what =
        row.fault == Fault::kNone
            ? absl::StrCat("\"type_code\":", static_cast<int>(header.type),
                           ",\"flags\":", header.flags, ",\"stream_id\":", header.stream_id)
            : "{\"offset\":0,\"type\":\"PREFACE\"";
    const std::string line = absl::StrCat(
        what, ",\"error\":{\"fault\":\"", std::string(expected.name), "\",\"code\":\"",
        std::string(NameOf(expected.code)),
        "\",\"scope\":\"connection\",\"stream_id\":0,\"message\":\"", explanation,
        "\"},\"octets\":\"", absl::BytesToHexString(row.octets.substr(offset, 9)), "\"}\n");
    for (const std::string options : {"", "--guard=observer"}) {
      // All at once, and octet by octet.
      const Result json = Run("h2wire decode --json " + options, row.octets);
      EXPECT_EQ(json.status, 1) << row.octets;
      EXPECT_THAT(json.out, HasSubstr(line)) << row.octets;
      EXPECT_EQ(Run("h2wire encode", json.out).out, row.octets);
      EXPECT_EQ(Run("dd bs=1 2>dd | h2wire decode --json " + options, row.octets).out, json.out);
    }
    const Result text = Run("h2wire decode", row.octets);
    EXPECT_EQ(text.status, 1) << row.octets;
    const std::string limit =
        fault == Fault::kFrameTooLarge ? ", taken to be 16384 (--max_frame_size)" : "";
    EXPECT_THAT(text.out, HasSubstr(absl::StrCat("  *** CONNECTION ERROR ",
                                                 std::string(NameOf(expected.code)), ": ",
                                                 explanation, limit, "; decoding stops here: ")));
    EXPECT_EQ(text.out.find("PREFACE") != std::string::npos,
              row.fault != Fault::kNone || row.octets.starts_with(kConnectionPreface))
        << text.out;
    const Result stat = Run("h2wire stat", row.octets);
    EXPECT_EQ(stat.status, 1) << row.octets;
    EXPECT_THAT(stat.out, HasSubstr(std::string(expected.sentence)));
  }
  // The same octets are a frame to whoever accepts frames as large as that.
  const Result large = Run("h2wire decode --max_frame_size=16777215", "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(large.status, 1);
  EXPECT_THAT(large.out, EndsWith("the input ends after 18 of 4670813 octets\n"));
  const Result second =
      Run("h2wire decode --json --max_frame_size=5000000",
          "GET / HTT" + std::string(4670804, 'x') + Octets("ffffff 00 00 00000001"));
  EXPECT_THAT(second.out,
              HasSubstr("\n{\"offset\":4670813,\"length\":16777215,\"type\":\"DATA\","));
  EXPECT_THAT(second.out, HasSubstr("\"fault\":\"frame_too_large\""));
}

TEST_F(Program, SaysWhatIsNoConnectionAndWhatToDo) {
  const std::string pcap = std::string("\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0", 20);
  const struct {
    std::string octets, sentence, advice;
  } rows[] = {
      {"", "is empty: there is no octet in it", "Where tshark made it: "},
      {"\x1f\x8b\x08\x04 and more", "is compressed with gzip", "  gzip -dc file | h2wire decode\n"},
      {"\x28\xb5\x2f\xfd and more", "is compressed with zstd", "  zstd -dc file | h2wire decode\n"},
      {std::string("\xfd\x37zXZ\0 and more", 16), "is compressed with xz", "  xz -dc file"},
      {"BZh91AY&SY", "is compressed with bzip2", "  bzip2 -dc file"},
      {"PK\3\4 and more", "is a zip archive", "  unzip -p file | h2wire decode\n"},
      {"\x7f\x45LF\2\1\1", "is a program (ELF)", "`h2wire help` shows how to get it.\n"},
      {pcap, "is a packet capture (pcap)", "  tshark -r file -q -z follow,tcp,raw,0 | "},
      {std::string("\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a", 12),
       "is a packet capture (pcapng)", "  tshark -r file -o tls.keylog_file:KEYS -q "},
      {"{\"offset\":0,\"preface\":true}\n", "is JSON", "`h2wire encode` makes octets of"},
      {"  [1, 2]\n", "is JSON", ""},
      {"000008 06 00 00000000 6869207468657265\n", "is hex text", "--hex reads it.\n"},
      {"VERSION-CONTROL", "is text", ""},
      {"hello\n", "is text", "Wanted is what one side sent over TCP, in cleartext"},
      {"get / HTTP/1.1\r\n\r\n", "is text", ""},
      {"00000000: 5052 4920 2a20 4854 5450 2f32 2e30 0d0a  PRI * HTTP/2.0..\n",
       "is a dump with an offset in each line, as of xxd", "`xxd -r` reads this dump"},
  };
  for (const auto& row : rows) {
    WriteFile(File("file"), row.octets);
    for (const std::string command : {"decode", "decode --guard=server", "stat", "decode --json"}) {
      const Result result = Run("h2wire " + command + " file");
      EXPECT_EQ(result.status, 2) << command << row.octets;
      EXPECT_THAT(result.err, StartsWith("h2wire: file " + row.sentence)) << command;
      EXPECT_THAT(result.err, HasSubstr(row.advice)) << command;
      if (command != "decode --json") {
        EXPECT_THAT(result.out, IsEmpty());
      } else {
        EXPECT_EQ(Run("h2wire encode", result.out).out, row.octets);
      }
      EXPECT_THAT(Run("h2wire " + command + " -", row.octets).err,
                  StartsWith("h2wire: standard input " + row.sentence));
    }
  }
  // What is asked to be hex, and has offsets.
  for (const std::string dump :
       {"00000000: 0000 0806 0000 0000 0001 0203 0405 0607  ................\n",
        "00000000  00 00 08 06 00 00 00 00  00 01 02 03 04 05 06 07  |................|\n",
        "000000 00 00 08 06 00 00 00 00 00 01 02 03 04 05 06 07\n000010 08\n000011\n",
        "0000000 00 00 08 06 00 00 00 00 00 01 02 03 04 05 06 07\n0000020\n",
        "0000000 0000 0608 0000 0000 0100 0302 0504 0706\n0000010 0008\n0000011\n"}) {
    const Result result = Run("h2wire decode --hex", dump);
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr("is a dump with an offset in each line"));
    EXPECT_THAT(result.out, IsEmpty());
  }
  const Result packets = Run("h2wire decode --hex", pcap);
  EXPECT_EQ(packets.status, 2);
  EXPECT_THAT(packets.err, StartsWith("h2wire: standard input is a packet capture (pcap), and not "
                                      "hex text\ntshark takes "));
  // Frames that begin with a length of 0 are no such dump.
  EXPECT_EQ(Run("h2wire decode --hex", "000000 04 01 00000000\n000000 04 00 00000000\n").status, 0);
  EXPECT_EQ(
      Run("h2wire decode --hex", "000000 04 01 00000000\n000008 06 00 00000000 0000000000000000\n")
          .status,
      0);
  EXPECT_EQ(
      Run("h2wire decode --hex", "000000 04 01 00000000\n000006 04 00 00000000 0003 00000064\n")
          .status,
      0);
  EXPECT_EQ(Run("h2wire decode --hex", "000000 04 01 00000000\n06\n").status, 1);
  // To whoever accepts frames as large as that, it may be one.
  EXPECT_THAT(Run("h2wire decode --max_frame_size=16777215", pcap).out, HasSubstr("*** CUT OFF"));
}

// A name may be anything, and is shown to a terminal.
TEST_F(Program, LetsNoNameReachATerminalAsItIs) {
  // The first and the last of each size in UTF-8, but for U+0080, which is a control character;
  // what is behind the last of all; surrogates, and what is written with more octets than it needs.
  const std::string good = "\u00a0\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff";
  const std::string bad =
      "\xf4\x90\x80\x80\xed\xa0\x80\xed\xbf\xbf\xc1\xbf\xe0\x9f\xbf\xf0\x8f\xbf\xbf";
  const std::string name =
      "x\x1b]0;pwned\a\nErrors: 0\x9b\x7f\xc2\x9b\xe2\x80\xae\xff é.h2" + good + bad;
  const std::string shown =
      R"(x\x1b]0;pwned\x07\x0aErrors: 0\x9b\x7f\xc2\x9b\xe2\x80\xae\xff é.h2)" + good +
      R"(\xf4\x90\x80\x80\xed\xa0\x80\xed\xbf\xbf\xc1\xbf\xe0\x9f\xbf\xf0\x8f\xbf\xbf)";
  WriteFile(File(name), Octets("000004 08 00 00000003 00000000"));
  WriteFile(File("z" + name), "\x1f\x8b\x08\x04 and more");
  const std::string argument =
      "\"$(printf '" + absl::StrReplaceAll(absl::CEscape(name), {{"'", "'\\''"}}) + "')\"";
  const std::string commands[] = {
      "h2wire stat " + argument,
      "h2wire stat --streams " + argument,
      "h2wire stat missing" + argument,
      "h2wire decode missing" + argument,
      "h2wire decode z" + argument,
      "h2wire encode missing" + argument,
      "h2wire decode --hex z" + argument,
      "h2wire decode --" + argument,
      "h2wire decode --octets=" + argument,
      "h2wire decode --guard=" + argument,
      "h2wire decode --client=missing" + argument + " --server=z",
      "h2wire " + argument,
  };
  for (const std::string& command : commands) {
    const Result result = Run(command);
    const std::string all = result.out + result.err;
    EXPECT_TRUE(std::all_of(all.begin(), all.end(), [](char c) {
      return (c >= ' ' && c != '\x7f') || c == '\n' || c < 0;
    })) << command;
    EXPECT_THAT(all, Not(HasSubstr("\nErrors: 0\x9b"))) << command;
    EXPECT_THAT(all, Not(HasSubstr("\xc2\x9b"))) << command;
    EXPECT_THAT(all, Not(HasSubstr("\xe2\x80\xae"))) << command;
  }
  EXPECT_THAT(Run("h2wire stat " + argument).out, HasSubstr("\n  " + shown + ", offset 0: "));
  EXPECT_THAT(Run("h2wire decode missing" + argument).err, HasSubstr("missing" + shown + ": No"));
  // What is advised can be typed.
  EXPECT_THAT(Run("h2wire decode z" + argument).err,
              HasSubstr("  gzip -dc $'z" + shown + "' | h2wire decode\n"));
}

TEST_F(Program, ShowsWhatAReceiverIgnores) {
  const Result result = Run("h2wire decode --hex",
                            "000004 08 f0 80000001 80000005\n"
                            "000009 05 08 00000001 02 80000002 ff00 0100\n"
                            "000001 01 2c 00000003 00\n");
  EXPECT_THAT(result.out, HasSubstr("window_size_increment=5 undefined_flags=0xf0 reserved "
                                    "window_size_increment_reserved\n"));
  EXPECT_THAT(result.out, HasSubstr("fragment=2 ff00 promised_stream_id_reserved padding=0100\n"));
}

TEST_F(Program, ShowsOnlyWhatIsAskedFor) {
  WriteFile(File("octets"),
            std::string(kConnectionPreface) + Octets("000000 04 00 00000000"
                                                     "000001 01 04 00000001 82"
                                                     "000001 00 00 00000001 61"
                                                     "000001 01 04 00000003 82"
                                                     "000004 08 00 00000003 00000000"
                                                     "000000 99 00 00000001"
                                                     "000008 06 00 00000000 0000000000000000"
                                                     "000000 00 00 00000000"
                                                     "000000 00 00 00000001"));
  const auto offsets = [&](const std::string& options) {
    const Result result = Run("h2wire decode " + options + " octets");
    EXPECT_EQ(result.status, 1) << options;
    std::string found;
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);) {
      absl::StrAppend(&found, found.empty() ? "" : " ", std::stoi(line));
    }
    return found;
  };
  // At 95 decoding stops.
  EXPECT_EQ(offsets(""), "0 24 33 43 53 63 76 85 102");
  EXPECT_EQ(offsets("--stream=1"), "33 43 76 102");
  EXPECT_EQ(offsets("--stream 0"), "24 85 102");
  EXPECT_EQ(offsets("--type=HEADERS"), "33 53 102");
  EXPECT_EQ(offsets("--type=headers,PING"), "33 53 85 102");
  EXPECT_EQ(offsets("--type=UNKNOWN"), "76 102");
  EXPECT_EQ(offsets("--type=0x99,6"), "76 85 102");
  EXPECT_EQ(offsets("--errors"), "63 102");
  EXPECT_EQ(offsets("--errors --stream=1"), "102");
  EXPECT_EQ(offsets("--type=HEADERS --stream=3"), "53 102");
  const Result json = Run("h2wire decode --json --errors octets");
  EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n'), 2) << json.out;
}

TEST_F(Program, ListsAPairByCause) {
  WriteFile(File("client"),
            std::string(kConnectionPreface) + Octets("000000 04 00 00000000"
                                                     "000001 01 05 00000001 82"
                                                     "000001 01 04 00000003 82"
                                                     "000001 00 01 00000003 61"
                                                     "000000 04 01 00000000"
                                                     "000008 06 01 00000000 0000000000000007"
                                                     "000004 03 00 00000002 00000008"
                                                     "000004 08 00 00000001 00000005"
                                                     "000008 07 00 00000000 00000000 00000000"));
  WriteFile(File("server"), Octets("000006 04 00 00000000 0004 0000ffff"
                                   "000000 04 01 00000000"
                                   "000008 06 00 00000000 0000000000000007"
                                   "000005 05 04 00000001 00000002 88"
                                   "000001 01 04 00000001 88"
                                   "000003 00 01 00000001 616263"
                                   "000001 01 05 00000003 88"));
  const Result result = Run("h2wire decode --client=client --server=server");
  EXPECT_EQ(result.status, 0);
  std::string order;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string mark, offset, type;
    words >> mark >> offset >> type;
    absl::StrAppend(&order, mark, type, "\n");
  }
  EXPECT_EQ(order,
            ">PREFACE\n"
            "<SETTINGS\n"
            ">SETTINGS\n"
            "<SETTINGS\n"  // its acknowledgement
            "<PING\n"
            ">HEADERS\n"  // the request on stream 1, and what comes of it
            "<PUSH_PROMISE\n"
            "<HEADERS\n"
            "<DATA\n"
            ">HEADERS\n"  // the request on stream 3, to its end
            ">DATA\n"
            "<HEADERS\n"
            ">SETTINGS\n"
            ">PING\n"
            ">RST_STREAM\n"
            ">WINDOW_UPDATE\n"
            ">GOAWAY\n");
  // Errors of one side leave the other to its end; what a guard is told of both is judged by both.
  WriteFile(File("bad"), Octets("000006 04 00 00000000 0004 00000000"
                                "000000 04 01 00000000"
                                "000000 04 01 00000000"));
  EXPECT_EQ(Run("h2wire decode --client=client --server=bad").status, 0);
  WriteFile(File("cut"), Octets("000006 04 00 00000000"));
  const Result cut = Run("h2wire decode --client=client --server=cut");
  EXPECT_EQ(cut.status, 1);
  EXPECT_THAT(cut.out, HasSubstr("<          0  INCOMPLETE"));
  EXPECT_THAT(cut.out, HasSubstr("GOAWAY"));
  // One side may have said nothing; but they cannot be exchanged.
  EXPECT_EQ(Run("h2wire decode --client=client --server=/dev/null").status, 0);
  EXPECT_THAT(Run("h2wire decode --client=server --server=client").err,
              HasSubstr("does not begin with the connection preface"));
  EXPECT_THAT(Run("h2wire decode --client=client --server=client").err,
              HasSubstr("begins with the connection preface, so it is what the client sent"));
}

// What is sent waits for the window that it takes.
TEST_F(Program, ListsDataBehindTheWindowThatItTakes) {
  WriteFile(File("client"),
            std::string(kConnectionPreface) + Octets("000006 04 00 00000000 0004 00000002"
                                                     "000001 01 05 00000001 82"
                                                     "000004 08 00 00000001 00000001"
                                                     "000004 08 00 00000001 00000001"));
  WriteFile(File("server"), Octets("000000 04 00 00000000"
                                   "000001 01 04 00000001 88"
                                   "000002 00 00 00000001 6162"
                                   "000001 00 00 00000001 63"
                                   "000001 00 01 00000001 64"));
  std::string order;
  std::istringstream lines(Run("h2wire decode --client=client --server=server").out);
  for (std::string line; std::getline(lines, line);) order += line.substr(14, 3);
  EXPECT_EQ(order, "PRESETSETHEAHEADATWINDATWINDAT");
}

// The last octets of a side may be a header alone, which has a cause too.
TEST_F(Program, ListsAnEmptyFrameAtTheEndBehindItsCause) {
  WriteFile(File("client"), std::string(kConnectionPreface) + Octets("000000 04 00 00000000"
                                                                     "000001 01 05 00000001 82"));
  WriteFile(File("server"), Octets("000000 04 00 00000000"
                                   "000000 01 05 00000001"));
  std::string order;
  std::istringstream lines(Run("h2wire decode --client=client --server=server").out);
  for (std::string line; std::getline(lines, line);) order += line.substr(0, 1);
  EXPECT_EQ(order, "><>><");
}

TEST_F(Program, GivesBothSidesOfAPairBackFromJson) {
  for (const std::filesystem::path& capture : Captures()) {
    if (capture.stem().extension() != ".client") continue;
    std::filesystem::path server = capture;
    server.replace_filename(capture.stem().stem().string() + ".server.h2");
    const Result json = Run(absl::StrCat("h2wire decode --json --guard=observer --client='",
                                         capture.string(), "' --server='", server.string(), "'"));
    EXPECT_EQ(json.status, 0) << capture << json.out;
    EXPECT_TRUE(Run("h2wire encode --from=client", json.out).out == ReadFile(capture)) << capture;
    EXPECT_TRUE(Run("h2wire encode --from=server", json.out).out == ReadFile(server)) << server;
    EXPECT_THAT(Run("h2wire encode", json.out).err, HasSubstr("it is of one side of a pair"));
  }
}

// A server begins with SETTINGS; what sends it later may be a client whose beginning is not there.
TEST_F(Program, KnowsASideByItsFirstFrame) {
  const std::string settings = "000000 04 00 00000000";
  const std::string reset = "000004 03 00 00000001 00000008";
  EXPECT_THAT(
      Run("h2wire stat", Octets(settings + reset)).out,
      HasSubstr("\nRST_STREAM CANCEL                             0            1            0\n"));
  EXPECT_THAT(
      Run("h2wire stat", Octets("000000 04 01 00000000" + settings + reset)).out,
      HasSubstr("\nRST_STREAM CANCEL                             0            0            1\n"));
}

TEST_F(Program, ListsTwentyErrorsAndCountsTheOthers) {
  std::string octets;
  for (int i = 0; i < 22; ++i) octets += Octets("000004 08 00 00000001 00000000");
  const std::string out = Run("h2wire stat", octets).out;
  EXPECT_THAT(out, HasSubstr("\n\nErrors: 22\n"));
  EXPECT_THAT(out, HasSubstr(absl::StrCat(", offset ", 19 * 13, ": ")));
  EXPECT_THAT(out, Not(HasSubstr(absl::StrCat(", offset ", 20 * 13, ": "))));
  EXPECT_THAT(out, EndsWith("  and 2 more\n"));
}

TEST_F(Program, TellsAThousandErrorCodesApart) {
  std::string octets;
  const auto reset = [&](int code) {
    octets += Octets("000004 03 00 00000001 0000");
    octets += {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  };
  for (int code = 0; code < 1002; ++code) reset(code);
  reset(0);
  const Result result = Run("h2wire stat", octets);
  EXPECT_THAT(result.out, HasSubstr("\nRST_STREAM NO_ERROR                           0            0"
                                    "            2\n"));
  EXPECT_THAT(result.out, HasSubstr("\nand 2 of other codes\n"));
}

TEST_F(Program, CountsStreamsAndErrorCodesBySide) {
  const std::string client = H2WIRE_CAPTURES "/h2-apache.client.h2";
  const std::string server = H2WIRE_CAPTURES "/h2-apache.server.h2";
  const std::string codes =
      "\nerror codes, by who sent them            client       server    not known\n"
      "RST_STREAM NO_ERROR                           0            1            0\n"
      "RST_STREAM STREAM_CLOSED                      1            0            0\n"
      "RST_STREAM CANCEL                             1            0            0\n"
      "GOAWAY NO_ERROR                               1            1            0\n";
  const Result pair =
      Run("h2wire stat --streams --client='" + client + "' --server='" + server + "'");
  EXPECT_EQ(pair.status, 0);
  EXPECT_THAT(pair.out, HasSubstr(codes));
  EXPECT_THAT(
      pair.out,
      HasSubstr("\nstreams of the connection\n"
                "    stream       frames           octets  ended\n"
                "         1            5             2597  END_STREAM by both\n"
                "         2            2             6067  END_STREAM by the server\n"
                "         3           10             1529  RST_STREAM NO_ERROR by the server\n"
                "         4            2             3062  END_STREAM by the server\n"
                "         5            7            20132  RST_STREAM CANCEL by the client\n"
                "         7            3             6076  END_STREAM by both\n"));
  const Result files = Run("h2wire stat --streams '" + client + "' '" + server + "'");
  EXPECT_THAT(files.out, HasSubstr(codes));
  EXPECT_THAT(files.out, HasSubstr("\nstreams of " + client + "\n"));
  EXPECT_THAT(files.out, HasSubstr("         5            3            20066  open\n"));
  // Who sent it is not known of what neither begins with the preface nor with SETTINGS.
  const Result part = Run("h2wire stat --hex", "000004 03 00 00000005 00000063");
  EXPECT_THAT(part.out, HasSubstr("RST_STREAM 0x63                               0            0"
                                  "            1\n"));
  EXPECT_THAT(
      Run("h2wire stat --hex --guard=client", "000004 03 00 00000005 00000008").out,
      HasSubstr("RST_STREAM CANCEL                             0            1            0"));
}

bool HasTshark() {
  return std::system("tshark --version >/dev/null 2>&1 && text2pcap -v >/dev/null 2>&1") == 0;
}

// The commands that the program advises for `file`, as the shell is to run them.
std::vector<std::string> CommandsOf(const std::string& advice, const std::string& keys) {
  std::vector<std::string> commands;
  std::istringstream lines(advice);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  ")) commands.push_back(absl::StrReplaceAll(line, {{"KEYS", keys}}));
  }
  return commands;
}

TEST_F(Program, AdvisesCommandsThatTakeAConnectionOutOfACapture) {
  if (!HasTshark()) GTEST_SKIP() << "there is no tshark, or no text2pcap (Debian: tshark)";
  const std::string client = ReadFile(H2WIRE_CAPTURES "/nghttp-varnish.client.h2");
  const std::string server = ReadFile(H2WIRE_CAPTURES "/nghttp-varnish.server.h2");
  std::ofstream dump(File("dump"));
  for (const auto& [mark, octets] : {std::pair('O', client), std::pair('I', server)}) {
    dump << mark << "\n000000 ";
    for (const char c : octets) dump << absl::BytesToHexString(std::string(1, c)) << " ";
    dump << "\n";
  }
  dump.close();
  for (const std::string format : {"pcap", "pcapng"}) {
    ASSERT_EQ(
        Run("text2pcap -q -F " + format + " -D -T 51000,80 -4 10.0.0.1,10.0.0.2 dump cleartext")
            .status,
        0);
    const auto commands = CommandsOf(Run("h2wire decode cleartext").err, "keys");
    ASSERT_EQ(commands.size(), 4u);
    EXPECT_EQ(Run(commands[0]).out, Run("h2wire decode", client).out) << commands[0];
    EXPECT_EQ(Run(commands[1]).out, Run("h2wire decode", server).out) << commands[1];
  }
  // Of TLS, where the server speaks first.
  std::filesystem::copy(H2WIRE_CAPTURES "/tls/tls.pcapng", File("tls"));
  const auto commands = CommandsOf(Run("h2wire decode tls").err, H2WIRE_CAPTURES "/tls/keys.txt");
  ASSERT_EQ(commands.size(), 4u);
  EXPECT_EQ(Run(commands[2]).out, Run("h2wire decode", server).out) << commands[2];
  EXPECT_EQ(Run(commands[3]).out, Run("h2wire decode", client).out) << commands[3];
}

// The page of the program.
std::string Page() { return ReadFile(H2WIRE_CAPTURES "/../../src/tools/README.md"); }

TEST_F(Program, SaysOnItsPageAndInItsHelpHowToReadACapture) {
  WriteFile(File("FILE.pcap"), std::string("\xd4\xc3\xb2\xa1\2\0\4\0", 8));
  const auto commands = CommandsOf(Run("h2wire decode FILE.pcap").err, "KEYS");
  EXPECT_EQ(commands.size(), 4u);
  for (const std::string& command : commands) {
    EXPECT_THAT(Page(), HasSubstr("\n" + command.substr(2) + "\n"));
    EXPECT_THAT(Run("h2wire help").out, HasSubstr(command + "\n"));
  }
}

// The names of all members of `object`: "length", "priority.weight", "settings[].id".
void AddMembers(const nlohmann::json& object, const std::string& before,
                std::set<std::string>& names) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      AddMembers(value, before + name + ".", names);
    } else if (value.is_array() && !value.empty() && value[0].is_object()) {
      AddMembers(value[0], before + name + "[].", names);
    } else if (!value.is_array() || !value.empty()) {
      names.insert(before + name + (value.is_array() ? "[]" : ""));
    }
  }
}

TEST_F(Program, HasATableOfAllMembersOnItsPage) {
  std::string lines;
  for (const Row& row : kRows) absl::StrAppend(&lines, std::string(row.line), "\n");
  const std::string preface(kConnectionPreface);
  WriteFile(File("client"), preface + Octets("000008 07 00 00000000 80000000 00000000"
                                             "000004 10 00 00000000 80000003"
                                             "000004 08 00 00000000 00000000"
                                             "00"));
  WriteFile(File("server"), Wire({SettingsFrame(), SettingsFrame()}) + "\0");
  lines += Run("h2wire decode --json client").out;
  lines += Run("h2wire decode --json --guard=observer --limits=settings_frames=1/1h "
               "--client=client --server=server")
               .out;
  lines += Run("h2wire decode --json", preface + "0").out;
  std::set<std::string> seen;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    AddMembers(nlohmann::json::parse(line), "", seen);
  }
  // Rows of the table begin with names of members, each in backquotes.
  std::set<std::string> listed;
  std::istringstream page(Page());
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string names = line.substr(2, line.find(" |", 2) - 2);
    for (std::size_t at = 0; (at = names.find('`', at)) != std::string::npos;) {
      const std::size_t end = names.find('`', at + 1);
      EXPECT_TRUE(listed.insert(names.substr(at + 1, end - at - 1)).second) << line;
      at = end + 1;
    }
  }
  EXPECT_EQ(listed, seen);
}

// A system call that waits is interrupted when its process is stopped and goes on, if the socket
// has a timeout.
TEST_F(Program, GoesOnWhereItWasInterrupted) {
  std::array<int, 2> in, out;
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in.data()), 0);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out.data()), 0);
  const timeval long_time = {.tv_sec = 600, .tv_usec = 0};
  ASSERT_EQ(setsockopt(in[0], SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof long_time), 0);
  ASSERT_EQ(setsockopt(out[0], SOL_SOCKET, SO_SNDTIMEO, &long_time, sizeof long_time), 0);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out[0], STDOUT_FILENO);
  const char* const arguments[] = {"sh", "-c", "exec " H2WIRE_PROGRAM " decode", nullptr};
  pid_t process = 0;
  ASSERT_EQ(posix_spawn(&process, "/bin/sh", &files, nullptr, const_cast<char* const*>(arguments),
                        environ),
            0);
  posix_spawn_file_actions_destroy(&files);
  close(in[0]);
  close(out[0]);

  const std::string ping = Octets("000008 06 00 00000000 0000000000000000");
  std::string octets;
  for (int i = 0; i < 5000; ++i) octets += ping;
  const auto interrupt = [&] {
    // When it has come to where it waits.
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(kill(process, SIGSTOP), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(kill(process, SIGCONT), 0);
  };
  interrupt();  // while it reads
  EXPECT_EQ(write(in[1], octets.data(), octets.size()), static_cast<ssize_t>(octets.size()));
  close(in[1]);
  interrupt();  // while it writes more than the socket takes
  interrupt();  // while it writes what the first time left, of which nothing is taken
  std::string text;
  std::array<char, 65536> piece;
  for (ssize_t size; (size = read(out[1], piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(size));
  }
  close(out[1]);
  int status = 0;
  EXPECT_EQ(waitpid(process, &status, 0), process);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5000);
}

TEST_F(Program, EncodesInTimeLinearInTheLine) {
  // A parser that builds what it reads takes minutes.
  std::string objects = "[";
  for (int i = 0; i < 1'000'000; ++i) objects += "{},";
  const Result result = Run("h2wire encode", objects + "{}]");
  EXPECT_EQ(result.err, "h2wire: line 1 is not encoded: the line is no object\n");
  // The largest frame of each list, with memory bounded by what it has on the wire.
  const bool emulated = !std::string_view(H2WIRE_PROGRAM).starts_with(" '");
  if (kSanitized || emulated) return;
  constexpr long kBound = 10 * 16 * 1024;  // KiB: ten times the longest frame
  const std::pair<std::string, std::string> rows[] = {
      {Octets("fffffc 04 00 00000000"), Octets("0003 ffffffff")},
      {Octets("fffffe 0c 00 00000000"), Octets("0000")},
      {Octets("ffffff 00 00 00000001"), "a"}};
  for (const auto& [header, entry] : rows) {
    std::string octets = header;
    const std::size_t size = kFrameHeaderSize + LoadHeader(AsBytes(header).data()).length;
    while (octets.size() < size) octets += entry;
    WriteFile(File("octets"), octets);
    EXPECT_EQ(Run("h2wire decode --json --max_frame_size=16777215 octets > lines").status, 0);
    const Result encoded = Run("h2wire encode lines | cmp - octets");
    EXPECT_EQ(encoded.status, 0) << encoded.out << encoded.err;
    EXPECT_LT(encoded.largest_memory, kBound);
  }
}

TEST_F(Program, FindsNothingInCapturesThatItGuards) {
  for (const std::filesystem::path& capture : Captures()) {
    const bool from_client = capture.stem().extension() == ".client";
    const std::string file = absl::StrCat("'", capture.string(), "'");
    const Result unguarded = Run("h2wire decode " + file);
    for (const std::string receiver : {from_client ? "server" : "client", "observer"}) {
      const std::string decode = absl::StrCat("h2wire decode --guard=", receiver);
      EXPECT_EQ(Run(absl::StrCat(decode, " ", file)).status, 0) << decode << capture;
      EXPECT_EQ(Run(absl::StrCat(decode, " ", file)).out, unguarded.out) << decode << capture;
      EXPECT_EQ(Run(absl::StrCat("cat ", file, " | ", decode)).out, unguarded.out) << capture;
    }
    // What joins the connection later sees the same.
    const std::string octets = ReadFile(capture);
    const std::size_t begin = from_client ? kConnectionPreface.size() : 0;
    const FrameHeader first = LoadHeader(AsBytes(octets).data() + begin);
    const Result joined = Run("h2wire decode --guard=observer",
                              octets.substr(begin + kFrameHeaderSize + first.length));
    EXPECT_EQ(joined.status, 0) << capture << joined.out;
  }
}

// Steps that are made over and over. The last frame of a step is the one that is too much.
struct Flood {
  std::vector<Frame> before;
  std::vector<Frame> step;
  Fault fault;
  RateLimit limit;

  friend void PrintTo(const Flood& flood, std::ostream* out) { *out << flood.fault; }
};

class Guarded : public Program, public ::testing::WithParamInterface<Flood> {};

TEST_P(Guarded, FloodIsReportedAtTheFrameThatIsTooMuch) {
  const Flood& flood = GetParam();
  const std::string step = Wire(flood.step);
  const std::size_t last = step.size() - EncodedSize(flood.step.back());
  const FaultRow& row = RowOf(flood.fault);
  const LimitRow& limit = *LimitOf(flood.fault);
  const std::string value(LimitText(kDefaultGuardLimits, limit).text());
  const std::string before = std::string(kConnectionPreface) + Wire(flood.before);
  std::string octets = before;
  for (int i = 0; i < 10'000; ++i) octets += step;
  WriteFile(File("flood"), octets);

  // All at once, and at the usual pace, by which 4 ms pass for each frame.
  for (const auto& [options, frame_time] :
       {std::pair("--pace=4000000000", std::chrono::nanoseconds(0)),
        std::pair("", std::chrono::nanoseconds(std::chrono::milliseconds(4)))}) {
    std::uint64_t steps = 0;  // let through
    const std::chrono::nanoseconds refill(flood.limit.refill.count);
    while ((steps + 1) * refill - steps * flood.step.size() * frame_time <=
           flood.limit.burst * refill) {
      ++steps;
    }
    const std::string offset = absl::StrCat(before.size() + steps * step.size() + last);
    const std::string guard = absl::StrCat(" --guard=server ", options, " flood");
    for (const std::string input : {"", "cat flood | "}) {
      const Result json = Run(absl::StrCat(input, "h2wire decode --json", guard));
      EXPECT_EQ(json.status, 1);
      EXPECT_THAT(json.out, HasSubstr(absl::StrCat("\n{\"offset\":", offset, ",\"length\":")));
      // Behind it is what is not decoded.
      const std::size_t end = json.out.find("\n{\"offset\":", json.out.find("\"error\":"));
      const std::size_t begin = json.out.rfind('\n', end - 1);
      const auto error = nlohmann::json::parse(json.out.substr(begin, end - begin));
      EXPECT_EQ(absl::StrCat(error["offset"].get<std::uint64_t>()), offset);
      EXPECT_EQ(error["type"], std::string(NameOf(TypeOf(flood.step.back()))));
      EXPECT_EQ(error["error"]["fault"], row.name);
      EXPECT_EQ(error["error"]["code"], "ENHANCE_YOUR_CALM");
      EXPECT_EQ(error["error"]["scope"], "connection");
      EXPECT_EQ(error["error"]["stream_id"], 0);
      EXPECT_EQ(error["error"]["message"],
                absl::StrCat(std::string(row.sentence), " (", std::string(row.section), ")"));
      EXPECT_EQ(error["error"]["limit"], std::string(limit.name));
      EXPECT_EQ(error["error"]["limit_value"], value);
      EXPECT_EQ(error["error"]["seen"], flood.limit.burst + 1);
    }
    const Result text = Run("h2wire decode" + guard);
    EXPECT_EQ(text.status, 1);
    EXPECT_THAT(text.out, HasSubstr(absl::StrCat(" ", offset, "  ")));
    EXPECT_THAT(text.out,
                HasSubstr(absl::StrCat(
                    "  *** CONNECTION ERROR ENHANCE_YOUR_CALM: ", std::string(row.sentence), " (",
                    std::string(row.section), "), ", std::string(limit.name), "=", value, " and ",
                    flood.limit.burst + 1, " seen; decoding stops here: ")));
    const Result stat = Run("h2wire stat" + guard);
    EXPECT_EQ(stat.status, 1);
    EXPECT_THAT(stat.out, HasSubstr(absl::StrCat("\n  flood, offset ", offset, ": ")));
    EXPECT_THAT(stat.out, HasSubstr(std::string(row.sentence)));
    // What is reported as an error is not reported as a frame as well.
    EXPECT_EQ(
        std::count(text.out.begin(), text.out.end(), '\n'),
        static_cast<std::ptrdiff_t>(1 + flood.before.size() + (steps + 1) * flood.step.size()));
  }
  EXPECT_EQ(Run("h2wire decode flood").status, 0);
}

constexpr auto kFloodName = [](const auto& test) {
  return std::string(RowOf(test.param.fault).name);
};

INSTANTIATE_TEST_SUITE_P(
    Each, Guarded,
    ::testing::Values(Flood{{SettingsFrame(), HeadersFrame{.stream_id = 1}},
                            {ContinuationFrame{.stream_id = 1,
                                               .fragment = AsBytes(kConnectionPreface)}},
                            Fault::kTooManyContinuations,
                            {kDefaultGuardLimits.continuations, std::chrono::hours(1)}},
                      Flood{{SettingsFrame(), GoawayFrame(), GoawayFrame()},
                            {GoawayFrame()},
                            Fault::kTooManyGoaways,
                            kDefaultGuardLimits.goaways},
                      Flood{{SettingsFrame()},
                            {PriorityFrame{.stream_id = 1}},
                            Fault::kTooManyPriorities,
                            kDefaultGuardLimits.priorities},
                      Flood{{},
                            {SettingsFrame()},
                            Fault::kTooManySettingsFrames,
                            kDefaultGuardLimits.settings_frames}),
    kFloodName);

TEST_F(Program, FindsPaddingForNothingAtItsUsualPace) {
  const std::string padded =
      Wire({DataFrame{.stream_id = 1, .pad_length = 255, .data = AsBytes("x")}});
  std::string octets = Wire({SettingsFrame()});
  for (int i = 0; i < 20'000; ++i) octets += padded;
  WriteFile(File("padding"), octets);
  const Result result = Run("h2wire decode --json --guard=client --errors padding");
  EXPECT_THAT(result.out, HasSubstr("\"fault\":\"too_much_padding\""));
}

TEST_F(Program, FindsNothingInWhatOtherPeersSent) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(H2WIRE_CAPTURES "/peers-streams")) {
    if (entry.path().extension() != ".h2") continue;
    ++files;
    const bool from_server = entry.path().stem().extension() == ".server";
    const Result result =
        Run(absl::StrCat("h2wire decode --errors --guard=", from_server ? "client" : "server", " '",
                         entry.path().string(), "'"));
    EXPECT_EQ(result.status, 0) << entry << result.out;
  }
  EXPECT_NE(files, 0);
}

TEST_F(Program, ReportsWhatTheReceiverWouldNotHave) {
  const std::string preface(kConnectionPreface);
  const std::string settings = Octets("000000 04 00 00000000");
  const std::string ping = Octets("000008 06 00 00000000 0000000000000000");
  const std::string push = Octets("000004 05 04 00000001 00000002");
  const std::string open = Octets("000001 01 00 00000001 82");
  const std::string go_on = Octets("000001 09 04 00000001 82");
  const std::string bad_update = Octets("000004 08 00 00000001 00000000");
  const struct {
    std::string_view receiver;
    std::string octets;
    std::string_view fault;
    std::size_t offset = 0;
  } rows[] = {
      {"server", preface + ping, "first_frame_not_settings", 24},
      {"server", ping, "first_frame_not_settings", 0},
      {"server", settings + push, "push_promise_to_server", 9},
      {"server", preface + settings + open + ping, "field_block_interrupted", 43},
      // That nine octets decide, however many are there.
      {"server", preface + settings + open + ping.substr(0, 9), "field_block_interrupted", 43},
      {"server", preface + settings + open + bad_update, "field_block_interrupted", 43},
      {"client", settings + go_on, "stray_continuation", 9},
      {"client", Octets("000006 04 00 00000000 0002 00000001"), "enable_push_from_server", 0},
      {"observer", preface + settings + push, "push_promise_to_server", 33},  // clients do not push
      {"observer", preface + push, "first_frame_not_settings", 24},
      {"observer", ping + go_on, "stray_continuation", 17},
      // Nothing is judged that hangs on what is not seen.
      {"client", settings + push + Octets("000000 04 01 00000000"), ""},
      {"server", settings + Octets("000000 04 01 00000000 000000 04 01 00000000"), ""},
      {"observer", push, ""},
      {"observer", go_on + push + ping, ""},
  };
  for (const auto& row : rows) {
    const std::string command =
        absl::StrCat("h2wire decode --json --guard=", std::string(row.receiver));
    const Result result = Run(command, row.octets);
    const std::string found = absl::StrCat("{\"offset\":", row.offset, ",");
    const std::string last = result.out.substr(result.out.rfind('\n', result.out.size() - 2) + 1);
    EXPECT_EQ(result.status, row.fault.empty() ? 0 : 1) << command << result.out;
    EXPECT_EQ(result.out.find("\"error\"") != std::string::npos, !row.fault.empty()) << result.out;
    if (row.fault.empty()) continue;
    EXPECT_THAT(last, StartsWith(found));
    EXPECT_THAT(last, HasSubstr(absl::StrCat("\"fault\":\"", std::string(row.fault), "\"")));
    EXPECT_EQ(
        Run("h2wire decode --json", row.octets).out.find("\"fault\":\"" + std::string(row.fault)),
        std::string::npos);
  }
  const std::string extension = Octets("000004 10 00 00000000 00000001");  // PRIORITY_UPDATE
  EXPECT_EQ(Run("h2wire decode --guard=client", settings + extension).status, 1);
  EXPECT_EQ(Run("h2wire decode --guard=client --no_extensions", settings + extension).status, 0);
  // Stream errors are reported as ever, until they are too many.
  const Result result = Run("h2wire decode --guard=server", settings + bad_update + ping);
  EXPECT_THAT(result.out, HasSubstr("*** STREAM ERROR PROTOCOL_ERROR: the window size"));
  EXPECT_THAT(result.out, HasSubstr("PING"));
  EXPECT_EQ(result.status, 1);
  std::string many = settings;
  for (int i = 0; i < 200; ++i) many += bad_update;
  EXPECT_THAT(
      Run("h2wire decode --guard=server", many).out,
      EndsWith("stream errors come too fast (CVE-2025-8671), stream_errors=100/100ms and 101 "
               "seen; decoding stops here: 000004 08 00 00000001 00000000\n"));
}

TEST_F(Program, GivesALiveConnectionItsTime) {
  const std::string priority = Wire({PriorityFrame{.stream_id = 1}});
  std::string burst;
  for (std::uint32_t i = 0; i < kDefaultGuardLimits.priorities.burst; ++i) burst += priority;
  WriteFile(File("burst"), burst);
  WriteFile(File("one"), priority);
  const std::string decode = "h2wire decode --guard=observer --pace=4000000000";
  EXPECT_EQ(Run(decode + " burst").status, 0);
  EXPECT_EQ(Run("cat burst one > all; " + decode + " all").status, 1);
  // One more comes when all of the burst was seen, and a token has come back.
  const Result live = Run(absl::StrCat(
      "{ cat burst; for i in $(seq 200); do [ $(grep -c PRIORITY seen) = ",
      kDefaultGuardLimits.priorities.burst,
      " ] && break; sleep 0.05; done; sleep 0.05; cat one; } | ", decode, " > seen; echo $?"));
  EXPECT_EQ(live.out, "0\n");
}

// How much of it is too much depends on what goes the other way.
TEST_F(Program, JudgesWhatHangsOnTheOtherDirectionOnlyWhereThatIsSeen) {
  constexpr int kMany = 8000;
  const std::string preface(kConnectionPreface);
  std::string client =
      preface + Wire({SettingsFrame(), HeadersFrame{.stream_id = 1, .end_headers = true}});
  std::string server = Wire({SettingsFrame(), HeadersFrame{.stream_id = 1, .end_headers = true}});
  const std::string update = Wire({WindowUpdateFrame{1, 1}, PingFrame()});
  const std::string answer =
      Wire({DataFrame{.stream_id = 1, .data = AsBytes("12345")}, PingFrame{.ack = true}});
  for (int i = 0; i < kMany; ++i) client += update;
  WriteFile(File("client"), client);
  WriteFile(File("silent"), server);
  for (int i = 0; i < kMany; ++i) server += answer;
  WriteFile(File("server"), server);

  const Result one = Run("h2wire decode --guard=server --pace=4000000000 client");
  EXPECT_EQ(one.status, 0) << one.out.substr(one.out.size() - 300);
  EXPECT_THAT(one.err, HasSubstr("h2wire: nearest to its limit came "));
  EXPECT_THAT(one.err,
              HasSubstr("pings=1000/10ms, PING but acknowledgements: 1001 seen; and 7000 frames "
                        "beyond it\n"));
  // By the usual pace, which gives a rate.
  EXPECT_THAT(Run("h2wire decode --guard=server client").err,
              HasSubstr("pings=1000/10ms, PING but acknowledgements: 1001 seen at once, "));
  // Nor is it judged by a header whose payload is not there.
  const std::string ping = Wire({PingFrame()});
  WriteFile(File("cut"), client + ping.substr(0, kFrameHeaderSize));
  const Result cut = Run("h2wire decode --guard=server --pace=4000000000 cut");
  EXPECT_THAT(cut.out.substr(cut.out.size() - 300),
              AllOf(HasSubstr("CUT OFF"), Not(HasSubstr("PING frames come too fast"))));
  EXPECT_THAT(one.err, HasSubstr("h2wire: one direction was seen: pings, resets and "
                                 "tiny_window_updates hang on the other"));
  // With DATA going the other way, each PING is an answer; without, it is none.
  const std::string guard =
      "h2wire decode --guard=observer --pace=4000000000 "
      "--limits=tiny_window_increment=1 --client=client --server=";
  const Result both = Run(guard + "server");
  EXPECT_EQ(both.status, 0) << both.out.substr(both.out.size() - 300);
  EXPECT_THAT(both.err, IsEmpty());
  const Result flood = Run(guard + "silent");
  EXPECT_EQ(flood.status, 1);
  EXPECT_THAT(flood.out, HasSubstr("PING frames come too fast"));
  // So it is in the table of all limits.
  const Result one_table = Run("h2wire stat --guard=server --pace=4000000000 client");
  EXPECT_EQ(one_table.status, 0);
  EXPECT_THAT(one_table.out, HasSubstr("\nlimits, sent by the client "));
  EXPECT_THAT(one_table.out,
              HasSubstr("\npings                               1000/10ms       1001          0   "
                        "      1000         7000  not judged\n"));
  EXPECT_THAT(one_table.out,
              HasSubstr("\nsettings_frames                     100/200ms          1         99   "
                        "         1            0\n"));
  const Result two_tables =
      Run("h2wire stat --guard=observer --pace=4000000000 --client=client --server=silent");
  EXPECT_THAT(two_tables.out, HasSubstr("\nlimits, sent by the server "));
  EXPECT_THAT(two_tables.out, Not(HasSubstr("not judged")));
  // What stays below its limits says so too.
  const Result quiet = Run("h2wire decode --guard=server", preface + Wire({SettingsFrame()}));
  EXPECT_THAT(quiet.err, HasSubstr("nearest to its limit came settings_frames=100/200ms, SETTINGS "
                                   "but acknowledgements: 1 seen\n"));
}

TEST_F(Program, ReportsAndGoesOnIfAsked) {
  std::string octets = std::string(kConnectionPreface) + Wire({SettingsFrame()});
  for (int i = 0; i < 104; ++i) octets += Wire({SettingsFrame()});
  octets += Wire({PushPromiseFrame{.stream_id = 1, .end_headers = true, .promised_stream_id = 2},
                  PingFrame()});
  WriteFile(File("octets"), octets);
  const std::string decode = "h2wire decode --pace=4000000000 --guard=server --report_only ";
  const Result all = Run(decode + "octets");
  EXPECT_EQ(all.status, 1);
  EXPECT_THAT(all.out, Not(HasSubstr("decoding stops here")));
  EXPECT_THAT(all.out, EndsWith("opaque_data=0000000000000000\n"));
  const Result errors = Run(decode + "--errors octets");
  EXPECT_EQ(std::count(errors.out.begin(), errors.out.end(), '\n'), 5 + 1) << errors.out;
  EXPECT_THAT(errors.out, HasSubstr("a client sent PUSH_PROMISE"));
  EXPECT_EQ(Run("h2wire encode", Run(decode + "--json octets").out).out, octets);
  const Result stat = Run("h2wire stat --pace=4000000000 --guard=server --report_only octets");
  EXPECT_THAT(stat.out, HasSubstr("\nSETTINGS                 105 "));
  EXPECT_THAT(stat.out, HasSubstr("\nsettings_frames                     100/200ms        101      "
                                  "    0          100            5\n"));
  EXPECT_THAT(stat.out, HasSubstr("\nErrors: 6\n"));
  // What breaks a rule by itself ends it all the same.
  EXPECT_THAT(Run(decode, octets + Octets("000000 00 00 00000000 000000 04 01 00000000")).out,
              HasSubstr("; decoding stops here: 000000 00 00 00000000\n"));
}

TEST_F(Program, TakesEveryLimitFromTheCommandLine) {
  const std::string help = Run("h2wire decode --help").out;
  const std::string octets = std::string(kConnectionPreface) + Wire({SettingsFrame()});
  for (const LimitRow& row : kLimitRows) {
    const std::string value(LimitText(kDefaultGuardLimits, row).text());
    EXPECT_THAT(help, ::testing::ContainsRegex(
                          absl::StrCat("\n  ", std::string(row.name), " +", value, " ")));
    EXPECT_EQ(Run(absl::StrCat("h2wire decode --guard=server --limits=", std::string(row.name), "=",
                               value),
                  octets)
                  .status,
              0);
  }
  const std::string guard = "h2wire decode --guard=server --limits=";
  const std::string two = octets + Wire({SettingsFrame()});
  EXPECT_EQ(Run(guard + "settings_frames=2/1h", two).status, 0);
  EXPECT_EQ(Run(guard + "settings_frames=1/1h", two).status, 1);
  EXPECT_EQ(Run(guard + "settings_frames=1/1h,settings=3", two).status, 1);
  EXPECT_EQ(Run(guard + "settings_frames=1/1h,settings_frames=2/1h", two).status, 0);
  const std::pair<std::string, std::string> wrong[] = {
      {"dance=1", "dance: there is no limit of this name"},
      {"settings=many", "settings: it begins with a number"},
      {"continuations=65536", "continuations: it begins with a number of at most 65535"},
      {"resets=1", "resets: "},
      {"settings", "settings: "},
      {"", "there is no limit of this name"},
  };
  for (const auto& [value, sentence] : wrong) {
    const Result result = Run(guard + "'" + value + "'", octets);
    EXPECT_EQ(result.status, 2) << value;
    EXPECT_THAT(result.err, HasSubstr(sentence));
  }
}

// The reason that a peer gives matters most where it hangs up.
TEST_F(Program, ShowsTheGoawayThatAnAlarmIsAbout) {
  const GoawayFrame goaway = {
      .last_stream_id = 7, .error_code = ErrorCode::kInternalError, .debug_data = AsBytes("why")};
  // Even before SETTINGS it is in order.
  EXPECT_EQ(Run("h2wire decode --guard=client", Wire({goaway})).status, 0);
  const std::string octets = Wire({GoawayFrame{.last_stream_id = 5}, goaway});
  const Result result = Run("h2wire decode --guard=client", octets);
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out,
              HasSubstr("; decoding stops here: last_stream_id=7 error_code=INTERNAL_ERROR "
                        "debug_data=3 \"why\"\n"));
  const Result json = Run("h2wire decode --json --guard=client", octets);
  EXPECT_THAT(json.out, HasSubstr(R"("last_stream_id":7,"error_code":2,)"));
  EXPECT_THAT(json.out, HasSubstr(R"("debug_data_text":"why","error":{"fault":")"));
  EXPECT_EQ(Run("h2wire encode", json.out).out, octets);
}

TEST_F(Program, EndsWithTwoAndASentenceIfUsedWrongly) {
  const std::pair<std::string, std::string> rows[] = {
      {"h2wire", "there is nothing to do without a command"},
      {"h2wire dance", "there is no command dance"},
      {"h2wire help dance", "there is no command dance"},
      {"h2wire decode --dance", "decode has no option --dance"},
      {"h2wire decode -x", "decode has no option -x"},
      {"h2wire encode --json", "encode has no option --json"},
      {"h2wire decode a b", "decode takes one file"},
      {"h2wire decode --max_frame_size=much", "'much'"},
      {"h2wire decode --max_frame_size=16777216", "--max_frame_size is at most 16777215"},
      {"h2wire decode --max_frame_size", "--max_frame_size needs a value"},
      {"h2wire decode --color=blue", "it is auto, always or never"},
      {"h2wire decode --guard=proxy", "it is server, client, observer or none"},
      {"h2wire decode --guard", "--guard needs a value"},
      {"h2wire decode --guard=server --pace=0", "--pace is at least 1"},
      {"printf 'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n' | h2wire decode --guard=client",
       "standard input begins with the connection preface, so a client sent it and a server "
       "receives it: --guard=server"},
      {"h2wire decode --stream=-1", "it is the number of a stream, or 0 for the connection"},
      {"h2wire decode --stream=2147483648", "it is the number of a stream"},
      {"h2wire decode --type=NOPE", "it is names of types, DATA say, or their codes"},
      {"h2wire decode --type=256", "it is names of types"},
      {"h2wire decode --client=a", "both are needed"},
      {"h2wire stat --server=a", "both are needed"},
      {"h2wire decode --client=- --server=-", "cannot both be standard input"},
      {"h2wire decode --limits=pings=1/1s a", "--limits is nothing without --guard"},
      {"h2wire stat --report-only a", "--report_only is nothing without --guard"},
      {"h2wire decode --pace=1 a", "--pace is nothing without --guard"},
      {"h2wire decode --client=a --server=b c", "there is another one"},
      {"h2wire encode --from=me", "--from is client or server"},
      {"h2wire decode missing", "cannot open missing: No such file or directory"},
      {"h2wire encode missing", "cannot open missing: No such file or directory"},
      {"h2wire decode .", "cannot read .: Is a directory"},
  };
  for (const auto& [command, sentence] : rows) {
    const Result result = Run(command);
    EXPECT_EQ(result.status, 2) << command;
    EXPECT_THAT(result.err, StartsWith("h2wire: ")) << command;
    EXPECT_THAT(result.err, HasSubstr(sentence)) << command;
    EXPECT_THAT(result.out, IsEmpty()) << command;
  }
  for (const std::string command :
       {"h2wire --help", "h2wire help", "h2wire decode --help", "h2wire encode --help",
        "h2wire stat --help", "h2wire --version"}) {
    const Result result = Run(command);
    EXPECT_EQ(result.status, 0) << command;
    EXPECT_THAT(result.out, Not(IsEmpty())) << command;
    EXPECT_THAT(result.err, IsEmpty()) << command;
  }
}

TEST_F(Program, HelpsWithOneCommandOrWithAll) {
  for (const std::string command : {"decode", "encode", "stat"}) {
    const std::string help = Run("h2wire " + command + " --help").out;
    EXPECT_THAT(help, StartsWith("h2wire " + command + " ["));
    EXPECT_EQ(Run("h2wire help " + command).out, help);
    EXPECT_EQ(Run("h2wire --help " + command).out, help);
    const bool options = help.find("\n  --") != std::string::npos;
    EXPECT_EQ(help.find("[OPTION...]") != std::string::npos, options) << help;
    // The list of commands has the same usage and the same summary.
    const std::size_t colon = help.find(": ");
    const std::string all = Run("h2wire help").out;
    EXPECT_THAT(all, HasSubstr("\n  " + help.substr(0, colon) + " "));
    EXPECT_THAT(all, HasSubstr(" " + help.substr(colon + 2, help.find(".\n") - colon - 2) + "\n"));
  }
  EXPECT_EQ(Run("h2wire help").out, Run("h2wire --help").out);
}

TEST_F(Program, SaysThatItCannotWrite) {
  const std::string ping = Octets("000008 06 00 00000000 0000000000000000");
  for (const std::string command : {"h2wire decode > /dev/full", "h2wire decode --json > /dev/full",
                                    "h2wire stat > /dev/full", "h2wire --help > /dev/full"}) {
    const Result result = Run(command, ping);
    EXPECT_EQ(result.status, 2) << command;
    EXPECT_EQ(result.err, "h2wire: cannot write to standard output: No space left on device\n");
  }
  // Whoever reads has read enough.
  const Result closed = Run("cat '" H2WIRE_CAPTURES
                            "/h2load-nghttpd.server.h2' "
                            "| h2wire decode | head -n 1");
  EXPECT_EQ(closed.status, 0);
  EXPECT_EQ(std::count(closed.out.begin(), closed.out.end(), '\n'), 1);
  EXPECT_THAT(closed.err, IsEmpty());
}

TEST_F(Program, SaysThatAFileWasTruncatedUnderIt) {
  const std::string ping = Octets("000008 06 00 00000000 0000000000000000");
  std::string octets;
  for (int i = 0; i < 100'000; ++i) octets += ping;
  for (const std::string command : {"h2wire decode file", "h2wire decode --json file"}) {
    WriteFile(File("file"), octets);
    // Nobody reads on until the file is cut off, and a pipe has no room for all of the output.
    const Result result =
        Run("rm -f pipe; mkfifo pipe; " + command +
            " >pipe & exec 3<pipe; read -r line <&3; : >file; cat <&3 >seen; wait $!; echo $?");
    EXPECT_EQ(result.out, "2\n") << command;
    EXPECT_EQ(result.err,
              "h2wire: cannot read file to its end: it was truncated meanwhile, or cannot be read "
              "from where it is stored\n")
        << command;
  }
}

TEST_F(Program, SaysThatItHasNoMemory) {
  const bool emulated = !std::string_view(H2WIRE_PROGRAM).starts_with(" '");
  if (kSanitized || emulated) {
    GTEST_SKIP() << "sanitizers and emulators need more memory than the program may have here";
  }
  const std::string ping = R"({"type":"PING","stream_id":0,"ack":true,)"
                           R"("opaque_data":"0000000000000000"})";
  // The JSON of the longest frame, and memory for half of it.
  const Result result =
      Run("ulimit -v 30000; { cat; printf '{\"type\":\"DATA\",\"stream_id\":1,\"data\":\"'; "
          "head -c 33000000 /dev/zero | tr '\\0' 0; } | h2wire encode",
          ping + "\n");
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err, "h2wire: out of memory\n");
  EXPECT_EQ(result.out, Octets("000008 06 01 00000000 0000000000000000"));
}

TEST_F(Program, PrintsWhatALiveConnectionHasSentSoFar) {
  WriteFile(File("ping"), Octets("000008 06 00 00000000 0000000000000000"));
  // The input ends when its first frame was seen in the output, and not before.
  for (const std::string command : {"h2wire decode", "h2wire decode --json"}) {
    const Result result = Run(
        "{ cat ping; for i in $(seq 200); do grep -q PING seen && echo && break; sleep 0.05; done;"
        " } | " +
        command + " > seen; cat seen");
    EXPECT_THAT(result.out, HasSubstr("PING")) << command;
    EXPECT_THAT(result.out, AnyOf(HasSubstr("1 of 9"), HasSubstr("\"have\":1,"))) << command;
  }
}

TEST_F(Program, ReadsFilesLargerThanAnAddressOf32Bits) {
  WriteFile(File("large"), Octets("000000 04 01 00000000"));
  std::filesystem::resize_file(File("large"), std::uint64_t{5} << 30);
  for (const std::string command : {"h2wire decode large", "h2wire decode <large"}) {
    const Result result = Run(command);
    EXPECT_THAT(result.out, HasSubstr("SETTINGS")) << command;
    EXPECT_THAT(result.out, HasSubstr("; decoding stops here")) << command;
    EXPECT_THAT(result.err, IsEmpty()) << command;
  }
}

TEST_F(Program, NeedsNoMoreMemoryForLargerInputs) {
  constexpr std::uint64_t kFrames = 24;
  constexpr std::uint64_t kLargest = kLargestMaxFrameSize;
  constexpr long kBound = 160 << 10;  // KiB
  // 24 DATA frames of 16 MiB each: a file of holes but for their headers.
  {
    std::ofstream file(File("large"), std::ios::binary);
    for (std::uint64_t i = 0; i < kFrames; ++i) {
      file.seekp(static_cast<std::streamoff>(i * (kFrameHeaderSize + kLargest)));
      file << Octets("ffffff 00 00 00000001");
    }
  }
  std::filesystem::resize_file(File("large"), kFrames * (kFrameHeaderSize + kLargest));
  for (const std::string command :
       {"h2wire decode --max_frame_size=16777215 large | wc -l",
        "cat large | h2wire decode --max_frame_size=16777215 | wc -l",
        "h2wire decode --json --max_frame_size=16777215 large | wc -l",
        "cat large | h2wire decode --json --max_frame_size=16777215 | wc -l"}) {
    const Result result = Run(command);
    EXPECT_EQ(result.status, 0) << command;
    EXPECT_EQ(result.out, absl::StrCat(kFrames, "\n")) << command;
    EXPECT_THAT(result.err, IsEmpty());
    EXPECT_LT(result.largest_memory, kBound) << command;
  }
}

}  // namespace
}  // namespace h2wire
