// SPDX-License-Identifier: Apache-2.0

// How a frame is decoded where it stands: what decode.h declares.

// decode.h includes this file at its end. Whoever includes this one first has to pass through
// there.
#include "h2wire/decode.h"

#ifndef H2WIRE_WALK_DECODE_H_
#define H2WIRE_WALK_DECODE_H_

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

#ifndef __GLIBCXX__  // whose <variant> has construct_at without the seconds that <memory> takes
#include <memory>
#endif

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/reader.h"
#include "h2wire/walk/sink.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

// Between the functions here: the frame is to be handed out as a RawFrame; its header breaks a rule
// or not all of it is there, and which of these it is, FaultOfUnclear has to say.
inline constexpr DecodeStatus kIsRaw{3};
inline constexpr DecodeStatus kIsUnclear{4};
// The sink refused the frame, for a reason that it gave.
inline constexpr DecodeStatus kIsRefused{5};

// What becomes an Outcome, in words: compilers keep these in registers, and an error they do not.
struct Verdict {
  DecodeStatus status = DecodeStatus::kOk;
  std::size_t size = 0;        // of kOk and kIsRefused
  Fault fault = Fault::kNone;  // of kError
};

// `value`, of which compilers forget what they knew: what is derived from it is not derived from
// its origin, and so not computed before the branch that asks for it, or in two widths at once.
template <class T>
H2WIRE_ALWAYS_INLINE constexpr T Opaque(T value) noexcept {
  if (!std::is_constant_evaluated()) asm("" : "+r"(value));
  return value;
}

// Where a frame is, and how many octets of it are there, the nine of the header included.
struct OnePiece {
  const std::byte* header;
  std::size_t available;
  constexpr const std::byte* payload() const noexcept { return header + kFrameHeaderSize; }
};
template <class Place>
H2WIRE_ALWAYS_INLINE constexpr Place Opaque(Place place) noexcept
    requires(requires { place.header; }) {
  place.header = Opaque(place.header);
  return place;
}

// Where a decoded frame goes. Make<F>() is the frame to fill, or a reference to it, and Done() is
// told when all is well, and says whether the frame is accepted. kOptionalFieldsApart: whether
// frames with optional fields have code of their own, so that the others are handed over from
// registers. To a function;
template <class Sink>
struct ToSink {
  static constexpr bool kOptionalFieldsApart = true;
  Sink& sink;
  template <class F>
  H2WIRE_ALWAYS_INLINE constexpr F Make() const noexcept {
    return F();
  }
  H2WIRE_ALWAYS_INLINE constexpr bool Done(const auto& frame) const {
    sink(frame);
    return true;
  }
};
// to a function that may refuse it;
template <class Sink>
struct ToRefusingSink : ToSink<Sink> {
  FrameError& refusal;  // set if it does
  H2WIRE_ALWAYS_INLINE constexpr bool Done(const auto& frame) const {
    if constexpr (std::convertible_to<decltype(this->sink(frame)), FrameError>) {
      const FrameError error = this->sink(frame);
      if (error.fault == Fault::kNone && error.code == ErrorCode::kNoError) [[likely]] {
        return true;
      }
      refusal = error;
      return false;
    } else {
      return ToSink<Sink>::Done(frame);
    }
  }
};
// or to a variant, in place: g++ copies a frame through memory, 16 octets at a time, right after it
// has written smaller fields there, which a processor waits for.
template <AnyFrameSet Set>
struct ToVariant {
#ifdef __clang__  // which packs members that two pieces of code write into one register
  static constexpr bool kOptionalFieldsApart = false;
#else
  static constexpr bool kOptionalFieldsApart = true;
#endif
  Set& variant;
  template <class F>
  H2WIRE_ALWAYS_INLINE constexpr F& Make() const noexcept {
    // Plain assignment is no constant expression in libstdc++ 12.
    return *std::get_if<F>(std::construct_at(&variant, std::in_place_type<F>));
  }
  constexpr bool Done(const auto&) const noexcept { return true; }
};

// Reads a frame whose header and Pad Length broke no rule and whose payload of `length` octets is
// there.
template <AnyFrameSet Set, class F, class Place, class Target>
H2WIRE_ALWAYS_INLINE constexpr Verdict ReadAs(const Place& place, const FrameHeader& header,
                                              std::size_t length, const Target& target,
                                              const DecodeOptions& options) {
  ReaderOf<Set> reader(header, place.payload(), length, options.reject_nonzero_padding,
                       options.extensions);
  decltype(auto) frame = target.template Make<F>();
  F::Layout(frame, reader);
  if (reader.fault() != Fault::kNone) [[unlikely]] {
    return {.status = DecodeStatus::kError, .fault = reader.fault()};
  }
  if (reader.ignored()) [[unlikely]] {
    return {.status = kIsRaw};
  }
  const bool accepted = target.Done(frame);
  return {.status = accepted ? DecodeStatus::kOk : kIsRefused, .size = kFrameHeaderSize + length};
}

// Decodes a frame of type F. Options are DecodeOptions, or are derived from them and say
// kAllowsFixedLengths: the limit is known not to be below the length of any type that has one.
template <AnyFrameSet Set, class F, class Place, class Target, class Options>
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
      if constexpr (kApart) return ReadAs<Set, F>(place, here, room, target, options);
    }
    if (kApart) {
      here.flags =
          static_cast<std::uint8_t>(Opaque(std::uint32_t{header.flags}) & (0xffu - kOptional));
    }
  }
  return ReadAs<Set, F>(place, here, length, target, options);
}

// The rule that a frame breaks for a receiver with `options`, as far as its header decides and the
// beginning of its payload, which may be empty.
template <AnyFrameSet Set>
constexpr Fault FaultOf(const FrameHeader& header, Bytes payload,
                        const DecodeOptions& options) noexcept {
  if (header.length > options.max_frame_size) return Fault::kFrameTooLarge;
  return VisitType<Set>(header.type, [&]<class F>(std::type_identity<F>) -> Fault {
    if constexpr (std::same_as<F, RawFrame>) {
      return Fault::kNone;
    } else {
      if (kIsExtension<F> && !options.extensions) return Fault::kNone;
      if (IgnoredByHeader<F>(header.flags, header.stream_id)) return Fault::kNone;
      return FaultOfBeginning<F>(header, payload);
    }
  });
}

// The same of a frame that is kIsUnclear; kNone if it only is not all there. Out of line: it is not
// on the way of frames that are in order. Nothing is passed by address, which would keep it from
// registers; it is not called where nobody asks what it returns.
template <AnyFrameSet Set>
H2WIRE_NOINLINE H2WIRE_PURE constexpr Fault FaultOfUnclear(const std::byte* header,
                                                           const std::byte* payload,
                                                           std::size_t available,
                                                           DecodeOptions options) noexcept {
  return FaultOf<Set>(LoadHeader(header), Bytes(payload, available - kFrameHeaderSize), options);
}

// Decodes the frame at `place`, of whose header all octets are there.
template <AnyFrameSet Set, class Place, class Target, class Options>
H2WIRE_ALWAYS_INLINE constexpr Outcome DecodeAt(const Place& place, const Target& target,
                                                const Options& options) {
  const FrameType type{LoadBig<std::uint8_t>(place.header + 3)};
  Verdict verdict =
      VisitType<Set>(type, [&]<class F>(std::type_identity<F>) H2WIRE_ALWAYS_INLINE -> Verdict {
        if constexpr (std::same_as<F, RawFrame>) {
          return {.status = kIsRaw};
        } else {
          if (kIsExtension<F> && !options.extensions) return {.status = kIsRaw};
          return DecodeAs<Set, F>(place, target, options);
        }
      });
  // One place for all of them, so that the sink of RawFrame is inlined once.
  if (verdict.status == kIsRaw) {
    verdict = DecodeAs<Set, RawFrame>(Opaque(place), target, options);
  }
  if (verdict.status == DecodeStatus::kOk) return {DecodeStatus::kOk, verdict.size, {}};
  if constexpr (requires { target.refusal; }) {
    if (verdict.status == kIsRefused) return {DecodeStatus::kError, verdict.size, target.refusal};
  }

  if (verdict.status == kIsUnclear) {
    verdict.fault = FaultOfUnclear<Set>(place.header, place.payload(), place.available, options);
  }
  const FrameHeader header = LoadHeader(place.header);
  const std::size_t size = kFrameHeaderSize + std::size_t{header.length};
  if (verdict.fault == Fault::kNone) return {DecodeStatus::kNeedMore, size, {}};
  return {DecodeStatus::kError, size, ErrorOf(verdict.fault, header.stream_id)};
}

// Returns what `decode` makes of the target that is `sink`.
template <AnyFrameSet Set, class Sink, class Decode>
H2WIRE_ALWAYS_INLINE constexpr Outcome IntoSink(Sink& sink, const Decode& decode) {
  if constexpr (!kTakesAll<Sink, Set>) {
    ReportNotTaken<Sink>(NotTaken<Sink, Set>());
    return {};
  } else if constexpr (kMayRefuse<Sink, Set>) {
    FrameError refusal;
    return decode(ToRefusingSink<Sink>{{sink}, refusal});
  } else {
    return decode(ToSink<Sink>{sink});
  }
}

// Makes `outcome` that of `decoded`, which has none yet. The error is stored only if there is one:
// g++ follows a good frame from its type to its handler only where the way is of few statements.
H2WIRE_ALWAYS_INLINE constexpr void SetOutcome(Outcome& decoded, const Outcome& outcome) noexcept {
  decoded.status = outcome.status;
  decoded.size = outcome.size;
  if (outcome.status == DecodeStatus::kError) decoded.error = outcome.error;
}

}  // namespace internal

template <AnyFrameSet Set, class Sink>
H2WIRE_ALWAYS_INLINE constexpr Outcome DecodeTo(
    Bytes in, Sink&& sink,
    const DecodeOptions& options) noexcept(internal::kNeverThrows<Sink, Set>) {
  if (in.size() < kFrameHeaderSize) [[unlikely]] {
    return {DecodeStatus::kNeedMore, kFrameHeaderSize, {}};
  }
  return internal::IntoSink<Set>(sink, [&](const auto& target) H2WIRE_ALWAYS_INLINE {
    return internal::DecodeAt<Set>(internal::OnePiece{in.data(), in.size()}, target, options);
  });
}

template <AnyFrameSet Set>
H2WIRE_ALWAYS_INLINE constexpr Decoded<Set> Decode(Bytes in,
                                                   const DecodeOptions& options) noexcept {
  Decoded<Set> decoded;
  if (in.size() < kFrameHeaderSize) [[unlikely]] {
    decoded.size = kFrameHeaderSize;
    return decoded;
  }
  internal::SetOutcome(decoded,
                       internal::DecodeAt<Set>(internal::OnePiece{in.data(), in.size()},
                                               internal::ToVariant<Set>{decoded.frame}, options));
  return decoded;
}

H2WIRE_ALWAYS_INLINE constexpr Decoded<RawFrame> DecodeRaw(Bytes in,
                                                           const DecodeOptions& options) noexcept {
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

#endif  // H2WIRE_WALK_DECODE_H_
