// SPDX-License-Identifier: Apache-2.0

// Field blocks put together: what HEADERS or PUSH_PROMISE begin and CONTINUATION frames go on with.
//
//   FieldBlock block(storage);
//   ...
//   const Fault fault = block.Add(frame);  // every frame, of whatever type, and every part of one
//   if (fault != Fault::kNone) return GoAway(ErrorOf(fault, 0));
//   if (block.whole()) session.Open(block.stream_id(), block.octets(), block.end_stream());
//
// An HPACK decoder that takes its input in pieces needs no storage: it is given each fragment, in
// the frame or Part that was added, and whole() says that this was the last.
//
//   FieldBlock block({.max_octets = 16384, .max_continuations = 4});
//   if (block.Add(frame) == Fault::kNone) hpack.Decode(frame.fragment, block.whole());

#ifndef H2WIRE_FIELD_BLOCK_H_
#define H2WIRE_FIELD_BLOCK_H_

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/part.h"
#include "h2wire/visit.h"

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

  // Takes the next frame that was received, of any type, or the next part of one. A RawFrame is one
  // of unknown type: it interrupts a field block, whatever its header says.
  //
  // Returns kNone or why the connection is lost: kFieldBlockInterrupted, kStrayContinuation,
  // kFieldBlockTooLarge or kTooManyContinuations. Then nothing is added any more, and every further
  // call returns the same. Parts that are not of one frame are such a fault too: one that follows
  // no other, or comes with more octets than were announced, or is the last and comes with fewer.
  template <FrameAlternative F>
  [[nodiscard]] constexpr Fault Add(const F& frame) noexcept {
    if constexpr (FieldBlockFrame<F>) {
      const Bytes fragment = frame.fragment;
      return Take(Part<F>{frame, fragment, fragment.size(), true, true});
    } else {
      return TakeOther();
    }
  }
  template <AnyFrameSet Set>
  [[nodiscard]] constexpr Fault Add(const Set& frame) noexcept {
    return Visit([this](const auto& alternative) noexcept { return this->Add(alternative); }, frame);
  }
  template <FrameAlternative F>
  [[nodiscard]] constexpr Fault Add(const Part<F>& part) noexcept {
    if constexpr (FieldBlockFrame<F>) {
      return Take(part);
    } else {
      return TakeOther();
    }
  }

  // Whether what was added last ended a field block; and whether one is begun and not ended.
  [[nodiscard]] constexpr bool whole() const noexcept { return whole_; }
  [[nodiscard]] constexpr bool open() const noexcept { return open_; }

  // Of the block that was begun last: its stream; the stream that it promises, 0 if it was begun by
  // HEADERS; whether the HEADERS frame that began it has END_STREAM, and its priority.
  [[nodiscard]] constexpr StreamId stream_id() const noexcept { return stream_id_; }
  [[nodiscard]] constexpr StreamId promised_stream_id() const noexcept {
    return promised_stream_id_;
  }
  [[nodiscard]] constexpr bool end_stream() const noexcept { return end_stream_; }
  [[nodiscard]] constexpr const std::optional<Priority>& priority() const noexcept {
    return priority_;
  }

  // How many octets its fragments have so far.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

  // All octets of a whole block that there is storage for. One that came in one fragment is where
  // that is, and lives as long as its frame; another is in the storage until the next block begins.
  [[nodiscard]] constexpr Bytes octets() const noexcept { return octets_; }

 private:
  constexpr Fault TakeOther() noexcept {
    whole_ = false;
    if (fault_ == Fault::kNone && open_) fault_ = Fault::kFieldBlockInterrupted;
    return fault_;
  }

  template <class F>
  constexpr Fault Take(const Part<F>& part) noexcept {
    whole_ = false;
    if (fault_ == Fault::kNone) fault_ = part.first ? Begin(part.frame, part.size) : GoOn(part);
    if (fault_ == Fault::kNone) fault_ = FaultOfSize(part.octets.size(), part.last);
    if (fault_ != Fault::kNone) return fault_;
    const bool ends = part.last && part.frame.end_headers;
    if (part.first && ends && size_ == 0) {
      size_ = part.octets.size();
      octets_ = part.octets;
    } else {
      Append(part.octets);
    }
    announced_ -= part.octets.size();
    within_ = !part.last;
    whole_ = ends;
    open_ = !ends;
    return Fault::kNone;
  }

  // Takes note of a frame with `size` octets of a fragment. Returns the rule that it breaks.
  template <class F>
  constexpr Fault Begin(const F& frame, std::size_t size) noexcept {
    if (within_) return Fault::kFieldBlockInterrupted;
    if constexpr (std::same_as<F, ContinuationFrame>) {
      if (!open_) return Fault::kStrayContinuation;
      if (frame.stream_id != stream_id_) return Fault::kFieldBlockInterrupted;
      if (continuations_ == limits_.max_continuations) return Fault::kTooManyContinuations;
      ++continuations_;
    } else {
      if (open_) return Fault::kFieldBlockInterrupted;
      Start(frame);
    }
    if (size > limits_.max_octets - size_) return Fault::kFieldBlockTooLarge;
    announced_ = size;
    return Fault::kNone;
  }

  template <class F>
  constexpr Fault GoOn(const Part<F>& part) noexcept {
    if (!within_) return Fault::kStrayContinuation;
    return part.frame.stream_id == stream_id_ ? Fault::kNone : Fault::kFieldBlockInterrupted;
  }

  // Whether so many octets are what was announced.
  constexpr Fault FaultOfSize(std::size_t size, bool last) const noexcept {
    if (size > announced_) return Fault::kFieldBlockTooLarge;
    return last && size != announced_ ? Fault::kFieldBlockInterrupted : Fault::kNone;
  }

  template <class F>
  constexpr void Start(const F& frame) noexcept {
    stream_id_ = frame.stream_id;
    promised_stream_id_ = 0;
    end_stream_ = false;
    priority_.reset();
    if constexpr (std::same_as<F, PushPromiseFrame>) {
      promised_stream_id_ = frame.promised_stream_id;
    } else {
      end_stream_ = frame.end_stream;
      priority_ = frame.priority;
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

  FieldBlockLimits limits_;
  MutableBytes storage_;
  Bytes octets_;
  std::size_t size_ = 0;
  std::size_t announced_ =
      0;  // octets to come; with `size_` at most max_octets, and so the storage
  std::uint32_t continuations_ = 0;
  StreamId stream_id_ = 0;
  StreamId promised_stream_id_ = 0;
  std::optional<Priority> priority_{};
  Fault fault_ = Fault::kNone;  // of what was added; sticks
  bool stores_ = false;
  bool open_ = false;
  bool within_ = false;  // a frame, whose last part is still to come
  bool whole_ = false;
  bool end_stream_ = false;
};

}  // namespace h2wire

#endif  // H2WIRE_FIELD_BLOCK_H_
