// SPDX-License-Identifier: Apache-2.0

// The nine octets before every payload, and the octets before the first frame.
//
//     0                   1                   2                   3
//     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//    +-----------------------------------------------+---------------+
//    |                  Length (24)                  |   Type (8)    |
//    +---------------+-+-----------------------------+---------------+
//    |   Flags (8)   |R|         Stream Identifier (31)              |
//    +---------------+-+---------------------------------------------+  (RFC 9113, 4.1)

#ifndef H2WIRE_HEADER_H_
#define H2WIRE_HEADER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"

namespace h2wire::inline H2WIRE_ABI {

// A Stream Identifier: 1 to kMaxStreamId, or 0 for the connection as a whole. RFC 9113, 5.1.1.
using StreamId = std::uint32_t;
inline constexpr StreamId kMaxStreamId = 0x7fffffff;

// A Type octet. An open enumeration without names: any value may arrive, and what is known of a
// type is written elsewhere, once. RFC 9113, 4.1 and 5.5.
enum class FrameType : std::uint8_t {};

inline constexpr std::size_t kFrameHeaderSize = 9;

// Lengths in octets, of a payload without the nine octets before it. RFC 9113, 4.2 and 6.5.2.
inline constexpr std::uint32_t kDefaultMaxFrameSize = 16384;      // what every endpoint accepts
inline constexpr std::uint32_t kLargestMaxFrameSize = 0xff'ffff;  // what the Length field can say

// What the nine octets say besides Length, where the payload is at hand and its size is the length.
struct RawHeader {
  FrameType type{};
  std::uint8_t flags = 0;
  bool reserved = false;  // the R bit: ignored by every receiver, kept for exact copies
  StreamId stream_id = 0;

  friend constexpr bool operator==(const RawHeader&, const RawHeader&) = default;
};

// The nine octets as they stand. Nothing is judged here.
struct FrameHeader {
  std::uint32_t length = 0;  // octets of payload
  FrameType type{};
  std::uint8_t flags = 0;
  bool reserved = false;  // as in RawHeader
  StreamId stream_id = 0;

  H2WIRE_ALWAYS_INLINE constexpr operator RawHeader() const noexcept {
    return {type, flags, reserved, stream_id};
  }
  friend constexpr bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

// Reads the nine octets at `from`.
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr FrameHeader LoadHeader(
    const std::byte* from) noexcept {
  const std::uint32_t last_word = LoadBig<std::uint32_t>(from + 5);
  return {.length = LoadBig<std::uint32_t>(from) >> 8,
          .type = FrameType{LoadBig<std::uint8_t>(from + 3)},
          .flags = LoadBig<std::uint8_t>(from + 4),
          .reserved = (last_word >> 31) != 0,
          .stream_id = last_word & kMaxStreamId};
}

// Writes the nine octets of `header` to `to`. The length takes 24 bits and the stream identifier
// 31: higher bits are the caller's mistake.
H2WIRE_ALWAYS_INLINE constexpr void StoreHeader(std::byte* to, const FrameHeader& header) noexcept {
  StoreBig(to, header.length << 8 | static_cast<std::uint32_t>(header.type));
  StoreBig(to + 4, header.flags);
  StoreBig(to + 5, static_cast<std::uint32_t>(header.reserved) << 31 | header.stream_id);
}

// What a client sends before its first frame. RFC 9113, 3.4.
inline constexpr std::string_view kConnectionPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum class PrefaceMatch { kWhole, kNeedMore, kNone };

// Whether `in` begins with the connection preface, may yet turn out to (kNeedMore, also for no
// octets at all), or does not.
[[nodiscard]] constexpr PrefaceMatch MatchPreface(Bytes in) noexcept {
  for (std::size_t i = 0; i < kConnectionPreface.size(); ++i) {
    if (i == in.size()) return PrefaceMatch::kNeedMore;
    if (std::to_integer<char>(in[i]) != kConnectionPreface[i]) return PrefaceMatch::kNone;
  }
  return PrefaceMatch::kWhole;
}

enum class Greeting { kPreface, kNeedMore, kHttp1Request, kHttp1Response, kTls, kOther };

// What `in`, the first octets that somebody sent, begins with: a client's connection preface; the
// method of an HTTP/1 request and a space; "HTTP/", which a response begins with; a TLS record
// (RFC 8446, 5.1); or none of them, frames for one, or a preface that is spoilt. A method is up to
// 20 letters A to Z and hyphens, but not that of the preface. The answer does not change with what
// follows, and 24 octets decide it at the latest; kNeedMore, also for no octets at all, until then.
[[nodiscard]] constexpr Greeting GreetingOf(Bytes in) noexcept {
  constexpr std::size_t kLongestMethod = 20;
  constexpr std::string_view kVersion = "HTTP/";
  const PrefaceMatch match = MatchPreface(in);
  if (match == PrefaceMatch::kWhole) return Greeting::kPreface;
  if (match == PrefaceMatch::kNeedMore) return Greeting::kNeedMore;
  // Types of content from change_cipher_spec to application_data; the version is always 3.
  if (const auto content = std::to_integer<unsigned>(in[0]); content >= 20 && content <= 23) {
    if (in.size() == 1) return Greeting::kNeedMore;
    return in[1] == std::byte{3} ? Greeting::kTls : Greeting::kOther;
  }
  bool version = true;  // whether what came so far is the beginning of one
  for (std::size_t i = 0; i <= kLongestMethod; ++i) {
    if (i == in.size()) return Greeting::kNeedMore;
    const char c = std::to_integer<char>(in[i]);
    version = version && c == kVersion[i];  // at its last octet this returns
    if (version && c == '/') return Greeting::kHttp1Response;
    if ((c >= 'A' && c <= 'Z') || c == '-') continue;
    const bool method = c == ' ' && i > 0 && MatchPreface(in.first(i + 1)) == PrefaceMatch::kNone;
    return method ? Greeting::kHttp1Request : Greeting::kOther;
  }
  return Greeting::kOther;
}

}  // namespace h2wire

#endif  // H2WIRE_HEADER_H_
