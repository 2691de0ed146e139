// SPDX-License-Identifier: Apache-2.0

// Frames out of nothing but choices: a walk over the Layouts that picks a value for every field. A
// new frame type needs nothing here.
//
// Most of the frames are such as Encode accepts; some break a rule, hold a value that does not fit
// its field, or would be ignored.

#ifndef H2WIRE_TEST_ARBITRARY_H_
#define H2WIRE_TEST_ARBITRARY_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "h2wire/settings.h"
#include "h2wire/walk/no_rules.h"
#include "heap_block.h"

namespace h2wire {

// Where choices come from: the octets of a fuzzer's input and then zeros, or a seed.
class Choices {
 public:
  explicit Choices(Bytes octets) : octets_(octets) {}
  explicit Choices(std::uint64_t seed) : random_(seed) {}

  // Whether all octets of the input are used up. Never so with a seed.
  bool Exhausted() const { return !random_ && octets_.empty(); }

  // A number of 8 * `size` bits, from as many octets.
  std::uint64_t Number(std::size_t size) {
    if (random_) return Random() >> (64 - 8 * size);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i) {
      number = number << 8 | (octets_.empty() ? 0 : std::to_integer<std::uint64_t>(octets_[0]));
      octets_ = octets_.subspan(octets_.empty() ? 0 : 1);
    }
    return number;
  }

  // A number below `end`.
  std::uint32_t Below(std::uint32_t end) {
    const std::size_t size = end <= 0x100 ? 1 : end <= 0x10000 ? 2 : 4;
    return static_cast<std::uint32_t>(Number(size) % end);
  }

  bool OneIn(std::uint32_t n) { return Below(n) == n - 1; }

 private:
  // SplitMix64: any seed will do.
  std::uint64_t Random() {
    std::uint64_t z = *random_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

  Bytes octets_;
  std::optional<std::uint64_t> random_;
};

// A frame, and what it borrows.
struct ArbitraryFrame {
  Frame frame;
  std::vector<HeapBlock> blocks;
};

class Arbitrary : public internal::NoRules {
 public:
  Arbitrary(Choices& choices, std::vector<HeapBlock>& blocks)
      : choices_(choices), blocks_(blocks) {}

  void Stream(StreamId& id) { id = Word(); }
  void StreamOrConnection(StreamId& id) { id = choices_.OneIn(3) ? 0 : Word(); }
  void Header(RawHeader& header) {
    // Half of the types are among the first 32, where those are that have a struct.
    header.type =
        FrameType{static_cast<std::uint8_t>(choices_.Below(choices_.OneIn(2) ? 256 : 32))};
    header.flags = static_cast<std::uint8_t>(choices_.Number(1));
    header.reserved = choices_.OneIn(4);
    header.stream_id = choices_.OneIn(2) ? 0 : Word();
  }
  void Flag(std::uint8_t, std::string_view, bool& on) { on = choices_.OneIn(2); }
  void PadLength(std::optional<std::uint8_t>& length) {
    if (choices_.OneIn(3)) length = static_cast<std::uint8_t>(choices_.Number(1));
  }
  void U8(std::string_view, std::uint8_t& value) {
    value = static_cast<std::uint8_t>(choices_.Number(1));
  }
  void U31(std::string_view, std::uint32_t& value) { value = Word(); }
  template <class T>
  void U32(std::string_view, T& value) {
    value = T{Word()};
  }
  void BitAndU31(std::string_view, bool& bit, std::string_view, std::uint32_t& value) {
    bit = choices_.OneIn(2);
    value = Word();
  }
  template <std::size_t kSize>
  void Octets(std::string_view, std::array<std::byte, kSize>& octets) {
    for (std::byte& octet : octets) octet = static_cast<std::byte>(choices_.Number(1));
  }
  template <class Fields>
  void Group(std::string_view, Fields& fields) {
    Fields::Layout(fields, *this);
  }
  template <class Fields>
  void Optional(std::uint8_t, std::string_view name, std::optional<Fields>& fields) {
    if (choices_.OneIn(2)) Group(name, fields.emplace());
  }
  void Sized16(std::string_view, Bytes& bytes, Fault) {
    bytes = choices_.OneIn(256) ? Block(0x10000) : choices_.OneIn(3) ? Bytes() : Block(Size());
  }
  void Rest(std::string_view, auto& bytes, std::size_t unit) {
    const std::size_t size = Size();
    bytes = Block(choices_.OneIn(32) ? size : size - size % unit);
  }
  void Rest(std::string_view, SettingsView& settings, std::size_t unit) {
    const std::size_t size = choices_.OneIn(2) ? 0 : choices_.Below(8) * unit;
    HeapBlock block(size + (choices_.OneIn(64) ? 1 : 0));
    for (std::size_t at = 0; at < size; at += unit) {
      const SettingId id{static_cast<std::uint16_t>(
          choices_.OneIn(4) ? choices_.Number(2) : choices_.Below(std::size(kSettingRows)))};
      const SettingRow& row = RowOf(id);
      const std::uint32_t values[] = {row.least, row.least + 1, row.most - 1, row.most, Word()};
      StoreBig(block.out().data() + at, static_cast<std::uint16_t>(id));
      // One value in 32 may be one that is not allowed.
      StoreBig(block.out().data() + at + 2, values[choices_.OneIn(32) ? 4 : choices_.Below(4)]);
    }
    settings = Keep(std::move(block));
  }
  void Rest(std::string_view, OriginsView& origins, std::size_t) {
    HeapBlock block(Block(Size()));
    std::size_t at = 0;
    // Lengths are written into the octets, the last so that its entry is the last, if none is lost.
    while (at + 2 <= block.bytes().size()) {
      const std::size_t left = block.bytes().size() - at - 2;
      std::size_t size = std::min<std::size_t>(choices_.Below(32), left);
      if (left - size < 2) size = left;
      StoreBig(block.out().data() + at, static_cast<std::uint16_t>(size));
      at += 2 + size;
    }
    origins = Keep(std::move(block));
  }

 private:
  // 32 bits, of which the first is seldom set: it is so only in a value that does not fit 31.
  std::uint32_t Word() {
    constexpr std::uint32_t kEdges[] = {0,           1,           2,          16383,
                                        16384,       16777215,    16777216,   0x7fff'fffe,
                                        0x7fff'ffff, 0x8000'0000, 0xffff'ffff};
    switch (choices_.Below(8)) {
      case 0:
        return kEdges[choices_.Below(std::size(kEdges))];
      case 1:
      case 2:
        return static_cast<std::uint32_t>(choices_.Number(1)) + 1;
      default:
        return static_cast<std::uint32_t>(choices_.Number(4) >> 1);
    }
  }

  // Octets of a part of a payload: most often few.
  std::size_t Size() {
    if (choices_.OneIn(4)) return 0;
    if (choices_.OneIn(128)) return kDefaultMaxFrameSize - choices_.Below(300);
    return choices_.Below(64);
  }

  Bytes Block(std::size_t size) {
    HeapBlock block(size);
    // Long ones repeat themselves, so as not to take all there is to choose from.
    std::uint64_t octets = 0;
    for (std::size_t i = 0; i < size; ++i) {
      if (i % 8 == 0 && i < 64) octets = choices_.Number(8);
      block.out()[i] = static_cast<std::byte>(octets >> i % 8 * 8);
    }
    return Keep(std::move(block));
  }

  Bytes Keep(HeapBlock block) { return blocks_.emplace_back(std::move(block)).bytes(); }

  Choices& choices_;
  std::vector<HeapBlock>& blocks_;
};

// A frame of any type, RawFrame included.
inline ArbitraryFrame MakeArbitraryFrame(Choices& choices) {
  ArbitraryFrame made;
  Arbitrary walk(choices, made.blocks);
  const std::size_t index = choices.Below(std::variant_size_v<Frame>);
  [&]<std::size_t... kIndexes>(std::index_sequence<kIndexes...>) {
    const auto make = [&]<std::size_t kIndex>() {
      std::variant_alternative_t<kIndex, Frame> frame;
      decltype(frame)::Layout(frame, walk);
      made.frame = frame;
    };
    ((index == kIndexes ? make.template operator()<kIndexes>() : void()), ...);
  }
  (std::make_index_sequence<std::variant_size_v<Frame>>());
  return made;
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_ARBITRARY_H_
