// SPDX-License-Identifier: Apache-2.0

#include "workload.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string_view>
#include <utility>

#include "floors.h"
#include "frame_writer.h"

namespace h2wire::bench {
namespace {

constexpr std::uint32_t kStreamsOpenAtStart = 32;  // 1, 3, ... 63
constexpr std::size_t kCachedOctets = 20 * 1024;

// std::mt19937_64 is specified to the bit; the standard distributions are not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint32_t Between(std::uint32_t least, std::uint32_t greatest) {
    const std::uint64_t values = std::uint64_t{greatest} - least + 1;
    return static_cast<std::uint32_t>(least +
                                      (engine_() >> 32) * values / (std::uint64_t{1} << 32));
  }
  std::uint32_t Bits(unsigned count) {
    return static_cast<std::uint32_t>(engine_() >> (64 - count));
  }
  bool OneIn(std::uint32_t n) { return Between(1, n) == 1; }

  template <typename Container>
  const auto& Pick(const Container& from) {
    return from[Between(0, static_cast<std::uint32_t>(from.size() - 1))];
  }
  template <typename Container>
  void Shuffle(Container& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[Between(0, static_cast<std::uint32_t>(i - 1))]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

// A request's field block of exactly `size` octets (at least 40), in legal HPACK: three indexed
// pseudo-header fields, the authority, and literal fields that touch no dynamic table.
std::vector<std::byte> FieldBlock(std::size_t size, Random& random) {
  std::vector<std::byte> block;
  const auto put = [&block](std::size_t octet) { block.push_back(static_cast<std::byte>(octet)); };
  const auto put_text = [&](std::size_t length) {  // 7-bit prefix: below 127 octets
    put(length);
    while (length-- > 0) put('a' + random.Between(0, 25));
  };
  put(0x83);  // :method: POST
  put(0x87);  // :scheme: https
  put(0x84);  // :path: /
  put(0x01);  // :authority, literal
  put_text(16);
  constexpr std::size_t kLeastField = 3 + 4;  // prefix, two lengths; four octets of name
  while (block.size() < size) {
    const std::size_t left = size - block.size();
    std::size_t field = random.Between(kLeastField + 4, kLeastField + 60);
    if (left < field + kLeastField) field = left;
    put(0x00);  // literal without indexing, new name
    put_text(4);
    put_text(field - kLeastField);
  }
  return block;
}

std::uint32_t StreamOpenAtStart(Random& random) {
  return 2 * random.Between(0, kStreamsOpenAtStart - 1) + 1;
}

PriorityFields RandomPriority(std::uint32_t dependency, Random& random) {
  return {.exclusive = random.OneIn(2),
          .dependency = dependency,
          .weight = static_cast<std::uint8_t>(random.Bits(8))};
}

void ThreeSettings(FrameWriter& out, Random& random) {
  std::array<std::uint16_t, 6> ids = {1, 2, 3, 4, 5, 6};
  random.Shuffle(ids);
  std::vector<std::pair<std::uint16_t, std::uint32_t>> settings;
  for (std::size_t i = 0; i < 3; ++i) {
    std::uint32_t least = 0;
    std::uint32_t greatest = 65536;
    if (ids[i] == 2) greatest = 1;                       // ENABLE_PUSH
    if (ids[i] == 4) least = 65535, greatest = 1 << 20;  // INITIAL_WINDOW_SIZE
    if (ids[i] == 5) least = 1 << 14, greatest = (std::uint32_t{1} << 24) - 1;  // MAX_FRAME_SIZE
    settings.emplace_back(ids[i], random.Between(least, greatest));
  }
  out.Settings(false, settings);
}

std::vector<std::byte> Prologue(Random& random) {
  FrameWriter out;
  out.Settings(false, {});
  out.Settings(true, {});
  for (std::uint32_t i = 0; i < kStreamsOpenAtStart; ++i) {
    out.Headers(2 * i + 1, false, true, {}, {}, FieldBlock(60, random));
  }
  return out.TakeOctets();
}

// Draws are statements of their own: the order in which arguments are evaluated is the compiler's.
void ControlFrame(FrameWriter& out, Random& random) {
  const std::uint32_t kind = random.Between(0, 5);
  const std::uint32_t stream_id = random.Bits(31) | 1;
  const std::uint32_t value = random.Bits(31);
  switch (kind) {
    case 0:
      return out.WindowUpdate(random.OneIn(2) ? 0 : stream_id, value | 1);
    case 1:
      return out.Ping(random.OneIn(2), std::uint64_t{value} << 32 | stream_id);
    case 2:
      return out.RstStream(stream_id, value % 14);
    case 3:
      return ThreeSettings(out, random);
    case 4:
      return out.Priority(stream_id, RandomPriority(value, random));
    default:
      return out.Goaway(stream_id, value % 14, 8);
  }
}

void WindowUpdate(FrameWriter& out, std::uint32_t stream_id, Random& random) {
  const bool of_connection = random.OneIn(2);
  out.WindowUpdate(of_connection ? 0 : stream_id, random.Between(1, 65535));
}

// What a proxy's server side receives on one busy connection: in rounds of 20 draws that hold each
// kind in its exact share, in random order.
class ProxyMix {
 public:
  // Sizes of DATA are uniform within an octave, octaves from 64 * 2^0 on equally frequent.
  explicit ProxyMix(unsigned octaves) : octaves_(octaves) {
    for (std::uint32_t i = 0; i < kStreamsOpenAtStart; ++i) open_.push_back(2 * i + 1);
  }

  void Round(FrameWriter& out, Random& random) {
    enum Kind { kData, kHeaders, kWindowUpdate, kOther, kContinuation };
    std::vector<Kind> round;
    round.insert(round.end(), 9, kData);
    round.insert(round.end(), 5, kHeaders);
    round.insert(round.end(), 4, kWindowUpdate);
    round.push_back(kOther);
    round.push_back(kContinuation);
    random.Shuffle(round);
    for (const Kind kind : round) {
      switch (kind) {
        case kData:
          Data(out, random);
          break;
        case kHeaders:
        case kContinuation:
          Headers(out, random, kind == kContinuation);
          break;
        case kWindowUpdate:
          WindowUpdate(out, random.Pick(open_), random);
          break;
        case kOther:
          Other(out, random);
          break;
      }
    }
  }

 private:
  static constexpr std::size_t kOpenStreams = 64;  // where opening and closing balance

  static std::optional<std::uint8_t> Padding(Random& random) {
    if (!random.OneIn(16)) return std::nullopt;
    return static_cast<std::uint8_t>(random.Between(0, 31));
  }
  static std::size_t PaddingSize(std::optional<std::uint8_t> pad_length) {
    return pad_length ? 1u + *pad_length : 0;
  }

  void Data(FrameWriter& out, Random& random) {
    const std::uint32_t least = 64u << octave_;
    octave_ = (octave_ + 1) % octaves_;
    const std::uint32_t length = random.Between(least, 2 * least);
    const auto pad_length = Padding(random);
    const std::size_t place = random.Between(0, static_cast<std::uint32_t>(open_.size() - 1));
    const bool end_stream = random.Between(1, kOpenStreams) < open_.size();
    out.Data(open_[place], end_stream, pad_length, length - PaddingSize(pad_length));
    if (end_stream) Close(place);
  }

  void Headers(FrameWriter& out, Random& random, bool continued) {
    const std::uint32_t stream_id = next_stream_id_;
    next_stream_id_ += 2;
    const bool end_stream = random.OneIn(2);
    const auto pad_length = Padding(random);
    std::optional<PriorityFields> priority;
    if (random.OneIn(4)) priority = RandomPriority(0, random);
    const std::size_t around = PaddingSize(pad_length) + (priority ? 5 : 0);
    const std::uint32_t least = continued ? 80 : 40;  // each part of a cut block has 40 or more
    const std::size_t length = std::max<std::size_t>(random.Between(least, 400), least + around);
    const std::vector<std::byte> block = FieldBlock(length - around, random);
    const std::size_t cut = continued
                                ? random.Between(40, static_cast<std::uint32_t>(block.size() - 40))
                                : block.size();
    const Bytes fragments = block;
    out.Headers(stream_id, end_stream, !continued, pad_length, priority, fragments.first(cut));
    if (continued) out.Continuation(stream_id, true, fragments.subspan(cut));
    if (!end_stream) open_.push_back(stream_id);
  }

  void Other(FrameWriter& out, Random& random) {
    switch (random.Between(0, 2)) {
      case 0:
        return ThreeSettings(out, random);
      case 1:
        return out.Ping(false, random.Bits(32));
      default: {
        const std::size_t place = random.Between(0, static_cast<std::uint32_t>(open_.size() - 1));
        out.RstStream(open_[place], 8);  // CANCEL
        Close(place);
      }
    }
  }

  void Close(std::size_t place) {
    open_[place] = open_.back();
    open_.pop_back();
  }

  unsigned octaves_;
  unsigned octave_ = 0;
  std::vector<std::uint32_t> open_;
  std::uint32_t next_stream_id_ = 2 * kStreamsOpenAtStart + 1;
};

// Calls `append(out, random)` until one more call of the average size would leave `octets`, or
// `frames` are there.
template <typename Append>
Workload Generate(std::string_view name, std::uint64_t seed, bool connection, std::size_t frames,
                  std::size_t octets, Append append) {
  Random random(seed);
  Workload workload;
  workload.name = name;
  if (connection) workload.prologue = Prologue(random);
  FrameWriter out;
  std::size_t calls = 0;
  do {
    append(out, random);
    ++calls;
  } while (out.frames() < frames && out.size() + out.size() / calls <= octets);
  workload.frames = out.frames();
  workload.checksum = out.checksum();
  workload.octets = out.TakeOctets();
  return workload;
}

std::vector<Workload> Generate(bool cached) {
  const auto name = [cached](std::string_view base) {
    return std::string(base) + (cached ? "-l1" : "");
  };
  const std::size_t octets = cached ? kCachedOctets : SIZE_MAX;
  const auto data = [](std::uint32_t least, std::uint32_t greatest) {
    return [least, greatest](FrameWriter& out, Random& random) {
      const std::uint32_t stream_id = StreamOpenAtStart(random);
      out.Data(stream_id, false, {}, random.Between(least, greatest));
    };
  };
  std::vector<Workload> workloads;
  workloads.push_back(Generate(name("control"), 1, false, 65536, octets, ControlFrame));
  workloads.push_back(Generate(
      name("proxy"), 2, true, 16384, octets,
      [mix = ProxyMix(8)](FrameWriter& out, Random& random) mutable { mix.Round(out, random); }));
  workloads.push_back(Generate(
      name("proxy-small"), 3, true, 40000, octets,
      [mix = ProxyMix(2)](FrameWriter& out, Random& random) mutable { mix.Round(out, random); }));
  workloads.push_back(Generate(name("bulk"), 4, true, 1024, octets, data(16384, 16384)));
  workloads.push_back(Generate(name("data-1-64"), 5, true, 65536, octets, data(1, 64)));
  workloads.push_back(
      Generate(name("window-update"), 6, true, 65536, octets, [](FrameWriter& out, Random& random) {
        WindowUpdate(out, StreamOpenAtStart(random), random);
      }));
  return workloads;
}

std::vector<std::byte> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> read{std::istreambuf_iterator<char>(file), {}};
  const Bytes octets = std::as_bytes(std::span(read));
  return {octets.begin(), octets.end()};
}

}  // namespace

std::vector<Workload> LargeWorkloads() { return Generate(false); }
std::vector<Workload> CachedWorkloads() { return Generate(true); }

std::vector<Workload> Captures(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> paths;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
    if (entry.path().extension() == ".h2") paths.push_back(entry.path());
  }
  if (paths.empty()) {
    std::fprintf(stderr, "bench: no recordings in %s\n", directory.c_str());
    return {};
  }
  std::sort(paths.begin(), paths.end());

  Workload captures;
  captures.name = "captures";
  captures.one_connection = false;
  for (const auto& path : paths) {
    const std::vector<std::byte> recording = ReadFile(path);
    Bytes rest = recording;
    constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    if (rest.size() >= kPreface.size() &&
        std::memcmp(rest.data(), kPreface.data(), kPreface.size()) == 0) {
      rest = rest.subspan(kPreface.size());
    }
    while (rest.size() >= kFrameHeaderSize) {  // a recording may end within a frame
      const std::size_t size = kFrameHeaderSize + LoadLength(rest.data());
      if (size > rest.size()) break;
      captures.octets.insert(captures.octets.end(), rest.begin(),
                             rest.begin() + static_cast<std::ptrdiff_t>(size));
      ++captures.frames;
      rest = rest.subspan(size);
    }
  }
  captures.checksum = Dispatch(captures.octets);
  return {std::move(captures)};
}

std::vector<Workload> AllWorkloads(const std::filesystem::path& captures) {
  std::vector<Workload> all = CachedWorkloads();
  for (auto&& more : {LargeWorkloads(), Captures(captures)}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace h2wire::bench
