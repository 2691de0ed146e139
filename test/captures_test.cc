// SPDX-License-Identifier: Apache-2.0

// Recorded traffic: every frame of every file decodes, encodes to the same octets, and is counted
// in counts.tsv.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/header.h"
#include "h2wire/print.h"
#include "h2wire/visit.h"

namespace h2wire {
namespace {

struct Count {
  std::size_t frames = 0;
  std::size_t octets = 0;
  friend bool operator==(const Count&, const Count&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Count& count) {
    return out << count.frames << " frames of " << count.octets << " octets";
  }
};
using CountsOfTypes = std::map<unsigned, Count>;

std::vector<std::string> FilesOfTheFolder() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(H2WIRE_CAPTURES)) {
    if (entry.path().extension() == ".h2") names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

// The rows of counts.tsv: file, type code, frames, octets.
std::map<std::string, CountsOfTypes> CountsOfFiles() {
  std::ifstream rows(H2WIRE_CAPTURES "/counts.tsv");
  EXPECT_TRUE(rows) << "counts.tsv cannot be read";
  std::map<std::string, CountsOfTypes> counts;
  for (std::string row; std::getline(rows, row);) {
    std::istringstream columns(row);
    std::string file;
    unsigned type = 0;
    Count count;
    EXPECT_TRUE(columns >> file >> type >> count.frames >> count.octets) << row;
    EXPECT_TRUE(counts[file].emplace(type, count).second) << row;
  }
  return counts;
}

std::vector<std::byte> OctetsOf(const std::string& file) {
  std::ifstream in(H2WIRE_CAPTURES "/" + file, std::ios::binary);
  EXPECT_TRUE(in) << file << " cannot be read";
  const std::string octets(std::istreambuf_iterator<char>(in), {});
  return {AsBytes(octets).begin(), AsBytes(octets).end()};
}

TEST(Captures, AreThoseThatAreCounted) {
  std::vector<std::string> counted;
  for (const auto& [file, counts] : CountsOfFiles()) counted.push_back(file);
  EXPECT_EQ(FilesOfTheFolder(), counted);
  EXPECT_GE(counted.size(), 12u) << "six pairs of programs, both directions";
}

// Those that programs send. One that is new to the library may not be among them.
TEST(Captures, HaveFramesOfAllTypesOfTheRfcs) {
  std::set<unsigned> types;
  for (const auto& [file, counts] : CountsOfFiles()) {
    for (const auto& [type, count] : counts) types.insert(type);
  }
  for (const unsigned code : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 0x0au, 0x0cu, 0x10u}) {
    EXPECT_TRUE(types.contains(code)) << code;
  }
}

class Capture : public testing::TestWithParam<std::string> {};

TEST_P(Capture, DecodesAndEncodesToTheSameOctetsAndIsCounted) {
  const std::vector<std::byte> octets = OctetsOf(GetParam());
  Bytes in = octets;
  const bool of_client = GetParam().find(".client.") != std::string::npos;
  EXPECT_EQ(MatchPreface(in) == PrefaceMatch::kWhole, of_client);
  if (of_client) in = After(in, kConnectionPreface.size());

  CountsOfTypes counts;
  std::vector<std::byte> out(kFrameHeaderSize + kDefaultMaxFrameSize);
  while (!in.empty()) {
    const Decoded<Frame> decoded = Decode(in);
    ASSERT_EQ(decoded.status, DecodeStatus::kOk)
        << "at octet " << in.data() - octets.data() << ": " << decoded.error;
    const Encoded encoded = Encode(decoded.frame, out);
    ASSERT_EQ(encoded.fault, Fault::kNone) << decoded.frame;
    ASSERT_TRUE(std::ranges::equal(Bytes(out).first(encoded.size), in.first(decoded.size)))
        << "at octet " << in.data() - octets.data() << ": " << decoded.frame;
    Count& count = counts[static_cast<unsigned>(TypeOf(decoded.frame))];
    ++count.frames;
    count.octets += decoded.size;
    in = After(in, decoded.size);
  }
  EXPECT_EQ(counts, CountsOfFiles()[GetParam()]);
}

std::string TestNameOf(const testing::TestParamInfo<std::string>& file) {
  std::string name = file.param;
  std::ranges::replace_if(
      name, [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(All, Capture, testing::ValuesIn(FilesOfTheFolder()), TestNameOf);

}  // namespace
}  // namespace h2wire
