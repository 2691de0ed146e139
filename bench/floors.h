// What no decoder that has to tell frame types apart gets far below.
//
// The length walk hops from frame to frame and does nothing else. The dispatch floor also switches
// on the type and reads every field, without a single check beyond "is the frame there". Both
// trust their input and are for generated workloads and recorded traffic only.
#ifndef H2WIRE_BENCH_FLOORS_H_
#define H2WIRE_BENCH_FLOORS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "checksum.h"

namespace h2wire::bench {

inline constexpr std::size_t kHeaderSize = 9;

inline std::uint8_t Load8(const std::byte* at) { return std::to_integer<std::uint8_t>(*at); }
inline std::uint16_t LoadBig16(const std::byte* at) {
  std::uint16_t value;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap16(value) : value;
}
inline std::uint32_t LoadBig32(const std::byte* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
}
inline std::uint32_t LoadBig31(const std::byte* at) { return LoadBig32(at) & 0x7fffffff; }

// The Length field of a frame's header; reads the type octet after it, too.
inline std::size_t LoadLength(const std::byte* header) { return LoadBig32(header) >> 8; }

// The octets walked over: all of them. The nine are added apart from the length: the chain from one
// length to the next is then as short as it gets, and measurably shorter than by subspan().
[[gnu::noinline]] inline std::uint64_t LengthWalk(Bytes in) {
  const std::byte* at = in.data();
  const std::byte* const end = at + in.size();
  constexpr auto kHeader = static_cast<std::ptrdiff_t>(kHeaderSize);
  while (end - at >= kHeader) {
    const auto length = static_cast<std::ptrdiff_t>(LoadLength(at));
    if (length > end - at - kHeader) break;
    at += kHeader + length;
  }
  return static_cast<std::uint64_t>(at - in.data());
}

[[gnu::noinline]] inline std::uint64_t Dispatch(Bytes in) {
  Checksum sum;
  while (in.size() >= kHeaderSize) {
    const std::byte* const header = in.data();
    const std::size_t length = LoadLength(header);
    if (kHeaderSize + length > in.size()) break;
    in = in.subspan(kHeaderSize + length);
    const std::byte* payload = header + kHeaderSize;
    std::size_t size = length;
    const std::uint8_t type = Load8(header + 3);
    const auto flag = [header](unsigned bit) { return (Load8(header + 4) & bit) != 0; };
    const auto stream_id = [header] { return LoadBig31(header + 5); };
    const auto strip_padding = [&] {
      if (!flag(0x08)) return;
      size -= 1u + Load8(payload);
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
          const std::uint32_t word = LoadBig32(payload);
          sum.HeadersPriority((word >> 31) != 0, word & 0x7fffffff, Load8(payload + 4));
          payload += 5;
          size -= 5;
        }
        sum.Headers(stream_id(), flag(0x01), flag(0x04), SizeOf(payload, size));
        break;
      case 0x02: {
        const std::uint32_t word = LoadBig32(payload);
        sum.Priority(stream_id(), (word >> 31) != 0, word & 0x7fffffff, Load8(payload + 4));
        break;
      }
      case 0x03:
        sum.RstStream(stream_id(), LoadBig32(payload));
        break;
      case 0x04:
        sum.Settings(flag(0x01));
        for (; size >= 6; payload += 6, size -= 6) {
          sum.Setting(LoadBig16(payload), LoadBig32(payload + 2));
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
        sum.Goaway(LoadBig31(payload), LoadBig32(payload + 4), SizeOf(payload + 8, size - 8));
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
