// SPDX-License-Identifier: Apache-2.0

#include "reference.h"

#include <algorithm>

namespace reference {
namespace {

// Section 7.
constexpr std::uint32_t kProtocolError = 0x01;
constexpr std::uint32_t kFlowControlError = 0x03;
constexpr std::uint32_t kFrameSizeError = 0x06;

std::uint32_t Two(const std::uint8_t* p) { return p[0] * 0x100u + p[1]; }
std::uint32_t Three(const std::uint8_t* p) { return Two(p) * 0x100u + p[2]; }
std::uint32_t Four(const std::uint8_t* p) { return Three(p) * 0x100u + p[3]; }
std::uint32_t Last31BitsOf(std::uint32_t word) { return word % 0x80000000u; }

bool HasFlag(const Result& r, unsigned flag) { return (r.flags & flag) != 0; }

// Section 5.4.1.
void LoseConnection(Result& r, Rule rule, std::uint32_t code) {
  r.verdict = Verdict::kError;
  r.rule = rule;
  r.error_code = code;
  r.error_stream = 0;
}

// Section 5.4.2.
void LoseStream(Result& r, Rule rule, std::uint32_t code) {
  LoseConnection(r, rule, code);
  r.error_stream = r.stream;
}

void MustBeOnStream(Result& r) {
  if (r.stream == 0) LoseConnection(r, Rule::kOnStreamZero, kProtocolError);
}

void MustNotBeOnStream(Result& r) {
  if (r.stream != 0) LoseConnection(r, Rule::kOnAStream, kProtocolError);
}

// Section 4.2: "too small to contain mandatory frame data". Rules are asked in turn, and the first
// that is broken is the one reported; so this and the next look whether one is.
void MustHaveAtLeast(Result& r, std::uint32_t octets) {
  if (r.verdict != Verdict::kError && r.length < octets) {
    LoseConnection(r, Rule::kNoRoomForFields, kFrameSizeError);
  }
}

void MustHaveExactly(Result& r, std::uint32_t octets) {
  if (r.verdict != Verdict::kError && r.length != octets) {
    LoseConnection(r, Rule::kNotTheOneLength, kFrameSizeError);
  }
}

// What nine octets say of the frame: its flags, and the rules about its stream and its length.
// Returns whether the frame is of a type the receiver knows, and not to be ignored.
bool JudgeHeader(Result& r, const Options& options) {
  switch (r.type) {
    case 0x00:  // DATA, Section 6.1
      r.padded = HasFlag(r, 0x08);
      r.end_stream = HasFlag(r, 0x01);
      MustBeOnStream(r);
      MustHaveAtLeast(r, r.padded ? 1 : 0);
      return true;

    case 0x01:  // HEADERS, Section 6.2
      r.has_priority = HasFlag(r, 0x20);
      r.padded = HasFlag(r, 0x08);
      r.end_headers = HasFlag(r, 0x04);
      r.end_stream = HasFlag(r, 0x01);
      MustBeOnStream(r);
      MustHaveAtLeast(r, (r.padded ? 1u : 0u) + (r.has_priority ? 5u : 0u));
      return true;

    case 0x02:  // PRIORITY, Section 6.3
      MustBeOnStream(r);
      if (r.verdict != Verdict::kError && r.length != 5) {
        LoseStream(r, Rule::kPriorityNotFiveOctets, kFrameSizeError);
      }
      return true;

    case 0x03:  // RST_STREAM, Section 6.4
      MustBeOnStream(r);
      MustHaveExactly(r, 4);
      return true;

    case 0x04:  // SETTINGS, Section 6.5
      r.ack = HasFlag(r, 0x01);
      MustNotBeOnStream(r);
      if (r.verdict == Verdict::kError) return true;
      if (r.length % 6 != 0) {
        LoseConnection(r, Rule::kSettingsNotSixes, kFrameSizeError);
      } else if (r.ack && r.length != 0) {
        LoseConnection(r, Rule::kSettingsAckNotEmpty, kFrameSizeError);
      }
      return true;

    case 0x05:  // PUSH_PROMISE, Section 6.6
      r.padded = HasFlag(r, 0x08);
      r.end_headers = HasFlag(r, 0x04);
      MustBeOnStream(r);
      MustHaveAtLeast(r, (r.padded ? 1u : 0u) + 4u);
      return true;

    case 0x06:  // PING, Section 6.7
      r.ack = HasFlag(r, 0x01);
      MustNotBeOnStream(r);
      MustHaveExactly(r, 8);
      return true;

    case 0x07:  // GOAWAY, Section 6.8
      MustNotBeOnStream(r);
      MustHaveAtLeast(r, 8);
      return true;

    case 0x08:  // WINDOW_UPDATE, Section 6.9
      MustHaveExactly(r, 4);
      return true;

    case 0x09:  // CONTINUATION, Section 6.10
      r.end_headers = HasFlag(r, 0x04);
      MustBeOnStream(r);
      return true;

    case 0x0a:  // ALTSVC, RFC 7838, Section 4
      if (!options.extensions) return false;
      MustHaveAtLeast(r, 2);
      return true;

    case 0x0c:  // ORIGIN, RFC 8336, Section 2.1
      if (!options.extensions) return false;
      return r.stream == 0 && !HasFlag(r, 0x1) && !HasFlag(r, 0x2) && !HasFlag(r, 0x4) &&
             !HasFlag(r, 0x8);

    case 0x10:  // PRIORITY_UPDATE, RFC 9218, Section 7.1
      if (!options.extensions) return false;
      MustNotBeOnStream(r);
      MustHaveAtLeast(r, 4);
      return true;

    default:  // Section 5.5
      return false;
  }
}

// The setting at `entry`. Section 6.5.2, RFC 8441, Section 3, RFC 9218, Section 2.1.
void JudgeSetting(Result& r, const std::uint8_t* entry, const Options& options) {
  const std::uint32_t value = Four(entry + 2);
  switch (Two(entry)) {
    case 0x02:
      if (value > 1) LoseConnection(r, Rule::kEnablePush, kProtocolError);
      break;
    case 0x04:
      if (value > 2147483647) LoseConnection(r, Rule::kInitialWindowSize, kFlowControlError);
      break;
    case 0x05:
      if (value < 16384 || value > 16777215) {
        LoseConnection(r, Rule::kMaxFrameSizeSetting, kProtocolError);
      }
      break;
    case 0x08:
      if (value > 1 && options.extensions) {
        LoseConnection(r, Rule::kEnableConnectProtocol, kProtocolError);
      }
      break;
    case 0x09:
      if (value > 1 && options.extensions) {
        LoseConnection(r, Rule::kNoRfc7540Priorities, kProtocolError);
      }
      break;
    default:
      break;
  }
}

void ReadPriority(Result& r, const std::uint8_t* p) {
  r.exclusive = p[0] >= 0x80;
  r.stream_dependency = Last31BitsOf(Four(p));
  r.weight = p[4];
}

// Reads the fields from `begin` to `end`, the payload without Pad Length and Padding. The header is
// in order, so that what it calls for is there.
void ReadFields(Result& r, const std::uint8_t* begin, const std::uint8_t* end,
                const Options& options) {
  const std::uint8_t* p = begin;
  r.verdict = Verdict::kFrame;
  switch (r.type) {
    case 0x00:  // DATA
    case 0x09:  // CONTINUATION
      break;

    case 0x01:  // HEADERS
      if (r.has_priority) {
        ReadPriority(r, p);
        p += 5;
      }
      break;

    case 0x02:  // PRIORITY
      ReadPriority(r, p);
      p += 5;
      break;

    case 0x03:  // RST_STREAM
      r.code = Four(p);
      p += 4;
      break;

    case 0x04:  // SETTINGS, "processed in the order in which they appear"
      for (const std::uint8_t* entry = p; entry != end && r.verdict != Verdict::kError;
           entry += 6) {
        JudgeSetting(r, entry, options);
      }
      break;

    case 0x05:  // PUSH_PROMISE: "a valid choice for the next stream sent by the sender", a server
      r.promised_stream = Last31BitsOf(Four(p));
      p += 4;
      if (r.promised_stream == 0 || r.promised_stream % 2 == 1) {
        LoseConnection(r, Rule::kPromisedStream, kProtocolError);
      }
      break;

    case 0x06:  // PING
      for (std::uint8_t& octet : r.opaque) octet = *p++;
      break;

    case 0x07:  // GOAWAY
      r.last_stream = Last31BitsOf(Four(p));
      r.code = Four(p + 4);
      p += 8;
      break;

    case 0x08:  // WINDOW_UPDATE
      r.increment = Last31BitsOf(Four(p));
      p += 4;
      if (r.increment == 0) LoseStream(r, Rule::kIncrementZero, kProtocolError);
      break;

    case 0x0a:  // ALTSVC
      r.origin_size = Two(p);
      p += 2;
      r.origin = p;
      if (r.origin_size > static_cast<std::size_t>(end - p)) {
        LoseConnection(r, Rule::kOriginOverPayload, kFrameSizeError);
        return;
      }
      p += r.origin_size;
      // "An ALTSVC frame on stream 0 with empty (length 0) Origin information is invalid and MUST
      // be ignored. An ALTSVC frame on a stream other than stream 0 containing non-empty Origin
      // information is invalid and MUST be ignored."
      if ((r.stream == 0) == (r.origin_size == 0)) r.verdict = Verdict::kRaw;
      break;

    case 0x0c:  // ORIGIN
      for (const std::uint8_t* entry = p; entry != end;) {
        if (end - entry < 2 || end - entry - 2 < static_cast<std::ptrdiff_t>(Two(entry))) {
          LoseConnection(r, Rule::kOriginEntryOverPayload, kFrameSizeError);
          break;
        }
        entry += 2 + Two(entry);
      }
      break;

    case 0x10:  // PRIORITY_UPDATE
      r.prioritized_stream = Last31BitsOf(Four(p));
      p += 4;
      if (r.prioritized_stream == 0) {
        LoseConnection(r, Rule::kPrioritizedStreamZero, kProtocolError);
      }
      break;
  }
  r.rest = p;
  r.rest_size = static_cast<std::size_t>(end - p);
}

// Clears the reserved bit before a field of 31 bits.
void ClearReserved(std::uint8_t* p) { *p %= 0x80; }

}  // namespace

Result Decode(const std::uint8_t* octets, std::size_t available, const Options& options) {
  Result r;
  if (available < 9) {
    r.size = 9;
    return r;
  }

  // Section 4.1.
  r.length = Three(octets);
  r.type = octets[3];
  r.flags = octets[4];
  r.reserved = octets[5] >= 0x80;
  r.stream = Last31BitsOf(Four(octets + 5));
  r.size = 9 + std::size_t{r.length};

  // Section 4.2.
  if (r.length > options.max_frame_size) {
    LoseConnection(r, Rule::kMaxFrameSize, kFrameSizeError);
    return r;
  }
  const bool known = JudgeHeader(r, options);
  if (r.verdict == Verdict::kError) return r;

  // Sections 6.1, 6.2 and 6.6. What comes before the padding is known from the header, so that ten
  // octets say whether the padding fits.
  const std::uint8_t* begin = octets + 9;
  std::uint32_t pad_length = 0;
  if (known && r.padded && available >= 10) {
    pad_length = *begin++;
    const std::uint32_t fixed = 1u + (r.has_priority ? 5u : 0u) + (r.type == 0x05 ? 4u : 0u);
    if (fixed + pad_length > r.length) {
      LoseConnection(r, Rule::kPaddingOverPayload, kProtocolError);
      return r;
    }
  }
  if (available < r.size) {
    r.verdict = Verdict::kNeedMore;
    return r;
  }

  if (known) {
    r.pad_length = static_cast<std::uint8_t>(pad_length);
    const std::uint8_t* padding = octets + r.size - pad_length;
    for (std::uint32_t i = 0; options.reject_nonzero_padding && i < pad_length; ++i) {
      if (padding[i] == 0) continue;
      LoseConnection(r, Rule::kPaddingNotZero, kProtocolError);
      return r;
    }
    ReadFields(r, begin, padding, options);
  } else {
    r.verdict = Verdict::kRaw;
  }
  if (r.verdict == Verdict::kRaw) {
    r.rest = octets + 9;
    r.rest_size = r.length;
  }
  return r;
}

void Canonicalize(std::uint8_t* octets, const Result& r) {
  if (r.verdict != Verdict::kFrame) return;
  octets[4] =
      static_cast<std::uint8_t>((r.ack || r.end_stream ? 0x01 : 0) + (r.end_headers ? 0x04 : 0) +
                                (r.padded ? 0x08 : 0) + (r.has_priority ? 0x20 : 0));
  ClearReserved(octets + 5);
  std::uint8_t* fields = octets + (r.padded ? 10 : 9);
  switch (r.type) {
    case 0x05:  // PUSH_PROMISE: Promised Stream ID
    case 0x07:  // GOAWAY: Last-Stream-ID
    case 0x08:  // WINDOW_UPDATE: Window Size Increment
    case 0x10:  // PRIORITY_UPDATE: Prioritized Stream ID
      ClearReserved(fields);
      break;
    default:
      break;
  }
  std::uint8_t* end = octets + r.size;
  std::fill(end - r.pad_length, end, std::uint8_t{0});
}

}  // namespace reference
