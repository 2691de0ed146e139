// SPDX-License-Identifier: Apache-2.0

// The recorded connections of captures/, decoded.

#ifndef H2WIRE_TEST_CAPTURES_H_
#define H2WIRE_TEST_CAPTURES_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"

namespace h2wire {

// The names of all captures, without what tells their two directions apart.
inline std::vector<std::string> CaptureNames() {
  constexpr std::string_view kSuffix = ".client.h2";
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(H2WIRE_CAPTURES)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(kSuffix)) names.push_back(name.substr(0, name.size() - kSuffix.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// One direction of a connection, without the preface.
class Capture {
 public:
  explicit Capture(const std::string& file) {
    std::ifstream in(std::filesystem::path(H2WIRE_CAPTURES) / file, std::ios::binary);
    EXPECT_TRUE(in.is_open()) << file;
    octets_.assign(std::istreambuf_iterator<char>(in), {});
    Bytes left = AsBytes(octets_);
    if (MatchPreface(left) == PrefaceMatch::kWhole) left = After(left, kConnectionPreface.size());
    while (!left.empty()) {
      const Decoded<Frame> next = Decode(left);
      EXPECT_EQ(next.status, DecodeStatus::kOk) << file;
      if (next.status != DecodeStatus::kOk) break;
      frames_.push_back(next.frame);
      left = After(left, next.size);
    }
    EXPECT_FALSE(frames_.empty()) << file;
  }
  Capture(const Capture&) = delete;  // the frames borrow
  Capture& operator=(const Capture&) = delete;

  const std::vector<Frame>& frames() const { return frames_; }

 private:
  std::string octets_;
  std::vector<Frame> frames_;
};

}  // namespace h2wire

#endif  // H2WIRE_TEST_CAPTURES_H_
