// SPDX-License-Identifier: Apache-2.0

// What a StreamDecoder does: frames in place; and between pieces the preface, frames that are
// assembled or streamed, and errors.

#ifndef H2WIRE_WALK_ASSEMBLE_H_
#define H2WIRE_WALK_ASSEMBLE_H_

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/stream_decoder.h"
#include "h2wire/visit.h"
#include "h2wire/walk/beginning.h"
#include "h2wire/walk/decode.h"
#include "h2wire/walk/envelope.h"
#include "h2wire/walk/reader.h"
#include "h2wire/walk/streamed.h"

namespace h2wire::inline H2WIRE_ABI {
namespace internal {

constexpr std::uint32_t Word(std::size_t size) noexcept { return static_cast<std::uint32_t>(size); }

// Judges what is behind the fields, as it comes: the octets before `have` are there, and those
// before the last `need` are judged. The padding begins at `padding_at`, the frame ends at `whole`.
template <AnyFrameSet Set, class F>
constexpr Judgement JudgeRest(const std::byte* head, std::size_t have, std::size_t fields,
                              std::size_t padding_at, std::size_t whole, bool extensions) noexcept {
  if constexpr (std::same_as<F, SettingsFrame>) {  // each setting is judged as a frame of its own
    if (have > fields) {
      ReaderOf<Set> reader({.length = kSettingSize}, head + have - kSettingSize, kSettingSize,
                           false, extensions);
      F frame;
      F::Layout(frame, reader);
      if (reader.fault() != Fault::kNone) return {.fault = reader.fault()};
    }
    return {.need = have + kSettingSize};
  } else if constexpr (std::same_as<F, OriginFrame>) {  // `have` is behind an entry's Length
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

template <AnyFrameSet Set, class List, class F>
constexpr Judgement JudgeAs(const std::byte* head, std::size_t have, std::size_t max_whole,
                            const DecodeOptions& options) noexcept {
  constexpr bool kStreamed = List::template kHas<F>;
  const FrameHeader header = LoadHeader(head);
  const Bytes payload(head + kFrameHeaderSize, have - kFrameHeaderSize);
  const Fault fault = FaultOfBeginning<F>(header, payload);
  if (fault != Fault::kNone) return {.fault = fault};
  if (kFixedLength<F>.has_value()) return {.need = kFrameHeaderSize + header.length};
  if (!kStreamed && header.length > max_whole) return {.fault = Fault::kFrameTooLargeToAssemble};

  const std::size_t fixed = SizeOfFields<F>(header.flags);
  if (have < fixed) {
    const bool pad_length_first = IsPadded<F>(header.flags) && payload.empty();
    return {.need = pad_length_first ? kFrameHeaderSize + 1 : fixed};
  }

  const Beginning<F> beginning = ReadBeginning<F>(head, have);
  const std::size_t whole = kFrameHeaderSize + header.length;
  const std::size_t padding_at = whole - beginning.padding;
  const bool judges_padding = options.reject_nonzero_padding && beginning.padding != 0;
  // The content of the padding is judged before values are, and so may be yet another fault.
  const bool bad = beginning.fault != Fault::kNone;
  if (bad && !judges_padding) return {.fault = beginning.fault};
  if constexpr (kStreamed) {
    if (!bad && have < beginning.fields) return {.need = beginning.fields};
    if (!bad && beginning.ignored) {
      return JudgeAs<Set, List, RawFrame>(head, have, max_whole, options);
    }
    return {.fault = beginning.fault,
            .condemned = bad,
            .begins = !bad,
            .streamed = List::template kIndex<F>,
            .padding = beginning.padding,
            .left = padding_at - have};
  } else {
    return JudgeRest<Set, F>(head, have, fixed, judges_padding ? padding_at : whole, whole,
                             options.extensions);
  }
}

// Judges the frame of which `have` octets, nine at least and not all, are at `head`. `max_whole`:
// the greatest payload of one that does not come in parts.
template <AnyFrameSet Set, class List>
constexpr Judgement Judge(const std::byte* head, std::size_t have, std::size_t max_whole,
                          const DecodeOptions& options) noexcept {
  const FrameHeader header = LoadHeader(head);
  return VisitType<Set>(header.type, [&]<class F>(std::type_identity<F>) -> Judgement {
    if constexpr (!std::same_as<F, RawFrame>) {
      const bool known = options.extensions || !kIsExtension<F>;
      if (known && !IgnoredByHeader<F>(header.flags, header.stream_id)) {
        return JudgeAs<Set, List, F>(head, have, max_whole, options);
      }
    }
    return JudgeAs<Set, List, RawFrame>(head, have, max_whole, options);
  });
}

// Whether a handler refused what it was given.
constexpr bool IsRefusal(const FrameError& error) noexcept {
  return error.fault != Fault::kNone || error.code != ErrorCode::kNoError;
}

// Where frames go: to a function, which may refuse them or not.
template <AnyFrameSet Set, class Frames>
H2WIRE_ALWAYS_INLINE constexpr auto TargetOf(Frames& frames, FrameError& refusal) noexcept {
  if constexpr (kMayRefuse<Frames, Set>) {
    return ToRefusingSink<Frames>{{frames}, refusal};
  } else {
    return ToSink<Frames>{frames};
  }
}

// Hands out a part. Returns whether, and why, it is refused.
template <class Parts, class F>
H2WIRE_ALWAYS_INLINE constexpr FrameError HandOut(Parts& parts, const Part<F>& part) {
  FrameError refusal;
  if constexpr (std::is_invocable_r_v<FrameError, Parts&, const Part<F>&>) {
    refusal = parts(part);
  } else {
    parts(part);
  }
  return refusal;
}

}  // namespace internal

template <AnyFrameSet Set, class Streamed>
StreamDecoderOf<Set, Streamed>::StreamDecoderOf(const StreamDecoderOptions& options) noexcept
    : in_place_{options.decode},
      max_frame_size_(options.decode.max_frame_size),
      max_whole_frame_size_(options.max_whole_frame_size),
      preface_(options.preface) {
  Reset();
}

template <AnyFrameSet Set, class Streamed>
void StreamDecoderOf<Set, Streamed>::Reset() noexcept {
  greeting_ = {};
  left_ = 0;
  padding_ = 0;
  Measure();
  Enter(preface_ ? State::kPreface : State::kCollecting);
}

template <AnyFrameSet Set, class Streamed>
void StreamDecoderOf<Set, Streamed>::SetMaxFrameSize(std::uint32_t max_frame_size) noexcept {
  max_frame_size_ = max_frame_size;
  Measure();
}

template <AnyFrameSet Set, class Streamed>
void StreamDecoderOf<Set, Streamed>::GiveStorage(MutableBytes storage) noexcept {
  const Bytes kept = Bytes(storage_).first(have_);
  storage_ = storage;
  has_storage_ = true;
  Measure();
  if (kept.empty()) return;
  if (fits_ && storage.size() > have_ + undecided_) {
    internal::CopyOctets(storage.data(), kept);
  } else {
    Stop(ErrorOf(Fault::kStorageTooSmall, 0), 0);
  }
}

template <AnyFrameSet Set, class Streamed>
MutableBytes StreamDecoderOf<Set, Streamed>::TakeStorage() noexcept {
  if (have_ != 0) return {};
  const MutableBytes storage = storage_;
  storage_ = {};
  has_storage_ = false;
  Measure();
  return storage;
}

template <AnyFrameSet Set, class Streamed>
void StreamDecoderOf<Set, Streamed>::Measure() noexcept {
  constexpr std::size_t kFixed = internal::kLargestFixedLength<Set>;
  constexpr std::size_t kFields = internal::kMostFieldsOfAny<Set>;
  const std::size_t whole = std::max<std::size_t>(max_whole_frame_size_, kFields);
  in_place_.max_frame_size =
      internal::Word(std::max(std::min<std::size_t>(max_frame_size_, whole), kFixed));
  fits_ = storage_.size() >=
          internal::StorageSize<Set, Streamed>(max_frame_size_, max_whole_frame_size_);
  // With a limit below the fixed lengths, which no receiver may have (RFC 9113, 6.5.2) but a tester
  // may, nothing is decoded without being judged before.
  const bool at_once = max_frame_size_ >= kFixed && (fits_ || !has_storage_);
  least_at_boundary_ = at_once ? kFrameHeaderSize : kNever;
  completes_ = false;  // if all is well, which is to be asked again
  if (state_ == State::kCollecting && have_ == 0) Enter(State::kCollecting);
}

template <AnyFrameSet Set, class Streamed>
H2WIRE_ALWAYS_INLINE inline void StreamDecoderOf<Set, Streamed>::Enter(State state) noexcept {
  state_ = state;
  const bool collecting = state == State::kCollecting;
  if (state != State::kStreaming) have_ = 0;
  completes_ = false;
  undecided_ = collecting && fits_ ? kFrameHeaderSize - 1 : 0;
  least_in_place_ = collecting ? least_at_boundary_ : kNever;
}

template <AnyFrameSet Set, class Streamed>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::Stop(
    const FrameError& error, std::size_t taken) noexcept {
  error_ = error;
  if (error.stream_id == 0) {
    Enter(State::kFailed);
    return {DecodeStatus::kError, 0};
  }
  Enter(left_ == 0 && padding_ == 0 ? State::kCollecting : State::kSkipping);
  return {DecodeStatus::kError, taken};
}

template <AnyFrameSet Set, class Streamed>
void StreamDecoderOf<Set, Streamed>::Store(Bytes octets) noexcept {
  internal::CopyOctets(storage_.data() + have_, octets);
  have_ += internal::Word(octets.size());
  least_in_place_ = kNever;
}

template <AnyFrameSet Set, class Streamed>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::Keep(
    Bytes in) noexcept {
  if (in.empty()) return {DecodeStatus::kNeedMore, 0};
  Store(in);
  undecided_ -= internal::Word(in.size());
  return {DecodeStatus::kNeedMore, in.size()};
}

// What follows from the octets of a frame of which those before `have`, `taken` of them from this
// piece, are at `head` and decide something: kNeedMore and how many have to be there to decide
// more; kOk if the frame is condemned, and what is behind is to be skipped.
template <AnyFrameSet Set, class Streamed>
H2WIRE_ALWAYS_INLINE inline typename StreamDecoderOf<Set, Streamed>::Step
StreamDecoderOf<Set, Streamed>::JudgeAt(const std::byte* head, std::size_t have,
                                        std::size_t taken) noexcept {
  const FrameHeader header = LoadHeader(head);
  if (header.length > max_frame_size_) return Stop(ErrorOf(Fault::kFrameTooLarge, 0), 0);
  const internal::Judgement judgement =
      internal::Judge<Set, List>(head, have, in_place_.max_frame_size, in_place_);
  if (judgement.begins) {
    const bool in_storage = head == storage_.data();
    if (!has_storage_) return {DecodeStatus::kNeedMore, kNever};
    Begin(in_storage ? Bytes() : Bytes(head, have), judgement);
    return {kBegins, taken};
  }
  if (judgement.fault == Fault::kNone) return {DecodeStatus::kNeedMore, judgement.need};
  const FrameError error = ErrorOf(judgement.fault, header.stream_id);
  left_ = internal::Word(kFrameHeaderSize + header.length - have);
  padding_ = 0;
  if (!judgement.condemned) return Stop(error, taken);
  left_ = internal::Word(judgement.left);
  padding_ = judgement.padding;
  error_ = error;
  Enter(State::kCondemned);
  return {DecodeStatus::kOk, taken};
}

// A frame whose first nine octets are in the piece is judged there.
template <AnyFrameSet Set, class Streamed>
H2WIRE_ALWAYS_INLINE inline typename StreamDecoderOf<Set, Streamed>::Step
StreamDecoderOf<Set, Streamed>::CollectInPiece(Bytes in) noexcept {
  const std::size_t length = LoadBig<std::uint32_t>(in.data()) >> 8;
  const std::size_t whole = kFrameHeaderSize + length;
  std::size_t need = kFrameHeaderSize;
  while (need <= in.size()) {
    if (need == whole) return {kWhole, need};  // judged at its header, unless that is all of it
    const Step step = JudgeAt(in.data(), need, need);
    if (step.status == DecodeStatus::kOk) return SkipBehind(in, step.size);
    if (step.status != DecodeStatus::kNeedMore) return step;
    need = step.size;
  }
  if (!has_storage_) return {DecodeStatus::kNeedMore, 0};
  Store(in);
  undecided_ = internal::Word(need - in.size() - 1);
  completes_ = need == whole;
  return {DecodeStatus::kNeedMore, in.size()};
}

// Another, in the storage.
template <AnyFrameSet Set, class Streamed>
H2WIRE_NOINLINE typename StreamDecoderOf<Set, Streamed>::Step
StreamDecoderOf<Set, Streamed>::CollectInStorage(Bytes in) noexcept {
  std::size_t taken = 0;
  while (in.size() - taken > undecided_) {
    const std::size_t size = std::size_t{undecided_} + 1;
    Store(in.subspan(taken, size));
    taken += size;
    const std::size_t length = LoadBig<std::uint32_t>(storage_.data()) >> 8;
    const std::size_t whole = kFrameHeaderSize + length;
    if (have_ == whole && length <= max_frame_size_) {
      Enter(State::kCollecting);
      return {kAssembled, taken};
    }
    const Step step = JudgeAt(storage_.data(), have_, taken);
    if (step.status == DecodeStatus::kOk) return SkipBehind(in, step.size);
    if (step.status != DecodeStatus::kNeedMore) return step;
    undecided_ = internal::Word(step.size - have_ - 1);
    completes_ = step.size == whole;
  }
  Keep(in.subspan(taken));
  return {DecodeStatus::kNeedMore, in.size()};
}

template <AnyFrameSet Set, class Streamed>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::Advance(
    Bytes in) noexcept {
  // GoOn has dealt with kStreaming.
  if (state_ == State::kCollecting && (fits_ || !has_storage_)) {
    if (have_ == 0 && in.size() >= kFrameHeaderSize) return CollectInPiece(in);
    return has_storage_ ? CollectInStorage(in) : Step{DecodeStatus::kNeedMore, 0};
  }
  return AdvanceOther(in);
}

template <AnyFrameSet Set, class Streamed>
H2WIRE_NOINLINE typename StreamDecoderOf<Set, Streamed>::Step
StreamDecoderOf<Set, Streamed>::AdvanceOther(Bytes in) noexcept {
  if (state_ == State::kFailed) return {DecodeStatus::kError, 0};
  if (state_ == State::kSkipping || state_ == State::kCondemned) return Skip(in);
  if (has_storage_ && !fits_) return Stop(ErrorOf(Fault::kStorageTooSmall, 0), 0);
  return AdvancePreface(in);
}

template <AnyFrameSet Set, class Streamed>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::AdvancePreface(
    Bytes in) noexcept {
  const std::size_t taken = std::min(in.size(), internal::GreetingSoFar::kMost - greeting_.size());
  const Greeting greeting = greeting_.Add(in.first(taken));
  if (greeting == Greeting::kNeedMore) return {DecodeStatus::kNeedMore, taken};
  if (greeting != Greeting::kPreface) return Stop(ErrorOf(FaultOf(greeting), 0), 0);
  Enter(State::kCollecting);
  return {DecodeStatus::kOk, taken};
}

template <AnyFrameSet Set, class Streamed>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::Skip(
    Bytes in) noexcept {
  const bool condemned = state_ == State::kCondemned;
  const std::size_t skipped = std::min<std::size_t>(left_, in.size());
  left_ -= internal::Word(skipped);
  if (left_ != 0) return {DecodeStatus::kNeedMore, skipped};
  const Step step = TakePadding(in, skipped);
  return condemned && step.status == DecodeStatus::kOk ? Stop(error_, step.size) : step;
}

template <AnyFrameSet Set, class Streamed>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::SkipBehind(
    Bytes in, std::size_t taken) noexcept {
  const Step step = Skip(in.subspan(taken));
  return {step.status, taken + step.size};
}

template <AnyFrameSet Set, class Streamed>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::TakePadding(
    Bytes in, std::size_t taken) noexcept {
  const Bytes padding = in.subspan(taken, std::min<std::size_t>(padding_, in.size() - taken));
  if (in_place_.reject_nonzero_padding && !internal::AllZero(padding)) {
    return Stop(ErrorOf(Fault::kNonzeroPadding, 0), 0);
  }
  taken += padding.size();
  padding_ = static_cast<std::uint8_t>(padding_ - padding.size());
  if (padding_ != 0) return {DecodeStatus::kNeedMore, taken};
  Enter(State::kCollecting);
  return {DecodeStatus::kOk, taken};
}

template <AnyFrameSet Set, class Streamed>
H2WIRE_ALWAYS_INLINE inline void StreamDecoderOf<Set, Streamed>::Begin(
    Bytes head, const internal::Judgement& judgement) noexcept {
  internal::CopyOctets(storage_.data() + have_, head);
  have_ += internal::Word(head.size());
  left_ = internal::Word(judgement.left);
  padding_ = judgement.padding;
  streamed_ = judgement.streamed;
  Enter(State::kStreaming);
}

template <AnyFrameSet Set, class Streamed>
template <class Frames>
H2WIRE_ALWAYS_INLINE inline Outcome
StreamDecoderOf<Set, Streamed>::DecodeTo(Bytes in, Frames&& frames) noexcept(
    internal::kHandlersNeverThrow<Set, Streamed, Frames, internal::NoParts>) {
  static_assert(List::kSize == 0,
                "h2wire: this decoder streams frames: give DecodeTo a handler of parts as well");
  NoParts parts;
  return Decode(in, Handlers<Frames, NoParts>{frames, parts});
}

template <AnyFrameSet Set, class Streamed>
template <class Frames, class Parts>
H2WIRE_ALWAYS_INLINE inline Outcome StreamDecoderOf<Set, Streamed>::DecodeTo(
    Bytes in, Frames&& frames,
    Parts&& parts) noexcept(internal::kHandlersNeverThrow<Set, Streamed, Frames, Parts>) {
  static_assert(List::kSize != 0,
                "h2wire: this decoder streams no frames: a handler of parts would never be called");
  static_assert(List::template TakesParts<Parts>,
                "h2wire: the handler of parts must take a const Part<F>& of each type F that this "
                "decoder streams");
  return Decode(in, Handlers<Frames, Parts>{frames, parts});
}

template <AnyFrameSet Set, class Streamed>
template <class Frames, class Parts>
H2WIRE_ALWAYS_INLINE inline Outcome StreamDecoderOf<Set, Streamed>::Decode(
    Bytes in, Handlers<Frames, Parts> to) noexcept(NeverThrows<Frames, Parts>) {
  if constexpr (!internal::kTakesAll<Frames, Set>) {
    internal::ReportNotTaken<Frames>(internal::NotTaken<Frames, Set>());
    return {};
  } else {
    Step step;
    if (in.size() >= least_in_place_) [[likely]] {
      FrameError refusal;
      const Outcome next =
          internal::DecodeAt<Set>(internal::OnePiece{in.data(), in.size()},
                                  internal::TargetOf<Set>(to.frames, refusal), in_place_);
      step = {next.status, next.size};
      if constexpr (internal::kMayRefuse<Frames, Set>) {
        if (internal::IsRefusal(refusal)) [[unlikely]] {
          step = Stop(refusal, next.size);
          return {step.status, step.size, refusal};
        }
      }
    }
    if (step.status != DecodeStatus::kOk) [[unlikely]] {
      step = GoOn(in, to);
    }
    return {step.status, step.size, step.status == DecodeStatus::kError ? error_ : FrameError{}};
  }
}

template <AnyFrameSet Set, class Streamed>
template <class Frames, class Parts>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::GoOn(
    Bytes in, Handlers<Frames, Parts> to) {
  if (undecided_ != 0 && in.size() <= undecided_) {
    if (in.size() != 1) return Keep(in);
    storage_[have_++] = in[0];  // as they come from who sends octet by octet
    --undecided_;
    least_in_place_ = kNever;
    return {DecodeStatus::kNeedMore, 1};
  }
  if constexpr (List::kSize != 0) {
    if (state_ == State::kStreaming) {
      if (in.size() < left_) {
        if (in.empty()) {
          return {DecodeStatus::kNeedMore, 0};
        }
        H2WIRE_MUSTTAIL return StreamOn(in, to);
      }
      H2WIRE_MUSTTAIL return StreamToEnd(in, to);
    }
    if (in.size() >= least_in_place_ && fits_ && List::HasCode(in[3])) {
      H2WIRE_MUSTTAIL return Start(in, to);
    }
  }
  H2WIRE_MUSTTAIL return Decide(in, to);
}

template <AnyFrameSet Set, class Streamed>
template <class Frames, class Parts>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::Start(
    Bytes in, Handlers<Frames, Parts> to) {
  if (BeginsAtOnce(in.data())) return Stream(in, kFrameHeaderSize, to);
  H2WIRE_MUSTTAIL return Decide(in, to);
}

template <AnyFrameSet Set, class Streamed>
template <class Frames, class Parts>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::StreamOn(
    Bytes in, Handlers<Frames, Parts> to) {
  left_ -= internal::Word(in.size());
  return List::Visit(streamed_, [&]<class F>(std::type_identity<F>) H2WIRE_ALWAYS_INLINE {
    const internal::Beginning<F> beginning = internal::ReadBeginning<F>(storage_.data(), have_);
    const FrameError refusal = internal::HandOut(
        to.parts, Part<F>{.frame = beginning.frame, .octets = in, .size = beginning.rest});
    if (internal::IsRefusal(refusal)) return Stop(refusal, in.size());
    return Step{DecodeStatus::kNeedMore, in.size()};
  });
}

template <AnyFrameSet Set, class Streamed>
template <class Frames, class Parts>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::StreamToEnd(
    Bytes in, Handlers<Frames, Parts> to) {
  return Stream(in, 0, to);
}

template <AnyFrameSet Set, class Streamed>
template <class Frames, class Parts>
typename StreamDecoderOf<Set, Streamed>::Step StreamDecoderOf<Set, Streamed>::Decide(
    Bytes in, Handlers<Frames, Parts> to) {
  Step step;
  if (completes_ && in.size() > undecided_) {
    step = {kAssembled, std::size_t{undecided_} + 1};
    internal::CopyOctets(storage_.data() + have_, in.first(step.size));
    Enter(State::kCollecting);
  } else {
    step = Advance(in);
  }
  if constexpr (List::kSize != 0) {
    if (step.status == kBegins) return Stream(in, step.size, to);
  }
  if (step.status != kWhole && step.status != kAssembled) return step;
  const Bytes frame = step.status == kWhole ? in : storage_;
  FrameError refusal;
  const Outcome next =
      internal::DecodeAt<Set>(internal::OnePiece{frame.data(), frame.size()},
                              internal::TargetOf<Set>(to.frames, refusal), in_place_);
  if (next.status == DecodeStatus::kError) return Stop(next.error, step.size);
  return {DecodeStatus::kOk, step.size};
}

template <AnyFrameSet Set, class Streamed>
H2WIRE_ALWAYS_INLINE inline bool StreamDecoderOf<Set, Streamed>::BeginsAtOnce(
    const std::byte* head) noexcept {
  const FrameType type{LoadBig<std::uint8_t>(head + 3)};
  return List::VisitType(type, [&]<class F>(std::type_identity<F>) H2WIRE_ALWAYS_INLINE -> bool {
    const FrameHeader header = LoadHeader(head);
    constexpr internal::Envelope kEnvelope = internal::kEnvelope<F>;
    if constexpr (kEnvelope.least_length != 0 || kIsExtension<F>) {
      return false;
    } else {
      if (header.length > max_frame_size_ || (header.flags & kEnvelope.optional_flags) != 0 ||
          internal::IgnoredByHeader<F>(header.flags, header.stream_id) ||
          internal::FaultBeforeOptionalFields<F>(header.flags, header.stream_id, header.length) !=
              Fault::kNone) {
        return false;
      }
      const internal::Beginning<F> beginning = internal::ReadBeginning<F>(head, kFrameHeaderSize);
      if (beginning.fault != Fault::kNone || beginning.ignored) return false;
      Begin(Bytes(head, kFrameHeaderSize),
            {.streamed = List::template kIndex<F>, .left = header.length});
      return true;
    }
  });
}

template <AnyFrameSet Set, class Streamed>
template <class Frames, class Parts>
H2WIRE_ALWAYS_INLINE inline typename StreamDecoderOf<Set, Streamed>::Step
StreamDecoderOf<Set, Streamed>::Stream(
    Bytes in, std::size_t taken, Handlers<Frames, Parts> to) noexcept(NeverThrows<Frames, Parts>) {
  const bool first = taken != 0;
  return List::Visit(streamed_, [&]<class F>(std::type_identity<F>) H2WIRE_ALWAYS_INLINE {
    if (padding_ != 0 || (first && have_ != kFrameHeaderSize)) [[unlikely]] {
      return StreamAs<F>(in, taken, to);
    }
    const std::size_t size = std::min<std::size_t>(left_, in.size() - taken);
    const bool last = left_ == size;
    const internal::Beginning<F> beginning = internal::ReadBeginning<F>(storage_.data(), have_);
    left_ -= internal::Word(size);
    if (last) Enter(State::kCollecting);
    const FrameError refusal = internal::HandOut(
        to.parts,
        Part<F>{beginning.frame, Bytes(in.data() + taken, size), beginning.rest, first, last});
    if (internal::IsRefusal(refusal)) return Stop(refusal, taken + size);
    return Step{last ? DecodeStatus::kOk : DecodeStatus::kNeedMore, taken + size};
  });
}

// The same with padding, or where octets of the rest are in the storage.
template <AnyFrameSet Set, class Streamed>
template <class F, class Frames, class Parts>
H2WIRE_NOINLINE typename StreamDecoderOf<Set, Streamed>::Step
StreamDecoderOf<Set, Streamed>::StreamAs(
    Bytes in, std::size_t taken, Handlers<Frames, Parts> to) noexcept(NeverThrows<Frames, Parts>) {
  const internal::Beginning<F> beginning = internal::ReadBeginning<F>(storage_.data(), have_);
  Part<F> part = {.frame = beginning.frame, .size = beginning.rest, .first = taken != 0};
  if constexpr (std::same_as<F, RawFrame>) {
    // It has no padding: so this is the first part of one whose payload told that it is to be
    // ignored, and that far it is in the storage.
    part.octets = Bytes(storage_).subspan(kFrameHeaderSize, have_ - kFrameHeaderSize);
    const FrameError refusal = internal::HandOut(to.parts, part);
    if (internal::IsRefusal(refusal)) return Stop(refusal, taken);
    part.first = false;
  }
  part.octets = in.subspan(taken, std::min<std::size_t>(left_, in.size() - taken));
  left_ -= internal::Word(part.octets.size());
  Step step = {DecodeStatus::kNeedMore, taken + part.octets.size()};
  if (left_ == 0) step = TakePadding(in, step.size);
  part.last = step.status == DecodeStatus::kOk;
  if (step.status == DecodeStatus::kError) return step;
  if (part.first || part.last || !part.octets.empty()) {
    const FrameError refusal = internal::HandOut(to.parts, part);
    if (internal::IsRefusal(refusal)) return Stop(refusal, step.size);
  }
  return step;
}

// What most programs use is compiled once, in the library.
extern template class H2WIRE_API StreamDecoderOf<Frame>;
extern template class H2WIRE_API StreamDecoderOf<Frame, InParts<DataFrame>>;

}  // namespace h2wire

#endif  // H2WIRE_WALK_ASSEMBLE_H_
