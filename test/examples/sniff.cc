// SPDX-License-Identifier: Apache-2.0

// A sniffer: reads the octets of one direction of a connection from standard input, as they come,
// and prints a line for each frame that ends a stream or the connection, and a sum at the end.
//
//   sniff < octets

#include <array>
#include <iostream>

#include "h2wire/h2wire.h"

int main() {
  using namespace h2wire;
  std::array<std::byte, 1024> first;
  std::cin.read(reinterpret_cast<char*>(first.data()), kConnectionPreface.size());
  const Bytes beginning = Bytes(first).first(static_cast<std::size_t>(std::cin.gcount()));

  std::array<std::byte, StreamDecoder::StorageSize()> storage;
  StreamDecoder decoder(storage, {.preface = MatchPreface(beginning) == PrefaceMatch::kWhole});
  Counters counters;
  const Overloaded print = {
      [](const RstStreamFrame& frame) { std::cout << frame << "\n"; },
      [](const GoawayFrame& frame) { std::cout << frame << "\n"; },
      [](const auto&) {},
  };
  const auto each = [&](const auto& frame) {
    counters.Count(frame);
    print(frame);
  };
  const auto take = [&](Bytes in) {  // whether the connection goes on
    for (;;) {
      const auto next = decoder.DecodeTo(in, each);
      if (next.status == DecodeStatus::kNeedMore) return true;
      if (next.status == DecodeStatus::kError) {
        counters.Count(next.error);
        std::cout << next.error << "\n";
        if (next.error.stream_id == 0) return false;
      }
      in = After(in, next.size);
    }
  };

  bool goes_on = take(beginning);
  while (goes_on && std::cin) {
    std::cin.read(reinterpret_cast<char*>(first.data()), first.size());
    goes_on = take(Bytes(first).first(static_cast<std::size_t>(std::cin.gcount())));
  }
  counters.ForEachType([](std::string_view name, const Traffic& traffic) {
    if (traffic.frames == 0) return;
    std::cout << name << ": " << traffic.frames << " frames, " << traffic.octets << " octets\n";
  });
  return goes_on && decoder.AtBoundary() ? 0 : 1;
}
