// SPDX-License-Identifier: Apache-2.0

// What a decoder hands out, written down so that it can be compared however the octets were cut.

#ifndef H2WIRE_TEST_STREAM_EVENTS_H_
#define H2WIRE_TEST_STREAM_EVENTS_H_

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/part.h"
#include "h2wire/print.h"
#include "h2wire/stream_decoder.h"
#include "h2wire/walk/no_fields.h"

namespace h2wire {

// The library's types that end with a Rest of octets: all that can be streamed.
using AllInParts = InParts<DataFrame, HeadersFrame, PushPromiseFrame, GoawayFrame,
                           ContinuationFrame, AltSvcFrame, PriorityUpdateFrame, RawFrame>;

// Looks at what a frame ends with, or sets it.
template <class Bytes>
struct RestOf : internal::NoFields {
  explicit RestOf(auto& frame) {
    using F = std::remove_cvref_t<decltype(frame)>;
    F::Layout(frame, *this);
  }
  using NoFields::Rest;
  void Rest(std::string_view, Bytes& octets, std::size_t) noexcept { rest = &octets; }
  Bytes* rest = nullptr;
};

// The handler of frames, parts and errors that writes down, one after another, the octets on the
// wire of all frames and a line for each error. The parts of a frame become the frame they make, or
// are forgotten if there is no last one. What no decoder may do is written down too, and so makes
// the comparison fail.
class EventLog {
 public:
  template <FrameAlternative F>
  void operator()(const F& frame) {
    if (open_) Violation("a frame within a frame");
    Append(frame);
  }
  template <class F>
  void operator()(const Part<F>& part) {
    ++parts_;
    F frame = part.frame;
    const RestOf<Bytes> ending(frame);
    if (ending.rest == nullptr || !ending.rest->empty()) Violation("octets in the frame of a part");
    const std::string fields = Wire(frame);
    if (part.first == open_) Violation("a first part within a frame, or another without one");
    if (part.first) {
      fields_ = fields;
      rest_.clear();
    }
    if (fields != fields_) Violation("a part of another frame");
    if (!part.first && !part.last && part.octets.empty()) Violation("a part of nothing");
    rest_.append(AsText(part.octets));
    if (part.last ? rest_.size() != part.size : rest_.size() > part.size) {
      Violation("not as many octets as announced");
    }
    open_ = !part.last;
    if (!part.last) return;
    *ending.rest = AsBytes(rest_);
    Append(frame);
  }
  void operator()(const FrameError& error) {
    open_ = false;
    octets_ += "\n" + ToString(error) + "\n";
  }
  void Violation(std::string_view what) {
    violation_ = what;
    octets_.append("\nviolation: ").append(what);
  }

  void Clear() {
    open_ = false;
    octets_.clear();
  }
  [[nodiscard]] const std::string& octets() const { return octets_; }
  // The last of what no decoder may do.
  [[nodiscard]] std::string_view violation() const { return violation_; }
  // How many parts there were.
  [[nodiscard]] std::size_t parts() const { return parts_; }

 private:
  template <class F>
  std::string Wire(const F& frame) {
    std::string wire(EncodedSize(frame), '\0');
    const Fault fault = Encode(frame, std::as_writable_bytes(std::span(wire))).fault;
    if (fault == Fault::kNone) return wire;
    if constexpr (std::same_as<F, SettingsFrame>) {
      // To a receiver without extensions, settings of theirs are unknown, and have any value.
      if (fault == Fault::kInvalidEnableConnectProtocol ||
          fault == Fault::kInvalidNoRfc7540Priorities) {
        return "SETTINGS " + std::string(AsText(frame.settings.octets()));
      }
    }
    Violation("a frame that no peer may send");
    return wire;
  }
  template <class F>
  void Append(const F& frame) {
    octets_ += Wire(frame);
  }

  std::string octets_;
  std::string violation_;
  std::size_t parts_ = 0;
  bool open_ = false;
  std::string fields_;  // of the frame that comes in parts
  std::string rest_;
};

// Hands `piece` to a decoder, parts too if it has any.
template <class Set, class... Fs, class Handler>
Outcome DecodeInto(StreamDecoderOf<Set, InParts<Fs...>>& decoder, Bytes piece, Handler&& handler) {
  if constexpr (sizeof...(Fs) == 0) {
    return decoder.DecodeTo(piece, handler);
  } else {
    return decoder.DecodeTo(piece, handler, handler);
  }
}

// Feeds `in` in the pieces that `next_size` names the sizes of (at least 1), as a user of the
// decoder does. False if the connection is lost. `needs_storage` is called when the decoder leaves
// octets for want of storage.
template <class Decoder, class Log>
bool Feed(Decoder& decoder, Bytes in, Log& log, const std::function<std::size_t()>& next_size,
          const std::function<void()>& needs_storage = nullptr) {
  while (!in.empty()) {
    Bytes piece = in.first(std::min(in.size(), next_size()));
    in = in.subspan(piece.size());
    for (;;) {
      const Outcome next = DecodeInto(decoder, piece, log);
      if (next.size > piece.size()) log.Violation("more octets taken than there are");
      piece = After(piece, next.size);
      if (next.status == DecodeStatus::kNeedMore) {
        if (piece.empty()) break;
        if (!needs_storage) {
          log.Violation("more needed than a piece that was not taken");
          return false;
        }
        needs_storage();
        continue;
      }
      if (next.status == DecodeStatus::kOk && next.size == 0) {
        log.Violation("a success without progress");
        return false;
      }
      if (next.status != DecodeStatus::kError) continue;
      log(next.error);
      if (next.error.stream_id == 0) return false;
    }
  }
  return true;
}

// The same with storage that the decoder has only while it keeps something in it, and never the
// same twice.
template <class Decoder, class Log>
bool FeedLending(Decoder& decoder, std::size_t storage_size, Bytes in, Log& log,
                 const std::function<std::size_t()>& next_size) {
  std::unique_ptr<std::byte[]> storage;
  const auto give = [&] {
    if (storage) log.Violation("more storage asked for than was given");
    storage = std::make_unique_for_overwrite<std::byte[]>(storage_size);
    decoder.GiveStorage({storage.get(), storage_size});
  };
  const auto take = [&] {
    const MutableBytes taken = decoder.TakeStorage();
    if (taken.empty()) {
      if (decoder.AtBoundary() && storage) log.Violation("storage is not given back");
      return;
    }
    if (taken.data() != storage.get()) log.Violation("not the storage that was given");
    std::fill_n(storage.get(), std::min<std::size_t>(storage_size, 4096), std::byte{0xa5});
    storage.reset();
  };
  const auto size = [&] {
    take();
    return next_size();
  };
  const bool alive = Feed(decoder, in, log, size, give);
  take();
  return alive;
}

// What h2wire::DecodeTo makes of `in`, to the end, to a cut-off frame or to a connection error.
template <AnyFrameSet Set = Frame>
void DecodeAll(Bytes in, EventLog& log, const DecodeOptions& options) {
  for (;;) {
    const Outcome next = DecodeTo<Set>(in, log, options);
    if (next.status == DecodeStatus::kNeedMore) return;
    in = After(in, next.size);
    if (next.status != DecodeStatus::kError) continue;
    log(next.error);
    if (next.error.stream_id == 0) return;
  }
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_STREAM_EVENTS_H_
