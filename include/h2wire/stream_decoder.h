// SPDX-License-Identifier: Apache-2.0

// Frames that arrive in pieces, whatever the pieces are.
//
//   std::array<std::byte, StreamDecoder::StorageSize()> storage;  // for frames that are cut
//   StreamDecoder decoder(storage, {.preface = true});
//
//   // For each piece, of one octet or a million, in a buffer that may be used again afterwards:
//   for (;;) {
//     const Outcome next = decoder.DecodeTo(piece, frames);
//     if (next.status == DecodeStatus::kNeedMore) break;  // all of the piece is taken
//     if (next.status == DecodeStatus::kError && !Report(next.error)) return;
//     piece = After(piece, next.size);
//   }
//
// A frame that lies whole in a piece is handed out in place. One that does not is assembled in the
// storage: `frames` is called with whole frames, and with every one of them.
//
// A decoder may also stream the frames of some types: those that do not lie whole in a piece are
// handed out as they come, in Parts, to a handler of their own. A payload of 16 MiB then passes
// through without being kept or copied.
//
//   StreamDecoderOf<Frame, InParts<DataFrame>> decoder(storage, options);
//   ...
//     const Outcome next = decoder.DecodeTo(piece, frames,
//                                           [&](const Part<DataFrame>& part) { ... });
//
// How the octets are cut makes no difference: the same errors at the same frames, and the same
// frames, if the parts of one are taken for the frame they make.
//
// A connection that is idle needs no storage: many can share a few buffers.
//
//   StreamDecoder decoder;
//   ...
//     if (next.status == DecodeStatus::kNeedMore) {
//       piece = After(piece, next.size);
//       if (piece.empty()) break;             // all of the piece is taken
//       decoder.GiveStorage(buffers.Take());  // what is left has to be kept
//     }
//   ...
//   const MutableBytes storage = decoder.TakeStorage();  // nothing, in the middle of a frame
//   if (!storage.empty()) buffers.Return(storage);
//
// A caller that can read into a buffer which takes the largest frame has no need of a
// StreamDecoder: see FrameBuffer.

#ifndef H2WIRE_STREAM_DECODER_H_
#define H2WIRE_STREAM_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <limits>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/walk/greeting_so_far.h"
#include "h2wire/walk/sink.h"
#include "h2wire/walk/streamed.h"

namespace h2wire::inline H2WIRE_ABI {

struct StreamDecoderOptions {
  DecodeOptions decode{};
  // Whether the octets begin with the connection preface: those that a client sends do. It is taken
  // silently; another beginning is kHttp1Request, kHttp1Response or kTls, as GreetingOf tells, or
  // else kBadPreface.
  bool preface = false;
  // The greatest payload, in octets, of frames of types that are not streamed, where that is to be
  // less than decode.max_frame_size: those have to be assembled. A larger one is the error
  // kFrameTooLargeToAssemble, also where it lies whole in a piece.
  std::uint32_t max_whole_frame_size = kLargestMaxFrameSize;
};

// The frames of one direction of a connection, of the types in `Set`. `Streamed` is InParts of the
// types to be streamed: any that end with a Rest of octets, RawFrame too. Copies are independent,
// but for the storage.
template <AnyFrameSet Set, class Streamed = InParts<>>
class StreamDecoderOf {
 public:
  // The octets of storage that a decoder with these options needs: for the nine octets and the
  // payload of the largest frame that it may have to assemble, and for the fields of those that it
  // streams.
  [[nodiscard]] static constexpr std::size_t StorageSize(
      const StreamDecoderOptions& options = {}) noexcept {
    return internal::StorageSize<Set, Streamed>(options.decode.max_frame_size,
                                                options.max_whole_frame_size);
  }

  // `storage` is the decoder's own as long as it is in use: pieces are never read into it. If it
  // has less than StorageSize(options), the first call returns the error kStorageTooSmall.
  explicit StreamDecoderOf(MutableBytes storage H2WIRE_LIFETIME_BOUND,
                           const StreamDecoderOptions& options = {}) noexcept
      : StreamDecoderOf(options) {
    GiveStorage(storage);
  }

  // A decoder that has no storage until it is given some, as one of many that share a few buffers.
  explicit StreamDecoderOf(const StreamDecoderOptions& options = {}) noexcept;

  // Takes octets from the front of `in`, to the end of a frame at most, and calls `frames` with the
  // frame they complete, as h2wire::DecodeTo does: with a `const F&` for any F of the set. If types
  // are streamed, it calls `parts` with each `const Part<F>&` of a frame of these that does not lie
  // whole in `in`. What is handed out lives until the next call, and no longer than `in`.
  //
  //   kOk        `size` octets are taken, at least one: go on with the others.
  //   kNeedMore  All of `in` is taken: come again with the next piece. Only a decoder without
  //              storage leaves octets, those that it would have to keep: give it storage, and come
  //              again with them.
  //   kError     A rule is broken, which is reported as soon as the octets are there that decide
  //              it; one about borrowed octets, as soon as all of the frame is. If
  //              `error.stream_id` is a stream, that frame is lost and nothing else: `size` octets
  //              are taken, go on with the others. If it is 0, the connection is lost: every
  //              further call returns the same error and looks at nothing.
  //
  // A handler may return a FrameError. One with a fault, or with a code and no fault, is taken for
  // a broken rule: it is the outcome, and of a frame whose parts are still to come nothing more is
  // handed out. What else handlers return is not looked at.
  //
  // Throws what the handlers throw, and then has to be reset.
  template <class Frames>
  [[nodiscard]] H2WIRE_ALWAYS_INLINE Outcome DecodeTo(Bytes in, Frames&& frames) noexcept(
      internal::kHandlersNeverThrow<Set, Streamed, Frames, internal::NoParts>);
  template <class Frames, class Parts>
  [[nodiscard]] H2WIRE_ALWAYS_INLINE Outcome
  DecodeTo(Bytes in, Frames&& frames,
           Parts&& parts) noexcept(internal::kHandlersNeverThrow<Set, Streamed, Frames, Parts>);

  // Gives the decoder storage, in place of what it has, as the constructor does. What it keeps of a
  // frame moves with it.
  void GiveStorage(MutableBytes storage H2WIRE_LIFETIME_BOUND) noexcept;

  // Takes the storage back, if the decoder keeps nothing in it: at the boundary of a frame, that
  // is, or after an error. Otherwise, or if it has none, returns nothing.
  MutableBytes TakeStorage() noexcept;

  // Sets the greatest payload to accept, in octets: to be called when the peer has acknowledged the
  // SETTINGS that say so. It holds for all frames that are not handed out or begun yet. If the
  // storage does not suffice for it, that is the error kStorageTooSmall, at the end of a frame that
  // has begun at the latest: give larger storage before.
  void SetMaxFrameSize(std::uint32_t max_frame_size) noexcept;

  // Whether the last octet taken was the last of a frame, or nothing was taken yet. If the peer
  // closes the connection elsewhere, it was cut off.
  [[nodiscard]] bool AtBoundary() const noexcept {
    return state_ == State::kPreface ? greeting_.size() == 0
                                     : state_ == State::kCollecting && have_ == 0;
  }

  // Forgets everything but the storage and the options: for the octets of another connection.
  void Reset() noexcept;

 private:
  using List = internal::StreamedTypes<Set, Streamed>;

  using NoParts = internal::NoParts;

  template <class Frames, class Parts>
  struct Handlers {
    Frames& frames;
    Parts& parts;
  };

  template <class Frames, class Parts>
  static constexpr bool NeverThrows = internal::kHandlersNeverThrow<Set, Streamed, Frames, Parts>;

  // kCondemned: what is wrong with the frame, error_, is not told before its padding is judged.
  enum class State : std::uint8_t {
    kPreface,
    kCollecting,
    kStreaming,
    kSkipping,
    kCondemned,
    kFailed
  };

  // The options with the limit of what is decoded in place or assembled.
  struct InPlaceOptions : DecodeOptions {
    static constexpr bool kAllowsFixedLengths = true;
  };

  // An Outcome without its error, which is error_: small enough to be returned in registers.
  struct Step {
    DecodeStatus status = DecodeStatus::kNeedMore;
    std::size_t size = 0;
  };

  // Statuses between the functions here: a whole frame is in the piece, or in the storage; the
  // header and the fields of one to be streamed are in the storage.
  static constexpr DecodeStatus kWhole{4};
  static constexpr DecodeStatus kAssembled{5};
  static constexpr DecodeStatus kBegins{6};

  // More octets than any piece has.
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  template <class Frames, class Parts>
  Outcome Decode(Bytes in, Handlers<Frames, Parts> to) noexcept(NeverThrows<Frames, Parts>);

  // All that is not a whole frame in place. Out of line: it would only be in the way of those. What
  // jumps to another of these is never noexcept: clang 14 refuses to leave such a function by a
  // jump.
  template <class Frames, class Parts>
  H2WIRE_NOINLINE Step GoOn(Bytes in, Handlers<Frames, Parts> to);
  template <class Frames, class Parts>
  H2WIRE_NOINLINE Step Decide(Bytes in, Handlers<Frames, Parts> to);
  // The steps of frames that are streamed, each with registers of its own: a part that is neither
  // the first nor the last, one that may be the last, and the first of a frame of this type.
  template <class Frames, class Parts>
  H2WIRE_NOINLINE Step StreamOn(Bytes in, Handlers<Frames, Parts> to);
  template <class Frames, class Parts>
  H2WIRE_NOINLINE Step StreamToEnd(Bytes in, Handlers<Frames, Parts> to);
  template <class Frames, class Parts>
  H2WIRE_NOINLINE Step Start(Bytes in, Handlers<Frames, Parts> to);
  // Hands out what `in` has of a frame that is streamed, behind the `taken` octets that are taken:
  // those that tell how it begins, or none if it has begun before.
  template <class Frames, class Parts>
  Step Stream(Bytes in, std::size_t taken,
              Handlers<Frames, Parts> to) noexcept(NeverThrows<Frames, Parts>);
  template <class F, class Frames, class Parts>
  Step StreamAs(Bytes in, std::size_t taken,
                Handlers<Frames, Parts> to) noexcept(NeverThrows<Frames, Parts>);

  // Begins to stream a frame with this header, if nine octets are enough to know that it is to be.
  bool BeginsAtOnce(const std::byte* head) noexcept;
  // The same with one that was judged: `head` is what of its fields is not in the storage yet.
  void Begin(Bytes head, const internal::Judgement& judgement) noexcept;

  // Takes octets up to where something is decided, as far as that needs no handler: kWhole,
  // kAssembled and kBegins are left to do.
  Step Advance(Bytes in) noexcept;
  Step AdvanceOther(Bytes in) noexcept;
  Step AdvancePreface(Bytes in) noexcept;
  Step CollectInPiece(Bytes in) noexcept;
  Step CollectInStorage(Bytes in) noexcept;
  Step JudgeAt(const std::byte* head, std::size_t have, std::size_t taken) noexcept;
  Step Skip(Bytes in) noexcept;
  // The same behind the `taken` octets that are taken.
  Step SkipBehind(Bytes in, std::size_t taken) noexcept;
  Step TakePadding(Bytes in, std::size_t taken) noexcept;

  // Puts octets, one at least, behind those that the storage has.
  void Store(Bytes octets) noexcept;
  // The same with all of `in`, which decides nothing yet.
  Step Keep(Bytes in) noexcept;

  // What follows from `error` in a frame of which `left_` octets, and `padding_` of padding, are
  // still to come, and of which `taken` were taken from this piece.
  Step Stop(const FrameError& error, std::size_t taken) noexcept;

  void Enter(State state) noexcept;
  // Takes the sizes of frames and of the storage into account.
  void Measure() noexcept;

  MutableBytes storage_{};  // `have_` octets of a frame, or of the fields of one that is streamed
  // Fewer octets than this are not decoded in place: nine at the boundary of a frame (if anything
  // is), elsewhere more than there can be. One comparison tells the one from the other.
  std::size_t least_in_place_ = 0;
  std::size_t least_at_boundary_ = 0;
  InPlaceOptions in_place_{};         // as in the options, but for the limit
  std::uint32_t max_frame_size_ = 0;  // as in the options
  std::uint32_t max_whole_frame_size_ = 0;
  std::uint32_t have_ = 0;       // octets in the storage
  std::uint32_t undecided_ = 0;  // while collecting: how many more decide nothing; else 0
  std::uint32_t left_ = 0;       // octets to come: of the rest of a payload, or to be skipped
  std::uint8_t padding_ = 0;     // octets to come after those
  std::uint8_t streamed_ = 0;    // which of the types that are streamed
  State state_ = State::kCollecting;
  internal::GreetingSoFar greeting_{};
  bool completes_ = false;  // the octet behind the undecided ones is the frame's last
  bool preface_ = false;    // as in the options
  bool has_storage_ = false;
  bool fits_ = false;   // there is storage, and it suffices
  FrameError error_{};  // the last one
};

// A decoder of the library's types that hands out nothing but whole frames.
using StreamDecoder = StreamDecoderOf<Frame>;

}  // namespace h2wire

#include "h2wire/walk/assemble.h"  // IWYU pragma: export

#endif  // H2WIRE_STREAM_DECODER_H_
