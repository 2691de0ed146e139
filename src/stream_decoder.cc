// SPDX-License-Identifier: Apache-2.0

// What a StreamDecoder does between pieces: the preface, frames that straddle pieces, errors.

#include "h2wire/stream_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/beginning.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/reader.h"

namespace h2wire::inline H2WIRE_ABI {
namespace {

using internal::kEnvelope;

constexpr std::uint32_t Word(std::size_t size) { return static_cast<std::uint32_t>(size); }

// What follows from the octets of a frame that are there.
struct Judgement {
  Fault fault = Fault::kNone;
  bool streams = false;      // what is behind the fields goes to the sink as it comes
  std::size_t need = 0;      // octets to have before anything more can be decided
  std::size_t rest = 0;      // of a frame whose fields are there: octets behind them,
  std::uint8_t padding = 0;  // and of padding after those
};

// Judges what is behind the fields, as it comes: the octets before `have` are there, and those
// before the last `need` are judged. The padding begins at `padding_at`, the frame ends at `whole`.
template <class F>
Judgement JudgeRest(const std::byte* head, std::size_t have, std::size_t fields,
                    std::size_t padding_at, std::size_t whole,
                    const StreamDecoderOptions& options) {
  constexpr std::size_t kUnit = kEnvelope<F>.rest_unit;
  if constexpr (kUnit > 1) {  // each unit is judged as a frame of its own
    if (have > fields) {
      internal::ReaderOf<Frame> reader({.length = kUnit}, head + have - kUnit, kUnit, false,
                                       options.decode.extensions);
      F frame;
      F::Layout(frame, reader);
      if (reader.fault() != Fault::kNone) return {.fault = reader.fault()};
    }
    return {.need = have + kUnit};
  } else if constexpr (std::is_same_v<F, OriginFrame>) {  // `have` is behind an entry's Length
    const std::size_t size = have == fields ? 0 : LoadBig<std::uint16_t>(head + have - 2);
    const std::size_t left = whole - have;
    if (size > left || left - size == 1) return {.fault = Fault::kOriginEntryOverrun};
    return {.need = std::min(have + size + 2, whole)};
  } else {
    if (have > padding_at && head[have - 1] != std::byte{0}) {
      return {.fault = Fault::kNonzeroPadding};
    }
    return {.need = std::min(std::max(have, padding_at) + 1, whole)};
  }
}

template <class F>
Judgement JudgeAs(const std::byte* head, std::size_t have, const StreamDecoderOptions& options) {
  const FrameHeader header = LoadHeader(head);
  const Bytes payload(head + kFrameHeaderSize, have - kFrameHeaderSize);
  const Fault fault = internal::FaultOfBeginning<F>(header, payload);
  if (fault != Fault::kNone) return {.fault = fault};

  const bool streams =
      internal::kIsStreamed<F> || (internal::kIsFieldBlock<F> && options.stream_fragments);
  const std::size_t fields = internal::SizeOfFields<F>(header.flags);
  if (have < fields) {
    const bool pad_length_first = internal::IsPadded<F>(header.flags) && payload.empty();
    return {.streams = streams, .need = pad_length_first ? kFrameHeaderSize + 1 : fields};
  }

  const internal::Beginning<F> beginning = internal::ReadBeginning<F>(head);
  const std::size_t whole = kFrameHeaderSize + header.length;
  const std::size_t padding = whole - fields - beginning.rest;
  const std::size_t judged_padding = options.decode.reject_nonzero_padding ? padding : 0;
  // The content of the padding is judged before values are, and so may be yet another fault.
  const bool bad = beginning.fault != Fault::kNone;
  if (bad && judged_padding == 0) return {.fault = beginning.fault};
  if (streams && !bad) {
    return {.streams = true,
            .need = have,
            .rest = beginning.rest,
            .padding = static_cast<std::uint8_t>(padding)};
  }
  return JudgeRest<F>(head, have, fields, whole - judged_padding, whole, options);
}

// Judges the frame of which `have` octets, nine at least and not all, are at `head`, where there is
// room for `room`.
Judgement Judge(const std::byte* head, std::size_t have, std::size_t room,
                const StreamDecoderOptions& options) {
  const FrameHeader header = LoadHeader(head);
  if (header.length > options.decode.max_frame_size) return {.fault = Fault::kFrameTooLarge};
  const Judgement judgement = VisitType(header.type, [&]<class F>(std::type_identity<F>) {
    const bool known = options.decode.extensions || !kIsExtension<F>;
    if (known && !internal::IgnoredByHeader<F>(header.flags, header.stream_id)) {
      return JudgeAs<F>(head, have, options);
    }
    return JudgeAs<RawFrame>(head, have, options);
  });
  const bool fits = judgement.streams || kFrameHeaderSize + header.length <= room;
  if (judgement.fault == Fault::kNone && !fits) return {.fault = Fault::kStorageTooSmall};
  return judgement;
}

}  // namespace

void StreamDecoder::Reset() noexcept {
  Enter(options_.preface ? State::kPreface : State::kCollecting);
  SetMaxFrameSize(options_.decode.max_frame_size);
  if (storage_.size() < kLeastStorage) Stop(Fault::kStorageTooSmall, 0, 0, 0);
}

void StreamDecoder::SetMaxFrameSize(std::uint32_t max_frame_size) noexcept {
  options_.decode.max_frame_size = max_frame_size;
  static_cast<DecodeOptions&>(in_place_) = options_.decode;
  const std::size_t assembled = std::max(storage_.size(), kLeastStorage) - kFrameHeaderSize;
  in_place_.max_frame_size =
      Word(std::clamp<std::size_t>(max_frame_size, kLargestFixedLength, assembled));
  SetLeastInPlace();
}

void StreamDecoder::SetLeastInPlace() noexcept {
  const bool may_decode = options_.decode.max_frame_size >= kLargestFixedLength;
  const bool at_boundary = state_ == State::kCollecting && have_ == 0;
  least_in_place_ = may_decode && at_boundary ? kFrameHeaderSize : kNever;
}

void StreamDecoder::Enter(State state) noexcept {
  state_ = state;
  have_ = 0;
  undecided_ = state == State::kCollecting ? kFrameHeaderSize - 1 : 0;
  SetLeastInPlace();
}

StreamDecoder::Step StreamDecoder::Stop(Fault fault, StreamId stream_id, std::size_t missing,
                                        std::size_t taken) noexcept {
  fault_ = fault;
  fault_stream_id_ = stream_id;
  if (Error().stream_id == 0) {
    Enter(State::kFailed);
    return {DecodeStatus::kError, 0};
  }
  Enter(missing == 0 ? State::kCollecting : State::kSkipping);
  left_ = Word(missing);
  return {DecodeStatus::kError, taken};
}

StreamDecoder::Step StreamDecoder::Advance(Bytes in) noexcept {
  // GoOn has dealt with kStreaming.
  if (state_ == State::kCollecting) return Collect(in);
  if (state_ == State::kPreface) return AdvancePreface(in);
  if (state_ == State::kSkipping) return Skip(in);
  return {DecodeStatus::kError, 0};
}

StreamDecoder::Step StreamDecoder::AdvancePreface(Bytes in) noexcept {
  const Bytes taken = in.first(std::min(in.size(), kConnectionPreface.size() - have_));
  internal::CopyOctets(storage_.data() + have_, taken);
  have_ += Word(taken.size());
  const Greeting greeting = GreetingOf(storage_.first(have_));
  if (greeting == Greeting::kNeedMore) return {DecodeStatus::kNeedMore, taken.size()};
  if (greeting != Greeting::kPreface) return Stop(FaultOf(greeting), 0, 0, 0);
  Enter(State::kCollecting);
  return {DecodeStatus::kOk, taken.size()};
}

StreamDecoder::Step StreamDecoder::Skip(Bytes in) noexcept {
  const std::size_t taken = std::min<std::size_t>(left_, in.size());
  left_ -= Word(taken);
  if (left_ != 0) return {DecodeStatus::kNeedMore, taken};
  Enter(State::kCollecting);
  return {DecodeStatus::kOk, taken};
}

StreamDecoder::Step StreamDecoder::TakePadding(Bytes in, std::size_t taken) noexcept {
  const Bytes padding = in.subspan(taken, std::min<std::size_t>(padding_, in.size() - taken));
  if (options_.decode.reject_nonzero_padding && !internal::AllZero(padding)) {
    return Stop(Fault::kNonzeroPadding, 0, 0, 0);
  }
  taken += padding.size();
  padding_ = static_cast<std::uint8_t>(padding_ - padding.size());
  if (padding_ != 0) return {DecodeStatus::kNeedMore, taken};
  Enter(State::kCollecting);
  return {DecodeStatus::kOk, taken};
}

void StreamDecoder::Store(Bytes octets) noexcept {
  internal::CopyOctets(storage_.data() + have_, octets);
  have_ += Word(octets.size());
  least_in_place_ = kNever;
}

StreamDecoder::Step StreamDecoder::Keep(Bytes in) noexcept {
  if (in.empty()) return {DecodeStatus::kNeedMore, 0};
  Store(in);
  undecided_ -= Word(in.size());
  return {DecodeStatus::kNeedMore, in.size()};
}

StreamDecoder::Step StreamDecoder::Collect(Bytes in) noexcept {
  Bytes left = in;
  while (left.size() > undecided_) {
    Store(left.first(undecided_ + 1));
    left = left.subspan(undecided_ + 1);
    const std::size_t taken = in.size() - left.size();
    const FrameHeader header = LoadHeader(storage_.data());
    const std::size_t whole = kFrameHeaderSize + header.length;
    if (have_ == whole && header.length <= options_.decode.max_frame_size) {
      Enter(State::kCollecting);
      return {kAssembled, taken};
    }
    const Judgement judgement = Judge(storage_.data(), have_, storage_.size(), options_);
    if (judgement.fault != Fault::kNone) {
      return Stop(judgement.fault, header.stream_id, whole - have_, taken);
    }
    if (judgement.streams && judgement.need == have_) {
      Enter(State::kStreaming);
      left_ = Word(judgement.rest);
      padding_ = judgement.padding;
      return {kBegins, taken};
    }
    undecided_ = Word(judgement.need - have_ - 1);
  }
  Keep(left);
  return {DecodeStatus::kNeedMore, in.size()};
}

}  // namespace h2wire
