// SPDX-License-Identifier: Apache-2.0

// A SETTINGS and a PING come in; the PING is answered.

#include <array>
#include <iostream>

#include "h2wire/h2wire.h"

int main() {
  using namespace h2wire;

  Bytes in = AsBytes(
      "\0\0\6\4\0\0\0\0\0"
      "\0\3\0\0\0\144"  // MAX_CONCURRENT_STREAMS=100
      "\0\0\10\6\0\0\0\0\0"
      "hi there");
  std::array<std::byte, 64> out;

  const Overloaded handler = {
      [&](const PingFrame& ping) {
        const PingFrame pong = {.ack = true, .opaque_data = ping.opaque_data};
        std::cout << ping << "\n  answered in " << Encode(pong, out).size << " octets\n";
      },
      [](const auto& frame) { std::cout << frame << "\n"; },
  };
  for (;;) {
    const Outcome next = DecodeTo(in, handler);
    if (next.status == DecodeStatus::kNeedMore) break;  // next.size: octets to have first
    if (next.status == DecodeStatus::kError) {
      std::cout << next.error << "\n";
      if (next.error.stream_id == 0) return 1;  // the connection is lost; a stream: go on
    }
    in = After(in, next.size);
  }
}
