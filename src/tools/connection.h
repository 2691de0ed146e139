// SPDX-License-Identifier: Apache-2.0

// The octets that one side of a connection sent, as a sequence of events.

#ifndef H2WIRE_TOOLS_CONNECTION_H_
#define H2WIRE_TOOLS_CONNECTION_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "failure.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/guard.h"
#include "h2wire/header.h"
#include "input.h"
#include "watch.h"

namespace h2wire::tools {

struct ConnectionOptions {
  DecodeOptions decode{};
  std::optional<WatchOptions> watch{};  // whether a guard judges the frames too
};

// What is wrong with the first octets of an input, if they are no frame: those that somebody sends
// who speaks HTTP/1 or TLS, or a preface that is spoilt. kNone if they may be a frame.
inline Fault FaultOfGreeting(Bytes in) {
  const Fault fault = FaultOf(GreetingOf(in));
  const bool spoilt = AsText(in).starts_with(kConnectionPreface.substr(0, 4));  // "PRI "
  return fault == Fault::kBadPreface && !spoilt ? Fault::kNone : fault;
}

// Decodes `input` to its end, or to the first connection error, and calls
//
//   events.Preface()                       for the connection preface, if there is one
//   events.Frame(offset, header, frame)    for each good frame, with its struct
//   events.Error(offset, octets, error)    for each other one, with those of its octets that are
//                                          there, at least its header; also for HTTP/1, TLS or a
//                                          spoilt preface at the beginning, if a frame that begins
//                                          like it would be too large
//   events.Incomplete(offset, have, need)  if the last octets are the beginning of a frame, or of
//                                          the preface: how many there are, and how many there had
//                                          to be before it could be said what it is; also after the
//                                          error of that frame, if its header or fields decided it
//   events.BeforeRead(offset)              whenever more of the input is about to be asked for
//
// Offsets are octets from the beginning. Returns whether every octet was decoded, and nothing was
// wrong. Throws Failure if what is to be watched cannot be what the input is.
template <class Events>
bool DecodeConnection(Input& input, const ConnectionOptions& options, Events& events) {
  std::uint64_t offset = 0;
  Bytes in = input.Peek(1);
  for (std::size_t had = 0; GreetingOf(in) == Greeting::kNeedMore && in.size() > had;) {
    had = in.size();
    in = input.Peek(had + 1);
  }
  if (!in.empty() && MatchPreface(in) == PrefaceMatch::kNeedMore) {
    events.Incomplete(0, in.size(), kConnectionPreface.size());
    return false;
  }
  const bool preface = MatchPreface(in) == PrefaceMatch::kWhole;
  const Fault greeting = FaultOfGreeting(in);
  std::optional<Watch> watch;
  if (options.watch) {
    if (preface && options.watch->receiver == Receiver::kClient) {
      throw Failure(absl::StrCat(NameOfInput(input.file()),
                                 " begins with the connection preface, so a client sent it and a "
                                 "server receives it: --guard=server"));
    }
    watch.emplace(*options.watch, preface, options.decode.extensions);
  }
  if (preface) {
    events.Preface();
    offset = kConnectionPreface.size();
    input.Skip(kConnectionPreface.size());
  }

  bool all_good = true;
  std::size_t wanted = kFrameHeaderSize;
  bool step_over = false;  // the octets that are wanted are those of a frame that was reported
  for (;;) {
    events.BeforeRead(offset);
    in = input.Peek(wanted);
    if (in.empty()) return all_good;
    if (in.size() < wanted) {
      events.Incomplete(offset, in.size(), wanted);
      return false;
    }
    const Watch::Time arrival = input.arrival();
    std::size_t used = step_over ? wanted : 0;
    step_over = false;
    for (;;) {
      const Bytes rest = in.subspan(used);
      FrameError error;
      const Outcome outcome = DecodeTo(
          rest,
          [&](const auto& frame) {
            if (watch) error = watch->Check(frame, arrival);
            if (error.fault == Fault::kNone) {
              events.Frame(offset + used, LoadHeader(rest.data()), frame);
            }
          },
          options.decode);
      wanted = outcome.size;
      if (outcome.status == DecodeStatus::kError) {
        error = watch ? watch->Check(outcome.error, arrival) : outcome.error;
        const bool too_large_at_first = error.fault == Fault::kFrameTooLarge && offset + used == 0;
        if (too_large_at_first && greeting != Fault::kNone) error = ErrorOf(greeting, 0);
      }
      if (watch && outcome.status == DecodeStatus::kNeedMore && rest.size() >= kFrameHeaderSize) {
        error = watch->Check(LoadHeader(rest.data()), arrival);
      }
      if (error.fault != Fault::kNone) {
        const std::size_t size = kFrameHeaderSize + LoadHeader(rest.data()).length;
        events.Error(offset + used, rest.first(std::min(rest.size(), size)), error);
        if (error.stream_id == 0) return false;
        all_good = false;
        step_over = outcome.size > rest.size();
        if (step_over) break;
      }
      if (outcome.status == DecodeStatus::kNeedMore) break;
      used += outcome.size;
    }
    input.Skip(used);
    offset += used;
  }
}

}  // namespace h2wire::tools

#endif  // H2WIRE_TOOLS_CONNECTION_H_
