// SPDX-License-Identifier: Apache-2.0

// Frames that arrive in pieces, whatever the pieces are.
//
//   std::array<std::byte, 32 * 1024> storage;  // for frames that straddle pieces
//   StreamDecoder decoder(storage, {.preface = true});
//
//   // For each piece, of one octet or a million, in a buffer that may be used again afterwards:
//   for (;;) {
//     const Outcome next = decoder.DecodeTo(piece, handler);
//     if (next.status == DecodeStatus::kNeedMore) break;  // all of the piece is taken
//     if (next.status == DecodeStatus::kError && !Report(next.error)) return;
//     piece = After(piece, next.size);
//   }
//
// A frame that lies whole in a piece is handed out in place. One that does not is assembled in the
// storage, but for DATA and frames without a struct of their own (and, by an option, the frames of
// field blocks): those are handed out as they come, in a FrameBegin, FrameChunks and a FrameEnd, so
// that a payload of 16 MiB passes through without being kept or copied.
//
// How the octets are cut makes no difference: the same errors at the same frames, and the same
// frames, if the parts of a streamed one are taken for the frame they make. (One that turns out to
// be in error, which only its padding can, or that is cut off has no FrameEnd.)
//
// With storage of nine octets and the greatest payload, nothing is ever refused for want of it.
// A caller that has that much, and reads into it, has no need of a StreamDecoder: see FrameBuffer.

#ifndef H2WIRE_STREAM_DECODER_H_
#define H2WIRE_STREAM_DECODER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <variant>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/walk/beginning.h"
#include "h2wire/walk/dispatch.h"

namespace h2wire::inline H2WIRE_ABI {

// What a StreamDecoder hands out of a frame that it streams: one FrameBegin, any number of
// FrameChunks, one FrameEnd, and nothing else between them. F is DataFrame, RawFrame, or, if that
// is asked for, HeadersFrame, PushPromiseFrame or ContinuationFrame.
template <class F>
struct FrameBegin {
  F frame{};             // all but its octets: `data`, `payload` or `fragment` is empty
  std::size_t size = 0;  // of those octets, which come in chunks; padding is not among them
};

template <class F>
struct FrameChunk {
  StreamId stream_id = 0;
  Bytes octets{};  // the next ones, at least one; they live as long as the piece
};

// The frame is complete, its padding included.
template <class F>
struct FrameEnd {
  F frame{};  // the same as in FrameBegin
};

// The octets by which a frame that begins shrinks the windows of its stream and its connection.
// RFC 9113, 6.9.1.
[[nodiscard]] constexpr std::size_t FlowControlledLength(
    const FrameBegin<DataFrame>& begin) noexcept {
  return begin.size + FlowControlledLength(begin.frame);
}

struct StreamDecoderOptions {
  DecodeOptions decode{};
  // Whether the octets begin with the connection preface: those that a client sends do. It is taken
  // silently; another beginning is kHttp1Request, kHttp1Response or kTls, as GreetingOf tells, or
  // else kBadPreface.
  bool preface = false;
  // Whether HEADERS, PUSH_PROMISE and CONTINUATION that do not lie whole in a piece are streamed,
  // for an HPACK decoder that takes its input in pieces.
  bool stream_fragments = false;
};

// The frames of one direction of a connection. Copies are independent, but for the storage.
class StreamDecoder {
 public:
  // Octets of storage, without which nothing is decoded.
  static constexpr std::size_t kLeastStorage = 24;

  // Frames are assembled in `storage`, which is the decoder's own as long as it is in use: pieces
  // are never read into it. A frame that would have to be assembled and whose nine octets and
  // payload exceed it is the error kStorageTooSmall, also where it happens to lie whole in a piece.
  explicit StreamDecoder(MutableBytes storage H2WIRE_LIFETIME_BOUND,
                         const StreamDecoderOptions& options = {}) noexcept
      : storage_(storage), options_(options) {
    Reset();
  }

  // Takes octets from the front of `in`, to the end of a frame at most, and calls `sink` with what
  // they make: with the struct of a frame, as h2wire::DecodeTo does, or with a FrameBegin, a
  // FrameChunk, a FrameEnd, or several of these in turn. The sink must take all of them; beware of
  // losing some to a `const auto&` that was meant for other frames. What is handed out lives until
  // the next call, and no longer than `in`.
  //
  //   kOk        `size` octets are taken, at least one: go on with the others.
  //   kNeedMore  All of `in` is taken: come again with the next piece.
  //   kError     A rule is broken, which is reported as soon as the octets are there that decide
  //              it. If `error.stream_id` is a stream, that frame is lost and nothing else: `size`
  //              octets are taken, go on with the others. If it is 0, the connection is lost: every
  //              further call returns the same error and looks at nothing.
  //
  // Throws what the sink throws, and then has to be reset.
  template <class Sink>
  H2WIRE_ALWAYS_INLINE Outcome DecodeTo(Bytes in, Sink&& sink) noexcept(NeverThrows<Sink>);

  // Sets the greatest payload to accept, in octets: to be called when the peer has acknowledged the
  // SETTINGS that say so. It holds for all frames that are not handed out or begun yet.
  void SetMaxFrameSize(std::uint32_t max_frame_size) noexcept;

  // Whether the last octet taken was the last of a frame, or nothing was taken yet. If the peer
  // closes the connection elsewhere, it was cut off.
  [[nodiscard]] bool AtBoundary() const noexcept {
    return have_ == 0 && (state_ == State::kCollecting || state_ == State::kPreface);
  }

  // Forgets everything but the storage and the options: for the octets of another connection.
  void Reset() noexcept;

 private:
  enum class State : std::uint8_t { kPreface, kCollecting, kStreaming, kSkipping, kFailed };

  // The options with the limit that the storage sets, for frames in place or assembled.
  struct InPlaceOptions : DecodeOptions {
    static constexpr bool kAllowsFixedLengths = true;
  };

  // An Outcome without its error, which is Error(): small enough to be returned in registers.
  struct Step {
    DecodeStatus status = DecodeStatus::kNeedMore;
    std::size_t size = 0;
  };

  // Octets of payload: no type of fixed length has more. With a lower limit, which no receiver may
  // have (RFC 9113, 6.5.2) but a tester may, nothing is decoded in place.
  static constexpr std::uint32_t kLargestFixedLength = 8;

  // More octets than any piece has.
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  // Statuses between the functions here: a whole frame is in the storage, or the header and the
  // fields of one to be streamed are.
  static constexpr DecodeStatus kAssembled{4};
  static constexpr DecodeStatus kBegins{5};

  template <class Sink, class F>
  static constexpr bool kTakesPartsOf =
      std::is_nothrow_invocable_v<Sink&, const FrameBegin<F>&>&& std::is_nothrow_invocable_v<
          Sink&, const FrameChunk<F>&>&& std::is_nothrow_invocable_v<Sink&, const FrameEnd<F>&>;
  template <class Sink>
  static constexpr bool NeverThrows =
      internal::kNeverThrows<Sink, Frame>&& kTakesPartsOf<Sink, DataFrame>&&
          kTakesPartsOf<Sink, RawFrame>&& kTakesPartsOf<Sink, HeadersFrame>&&
              kTakesPartsOf<Sink, PushPromiseFrame>&& kTakesPartsOf<Sink, ContinuationFrame>;

  // All that is not a whole frame in place. Out of line: it would only be in the way of those.
  // Deals itself with what is most frequent, and calls nothing before it returns.
  template <class Sink>
  H2WIRE_NOINLINE Step GoOn(Bytes in, Sink& sink) noexcept(NeverThrows<Sink>);

  // Puts octets, one at least, behind those that the storage has.
  void Store(Bytes octets) noexcept;
  // The same with all of `in`, which decides nothing yet.
  Step Keep(Bytes in) noexcept;

  // Octets up to where something is decided.
  template <class Sink>
  H2WIRE_NOINLINE Step Decide(Bytes in, Sink& sink) noexcept(NeverThrows<Sink>);
  // The same as far as it needs no sink: kAssembled and kBegins are left to do.
  Step Advance(Bytes in) noexcept;
  Step AdvancePreface(Bytes in) noexcept;
  Step Skip(Bytes in) noexcept;
  Step Collect(Bytes in) noexcept;

  // What follows from a broken rule, in a frame of which `missing` octets are still to come and for
  // which `taken` were taken from this piece. Error(): the rule broken last.
  Step Stop(Fault fault, StreamId stream_id, std::size_t missing, std::size_t taken) noexcept;
  [[nodiscard]] FrameError Error() const noexcept { return ErrorOf(fault_, fault_stream_id_); }

  // Hands out the end of a frame, if its padding is there: all of the rest was handed out, and
  // `taken` octets were taken from `in`.
  template <class Sink>
  H2WIRE_NOINLINE Step End(Bytes in, std::size_t taken, Sink& sink) noexcept(NeverThrows<Sink>);
  Step TakePadding(Bytes in, std::size_t taken) noexcept;

  // Calls `function` with std::type_identity of the struct of the frame that is streamed.
  template <class Function>
  void OfStreamed(Function function) const;

  void Enter(State state) noexcept;
  void SetLeastInPlace() noexcept;

  MutableBytes storage_;  // while collecting: `have_` octets of a frame or preface;
                          // while streaming: the header and the fields of the frame
  // Fewer octets than this are not decoded in place: nine at the boundary of a frame, elsewhere
  // more than there can be. One comparison tells the one from the other.
  std::size_t least_in_place_ = 0;
  InPlaceOptions in_place_;       // as in `options_`, within the limit that the storage sets
  StreamDecoderOptions options_;  // its max_frame_size is the receiver's
  std::uint32_t have_ = 0;        // octets in the storage
  std::uint32_t undecided_ = 0;   // while collecting: how many more decide nothing; else 0
  std::uint32_t left_ = 0;        // octets to come: of the rest of a payload, or to be skipped
  std::uint8_t padding_ = 0;      // octets to come after those
  State state_ = State::kCollecting;
  Fault fault_ = Fault::kNone;  // of the last error, and its stream
  StreamId fault_stream_id_ = 0;
};

static_assert(sizeof(StreamDecoder) <= 64);
static_assert(std::is_trivially_copyable_v<StreamDecoder>);

namespace internal {

template <class F>
inline constexpr bool kIsFieldBlock = requires(const F& frame) {
  frame.fragment;
};
template <class F>
inline constexpr bool kIsStreamed = std::is_same_v<F, DataFrame> || std::is_same_v<F, RawFrame>;

}  // namespace internal

template <class Sink>
H2WIRE_ALWAYS_INLINE inline Outcome StreamDecoder::DecodeTo(Bytes in, Sink&& sink) noexcept(
    NeverThrows<Sink>) {
  Step step;
  if (in.size() >= least_in_place_) [[likely]] {
    const Outcome next = internal::DecodeAt<Frame>(internal::OnePiece{in.data(), in.size()},
                                                   internal::ToSink<Sink>{sink}, in_place_);
    step = {next.status, next.size};
  }
  if (step.status != DecodeStatus::kOk) [[unlikely]] {
    step = GoOn(in, sink);  // which finds any error again
  }
  return {step.status, step.size, step.status == DecodeStatus::kError ? Error() : FrameError{}};
}

template <class Sink>
StreamDecoder::Step StreamDecoder::GoOn(Bytes in, Sink& sink) noexcept(NeverThrows<Sink>) {
  if (undecided_ != 0 && in.size() <= undecided_) {
    if (in.size() != 1) return Keep(in);
    storage_[have_++] = in[0];  // as they come from who sends octet by octet
    --undecided_;
    least_in_place_ = kNever;
    return {DecodeStatus::kNeedMore, 1};
  }
  if (state_ != State::kStreaming) return Decide(in, sink);

  const Bytes octets = in.first(std::min<std::size_t>(left_, in.size()));
  left_ -= static_cast<std::uint32_t>(octets.size());
  if (!octets.empty()) {
    const StreamId stream_id = LoadHeader(storage_.data()).stream_id;
    OfStreamed([&]<class F>(std::type_identity<F>) { sink(FrameChunk<F>{stream_id, octets}); });
  }
  if (left_ != 0) return {DecodeStatus::kNeedMore, octets.size()};
  return End(in, octets.size(), sink);
}

template <class Sink>
StreamDecoder::Step StreamDecoder::Decide(Bytes in, Sink& sink) noexcept(NeverThrows<Sink>) {
  const Step step = Advance(in);
  if (step.status == kBegins) {
    OfStreamed([&]<class F>(std::type_identity<F>) {
      const internal::Beginning<F> beginning = internal::ReadBeginning<F>(storage_.data());
      sink(FrameBegin<F>{beginning.frame, beginning.rest});
    });
    const Step rest = GoOn(in.subspan(step.size), sink);
    return {rest.status, step.size + rest.size};
  }
  if (step.status == kAssembled) {
    const Outcome next =
        internal::DecodeAt<Frame>(internal::OnePiece{storage_.data(), storage_.size()},
                                  internal::ToSink<Sink>{sink}, in_place_);
    if (next.status == DecodeStatus::kOk) return {DecodeStatus::kOk, step.size};
    return Stop(next.error.fault, next.error.stream_id, 0, step.size);
  }
  return step;
}

template <class Sink>
StreamDecoder::Step StreamDecoder::End(Bytes in, std::size_t taken,
                                       Sink& sink) noexcept(NeverThrows<Sink>) {
  const Step step = TakePadding(in, taken);
  if (step.status == DecodeStatus::kOk) {
    OfStreamed([&]<class F>(std::type_identity<F>) {
      sink(FrameEnd<F>{internal::ReadBeginning<F>(storage_.data()).frame});
    });
  }
  return step;
}

template <class Function>
H2WIRE_ALWAYS_INLINE inline void StreamDecoder::OfStreamed(Function function) const {
  switch (LoadHeader(storage_.data()).type) {
    case DataFrame::kType:
      return function(std::type_identity<DataFrame>());
    case HeadersFrame::kType:
      return function(std::type_identity<HeadersFrame>());
    case PushPromiseFrame::kType:
      return function(std::type_identity<PushPromiseFrame>());
    case ContinuationFrame::kType:
      return function(std::type_identity<ContinuationFrame>());
    default:
      return function(std::type_identity<RawFrame>());
  }
}

}  // namespace h2wire

#endif  // H2WIRE_STREAM_DECODER_H_
