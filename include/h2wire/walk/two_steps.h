// SPDX-License-Identifier: Apache-2.0

// How a frame is decoded in two steps, first its header and then its payload: what decode.h
// declares.

#ifndef H2WIRE_WALK_TWO_STEPS_H_
#define H2WIRE_WALK_TWO_STEPS_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/decode.h"
#include "h2wire/walk/dispatch.h"
#include "h2wire/walk/envelope.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

// The headers of a type that are in order without a doubt: nearly all that are.
struct ClearHeaders {
  std::uint32_t least_length = 0;
  std::uint32_t more_length = kLargestMaxFrameSize;  // octets that there may be beyond it
  StreamId least_stream = 0;
  StreamId more_streams = kMaxStreamId;
  std::uint32_t doubtful_flags = 0;  // FaultOf has to look at what comes with them
};

template <class F>
consteval ClearHeaders ClearHeadersOf() {
  using Streams = Envelope::Streams;
  constexpr Envelope kPlain = kEnvelope<F>;
  ClearHeaders clear;
  clear.least_length = static_cast<std::uint32_t>(kPlain.least_length);
  clear.more_length -= clear.least_length;
  if (!kPlain.has_rest || kPlain.rest_unit != 1) clear.more_length = 0;
  if (kPlain.streams == Streams::kAlways) clear.least_stream = 1;
  if (kPlain.streams == Streams::kNever || kPlain.streams == Streams::kNeverElseIgnored) {
    clear.more_streams = 0;
  }
  clear.doubtful_flags = kPlain.optional_flags;
  return clear;
}

// Of each type code up to the last that `Set` has.
template <AnyFrameSet Set>
inline constexpr auto kClearHeaders = [] {
  std::array<ClearHeaders, FrameTypeCodes<Set>::kEnd> rows{};
  for (std::size_t code = 0; code < rows.size(); ++code) {
    rows[code] = VisitType<Set>(FrameType{static_cast<std::uint8_t>(code)},
                                []<class F>(std::type_identity<F>) { return ClearHeadersOf<F>(); });
  }
  return rows;
}();

template <AnyFrameSet Set>
H2WIRE_ALWAYS_INLINE constexpr bool IsClear(const FrameHeader& header) noexcept {
  const auto code = static_cast<std::size_t>(header.type);
  if (code >= kClearHeaders<Set>.size()) return false;
  const ClearHeaders& clear = kClearHeaders<Set>[code];
  return header.length - clear.least_length <= clear.more_length &&
         header.stream_id - clear.least_stream <= clear.more_streams &&
         (header.flags & clear.doubtful_flags) == 0;
}

// What DecodeHeader and DecodePayload know of each other.
struct TwoSteps {
  template <AnyFrameSet Set>
  H2WIRE_ALWAYS_INLINE static constexpr DecodedHeader<Set> Judge(
      const FrameHeader& header, const DecodeOptions& options) noexcept {
    DecodedHeader<Set> decoded;
    decoded.status = DecodeStatus::kOk;
    decoded.size = kFrameHeaderSize + std::size_t{header.length};
    decoded.frame = header;
    decoded.extensions_ = options.extensions;
    decoded.reject_nonzero_padding_ = options.reject_nonzero_padding;
    if (header.length > options.max_frame_size || !IsClear<Set>(header)) [[unlikely]] {
      const Fault fault = FaultOfDoubtful<Set>(decoded.frame, options);
      if (fault != Fault::kNone) {
        decoded.status = DecodeStatus::kError;
        decoded.error = ErrorOf(fault, header.stream_id);
      }
    }
    return decoded;
  }

  template <AnyFrameSet Set, class Target>
  H2WIRE_ALWAYS_INLINE static constexpr Outcome Decode(const DecodedHeader<Set>& decoded,
                                                       Bytes payload, const Target& target) {
    if (decoded.status != DecodeStatus::kOk) [[unlikely]] {
      const Outcome& outcome = decoded;
      return outcome;
    }
    const FrameHeader& header = decoded.frame;
    const DecodeOptions options = OptionsOf(decoded);
    Verdict verdict = VisitType<Set>(
        header.type, [&]<class F>(std::type_identity<F>) H2WIRE_ALWAYS_INLINE -> Verdict {
          if constexpr (std::same_as<F, RawFrame>) {
            return {.status = kIsRaw};
          } else {
            if (kIsExtension<F> && !options.extensions) return {.status = kIsRaw};
            return DecodeAs<Set, F>(header, payload, target, options);
          }
        });
    if (verdict.status == kIsRaw) {
      verdict = DecodeAs<Set, RawFrame>(header, payload, target, options);
    }
    if (verdict.status == DecodeStatus::kOk) return {DecodeStatus::kOk, verdict.size, {}};
    if constexpr (requires { target.refusal; }) {
      if (verdict.status == kIsRefused) return {DecodeStatus::kError, verdict.size, target.refusal};
    }
    if (verdict.status == kIsUnclear) {
      verdict.fault = FaultOfUnclear(decoded, payload);
    }
    if (verdict.fault == Fault::kNone) return {DecodeStatus::kNeedMore, decoded.size, {}};
    return {DecodeStatus::kError, decoded.size, ErrorOf(verdict.fault, header.stream_id)};
  }

 private:
  // The rule that a header breaks which is not clear; and the one that a frame breaks whose payload
  // is not, or kNone if it only is not all there. Out of line, and the header by address: a read
  // between the steps has it in memory anyway.
  template <AnyFrameSet Set>
  H2WIRE_NOINLINE static constexpr Fault FaultOfDoubtful(const FrameHeader& header,
                                                         DecodeOptions options) noexcept {
    return FaultOf<Set>(header, {}, options);
  }
  template <AnyFrameSet Set>
  H2WIRE_NOINLINE static constexpr Fault FaultOfUnclear(const DecodedHeader<Set>& decoded,
                                                        Bytes payload) noexcept {
    return FaultOf<Set>(decoded.frame, payload, OptionsOf(decoded));
  }

  // Those by which the header was judged, but for the greatest size, which it does not exceed.
  template <AnyFrameSet Set>
  H2WIRE_ALWAYS_INLINE static constexpr DecodeOptions OptionsOf(
      const DecodedHeader<Set>& decoded) noexcept {
    return {.max_frame_size = kLargestMaxFrameSize,
            .extensions = decoded.extensions_,
            .reject_nonzero_padding = decoded.reject_nonzero_padding_};
  }

  // Reads a frame of type F whose header broke no rule.
  template <AnyFrameSet Set, class F, class Target>
  H2WIRE_ALWAYS_INLINE static constexpr Verdict DecodeAs(const FrameHeader& header, Bytes payload,
                                                         const Target& target,
                                                         const DecodeOptions& options) {
    // A length that is known does not wait to be loaded.
    const std::size_t length = kFixedLength<F>.value_or(header.length);
    if (IgnoredByHeader<F>(header.flags, header.stream_id)) [[unlikely]] {
      return {.status = kIsRaw};
    }
    if (payload.size() < length) [[unlikely]] {
      return {.status = kIsUnclear};
    }
    if constexpr (kEnvelope<F>.optional_flags != 0) {
      if ((header.flags & kEnvelope<F>.optional_flags) != 0 &&
          FaultOfOptionalFields<F>(header.flags, length, payload) != Fault::kNone) [[unlikely]] {
        return {.status = kIsUnclear};
      }
    }
    return ReadAs<Set, F>(Elsewhere{payload.data()}, header, length, target, options);
  }

  // A payload whose header is elsewhere.
  struct Elsewhere {
    const std::byte* at;
    constexpr const std::byte* payload() const noexcept { return at; }
  };
};

}  // namespace internal

template <AnyFrameSet Set>
H2WIRE_ALWAYS_INLINE constexpr DecodedHeader<Set> DecodeHeader(
    Bytes in, const DecodeOptions& options) noexcept {
  if (in.size() < kFrameHeaderSize) [[unlikely]] {
    return DecodedHeader<Set>();
  }
  return internal::TwoSteps::Judge<Set>(LoadHeader(in.data()), options);
}

template <AnyFrameSet Set>
H2WIRE_ALWAYS_INLINE constexpr Decoded<Set> DecodePayload(const DecodedHeader<Set>& header,
                                                          Bytes payload) noexcept {
  Decoded<Set> decoded;
  internal::SetOutcome(decoded, internal::TwoSteps::Decode(
                                    header, payload, internal::ToVariant<Set>{decoded.frame}));
  return decoded;
}

template <AnyFrameSet Set, class Sink>
H2WIRE_ALWAYS_INLINE constexpr Outcome DecodePayloadTo(
    const DecodedHeader<Set>& header, Bytes payload,
    Sink&& sink) noexcept(internal::kNeverThrows<Sink, Set>) {
  return internal::IntoSink<Set>(sink, [&](const auto& target) H2WIRE_ALWAYS_INLINE {
    return internal::TwoSteps::Decode(header, payload, target);
  });
}

template <AnyFrameSet Set>
constexpr Decoded<Set> Decode(const RawFrame& raw, const DecodeOptions& options) noexcept {
  if (raw.payload.size() > kLargestMaxFrameSize) {
    Decoded<Set> decoded;
    decoded.status = DecodeStatus::kError;
    decoded.size = kFrameHeaderSize + raw.payload.size();
    decoded.error = ErrorOf(Fault::kFrameTooLarge, raw.header.stream_id);
    return decoded;
  }
  return DecodePayload(internal::TwoSteps::Judge<Set>(HeaderOf(raw), options), raw.payload);
}

}  // namespace h2wire

#endif  // H2WIRE_WALK_TWO_STEPS_H_
