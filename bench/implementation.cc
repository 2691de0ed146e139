#include "implementation.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "floors.h"
#include "ours/ours.h"
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
  std::byte* at = out.data();
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::memcpy(at, kBody.data(), kSize);
    at += kSize;
  }
  return static_cast<std::size_t>(at - out.data());
}

// Appends what an encoder of `operation` writes for `record`, the one at `index`.
void Append(FrameWriter& out, const std::string& operation, const Record& record,
            std::size_t index) {
  const auto [stream_id, value] = record;
  const Bytes body = BodyOf(record);
  if (operation == "window-update") return out.WindowUpdate(stream_id, value);
  if (operation == "data-head") return out.DataHead(stream_id, value);
  if (operation == "data") return out.Data(stream_id, false, {}, body.size());
  if (operation == "headers") return out.Headers(stream_id, false, true, {}, {}, body);
  if (operation == "priority") return out.Priority(stream_id, {false, value, 15});
  if (operation == "rst-stream") return out.RstStream(stream_id, value);
  if (operation == "settings") return out.Settings(false, {{3, 100}, {4, 1 << 20}, {5, 1 << 20}});
  if (operation == "push-promise") return out.PushPromise(stream_id, true, stream_id + 1, body);
  if (operation == "ping") return out.Ping(false, value);
  if (operation == "goaway") return out.Goaway(stream_id, value, body.size());
  if (operation == "continuation") return out.Continuation(stream_id, true, body);
  if (operation == "mixed") {
    static constexpr const char* kInTurn[] = {"data", "headers", "window-update"};
    Append(out, kInTurn[index % 3], record, index);
  }
}

// What every encoder of an operation but the floors writes.
std::vector<std::byte> EncodedRecords(const std::string& operation,
                                      std::span<const Record> records) {
  FrameWriter out;
  for (std::size_t i = 0; i < records.size(); ++i) Append(out, operation, records[i], i);
  return out.TakeOctets();
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
  std::ranges::move(OurDecoders(), std::back_inserter(decoders));
  for (Peer& peer : Peers()) std::ranges::move(peer.decoders, std::back_inserter(decoders));
  return decoders;
}

std::vector<Encoder> Encoders() {
  std::vector<Encoder> encoders = {
      {"window-update", "memcpy", Role::kFloor, CopyConstant<13>, Encoder::Writes::kOnlySize},
      {"data-head", "memcpy", Role::kFloor, CopyConstant<9>, Encoder::Writes::kOnlySize},
  };
  std::ranges::move(OurEncoders(), std::back_inserter(encoders));
  for (Peer& peer : Peers()) std::ranges::move(peer.encoders, std::back_inserter(encoders));
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
  return size == expected.size() &&
         (encoder.writes == Encoder::Writes::kOnlySize || written == expected);
}

}  // namespace h2wire::bench
