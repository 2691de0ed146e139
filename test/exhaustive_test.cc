// SPDX-License-Identifier: Apache-2.0

// Every type, every flag octet, every length from 0 to 64, with and without a stream: library and
// reference agree on each of these frames, and on its first nine and ten octets.

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "agreement.h"
#include "gtest/gtest.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "reference.h"
#include "sanitized.h"

namespace h2wire {
namespace {

// Under sanitizers, and where H2WIRE_FEW_TYPES is defined, the types from 0x20 on, which nobody
// knows, are represented by 0x20 and 0xff alone; under sanitizers the three flags that no type
// defines stay 0. Lengths, streams and payloads are all there.
#ifdef H2WIRE_FEW_TYPES
constexpr bool kAllTypes = false;
#else
constexpr bool kAllTypes = !kSanitized;
#endif

std::vector<unsigned> Types() {
  std::vector<unsigned> types;
  for (unsigned type = 0; type < 256; ++type) {
    if (kAllTypes || type <= 0x20 || type == 0xff) types.push_back(type);
  }
  return types;
}

std::vector<unsigned> Flags() {
  std::vector<unsigned> all;
  for (unsigned flags = 0; flags < 256; ++flags) {
    if (!kSanitized || (flags & 0xd0) == 0) all.push_back(flags);
  }
  return all;
}

constexpr std::size_t kMostLength = 64;
using Buffer = std::array<std::byte, kFrameHeaderSize + kMostLength>;

// Compares the frame of `length` octets in `buffer`, and its beginnings. Says which frame it is and
// where library and reference differ, or nothing.
class Comparer {
 public:
  explicit Comparer(const DecodeOptions& options) : options_(options) {}

  Buffer& buffer() { return buffer_; }

  void SetHeader(std::size_t length, unsigned type, unsigned flags, StreamId stream_id) {
    buffer_[0] = buffer_[1] = std::byte{0};
    buffer_[2] = static_cast<std::byte>(length);
    buffer_[3] = static_cast<std::byte>(type);
    buffer_[4] = static_cast<std::byte>(flags);
    buffer_[5] = buffer_[6] = buffer_[7] = std::byte{0};
    buffer_[8] = static_cast<std::byte>(stream_id);
  }

  // The whole frame: how it decodes, and how that encodes.
  [[nodiscard]] bool Whole() {
    const Bytes in(buffer_.data(), kFrameHeaderSize + std::to_integer<std::size_t>(buffer_[2]));
    const reference::Result expected = ReferenceDecode(in, options_);
    ++frames_;
    if (const auto difference = DifferenceFrom(expected, in, options_); !difference.empty()) {
      return Fail(in, difference);
    }
    // To a variant it is the same way but for its end, and that is the same for all unknown types.
    if (std::to_integer<unsigned>(buffer_[3]) <= 0x20) {
      const auto difference = DifferenceFrom(expected, Decode(in, options_));
      if (!difference.empty()) return Fail(in, difference);
    }
    if (expected.verdict == reference::Verdict::kError) return true;
    return EncodesToCanonical(expected, in, options_, canonical_, encoded_) ||
           Fail(in, "the octets it encodes to");
  }

  // Its first octets, of which there are `size`; if `size` is less than the frame.
  [[nodiscard]] bool Beginning(std::size_t size) {
    if (size > kFrameHeaderSize + std::to_integer<std::size_t>(buffer_[2])) return true;
    const Bytes in(buffer_.data(), size);
    const reference::Result expected = ReferenceDecode(in, options_);
    if (const auto difference = DifferenceFrom(expected, in, options_); !difference.empty()) {
      return Fail(in, difference);
    }
    if (size != kFrameHeaderSize) return true;
    const auto difference = HeaderDifferenceFrom(expected, in, options_);
    return difference.empty() || Fail(in, difference);
  }

  std::size_t frames() const { return frames_; }

 private:
  bool Fail(Bytes in, std::string_view difference) {
    ADD_FAILURE() << "library and reference differ in " << difference << " of "
                  << testing::PrintToString(std::vector<std::byte>(in.begin(), in.end()));
    return false;
  }

  DecodeOptions options_;
  Buffer buffer_{};
  Buffer canonical_{};
  Buffer encoded_{};
  std::size_t frames_ = 0;
};

struct Pattern {
  const char* name;
  std::uint8_t (*octet)(std::size_t index);

  friend void PrintTo(const Pattern& pattern, std::ostream* out) { *out << pattern.name; }
};

constexpr Pattern kPatterns[] = {
    {"Zeros", [](std::size_t) { return std::uint8_t{0}; }},
    {"Ones", [](std::size_t) { return std::uint8_t{0xff}; }},
    {"Counting", [](std::size_t index) { return static_cast<std::uint8_t>(index + 1); }},
    // Settings that are allowed, entries of ORIGIN that fit now and then, an even stream.
    {"Settings",
     [](std::size_t index) {
       constexpr std::uint8_t kOctets[] = {0x00, 0x04, 0x00, 0x00, 0x40, 0x00,
                                           0x00, 0x02, 0x00, 0x00, 0x00, 0x01};
       return kOctets[index % std::size(kOctets)];
     }},
    {"Mixed",
     [](std::size_t index) {
       return static_cast<std::uint8_t>((index + 1) * 0x9e3779b97f4a7c15u >> 56);
     }},
};

class EveryFrame : public testing::TestWithParam<std::tuple<Pattern, bool>> {};

TEST_P(EveryFrame, IsWhatTheReferenceSays) {
  const auto& [pattern, extensions] = GetParam();
  Comparer comparer({.extensions = extensions});
  for (std::size_t i = 0; i < kMostLength; ++i) {
    comparer.buffer()[kFrameHeaderSize + i] = std::byte{pattern.octet(i)};
  }
  const std::vector<unsigned> types = Types();
  const std::vector<unsigned> all_flags = Flags();
  for (const unsigned type : types) {
    for (const unsigned flags : all_flags) {
      for (std::size_t length = 0; length <= kMostLength; ++length) {
        for (const StreamId stream_id : {0u, 1u}) {
          comparer.SetHeader(length, type, flags, stream_id);
          ASSERT_TRUE(comparer.Whole());
          ASSERT_TRUE(comparer.Beginning(kFrameHeaderSize));
          ASSERT_TRUE(comparer.Beginning(kFrameHeaderSize + 1));
        }
      }
    }
  }
  EXPECT_EQ(comparer.frames(), types.size() * all_flags.size() * 65 * 2);
}

INSTANTIATE_TEST_SUITE_P(Payloads, EveryFrame,
                         testing::Combine(testing::ValuesIn(kPatterns), testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param).name) +
                                  (std::get<1>(row.param) ? "WithExtensions" : "WithoutExtensions");
                         });

// Every Pad Length against every length of the frames that may be padded, with zeros and without.
TEST(EveryPadLength, IsWhatTheReferenceSays) {
  for (const bool strict : {false, true}) {
    for (const unsigned octet : {0x00u, 0x02u}) {
      Comparer comparer({.reject_nonzero_padding = strict});
      comparer.buffer().fill(static_cast<std::byte>(octet));
      for (const unsigned type : {0x00u, 0x01u, 0x05u}) {
        for (const unsigned flags : Flags()) {
          for (std::size_t length = 0; length <= kMostLength; ++length) {
            comparer.SetHeader(length, type, flags, 1);
            for (unsigned pad_length = 0; pad_length <= kMostLength + 1; ++pad_length) {
              comparer.buffer()[kFrameHeaderSize] = static_cast<std::byte>(pad_length);
              ASSERT_TRUE(comparer.Whole());
              ASSERT_TRUE(comparer.Beginning(kFrameHeaderSize + 1));
            }
          }
        }
      }
    }
  }
}

// Every identifier of a setting with values on both sides of every limit, as the first setting, as
// the last of two, and as the second of three.
TEST(EverySetting, IsWhatTheReferenceSays) {
  constexpr std::uint32_t kValues[] = {0,          1,          2,          16383,      16384,
                                       16385,      16777214,   16777215,   16777216,   0x7ffffffe,
                                       0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff};
  Comparer comparer({});
  for (const auto& [settings, position] : {std::pair{1u, 0u}, {2u, 1u}, {3u, 1u}}) {
    comparer.SetHeader(settings * 6, 0x04, 0, 0);
    for (std::uint32_t id = 0; id < 0x10000; ++id) {
      for (const std::uint32_t value : kValues) {
        std::byte* const at = comparer.buffer().data() + kFrameHeaderSize + position * 6;
        for (unsigned i = 0; i < 2; ++i) at[i] = static_cast<std::byte>(id >> (8 - 8 * i));
        for (unsigned i = 0; i < 4; ++i) at[2 + i] = static_cast<std::byte>(value >> (24 - 8 * i));
        ASSERT_TRUE(comparer.Whole());
      }
    }
  }
}

// Every Origin-Len of ALTSVC, and of the first and second entry of ORIGIN, against every length.
TEST(EveryOriginLength, IsWhatTheReferenceSays) {
  Comparer comparer({});
  for (const unsigned type : {0x0au, 0x0cu}) {
    for (const StreamId stream_id : {0u, 1u}) {
      for (std::size_t length = 0; length <= kMostLength; ++length) {
        for (unsigned first = 0; first <= kMostLength + 1; ++first) {
          for (unsigned second = 0; second <= kMostLength + 1; ++second) {
            comparer.buffer().fill(std::byte{0});
            comparer.SetHeader(length, type, 0, stream_id);
            comparer.buffer()[kFrameHeaderSize + 1] = static_cast<std::byte>(first);
            const std::size_t next = kFrameHeaderSize + 2 + first + 1;
            if (next < comparer.buffer().size()) {
              comparer.buffer()[next] = static_cast<std::byte>(second);
            }
            ASSERT_TRUE(comparer.Whole());
          }
        }
      }
    }
  }
}

// Every value of an octet in turn at every place of a frame of each length that a type calls for:
// fields are where the reference has them, and their reserved bits are ignored.
TEST(EveryOctet, IsWhatTheReferenceSays) {
  Comparer comparer({});
  for (unsigned type = 0; type <= 0x20; ++type) {
    for (const unsigned flags : {0x00u, 0x08u, 0x20u, 0x28u, 0xffu}) {
      for (const std::size_t length : {4u, 5u, 6u, 8u, 12u, 64u}) {
        for (std::size_t at = 0; at < length; ++at) {
          for (unsigned octet = 0; octet < 256; ++octet) {
            for (const StreamId stream_id : {0u, 1u}) {
              comparer.buffer().fill(std::byte{0});
              comparer.SetHeader(length, type, flags, stream_id);
              comparer.buffer()[kFrameHeaderSize + at] = static_cast<std::byte>(octet);
              ASSERT_TRUE(comparer.Whole());
            }
          }
        }
      }
    }
  }
}

// The 31 bits of the stream identifier and the bit before them.
TEST(EveryStreamBit, IsWhatTheReferenceSays) {
  Comparer comparer({});
  for (const unsigned type : Types()) {
    for (std::size_t length = 0; length <= kMostLength; ++length) {
      for (unsigned bit = 0; bit < 32; ++bit) {
        comparer.buffer().fill(std::byte{0});
        comparer.SetHeader(length, type, 0, 0);
        comparer.buffer()[5 + bit / 8] = static_cast<std::byte>(0x80 >> bit % 8);
        ASSERT_TRUE(comparer.Whole());
        ASSERT_TRUE(comparer.Beginning(kFrameHeaderSize));
      }
    }
  }
}

// The receiver's limit, from both sides of it.
TEST(EveryLimit, IsWhatTheReferenceSays) {
  for (const std::uint32_t limit : {16384u, 16385u, 65536u, 0xfffffeu, 0xffffffu}) {
    const DecodeOptions options{.max_frame_size = limit};
    for (const std::uint32_t length : {0u, limit - 1, limit, limit + 1, 0xffffffu}) {
      for (unsigned type = 0; type <= 0x20; ++type) {
        for (const StreamId stream_id : {0u, 1u}) {
          std::array<std::byte, kFrameHeaderSize> octets{};
          StoreHeader(octets.data(), {.length = length & 0xffffff,
                                      .type = FrameType{static_cast<std::uint8_t>(type)},
                                      .stream_id = stream_id});
          const reference::Result expected = ReferenceDecode(octets, options);
          EXPECT_EQ(DifferenceFrom(expected, octets, options), "");
          EXPECT_EQ(HeaderDifferenceFrom(expected, octets, options), "");
        }
      }
    }
  }
}

}  // namespace
}  // namespace h2wire
