// SPDX-License-Identifier: Apache-2.0

// The walk that finds what the header of a frame decides: to what stream the frame may belong, and
// how long its payload may be.

#ifndef H2WIRE_WALK_ENVELOPE_H_
#define H2WIRE_WALK_ENVELOPE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "h2wire/attributes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/walk/grammar.h"
#include "h2wire/walk/no_rules.h"

namespace h2wire::inline H2WIRE_ABI::internal {

// Walks over a frame of which nothing is known but its flags, and gathers what follows from its
// Layout. All of it is known at compile time but for what hangs on the flags.
class Envelope : public NoRules {
 public:
  enum class Streams : std::uint8_t { kNever, kNeverElseIgnored, kMaybe, kAlways };

  constexpr explicit Envelope(std::uint8_t flags) noexcept : flags_(flags) {}

  constexpr void Stream(StreamId&) noexcept { streams = Streams::kAlways; }
  constexpr void StreamOrConnection(StreamId&) noexcept { streams = Streams::kMaybe; }
  constexpr void ExpectConnection(const Rule&) noexcept { streams = Streams::kNeverElseIgnored; }
  constexpr void ExpectNoFlags(std::uint8_t bits, const Rule&) noexcept { ignored_flags = bits; }
  constexpr void Header(RawHeader&) noexcept { streams = Streams::kMaybe; }

  constexpr void Flag(std::uint8_t bit, std::string_view, bool& on) noexcept { on = Defines(bit); }
  constexpr void PadLength(std::optional<std::uint8_t>&) noexcept {
    has_pad_length = true;
    optional_flags |= kPaddedFlag;
    if (Defines(kPaddedFlag)) least_length += 1;
  }
  constexpr void U8(std::string_view, std::uint8_t&) noexcept { least_length += 1; }
  constexpr void U31(std::string_view, std::uint32_t&) noexcept { least_length += 4; }
  constexpr void U32(std::string_view, auto&) noexcept { least_length += 4; }
  constexpr void BitAndU31(std::string_view, bool&, std::string_view, std::uint32_t&) noexcept {
    least_length += 4;
  }
  template <std::size_t kSize>
  constexpr void Octets(std::string_view, std::array<std::byte, kSize>&) noexcept {
    least_length += kSize;
  }
  constexpr void NamesStream(const StreamId&) noexcept {
    streams_named_at[streams_named++] = least_length - sizeof(StreamId);
  }
  template <class Fields>
  constexpr void Group(std::string_view, Fields& fields) noexcept {
    Fields::Layout(fields, *this);
  }
  template <class Fields>
  constexpr void Optional(std::uint8_t bit, std::string_view, std::optional<Fields>&) noexcept {
    optional_flags |= bit;
    Fields fields;
    if (Defines(bit)) Fields::Layout(fields, *this);
  }
  constexpr void Sized16(std::string_view, Bytes&, Fault) noexcept {
    least_length += 2;
    has_rest = true;
  }
  constexpr void Rest(std::string_view, auto&, std::size_t unit) noexcept {
    has_rest = true;
    rest_unit = unit;
    if (unit > 1 && wrong_length == Fault::kWrongLength) wrong_length = Fault::kPartialEntry;
  }

  constexpr void RequireEmpty(bool when, Fault fault) noexcept {
    if (when) payload_fault = fault;
  }
  constexpr void WrongLength(Fault fault) noexcept { wrong_length = fault; }

  Streams streams = Streams::kNever;
  std::uint8_t known_flags = 0;     // those that the type defines
  std::uint8_t optional_flags = 0;  // those that call for fields
  std::uint8_t ignored_flags = 0;   // those with which the frame must be ignored
  std::size_t least_length = 0;     // octets of the fields before the rest
  std::array<std::size_t, kMostFixedOctets / sizeof(StreamId)> streams_named_at{};  // octets before
  std::size_t streams_named = 0;             // in fields, at those places
  bool has_pad_length = false;               // if the flag PADDED is set
  bool has_rest = false;                     // without it, there is nothing after those
  std::size_t rest_unit = 1;                 // octets; the rest is a whole number of them
  Fault wrong_length = Fault::kWrongLength;  // the fault of another length, or of another unit
  Fault payload_fault = Fault::kNone;        // of having a payload

 private:
  constexpr bool Defines(std::uint8_t bit) noexcept {
    known_flags |= bit;
    return (flags_ & bit) != 0;
  }

  std::uint8_t flags_;
};

template <class F>
H2WIRE_ALWAYS_INLINE constexpr Envelope EnvelopeOf(std::uint8_t flags) noexcept {
  static_assert(Sound<F>::kChecked);
  Envelope envelope(flags);
  F frame;
  F::Layout(frame, envelope);
  return envelope;
}

// The same of a frame without flags, or of a group of fields.
template <class F>
inline constexpr Envelope kEnvelope = EnvelopeOf<F>(0);

// Whether a frame with these flags has a Pad Length.
template <class F>
H2WIRE_ALWAYS_INLINE constexpr bool IsPadded(std::uint8_t flags) noexcept {
  return kEnvelope<F>.has_pad_length && (flags & kPaddedFlag) != 0;
}

// The one length that the payloads of a type have; nothing for a type whose length varies.
template <class F>
inline constexpr std::optional<std::uint32_t> kFixedLength = [] {
  const auto least = static_cast<std::uint32_t>(kEnvelope<F>.least_length);
  const bool fixed = !kEnvelope<F>.has_rest && least == EnvelopeOf<F>(0xff).least_length;
  return fixed ? std::optional(least) : std::nullopt;
}();

// Whether a frame with this header must be ignored, whatever its payload is.
template <class F>
H2WIRE_ALWAYS_INLINE constexpr bool IgnoredByHeader(std::uint8_t flags,
                                                    StreamId stream_id) noexcept {
  return (kEnvelope<F>.streams == Envelope::Streams::kNeverElseIgnored && stream_id != 0) ||
         (kEnvelope<F>.ignored_flags & flags) != 0;
}

// The first rule that a header breaks by its stream identifier, length and flags, but for the room
// that fields behind flags need. The greatest frame size is the receiver's and not judged here.
template <class F>
H2WIRE_ALWAYS_INLINE constexpr Fault FaultBeforeOptionalFields(std::uint8_t flags,
                                                               StreamId stream_id,
                                                               std::size_t length) noexcept {
  if (kEnvelope<F>.streams == Envelope::Streams::kAlways && stream_id == 0) [[unlikely]] {
    return Fault::kStreamRequired;
  }
  if (kEnvelope<F>.streams == Envelope::Streams::kNever && stream_id != 0) [[unlikely]] {
    return Fault::kStreamForbidden;
  }
  if constexpr (kFixedLength<F>.has_value()) {
    if (length != *kFixedLength<F>) [[unlikely]] {
      return kEnvelope<F>.wrong_length;
    }
  } else if constexpr (!kEnvelope<F>.has_rest) {
    if (length != EnvelopeOf<F>(flags).least_length) [[unlikely]] {
      return kEnvelope<F>.wrong_length;
    }
  }
  if (length < kEnvelope<F>.least_length) [[unlikely]] {
    return Fault::kTooShort;
  }
  if ((length - kEnvelope<F>.least_length) % kEnvelope<F>.rest_unit != 0) [[unlikely]] {
    return kEnvelope<F>.wrong_length;
  }
  if constexpr (EnvelopeOf<F>(0xff).payload_fault != Fault::kNone) {
    const Fault payload_fault = EnvelopeOf<F>(flags).payload_fault;
    if (payload_fault != Fault::kNone && length != 0) return payload_fault;
  }
  return Fault::kNone;
}

// The first rule that a frame, which breaks none of those, breaks by the room that fields behind
// flags need, or by a Pad Length if `payload`, the beginning of its payload, holds one.
template <class F>
H2WIRE_ALWAYS_INLINE constexpr Fault FaultOfOptionalFields(std::uint8_t flags, std::size_t length,
                                                           Bytes payload) noexcept {
  const std::size_t least = EnvelopeOf<F>(flags).least_length;
  if (length < least) return Fault::kTooShort;
  return IsPadded<F>(flags) && !payload.empty() &&
                 std::to_integer<std::size_t>(payload[0]) > length - least
             ? Fault::kPaddingTooLong
             : Fault::kNone;
}

// The first rule that a frame breaks by its header or Pad Length.
template <class F>
constexpr Fault FaultOfBeginning(const FrameHeader& header, Bytes payload) noexcept {
  const Fault fault = FaultBeforeOptionalFields<F>(header.flags, header.stream_id, header.length);
  if (fault != Fault::kNone) return fault;
  return FaultOfOptionalFields<F>(header.flags, header.length, payload);
}

}  // namespace h2wire::internal

#endif  // H2WIRE_WALK_ENVELOPE_H_
