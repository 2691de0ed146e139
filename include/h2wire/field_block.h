// SPDX-License-Identifier: Apache-2.0

// Field blocks put together: what HEADERS or PUSH_PROMISE begin and CONTINUATION frames go on with.
//
//   FieldBlock block(storage);
//   ...
//   const Fault fault = block.Add(frame);             // every frame, of whatever type
//   if (fault != Fault::kNone) return GoAway(ErrorOf(fault, 0));
//   if (block.whole()) hpack.Decode(block.stream_id(), block.octets());
//
// An HPACK decoder that takes its input in pieces needs no storage: it is given each fragment, in
// the frame or FrameChunk that was added, and whole() says that this was the last.
//
//   FieldBlock block({.max_octets = 16384, .max_continuations = 4});
//   if (block.Add(frame) == Fault::kNone) hpack.Decode(frame.fragment, block.whole());

#ifndef H2WIRE_FIELD_BLOCK_H_
#define H2WIRE_FIELD_BLOCK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/stream_decoder.h"

namespace h2wire::inline H2WIRE_ABI {

// How large a field block may grow.
struct FieldBlockLimits {
  std::size_t max_octets = 65536;  // of all fragments together, as they are compressed
  std::uint32_t max_continuations = 8;
};

// Follows the field blocks of one direction of a connection. RFC 9113, 4.3.
class FieldBlock {
 public:
  // Follows them without keeping them.
  constexpr explicit FieldBlock(const FieldBlockLimits& limits = {}) noexcept : limits_(limits) {}

  // Puts fragments one behind the other into `storage`, which is the block's own as long as it is
  // in use. What does not fit there is too large as well.
  constexpr explicit FieldBlock(MutableBytes storage H2WIRE_LIFETIME_BOUND,
                                const FieldBlockLimits& limits = {}) noexcept
      : limits_(limits), storage_(storage), stores_(true) {
    limits_.max_octets = std::min(limits.max_octets, storage.size());
  }

  // Takes the next frame that was received, of any type, or the next part of one that is streamed.
  // Returns kNone or why the connection is lost: kFieldBlockInterrupted, kStrayContinuation,
  // kFieldBlockTooLarge or kTooManyContinuations. Then nothing is added, and nothing more may be.
  template <class F>
  [[nodiscard]] constexpr Fault Add(const F& frame) noexcept {
    if constexpr (internal::kIsFieldBlock<F>) {
      const Fault fault = Continue(frame, frame.fragment.size());
      if (fault != Fault::kNone) return fault;
      if (size_ == 0 && frame.end_headers) {
        size_ = frame.fragment.size();
        octets_ = frame.fragment;
      } else {
        Append(frame.fragment);
      }
      Finish(frame.end_headers);
      return Fault::kNone;
    } else {
      return Continue(frame, 0);
    }
  }
  template <class F>
  [[nodiscard]] constexpr Fault Add(const FrameBegin<F>& begin) noexcept {
    return Continue(begin.frame, internal::kIsFieldBlock<F> ? begin.size : 0);
  }
  template <class F>
  [[nodiscard]] constexpr Fault Add(const FrameChunk<F>& chunk) noexcept {
    if constexpr (internal::kIsFieldBlock<F>) Append(chunk.octets);
    return Fault::kNone;
  }
  template <class F>
  [[nodiscard]] constexpr Fault Add(const FrameEnd<F>& end) noexcept {
    if constexpr (internal::kIsFieldBlock<F>) Finish(end.frame.end_headers);
    return Fault::kNone;
  }

  // Whether what was added last ended a field block; and whether one is begun and not ended.
  [[nodiscard]] constexpr bool whole() const noexcept { return whole_; }
  [[nodiscard]] constexpr bool open() const noexcept { return open_; }

  // The stream of the block that was begun last, and the stream that it promises; 0 if it was begun
  // by HEADERS.
  [[nodiscard]] constexpr StreamId stream_id() const noexcept { return stream_id_; }
  [[nodiscard]] constexpr StreamId promised_stream_id() const noexcept {
    return promised_stream_id_;
  }

  // How many octets its fragments have so far.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

  // All octets of a whole block that there is storage for. One that came in one fragment is where
  // that is, and lives as long as its frame; another is in the storage until the next block begins.
  [[nodiscard]] constexpr Bytes octets() const noexcept { return octets_; }

 private:
  // Takes note of a frame with `size` octets of a fragment. Returns the rule that it breaks.
  template <class F>
  constexpr Fault Continue(const F& frame, std::size_t size) noexcept {
    whole_ = false;
    if constexpr (std::is_same_v<F, ContinuationFrame>) {
      if (!open_) return Fault::kStrayContinuation;
      if (frame.stream_id != stream_id_) return Fault::kFieldBlockInterrupted;
      if (continuations_ == limits_.max_continuations) return Fault::kTooManyContinuations;
      ++continuations_;
    } else {
      if (open_) return Fault::kFieldBlockInterrupted;
      if constexpr (internal::kIsFieldBlock<F>) Start(frame);
    }
    return size > limits_.max_octets - size_ ? Fault::kFieldBlockTooLarge : Fault::kNone;
  }

  template <class F>
  constexpr void Start(const F& frame) noexcept {
    open_ = true;
    stream_id_ = frame.stream_id;
    promised_stream_id_ = 0;
    if constexpr (std::is_same_v<F, PushPromiseFrame>) {
      promised_stream_id_ = frame.promised_stream_id;
    }
    continuations_ = 0;
    size_ = 0;
    octets_ = {};
  }

  constexpr void Append(Bytes fragment) noexcept {
    if (stores_) {
      internal::CopyOctets(storage_.data() + size_, fragment);
      octets_ = storage_.first(size_ + fragment.size());
    }
    size_ += fragment.size();
  }

  constexpr void Finish(bool end_headers) noexcept {
    whole_ = end_headers;
    open_ = !end_headers;
  }

  FieldBlockLimits limits_;
  MutableBytes storage_;
  Bytes octets_;
  std::size_t size_ = 0;
  std::uint32_t continuations_ = 0;
  StreamId stream_id_ = 0;
  StreamId promised_stream_id_ = 0;
  bool stores_ = false;
  bool open_ = false;
  bool whole_ = false;
};

}  // namespace h2wire

#endif  // H2WIRE_FIELD_BLOCK_H_
