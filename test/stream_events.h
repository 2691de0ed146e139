// SPDX-License-Identifier: Apache-2.0

// What a decoder hands out, written down so that it can be compared however the octets were cut.

#ifndef H2WIRE_TEST_STREAM_EVENTS_H_
#define H2WIRE_TEST_STREAM_EVENTS_H_

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/print.h"
#include "h2wire/stream_decoder.h"

namespace h2wire {

// The sink that writes down, one after another, the octets on the wire of all frames and a line for
// each error. FrameBegin, FrameChunks and FrameEnd become the frame they make, or are forgotten if
// there is no FrameEnd.
// What no decoder may do is written down too, and so makes the comparison fail.
class EventLog {
 public:
  template <FrameAlternative F>
  void operator()(const F& frame) {
    if (open_) Violation("a frame within a frame");
    Append(frame);
  }
  template <class F>
  void operator()(const FrameBegin<F>& begin) {
    if (open_) Violation("a FrameBegin without a FrameEnd before it");
    if (!RestOf(begin.frame).empty()) Violation("octets in a FrameBegin");
    open_ = true;
    begun_ = begin.frame;
    size_ = begin.size;
    rest_.clear();
  }
  template <class F>
  void operator()(const FrameChunk<F>& chunk) {
    if (!open_ || !std::holds_alternative<F>(begun_))
      Violation("a FrameChunk without a FrameBegin");
    if (chunk.octets.empty()) Violation("an empty Chunk");
    if (chunk.stream_id != StreamIdOf(begun_)) Violation("a FrameChunk of another stream");
    rest_.append(AsText(chunk.octets));
  }
  template <class F>
  void operator()(const FrameEnd<F>& end) {
    if (!open_) Violation("a FrameEnd without a FrameBegin");
    if (!(begun_ == Frame(end.frame))) Violation("a FrameEnd of another frame");
    if (rest_.size() != size_) Violation("not as many octets as announced");
    open_ = false;
    F frame = end.frame;
    RestOf(frame) = AsBytes(rest_);
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

 private:
  static auto& RestOf(auto& frame) {
    if constexpr (requires { frame.data; }) {
      return frame.data;
    } else if constexpr (requires { frame.fragment; }) {
      return frame.fragment;
    } else {
      return frame.payload;
    }
  }
  template <class F>
  void Append(const F& frame) {
    const std::size_t before = octets_.size();
    octets_.resize(before + EncodedSize(frame));
    const MutableBytes room = std::as_writable_bytes(std::span(octets_)).subspan(before);
    if (Encode(frame, room).fault != Fault::kNone) Violation("a frame that no peer may send");
  }

  std::string octets_;
  std::string violation_;
  bool open_ = false;
  Frame begun_;
  std::size_t size_ = 0;
  std::string rest_;
};

// Feeds `in` in the pieces that `next_size` names the sizes of (at least 1), as a user of the
// decoder does. False if the connection is lost.
inline bool Feed(StreamDecoder& decoder, Bytes in, EventLog& log,
                 const std::function<std::size_t()>& next_size) {
  while (!in.empty()) {
    Bytes piece = in.first(std::min(in.size(), next_size()));
    in = in.subspan(piece.size());
    for (;;) {
      const Outcome next = decoder.DecodeTo(piece, log);
      if (next.size > piece.size()) log.Violation("more octets taken than there are");
      piece = After(piece, next.size);
      if (next.status == DecodeStatus::kNeedMore) {
        if (!piece.empty()) log.Violation("more needed than a piece that was not taken");
        break;
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

// What h2wire::DecodeTo makes of `in`, to the end, to a cut-off frame or to a connection error.
inline void DecodeAll(Bytes in, EventLog& log, const DecodeOptions& options) {
  for (;;) {
    const Outcome next = DecodeTo(in, log, options);
    if (next.status == DecodeStatus::kNeedMore) return;
    in = After(in, next.size);
    if (next.status != DecodeStatus::kError) continue;
    log(next.error);
    if (next.error.stream_id == 0) return;
  }
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_STREAM_EVENTS_H_
