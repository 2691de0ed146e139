// SPDX-License-Identifier: Apache-2.0

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

// What a batch cannot do without: a head of constant octets is copied for each frame, a small body
// too, and a large one pointed at.
[[gnu::noinline]] std::size_t CopyBatch(std::span<const Record> records, std::span<std::byte> out) {
  std::byte* at = out.data();
  std::size_t borrowed = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    constexpr std::size_t kWindowUpdateSize = kFrameHeaderSize + 4;
    const std::size_t head_size = i % 3 == 2 ? kWindowUpdateSize : kFrameHeaderSize;
    std::memcpy(at, kBody.data(), kWindowUpdateSize);
    at += head_size;
    if (i % 3 == 0) {
      const Bytes body = BodyOf(record);
      std::memcpy(at, body.data(), body.size());
      at += body.size();
    } else if (i % 3 == 1) {
      borrowed += SizeOf(Bytes(kBody).first(record.value));
    }
  }
  return static_cast<std::size_t>(at - out.data()) + borrowed;
}

// The same for frames with bodies of kBody's size.
[[gnu::noinline]] std::size_t CopyHeads(std::span<const Record> records, std::span<std::byte> out) {
  return CopyConstant<kFrameHeaderSize>(records, out) + records.size() * kBody.size();
}

// Appends what an encoder of `operation` writes for `record`, the one at `index`.
void Append(FrameWriter& out, const std::string& operation, const Record& record,
            std::size_t index) {
  const auto [stream_id, value] = record;
  const Bytes body = BodyOf(record);
  if (operation == "window-update") return out.WindowUpdate(stream_id, value);
  if (operation == "data-head") return out.DataHead(stream_id, value);
  if (operation == "data") return out.Data(stream_id, false, {}, body.size());
  if (operation == "data-of-64") return out.Data(stream_id, false, {}, 64);
  if (operation == "data-of-16384") return out.Data(stream_id, false, {}, kBody.size());
  if (operation == "headers") return out.Headers(stream_id, false, true, {}, {}, body);
  if (operation == "priority") return out.Priority(stream_id, {false, value, 15});
  if (operation == "rst-stream") return out.RstStream(stream_id, value);
  if (operation == "settings") return out.Settings(false, {{3, 100}, {4, 1 << 20}, {5, 1 << 20}});
  if (operation == "push-promise") return out.PushPromise(stream_id, true, stream_id + 1, body);
  if (operation == "ping") return out.Ping(false, value);
  if (operation == "goaway") return out.Goaway(stream_id, value, body.size());
  if (operation == "continuation") return out.Continuation(stream_id, true, body);
  if (operation == "altsvc") return out.AltSvc(stream_id, body);
  if (operation == "origin") return out.Origin(AsBytes(kOrigin));
  if (operation == "priority-update") return out.PriorityUpdate(stream_id, body);
  if (operation == "unknown") return out.Unknown(kUnknownType, stream_id, body);
  if (operation == "mixed") {
    static constexpr const char* kInTurn[] = {"data", "headers", "window-update"};
    return Append(out, kInTurn[index % 3], record, index);
  }
  if (operation == "batch") {
    if (index % 3 == 1) return out.Data(stream_id, false, {}, value);
    return Append(out, index % 3 == 0 ? "data" : "window-update", record, index);
  }
}

// What every encoder of an operation but the floors writes.
std::vector<std::byte> EncodedRecords(const std::string& operation,
                                      std::span<const Record> records) {
  FrameWriter out;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (operation == "cut-data") {
      const std::size_t place = i % kFramesOfPayload;
      out.Data(records[i - place].stream_id, place == kFramesOfPayload - 1, {}, kBody.size());
    } else if (operation == "cut-headers") {
      const std::size_t place = i % kFramesOfFieldBlock;
      const std::uint32_t stream_id = records[i - place].stream_id;
      const bool last = place == kFramesOfFieldBlock - 1;
      if (place == 0) out.Headers(stream_id, false, last, {}, {}, kBody);
      if (place != 0) out.Continuation(stream_id, last, kBody);
    } else if (operation == "relay-request") {
      AppendRelayed(out, Relayed::kRequest, records[i]);
    } else if (operation == "relay-data") {
      if (i == 0) AppendRelayed(out, Relayed::kRequest, records[0]);
      AppendRelayed(out, Relayed::kBulk, records[0]);
    } else {
      Append(out, operation, records[i], i);
    }
  }
  if (operation == "relay-request") {
    for (const Record& record : records) AppendRelayed(out, Relayed::kResponse, record);
  }
  return out.TakeOctets();
}

}  // namespace

void AppendRelayed(FrameWriter& out, Relayed what, const Record& record) {
  const Bytes fields = Bytes(kBody).first(24);
  switch (what) {
    case Relayed::kRequest:
      return out.Headers(record.stream_id, true, true, {}, {}, fields);
    case Relayed::kResponse:
      out.Headers(record.stream_id, false, true, {}, {}, fields);
      return out.Data(record.stream_id, true, {}, 1024);
    case Relayed::kBulk:
      return out.Data(record.stream_id, false, {}, kBody.size());
  }
}

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
  decoders.push_back(Reference());
  std::ranges::move(OurDecoders(), std::back_inserter(decoders));
  std::ranges::move(OurPrinters(), std::back_inserter(decoders));
  std::ranges::move(OurPieceDecoders(), std::back_inserter(decoders));
  std::ranges::move(OurForwarders(), std::back_inserter(decoders));
  for (Peer& peer : Peers()) std::ranges::move(peer.decoders, std::back_inserter(decoders));
  return decoders;
}

std::vector<Encoder> Encoders() {
  std::vector<Encoder> encoders = {
      {"window-update", "memcpy", Role::kFloor, CopyConstant<13>, Encoder::Writes::kOnlySize},
      {"data-head", "memcpy", Role::kFloor, CopyConstant<9>, Encoder::Writes::kOnlySize},
      {"batch", "memcpy", Role::kFloor, CopyBatch, Encoder::Writes::kOnlySize},
      {"cut-data", "memcpy", Role::kFloor, CopyHeads, Encoder::Writes::kOnlySize},
      {"cut-headers", "memcpy", Role::kFloor, CopyHeads, Encoder::Writes::kOnlySize},
  };
  std::ranges::move(OurEncoders(), std::back_inserter(encoders));
  std::ranges::move(OurGatherers(), std::back_inserter(encoders));
  std::ranges::move(OurRelays(), std::back_inserter(encoders));
  for (Peer& peer : Peers()) std::ranges::move(peer.encoders, std::back_inserter(encoders));
  return encoders;
}

std::string NameOf(const Decoder& decoder, const Workload& workload) {
  const std::string kind = decoder.forwards ? "forward"
                           : decoder.piece_size == 0
                               ? "decode"
                               : "pieces-of-" + std::to_string(decoder.piece_size);
  return kind + "/" + workload.name + "/" + decoder.name;
}

std::string NameOf(const Encoder& encoder) {
  return "encode/" + encoder.operation + "/" + encoder.name;
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
  if (encoder.show != nullptr && encoder.show(records, written) != size) return false;
  return size == expected.size() &&
         (encoder.writes == Encoder::Writes::kOnlySize || written == expected);
}

}  // namespace h2wire::bench
