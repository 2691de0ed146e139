#include "implementation.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <utility>

#include "floors.h"
#include "peers/peers.h"

namespace h2wire::bench {
namespace {

constexpr std::size_t kRecords = 1024;

// The octets copied: all of them.
[[gnu::noinline]] std::uint64_t Copy(Bytes in) {
  static std::vector<std::byte> copy;
  if (copy.size() < in.size()) copy.resize(in.size());
  std::memcpy(copy.data(), in.data(), in.size());
  return SizeOf(copy.data(), in.size());
}

// Copies the same frame of kSize octets for every record.
template <std::size_t kSize>
[[gnu::noinline]] std::size_t CopyConstant(std::span<const Record> records,
                                           std::span<std::byte> out) {
  static constexpr std::array<char, kLargestRecord> kFrame = {0, 0, 4, 8, 0, 0, 0,
                                                              0, 1, 0, 1, 0, 0};
  std::byte* at = out.data();
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::memcpy(at, kFrame.data(), kSize);
    at += kSize;
  }
  return static_cast<std::size_t>(at - out.data());
}

// What every encoder of an operation but the floors writes.
std::vector<std::byte> EncodedRecords(const std::string& operation,
                                      std::span<const Record> records) {
  std::vector<std::byte> octets;
  const auto big = [&octets](std::uint32_t value, unsigned size) {
    while (size-- > 0) octets.push_back(static_cast<std::byte>(value >> (8 * size)));
  };
  const bool window_update = operation == "window-update";
  for (const Record& record : records) {
    big(window_update ? 4 : record.value, 3);
    big(window_update ? 0x08 : 0x00, 1);
    big(0, 1);
    big(record.stream_id, 4);
    if (window_update) big(record.value, 4);
  }
  return octets;
}

}  // namespace

std::vector<Peer> Peers() {
  std::vector<Peer> peers;
#ifdef H2WIRE_BENCH_H2O
  peers.push_back(H2o());
#endif
#ifdef H2WIRE_BENCH_NGHTTP2
  peers.push_back(Nghttp2());
#endif
  return peers;
}

std::vector<Decoder> Decoders() {
  const auto all_octets = [](const Workload& workload) -> std::uint64_t {
    return workload.octets.size();
  };
  std::vector<Decoder> decoders = {
      {.name = "memcpy", .role = Role::kFloor, .decode = Copy, .expected = all_octets},
      {.name = "walk", .role = Role::kFloor, .decode = LengthWalk, .expected = all_octets},
      {.name = "dispatch", .role = Role::kFloor, .decode = Dispatch},
  };
  for (Peer& peer : Peers()) {
    std::move(peer.decoders.begin(), peer.decoders.end(), std::back_inserter(decoders));
  }
  return decoders;
}

std::vector<Encoder> Encoders() {
  std::vector<Encoder> encoders = {
      {"window-update", "memcpy", Role::kFloor, CopyConstant<13>},
      {"data-head", "memcpy", Role::kFloor, CopyConstant<9>},
  };
  for (Peer& peer : Peers()) {
    std::move(peer.encoders.begin(), peer.encoders.end(), std::back_inserter(encoders));
  }
  return encoders;
}

std::vector<Record> EncoderRecords() {
  std::vector<Record> records;
  for (std::uint32_t i = 0; i < kRecords; ++i) {
    records.push_back({.stream_id = 2 * i + 1, .value = 16384 - 7 * i});
  }
  return records;
}

bool Agrees(const Decoder& decoder, const Workload& workload) {
  if (decoder.connect != nullptr) decoder.connect(workload);
  return decoder.decode(workload.octets) == decoder.expected(workload);
}

bool Agrees(const Encoder& encoder) {
  const std::vector<Record> records = EncoderRecords();
  const std::vector<std::byte> expected = EncodedRecords(encoder.operation, records);
  std::vector<std::byte> written(expected.size());
  const std::size_t size = encoder.encode(records, written);
  return size == expected.size() && (encoder.role == Role::kFloor || written == expected);
}

}  // namespace h2wire::bench
