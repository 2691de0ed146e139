// SPDX-License-Identifier: Apache-2.0

// From octets to frames, in place: nothing is copied, nothing allocated, and no octet of a payload
// is touched that a field or a rule does not need.
//
//   for (Bytes in = received;;) {
//     const auto next = Decode(in);
//     if (next.status == DecodeStatus::kNeedMore) break;  // next.size: octets to have first
//     if (next.status == DecodeStatus::kOk) Visit(handler, next.frame);
//     if (next.status == DecodeStatus::kError && !Report(next.error)) return;
//     in = After(in, next.size);                          // behind a stream error, too
//   }
//
// DecodeTo is the primitive: it calls a function with the struct of the frame's type. Decode puts
// that struct into a variant, which costs little more: compilers keep most of it in registers.
//
// Members of a frame are what it means. The octet of its flags and the reserved bit as they were
// sent stand in its header, nine octets away: LoadHeader(in.data()).

#ifndef H2WIRE_DECODE_H_
#define H2WIRE_DECODE_H_

#include <cstddef>
#include <cstdint>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/walk/in_registers.h"
#include "h2wire/walk/sink.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {
struct TwoSteps;
}

// What a receiver accepts.
struct DecodeOptions {
  // The receiver's SETTINGS_MAX_FRAME_SIZE: octets of payload. RFC 9113, 4.2.
  std::uint32_t max_frame_size = kDefaultMaxFrameSize;
  // Whether it knows ALTSVC, ORIGIN, PRIORITY_UPDATE and the settings 8 and 9. Without it they are
  // unknown, as they must be to an endpoint that does not support them. RFC 9113, 5.5 and 6.5.2.
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
  [[no_unique_address]] mutable internal::InRegisters in_registers{};  // has no meaning
};

// Decodes the first frame of `in` and, if it is good, calls `sink` with its struct: a
// `const DataFrame&`, a `const PingFrame&` ... or a `const RawFrame&`. The frame borrows from `in`.
// Throws what the sink throws, and nothing else.
//
// A sink may refuse a frame: if it returns a FrameError with a fault, or with a code and no fault,
// that is the outcome, kError, and `size` that of the frame. (So ConnectionGuard's Check can be
// returned.) Whatever else a sink returns is not looked at.
// Here as below, the frame types that are known are those of `Set`: DecodeTo<MyFrame>(in, sink).
template <AnyFrameSet Set = Frame, class Sink>
[[nodiscard]] constexpr Outcome DecodeTo(
    Bytes in, Sink&& sink,
    const DecodeOptions& options = {}) noexcept(internal::kNeverThrows<Sink, Set>);

// The same as a variant.
template <AnyFrameSet Set = Frame>
[[nodiscard]] constexpr Decoded<Set> Decode(Bytes in H2WIRE_LIFETIME_BOUND,
                                            const DecodeOptions& options = {}) noexcept;

// The header of a frame, judged: the first of two steps, where the payload is read by itself, into
// a place that is chosen when its length is known.
//
//   const auto header = DecodeHeader(nine_octets, options);
//   if (header.status != DecodeStatus::kOk) return Report(header);
//   const Bytes payload = Read(header.frame.length);
//   const auto next = DecodePayload(header, payload);
template <AnyFrameSet Set = Frame>
class DecodedHeader : public Decoded<FrameHeader> {
 public:
  // Of no octets: kNeedMore.
  constexpr DecodedHeader() noexcept { size = kFrameHeaderSize; }

 private:
  friend internal::TwoSteps;
  // As in the options by which the header was judged.
  bool extensions_ = true;
  bool reject_nonzero_padding_ = false;
};

// Judges the nine octets at the beginning of `in`: the greatest frame size, the stream identifier,
// the least or exact length. `frame` is what they say, also if they are in error, and `size` that
// of the whole frame.
template <AnyFrameSet Set = Frame>
[[nodiscard]] constexpr DecodedHeader<Set> DecodeHeader(Bytes in,
                                                        const DecodeOptions& options = {}) noexcept;

// Decodes the frame of which `payload` is the payload: as Decode does with all of its octets. The
// header is not judged again, and the options are those by which it was; if its status is not kOk,
// that is the outcome. Of a payload that is not all there, kNeedMore or the error that its
// beginning decides; of one that is longer, the rest is not looked at. The frame borrows from
// `payload`.
template <AnyFrameSet Set>
[[nodiscard]] constexpr Decoded<Set> DecodePayload(const DecodedHeader<Set>& header,
                                                   Bytes payload H2WIRE_LIFETIME_BOUND) noexcept;

// The same, and calls `sink` with the struct, as DecodeTo does.
template <AnyFrameSet Set, class Sink>
[[nodiscard]] constexpr Outcome DecodePayloadTo(
    const DecodedHeader<Set>& header, Bytes payload,
    Sink&& sink) noexcept(internal::kNeverThrows<Sink, Set>);

// Decodes a frame that was taken as it is, or put together: what Decode makes of its octets.
template <AnyFrameSet Set = Frame>
[[nodiscard]] constexpr Decoded<Set> Decode(const RawFrame& raw,
                                            const DecodeOptions& options = {}) noexcept;

// Takes the first frame of `in` as it is: nothing is judged but its size.
[[nodiscard]] constexpr Decoded<RawFrame> DecodeRaw(Bytes in H2WIRE_LIFETIME_BOUND,
                                                    const DecodeOptions& options = {}) noexcept;

}  // namespace h2wire

#include "h2wire/walk/decode.h"  // how they do it
#include "h2wire/walk/two_steps.h"

#endif  // H2WIRE_DECODE_H_
