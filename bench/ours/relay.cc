// SPDX-License-Identifier: Apache-2.0

// What a Relay takes for each request and its response, and for DATA in bulk, in reads of the size
// that the program uses. Both directions stand one behind the other: what comes out is what came
// in, and only pointed at.
#include "h2wire/relay.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "../frame_writer.h"
#include "h2wire/bytes.h"
#include "ours.h"

namespace h2wire::bench {
namespace {

constexpr std::size_t kRead = 64 << 10;

struct Exchange {
  std::vector<std::byte> requests;
  std::vector<std::byte> responses;
};

// What is said before: the client's preface, and SETTINGS both ways.
const Exchange& Hello() {
  static const Exchange hello = [] {
    FrameWriter client;
    client.Settings(false, {});
    const std::vector<std::byte> frames = client.TakeOctets();
    const Bytes preface = AsBytes(kConnectionPreface);
    Exchange exchange{{preface.begin(), preface.end()}, frames};
    exchange.requests.insert(exchange.requests.end(), frames.begin(), frames.end());
    return exchange;
  }();
  return hello;
}

// Takes all that a side sends, read by read, and hands on what comes out.
template <class Write>
[[gnu::always_inline]] inline void Pass(Relay& relay, Side from, Bytes octets, Write write) {
  static std::array<std::byte, Relay::kStorageSize> storage;
  while (!octets.empty()) {
    Bytes in = octets.first(std::min(octets.size(), kRead));
    octets = octets.subspan(in.size());
    while (!in.empty()) {
      const RelayStep step = relay.Receive(from, in, storage, {});
      for (const Bytes out : step.out) write(out);
      in = in.subspan(step.taken);
      if (step.taken == 0) return;
    }
  }
}

template <Exchange (*kExchangeOf)(std::span<const Record>), bool kShown>
[[gnu::noinline]] std::size_t ByRelay(std::span<const Record> records, std::span<std::byte> out) {
  static const Exchange exchange = kExchangeOf(records);
  Relay relay;
  Pass(relay, Side::kClient, Hello().requests, [](Bytes) {});
  Pass(relay, Side::kServer, Hello().responses, [](Bytes) {});
  std::size_t size = 0;
  const auto write = [&](Bytes octets) __attribute__((always_inline)) {
    asm volatile("" : : "r"(octets.data()) : "memory");  // so that they have to be there
    if (kShown && !octets.empty()) std::memcpy(out.data() + size, octets.data(), octets.size());
    size += octets.size();
  };
  Pass(relay, Side::kClient, exchange.requests, write);
  Pass(relay, Side::kServer, exchange.responses, write);
  return size;
}

Exchange Requests(std::span<const Record> records) {
  FrameWriter requests;
  FrameWriter responses;
  for (const Record& record : records) {
    AppendRelayed(requests, Relayed::kRequest, record);
    AppendRelayed(responses, Relayed::kResponse, record);
  }
  return {requests.TakeOctets(), responses.TakeOctets()};
}

Exchange Download(std::span<const Record> records) {
  FrameWriter requests;
  FrameWriter responses;
  AppendRelayed(requests, Relayed::kRequest, records[0]);
  for (std::size_t i = 0; i < records.size(); ++i) {
    AppendRelayed(responses, Relayed::kBulk, records[0]);
  }
  return {requests.TakeOctets(), responses.TakeOctets()};
}

}  // namespace

std::vector<Encoder> OurRelays() {
  constexpr auto kFrames = Encoder::Writes::kFrames;
  return {
      {"relay-request", "Relay", Role::kOurs, ByRelay<Requests, false>, kFrames,
       ByRelay<Requests, true>},
      {"relay-data", "Relay", Role::kOurs, ByRelay<Download, false>, kFrames,
       ByRelay<Download, true>},
  };
}

}  // namespace h2wire::bench
