// SPDX-License-Identifier: Apache-2.0

// The octets that one side of a connection sent, as a sequence of events.

#ifndef H2WIRE_TOOLS_CONNECTION_H_
#define H2WIRE_TOOLS_CONNECTION_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "failure.h"
#include "foreign.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/guard.h"
#include "h2wire/header.h"
#include "input.h"
#include "watch.h"

namespace h2wire::tools {

// Who sent the octets.
enum class Side { kClient, kServer, kUnknown };

struct ConnectionOptions {
  DecodeOptions decode{};
  std::optional<WatchOptions> watch{};  // whether a guard judges the frames too
};

// Decodes the octets of one side, to their end or to the first connection error. The functions that
// take events call
//
//   events.Preface()                        for the connection preface, if there is one
//   events.Frame(offset, octets, frame, alarm)
//                                           for each frame that Decode has no fault with, with its
//                                           octets and its struct; `alarm` is a guard's
//   events.Error(offset, octets, alarm)     for each other one, with those of its octets that are
//                                           there, at least its header; also for HTTP/1, TLS or a
//                                           spoilt preface at the beginning, if a frame that begins
//                                           like it would be too large
//   events.Incomplete(offset, octets, have, need)
//                                           if the last octets are the beginning of a frame, or of
//                                           the preface: how many there are, how many there had to
//                                           be before it could be said what it is, and those that
//                                           no event had yet; also after the error of that frame
//   events.Undecoded(offset, octets)        for those behind a connection error, piece by piece
//   events.BeforeRead(offset)               whenever more of the input is about to be asked for
//
//   events.TakesAllOctets()                 whether they are to be given every octet of the input
//
// Offsets are octets from the beginning. To those that take all octets, each is given once: the
// error of a frame waits for the last of them, if the frame is not too large. To others it is told
// as soon as it is known, and the input is not read beyond an error of the connection.
class Direction {
 public:
  // Both must outlive it. `side`: that of a pair, whose other one is seen too.
  Direction(Input& input, const ConnectionOptions& options, Side side = Side::kUnknown)
      : input_(input), options_(options), side_(side) {}

  // Goes on by one frame, or by what else makes an event. Returns whether there may be more. Throws
  // Failure if the input is no octets of a connection, or those of a side that cannot be watched as
  // it is to be.
  template <class Events>
  bool Step(Events& events) {
    switch (state_) {
      case State::kBeginning:
        Begin(events);
        break;
      case State::kFrames:
        StepFrame(events);
        break;
      case State::kUndecoded:
        StepUndecoded(events);
        break;
      case State::kEnd:
        break;
    }
    return state_ != State::kEnd;
  }

  // The next frame as far as it is there; nothing if there is none, or it is not known yet whether.
  template <class Events>
  Bytes Peek(Events& events) {
    if (state_ != State::kFrames || !Fill(events, kFrameHeaderSize)) return {};
    const std::size_t length = LoadHeader(Rest().data()).length;
    if (length > options_.decode.max_frame_size) return Rest().first(kFrameHeaderSize);
    Fill(events, kFrameHeaderSize + length);
    return Rest().first(std::min(Rest().size(), kFrameHeaderSize + length));
  }

  // Tells the guard, if there is one, of a frame that went the other way.
  template <class F>
  void Sent(const F& frame) {
    if (watch_) watch_->Sent(frame);
  }

  // The guard, if there is one.
  [[nodiscard]] const Watch* watch() const { return watch_ ? &*watch_ : nullptr; }

  // Whether every octet so far was decoded, and nothing was wrong.
  [[nodiscard]] bool all_good() const { return all_good_; }

 private:
  enum class State { kBeginning, kFrames, kUndecoded, kEnd };

  [[nodiscard]] Bytes Rest() const { return window_.subspan(used_); }
  [[nodiscard]] std::uint64_t Offset() const { return offset_ + used_; }

  // Takes `size` octets, of which fewer may be there.
  void Take(std::size_t size) { used_ += std::min(size, Rest().size()); }

  // Makes `least` octets be there, if the input has them.
  template <class Events>
  bool Fill(Events& events, std::size_t least) {
    if (Rest().size() >= least) return true;
    input_.Skip(used_);
    offset_ += std::exchange(used_, 0);
    events.BeforeRead(offset_);
    window_ = input_.Peek(least);
    return window_.size() >= least;
  }

  template <class Events>
  void Begin(Events& events) {
    state_ = State::kFrames;
    for (std::size_t least = 1; Fill(events, least) && GreetingOf(Rest()) == Greeting::kNeedMore;) {
      least = Rest().size() + 1;
    }
    if (Rest().empty()) {
      state_ = State::kEnd;
      if (side_ != Side::kUnknown) return;  // one side may have said nothing
      all_good_ = false;
      throw FailureOfEmpty(input_.file());
    }
    if (MatchPreface(Rest()) == PrefaceMatch::kNeedMore) {
      return CutOff(events, 0, kConnectionPreface.size());
    }
    const bool preface = MatchPreface(Rest()) == PrefaceMatch::kWhole;
    greeting_ = FaultOfGreeting(Rest());
    if (greeting_ == Fault::kNone && !preface) RefuseForeign(events);
    if (side_ != Side::kUnknown && preface != (side_ == Side::kClient)) {
      throw Failure(absl::StrCat(NameOfInput(input_.file()),
                                 preface ? " begins with the connection preface, so it is what "
                                           "the client sent: --client"
                                         : " does not begin with the connection preface, as what "
                                           "the client sent does: --server"));
    }
    BeginWatch(preface);
    if (!preface) return;
    events.Preface();
    Take(kConnectionPreface.size());
  }

  void BeginWatch(bool preface) {
    if (!options_.watch) return;
    const Receiver asked = options_.watch->receiver;
    if (side_ != Side::kUnknown) {
      const Receiver receiver = side_ == Side::kClient ? Receiver::kServer : Receiver::kClient;
      if (asked != Receiver::kUnknown && asked != receiver) return;
      watch_.emplace(*options_.watch, receiver, /*joined=*/false, /*pair=*/true,
                     options_.decode.extensions);
      return;
    }
    if (preface && asked == Receiver::kClient) {
      throw Failure(absl::StrCat(NameOfInput(input_.file()),
                                 " begins with the connection preface, so a client sent it and a "
                                 "server receives it: --guard=server"));
    }
    watch_.emplace(*options_.watch, preface ? Receiver::kServer : asked,
                   /*joined=*/!preface && asked == Receiver::kUnknown, /*pair=*/false,
                   options_.decode.extensions);
  }

  // What is wrong with the first octets of an input, if they are no frame: those that somebody
  // sends who speaks HTTP/1 or TLS, or a preface that is spoilt. kNone if they may be a frame.
  static Fault FaultOfGreeting(Bytes in) {
    const Fault fault = FaultOf(GreetingOf(in));
    const bool spoilt = AsText(in).starts_with(kConnectionPreface.substr(0, 4));  // "PRI "
    return fault == Fault::kBadPreface && !spoilt ? Fault::kNone : fault;
  }

  // Ends with what to do about an input that is no octets of a connection.
  template <class Events>
  void RefuseForeign(Events& events) {
    constexpr std::size_t kLengthSize = 3;
    Fill(events, kFrameHeaderSize);
    if (Rest().size() < kLengthSize) return;
    std::array<std::byte, kFrameHeaderSize> header{};
    std::copy_n(Rest().begin(), kLengthSize, header.begin());
    // What may be a frame is nothing else.
    if (LoadHeader(header.data()).length <= options_.decode.max_frame_size) return;
    const std::optional<Failure> failure =
        FailureOfForeign(input_.file(), Rest().first(std::min<std::size_t>(Rest().size(), 256)));
    if (!failure) return;
    all_good_ = false;
    StopDecoding(events);
    while (state_ == State::kUndecoded) StepUndecoded(events);
    throw *failure;
  }

  template <class Events>
  H2WIRE_ALWAYS_INLINE void StepFrame(Events& events) {
    Alarm alarm;
    const Bytes rest = Rest();
    const Outcome outcome = DecodeTo(
        rest,
        [&](const auto& frame) {
          if (watch_) alarm = watch_->Check(frame, input_.arrival());
          const std::size_t size = kFrameHeaderSize + LoadHeader(rest.data()).length;
          events.Frame(Offset(), rest.first(size), frame, alarm);
        },
        options_.decode);
    if (outcome.status == DecodeStatus::kOk) [[likely]] {
      Take(outcome.size);
      if (alarm.raised()) [[unlikely]]
        Fail(events, alarm);
      return;
    }
    outcome.status == DecodeStatus::kNeedMore ? Wait(events, outcome.size)
                                              : TakeError(events, outcome);
  }

  // `size` octets are needed, which are not all there.
  template <class Events>
  void Wait(Events& events, std::size_t size) {
    const bool header = Rest().size() >= kFrameHeaderSize;
    if (header && !events.TakesAllOctets() && ReportHeader(events)) return;
    const std::size_t had = Rest().size();
    if (Fill(events, size) || Rest().size() > had) return;  // which may decide more
    if (Rest().empty()) {
      state_ = State::kEnd;
    } else if (!header || !events.TakesAllOctets() || !ReportHeader(events)) {
      CutOff(events, Rest().size(), size);
    }
  }

  // Reports what a guard says of a frame of which only the header is known to be there; returns
  // whether it does.
  template <class Events>
  bool ReportHeader(Events& events) {
    if (!watch_) return false;
    const Alarm alarm = watch_->Check(LoadHeader(Rest().data()), input_.arrival());
    if (!alarm.raised()) return false;
    events.Error(Offset(), Rest(), alarm);
    Take(Rest().size());
    Fail(events, alarm);
    return true;
  }

  // The first octets are of a frame that breaks a rule.
  template <class Events>
  void TakeError(Events& events, const Outcome& outcome) {
    const bool too_large = outcome.error.fault == Fault::kFrameTooLarge;
    if (events.TakesAllOctets() && !too_large) Fill(events, outcome.size);
    Alarm alarm =
        watch_ ? watch_->Check(outcome.error, input_.arrival()) : Alarm{.error = outcome.error};
    if (too_large && Offset() == 0 && greeting_ != Fault::kNone) {
      alarm = {.error = ErrorOf(greeting_, 0)};
    }
    const std::size_t have = std::min(outcome.size, Rest().size());
    const std::size_t shown =
        too_large && events.TakesAllOctets() ? kFrameHeaderSize : have;  // however many have come
    events.Error(Offset(), Rest().first(shown), alarm);
    const std::uint64_t offset = Offset();
    Take(shown);
    Fail(events, alarm);
    if (alarm.ends() || outcome.size == shown) return;
    // The rest of the frame comes later, if it does, and is stepped over.
    if (Fill(events, outcome.size - shown)) return Take(outcome.size - shown);
    events.Incomplete(offset, Rest(), shown + Rest().size(), outcome.size);
    state_ = State::kEnd;
  }

  template <class Events>
  void Fail(Events& events, const Alarm& alarm) {
    all_good_ = false;
    if (alarm.ends()) StopDecoding(events);
  }

  template <class Events>
  void CutOff(Events& events, std::size_t have, std::size_t need) {
    have = Rest().size();
    events.Incomplete(Offset(), Rest(), have, need);
    Take(have);
    all_good_ = false;
    state_ = State::kEnd;
  }

  template <class Events>
  void StopDecoding(Events& events) {
    state_ = events.TakesAllOctets() ? State::kUndecoded : State::kEnd;
  }

  template <class Events>
  void StepUndecoded(Events& events) {
    // Pieces that do not hang on how the input came.
    constexpr std::size_t kPiece = 16384;
    Fill(events, kPiece);
    const Bytes piece = Rest().first(std::min(Rest().size(), kPiece));
    if (!piece.empty()) events.Undecoded(Offset(), piece);
    Take(piece.size());
    if (piece.size() < kPiece) state_ = State::kEnd;
  }

  Input& input_;
  const ConnectionOptions& options_;
  Side side_;
  std::optional<Watch> watch_;
  State state_ = State::kBeginning;
  Fault greeting_ = Fault::kNone;
  bool all_good_ = true;
  // What the input has shown, from `offset_` on, and how much of it is behind.
  Bytes window_;
  std::size_t used_ = 0;
  std::uint64_t offset_ = 0;
};

// Decodes `input` to its end. Returns whether every octet was decoded, and nothing was wrong.
// `at_end` is called with the guard, if there is one.
template <class Events, class AtEnd>
bool DecodeConnection(Input& input, const ConnectionOptions& options, Events& events,
                      AtEnd at_end) {
  Direction direction(input, options);
  while (direction.Step(events)) {
  }
  if (direction.watch() != nullptr) at_end(*direction.watch());
  return direction.all_good();
}

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_CONNECTION_H_
