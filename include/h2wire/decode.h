// SPDX-License-Identifier: Apache-2.0

// From octets to frames, in place: nothing is copied, nothing allocated, and no octet of a payload
// is touched that a field or a rule does not need.
//
//   Bytes in = received;
//   for (;;) {
//     Decoded<Frame> next = Decode(in);
//     if (next.status == DecodeStatus::kNeedMore) break;  // next.size: octets to have first
//     if (next.status == DecodeStatus::kError) {
//       if (!Report(next.error)) return;                  // a stream error: go on
//     } else {
//       Visit(handler, next.frame);
//     }
//     in = After(in, next.size);
//   }
//
// DecodeTo is the primitive: it calls a function with the struct of the frame's type. Decode puts
// that struct into a variant, which costs little more: compilers keep most of it in registers. (g++
// does so only if `next` is not const.)

#ifndef H2WIRE_DECODE_H_
#define H2WIRE_DECODE_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/walk/dispatch.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/reader.h"

namespace h2wire::inline H2WIRE_ABI {

// What a receiver accepts.
struct DecodeOptions {
  // The receiver's SETTINGS_MAX_FRAME_SIZE: octets of payload. RFC 9113, 4.2.
  std::uint32_t max_frame_size = kDefaultMaxFrameSize;
  // Whether it knows ALTSVC, ORIGIN and PRIORITY_UPDATE. Without it they are frames of unknown
  // type, as they must be to an endpoint that does not support them. RFC 9113, 5.5.
  bool extensions = true;
  // Whether padding other than zeros is a connection error, which a receiver may make of it.
  // RFC 9113, 6.1.
  bool reject_nonzero_padding = false;
};

// As wide as a register, and so never packed together with the size beside it.
enum class DecodeStatus : std::size_t {
  kOk,        // there is a frame
  kNeedMore,  // the octets so far are in order, and not yet enough
  kError,     // a rule is broken
};

// How decoding went.
struct Outcome {
  DecodeStatus status = DecodeStatus::kNeedMore;
  // In octets, the header included. kOk and kError: the size of the whole frame, to step over. An
  // error that the header decides is reported when the header is there: then it may be more than
  // there is so far. kNeedMore: how much has to be there before it is worth trying again.
  std::size_t size = 0;
  // What is wrong, if the status is kError.
  FrameError error;
};

// The same with the frame, if the status is kOk.
template <class T>
struct Decoded : Outcome {
  T frame{};
};

// `in` without its first `size` octets; nothing, if it has fewer.
[[nodiscard]] constexpr Bytes After(Bytes in H2WIRE_LIFETIME_BOUND, std::size_t size) noexcept {
  return in.subspan(std::min(size, in.size()));
}

namespace internal {

// Between the functions here: the frame is to be handed out as a RawFrame; its header breaks a rule
// or not all of it is there, and which of these it is, FaultOfUnclear has to say.
inline constexpr DecodeStatus kIsRaw{3};
inline constexpr DecodeStatus kIsUnclear{4};

// What becomes an Outcome, in words: compilers keep these in registers, and an error they do not.
struct Verdict {
  DecodeStatus status = DecodeStatus::kOk;
  std::size_t size = 0;        // of kOk
  Fault fault = Fault::kNone;  // of kError
};

// `value`, of which compilers forget what they knew: what is derived from it is not derived from
// its origin, and so not computed before the branch that asks for it, or in two widths at once.
template <class T>
H2WIRE_ALWAYS_INLINE constexpr T Opaque(T value) noexcept {
  if (!std::is_constant_evaluated()) asm("" : "+r"(value));
  return value;
}

// Where a frame is, and how many octets of it are there, the nine of the header included: in one
// piece, or with its payload elsewhere. The first computes where the payload is only if it is
// asked.
struct OnePiece {
  const std::byte* header;
  std::size_t available;
  constexpr const std::byte* payload() const noexcept { return header + kFrameHeaderSize; }
};
struct TwoPieces {
  const std::byte* header;
  std::size_t available;
  const std::byte* payload_at;
  constexpr const std::byte* payload() const noexcept { return payload_at; }
};
template <class Place>
H2WIRE_ALWAYS_INLINE constexpr Place Opaque(Place place) noexcept
    requires(requires { place.header; }) {
  place.header = Opaque(place.header);
  return place;
}

// Where a decoded frame goes. Make<F>() is the frame to fill, or a reference to it, and Done() is
// told when all is well. kOptionalFieldsApart: whether frames with optional fields have code of
// their own, so that the others are handed over from registers. To a function;
template <class Sink>
struct ToSink {
  static constexpr bool kOptionalFieldsApart = true;
  Sink& sink;
  template <class F>
  H2WIRE_ALWAYS_INLINE constexpr F Make() const noexcept {
    return F();
  }
  H2WIRE_ALWAYS_INLINE constexpr void Done(const auto& frame) const { sink(frame); }
};
// or to a variant, in place: g++ copies a frame through memory, 16 octets at a time, right after it
// has written smaller fields there, which a processor waits for.
struct ToVariant {
#ifdef __clang__  // which packs members that two pieces of code write into one register
  static constexpr bool kOptionalFieldsApart = false;
#else
  static constexpr bool kOptionalFieldsApart = true;
#endif
  Frame& variant;
  template <class F>
  H2WIRE_ALWAYS_INLINE constexpr F& Make() const noexcept {
    // Plain assignment is no constant expression in libstdc++ 12.
    return *std::get_if<F>(std::construct_at(&variant, std::in_place_type<F>));
  }
  constexpr void Done(const auto&) const noexcept {}
};

// Reads a frame whose header and Pad Length broke no rule and whose payload of `length` octets is
// there.
template <class F, class Place, class Target>
H2WIRE_ALWAYS_INLINE constexpr Verdict ReadAs(const Place& place, const FrameHeader& header,
                                              std::size_t length, const Target& target,
                                              const DecodeOptions& options) {
  Reader reader(header, place.payload(), length, options.reject_nonzero_padding);
  decltype(auto) frame = target.template Make<F>();
  F::Layout(frame, reader);
  if (reader.fault() != Fault::kNone) [[unlikely]] {
    return {.status = DecodeStatus::kError, .fault = reader.fault()};
  }
  if (reader.ignored()) [[unlikely]] {
    return {.status = kIsRaw};
  }
  target.Done(frame);
  return {.status = DecodeStatus::kOk, .size = kFrameHeaderSize + length};
}

// Decodes a frame of type F. Options are DecodeOptions, or are derived from them and say
// kAllowsFixedLengths: the limit is known not to be below the length of any type that has one.
template <class F, class Place, class Target, class Options>
H2WIRE_ALWAYS_INLINE constexpr Verdict DecodeAs(const Place& place, const Target& target,
                                                const Options& options) {
  constexpr std::uint8_t kOptional = kEnvelope<F>.optional_flags;
  constexpr bool kApart = Target::kOptionalFieldsApart;
  const std::uint32_t first_word = LoadBig<std::uint32_t>(place.header);
  std::uint32_t length = first_word >> 8;
  if constexpr (kFixedLength<F>.has_value()) {
    // One comparison for length and type. The length is a constant from here on: the position of
    // the next frame does not wait for it to be loaded, and most often it is known to be allowed.
    length = *kFixedLength<F>;
    if (first_word != (length << 8 | static_cast<std::uint32_t>(F::kType)) ||
        place.available < kFrameHeaderSize + std::size_t{length}) [[unlikely]] {
      return {.status = kIsUnclear};
    }
  } else if constexpr (kOptional == 0) {
    // Or the whole word is compared with the limit, and stays in a register for that.
    length = Opaque(length);
  }
  constexpr bool kAllowed = kFixedLength<F>.has_value() && requires {
    Options::kAllowsFixedLengths;
  };
  if (!kAllowed && length > options.max_frame_size) [[unlikely]] {
    return {.status = kIsUnclear};
  }
  const FrameHeader header = LoadHeader(place.header);
  if (IgnoredByHeader<F>(header.flags, header.stream_id)) [[unlikely]] {
    return {.status = kIsRaw};
  }
  if (FaultBeforeOptionalFields<F>(header.flags, header.stream_id, length) != Fault::kNone ||
      place.available < kFrameHeaderSize + std::size_t{length}) [[unlikely]] {
    return {.status = kIsUnclear};
  }
  FrameHeader here = header;
  if constexpr (kOptional != 0) {
    // Both arms have flags of their own, of which the compiler does not know that they are the
    // same: what is derived from them would be computed before the branch, and copied.
    if ((header.flags & kOptional) != 0) [[unlikely]] {
      if (kApart) here.flags = LoadBig<std::uint8_t>(Opaque(place.header) + 4);
      if (kApart && std::has_single_bit(kOptional)) here.flags |= kOptional;
      const std::size_t room = kApart ? Opaque(length) : length;
      if (FaultOfOptionalFields<F>(here.flags, room, Bytes(place.payload(), room)) != Fault::kNone)
          [[unlikely]] {
        return {.status = kIsUnclear};
      }
      if constexpr (kApart) return ReadAs<F>(place, here, room, target, options);
    }
    if (kApart) {
      here.flags =
          static_cast<std::uint8_t>(Opaque(std::uint32_t{header.flags}) & (0xffu - kOptional));
    }
  }
  return ReadAs<F>(place, here, length, target, options);
}

// The rule that a frame breaks for a receiver with `options`, as far as its header decides and the
// beginning of its payload, which may be empty.
constexpr Fault FaultOf(const FrameHeader& header, Bytes payload,
                        const DecodeOptions& options) noexcept {
  if (header.length > options.max_frame_size) return Fault::kFrameTooLarge;
  return Switch<FrameTypeCodes>(
      static_cast<std::size_t>(header.type), [&]<class Case>(Case) -> Fault {
        if constexpr (std::is_same_v<Case, NoCase>) {
          return Fault::kNone;
        } else {
          using F = std::variant_alternative_t<kIndexOfCode[Case::value], Frame>;
          if (IsExtension(F::kType) && !options.extensions) return Fault::kNone;
          if (IgnoredByHeader<F>(header.flags, header.stream_id)) return Fault::kNone;
          return FaultOfBeginning<F>(header, payload);
        }
      });
}

// The same of a frame that is kIsUnclear; kNone if it only is not all there. Out of line: it is not
// on the way of frames that are in order. Nothing is passed by address, which would keep it from
// registers.
H2WIRE_NOINLINE constexpr Fault FaultOfUnclear(const std::byte* header, const std::byte* payload,
                                               std::size_t available,
                                               DecodeOptions options) noexcept {
  return FaultOf(LoadHeader(header), Bytes(payload, available - kFrameHeaderSize), options);
}

// Decodes the frame at `place`, of whose header all octets are there.
template <class Place, class Target, class Options>
H2WIRE_ALWAYS_INLINE constexpr Outcome DecodeAt(const Place& place, const Target& target,
                                                const Options& options) {
  const std::size_t type = LoadBig<std::uint8_t>(place.header + 3);
  Verdict verdict =
      Switch<FrameTypeCodes>(type, [&]<class Case>(Case) H2WIRE_ALWAYS_INLINE -> Verdict {
        if constexpr (std::is_same_v<Case, NoCase>) {
          return {.status = kIsRaw};
        } else {
          using F = std::variant_alternative_t<kIndexOfCode[Case::value], Frame>;
          if (IsExtension(F::kType) && !options.extensions) return {.status = kIsRaw};
          return DecodeAs<F>(place, target, options);
        }
      });
  // One place for all of them, so that the sink of RawFrame is inlined once.
  if (verdict.status == kIsRaw) verdict = DecodeAs<RawFrame>(Opaque(place), target, options);
  if (verdict.status == DecodeStatus::kOk) return {DecodeStatus::kOk, verdict.size, {}};

  if (verdict.status == kIsUnclear) {
    verdict.fault = FaultOfUnclear(place.header, place.payload(), place.available, options);
  }
  const FrameHeader header = LoadHeader(place.header);
  const std::size_t size = kFrameHeaderSize + std::size_t{header.length};
  if (verdict.fault == Fault::kNone) return {DecodeStatus::kNeedMore, size, {}};
  return {DecodeStatus::kError, size, ErrorOf(verdict.fault, header.stream_id)};
}

// Makes `outcome` that of `decoded`, which has none yet. The error is stored only if there is one:
// g++ follows a good frame from its type to its handler only where the way is of few statements.
H2WIRE_ALWAYS_INLINE constexpr void SetOutcome(Outcome& decoded, const Outcome& outcome) noexcept {
  decoded.status = outcome.status;
  decoded.size = outcome.size;
  if (outcome.status == DecodeStatus::kError) decoded.error = outcome.error;
}

template <class Sink>
inline constexpr bool NeverThrows = []<std::size_t... kIndexes>(std::index_sequence<kIndexes...>) {
  return (std::is_nothrow_invocable_v<Sink&, const std::variant_alternative_t<kIndexes, Frame>&> &&
          ...);
}
(std::make_index_sequence<std::variant_size_v<Frame>>());

}  // namespace internal

// Decodes the first frame of `in` and, if it is good, calls `sink` with its struct: a
// `const DataFrame&`, a `const PingFrame&` ... or a `const RawFrame&`. What the sink returns is not
// looked at. Throws what the sink throws, and nothing else. The frame borrows from `in`.
template <class Sink>
H2WIRE_ALWAYS_INLINE constexpr Outcome DecodeTo(
    Bytes in, Sink&& sink,
    const DecodeOptions& options = {}) noexcept(internal::NeverThrows<Sink>) {
  if (in.size() < kFrameHeaderSize) [[unlikely]] {
    return {DecodeStatus::kNeedMore, kFrameHeaderSize, {}};
  }
  return internal::DecodeAt(internal::OnePiece{in.data(), in.size()}, internal::ToSink<Sink>{sink},
                            options);
}

// The same as a variant.
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr Decoded<Frame> Decode(
    Bytes in H2WIRE_LIFETIME_BOUND, const DecodeOptions& options = {}) noexcept {
  Decoded<Frame> decoded;
  if (in.size() < kFrameHeaderSize) [[unlikely]] {
    decoded.size = kFrameHeaderSize;
    return decoded;
  }
  internal::SetOutcome(decoded, internal::DecodeAt(internal::OnePiece{in.data(), in.size()},
                                                   internal::ToVariant{decoded.frame}, options));
  return decoded;
}

// Judges the nine octets at the beginning of `in`, before the payload is there: the greatest frame
// size, the stream identifier, the least or exact length. `size` is that of the whole frame, also
// if all is well.
[[nodiscard]] constexpr Decoded<FrameHeader> DecodeHeader(
    Bytes in, const DecodeOptions& options = {}) noexcept {
  if (in.size() < kFrameHeaderSize) return {{DecodeStatus::kNeedMore, kFrameHeaderSize, {}}, {}};
  const FrameHeader header = LoadHeader(in.data());
  const Fault fault = internal::FaultOf(header, {}, options);
  const bool ok = fault == Fault::kNone;
  return {{ok ? DecodeStatus::kOk : DecodeStatus::kError, kFrameHeaderSize + header.length,
           ok ? FrameError{} : ErrorOf(fault, header.stream_id)},
          header};
}

// Decodes a frame whose payload was read elsewhere than behind its header: after DecodeHeader, say,
// into a buffer of one's own choice. A payload shorter than `raw.header.length` is not yet all of
// it; of a longer one the rest is not looked at.
[[nodiscard]] constexpr Decoded<Frame> Decode(const RawFrame& raw,
                                              const DecodeOptions& options = {}) noexcept {
  std::array<std::byte, kFrameHeaderSize> header{};
  StoreHeader(header.data(), raw.header);
  Decoded<Frame> decoded;
  internal::SetOutcome(
      decoded,
      internal::DecodeAt(internal::TwoPieces{header.data(), kFrameHeaderSize + raw.payload.size(),
                                             raw.payload.data()},
                         internal::ToVariant{decoded.frame}, options));
  return decoded;
}

// Takes the first frame of `in` as it is: nothing is judged but its size.
[[nodiscard]] H2WIRE_ALWAYS_INLINE constexpr Decoded<RawFrame> DecodeRaw(
    Bytes in H2WIRE_LIFETIME_BOUND, const DecodeOptions& options = {}) noexcept {
  if (in.size() < kFrameHeaderSize) [[unlikely]] {
    return {{DecodeStatus::kNeedMore, kFrameHeaderSize, {}}, {}};
  }
  const FrameHeader header = LoadHeader(in.data());
  const std::size_t size = kFrameHeaderSize + header.length;
  if (header.length > options.max_frame_size) [[unlikely]] {
    return {{DecodeStatus::kError, size, ErrorOf(Fault::kFrameTooLarge, header.stream_id)}, {}};
  }
  if (in.size() < size) [[unlikely]] {
    return {{DecodeStatus::kNeedMore, size, {}}, {}};
  }
  return {{DecodeStatus::kOk, size, {}},
          {header, Bytes(in.data() + kFrameHeaderSize, header.length)}};
}

}  // namespace h2wire

#endif  // H2WIRE_DECODE_H_
