// SPDX-License-Identifier: Apache-2.0

// What no decoder that has to tell frame types apart gets far below.
//
// The length walk hops from frame to frame and does nothing else. The dispatch floor also switches
// on the type and reads every field, without a single check beyond "is the frame there". Both
// trust their input and are for generated workloads and recorded traffic only.
#ifndef H2WIRE_BENCH_FLOORS_H_
#define H2WIRE_BENCH_FLOORS_H_

#include <cstddef>
#include <cstdint>

#include "checksum.h"
#include "h2wire/bytes.h"
#include "h2wire/header.h"

namespace h2wire::bench {

inline std::uint32_t LoadBig31(const std::byte* at) {
  return LoadBig<std::uint32_t>(at) & 0x7fffffff;
}

// The Length field of a frame's header; reads the type octet after it, too.
inline std::size_t LoadLength(const std::byte* header) {
  return LoadBig<std::uint32_t>(header) >> 8;
}

// The octets walked over: all of them. The nine are added apart from the length: the chain from one
// length to the next is then as short as it gets, and measurably shorter than by subspan().
[[gnu::noinline]] inline std::uint64_t LengthWalk(Bytes in) {
  const std::byte* at = in.data();
  const std::byte* const end = at + in.size();
  constexpr auto kHeader = static_cast<std::ptrdiff_t>(kFrameHeaderSize);
  while (end - at >= kHeader) {
    const auto length = static_cast<std::ptrdiff_t>(LoadLength(at));
    if (length > end - at - kHeader) break;
    at += kHeader + length;
  }
  return static_cast<std::uint64_t>(at - in.data());
}

[[gnu::noinline]] inline std::uint64_t Dispatch(Bytes in) {
  Checksum sum;
  while (in.size() >= kFrameHeaderSize) {
    const std::byte* const header = in.data();
    const std::size_t length = LoadLength(header);
    if (kFrameHeaderSize + length > in.size()) break;
    in = in.subspan(kFrameHeaderSize + length);
    const std::byte* payload = header + kFrameHeaderSize;
    std::size_t size = length;
    const std::uint8_t type = LoadBig<std::uint8_t>(header + 3);
    const auto flag = [header](unsigned bit) {
      return (LoadBig<std::uint8_t>(header + 4) & bit) != 0;
    };
    const auto stream_id = [header] { return LoadBig31(header + 5); };
    const auto strip_padding = [&] {
      if (!flag(0x08)) return;
      size -= 1u + LoadBig<std::uint8_t>(payload);
      payload += 1;
    };
    switch (type) {
      case 0x00:
        strip_padding();
        sum.Data(stream_id(), flag(0x01), SizeOf(payload, size));
        break;
      case 0x01:
        strip_padding();
        if (flag(0x20)) {
          const std::uint32_t word = LoadBig<std::uint32_t>(payload);
          sum.HeadersPriority((word >> 31) != 0, word & 0x7fffffff,
                              LoadBig<std::uint8_t>(payload + 4));
          payload += 5;
          size -= 5;
        }
        sum.Headers(stream_id(), flag(0x01), flag(0x04), SizeOf(payload, size));
        break;
      case 0x02: {
        const std::uint32_t word = LoadBig<std::uint32_t>(payload);
        sum.Priority(stream_id(), (word >> 31) != 0, word & 0x7fffffff,
                     LoadBig<std::uint8_t>(payload + 4));
        break;
      }
      case 0x03:
        sum.RstStream(stream_id(), LoadBig<std::uint32_t>(payload));
        break;
      case 0x04:
        sum.Settings(flag(0x01));
        for (; size >= 6; payload += 6, size -= 6) {
          sum.Setting(LoadBig<std::uint16_t>(payload), LoadBig<std::uint32_t>(payload + 2));
        }
        break;
      case 0x05:
        strip_padding();
        sum.PushPromise(stream_id(), flag(0x04), LoadBig31(payload), SizeOf(payload + 4, size - 4));
        break;
      case 0x06:
        sum.Ping(flag(0x01), OpaqueData(payload));
        break;
      case 0x07:
        sum.Goaway(LoadBig31(payload), LoadBig<std::uint32_t>(payload + 4),
                   SizeOf(payload + 8, size - 8));
        break;
      case 0x08:
        sum.WindowUpdate(stream_id(), LoadBig31(payload));
        break;
      case 0x09:
        sum.Continuation(stream_id(), flag(0x04), SizeOf(payload, size));
        break;
      default:
        sum.Extension(type, stream_id(), SizeOf(payload, size));
        break;
    }
  }
  return sum.value();
}

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_FLOORS_H_
