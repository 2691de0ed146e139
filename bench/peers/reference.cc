// SPDX-License-Identifier: Apache-2.0

// The second decoder of the tests: a plain switch, written from the RFCs to be right and not fast.
#include "reference.h"

#include <cstddef>
#include <cstdint>

#include "../floors.h"
#include "peers.h"

namespace h2wire::bench {
namespace {

std::size_t RestOf(const reference::Result& frame) { return SizeOf(frame.rest, frame.rest_size); }

[[gnu::noinline]] std::uint64_t DecodeByReference(Bytes in) {
  const reference::Options options;
  Checksum sum;
  const auto* at = reinterpret_cast<const std::uint8_t*>(in.data());
  std::size_t left = in.size();
  for (;;) {
    const reference::Result frame = reference::Decode(at, left, options);
    if (frame.verdict == reference::Verdict::kNeedMore ||
        frame.verdict == reference::Verdict::kError) {
      return sum.value();
    }
    at += frame.size;
    left -= frame.size;
    if (frame.verdict == reference::Verdict::kRaw) {
      sum.Extension(frame.type, frame.stream, RestOf(frame));
      continue;
    }
    switch (frame.type) {
      case 0x00:
        sum.Data(frame.stream, frame.end_stream, RestOf(frame));
        break;
      case 0x01:
        if (frame.has_priority) {
          sum.HeadersPriority(frame.exclusive, frame.stream_dependency, frame.weight);
        }
        sum.Headers(frame.stream, frame.end_stream, frame.end_headers, RestOf(frame));
        break;
      case 0x02:
        sum.Priority(frame.stream, frame.exclusive, frame.stream_dependency, frame.weight);
        break;
      case 0x03:
        sum.RstStream(frame.stream, frame.code);
        break;
      case 0x04: {
        sum.Settings(frame.ack);
        const auto* entry = reinterpret_cast<const std::byte*>(frame.rest);
        for (std::size_t i = 0; i < frame.rest_size; i += 6) {
          sum.Setting(LoadBig<std::uint16_t>(entry + i), LoadBig<std::uint32_t>(entry + i + 2));
        }
        break;
      }
      case 0x05:
        sum.PushPromise(frame.stream, frame.end_headers, frame.promised_stream, RestOf(frame));
        break;
      case 0x06:
        sum.Ping(frame.ack, OpaqueData(frame.opaque));
        break;
      case 0x07:
        sum.Goaway(frame.last_stream, frame.code, RestOf(frame));
        break;
      case 0x08:
        sum.WindowUpdate(frame.stream, frame.increment);
        break;
      case 0x09:
        sum.Continuation(frame.stream, frame.end_headers, RestOf(frame));
        break;
      case 0x0a:
        sum.Extension(frame.type, frame.stream,
                      2 + SizeOf(frame.origin, frame.origin_size) + RestOf(frame));
        break;
      case 0x0c:
        sum.Extension(frame.type, 0, RestOf(frame));
        break;
      case 0x10:
        sum.Extension(frame.type, 0, 4 + RestOf(frame));
        break;
    }
  }
}

}  // namespace

Decoder Reference() {
  return {.name = "reference", .role = Role::kPeer, .decode = DecodeByReference};
}

}  // namespace h2wire::bench
