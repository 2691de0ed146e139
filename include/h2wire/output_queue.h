// SPDX-License-Identifier: Apache-2.0

// Frames of many streams, gathered for as few writes as possible.
//
//   std::array<std::byte, 16384> copies;
//   std::array<OutputQueue::Body, 256> bodies;
//   std::array<std::byte, 1024> urgent;
//   OutputQueue queue(copies, bodies, urgent);
//
//   if (queue.Add(data, name_of_body) == Fault::kNoRoom) ...       // write first
//   (void)queue.Add(ReplyTo(ping));                                // leaves before that data
//
//   std::array<iovec, 64> pieces;
//   const std::span<const iovec> batch = queue.Batch(pieces);
//   const ssize_t size = writev(socket, batch.data(), static_cast<int>(batch.size()));
//   for (const auto& body : queue.Written(size < 0 ? 0 : static_cast<std::size_t>(size))) {
//     Release(body.name);
//   }
//
//   const OutputQueue::Dropped dropped = queue.DropData(stream_id);  // the stream was reset
//   window += dropped.flow_controlled_length;
//   for (const auto& body : dropped.bodies) Release(body.name);

#ifndef H2WIRE_OUTPUT_QUEUE_H_
#define H2WIRE_OUTPUT_QUEUE_H_

#include <sys/uio.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "h2wire/header.h"
#include "h2wire/visit.h"
#include "h2wire/walk/writer.h"

namespace h2wire::inline H2WIRE_ABI {

// Frames leave in the order in which they are added. With storage for urgent frames, some pass
// others, but never a frame or a field block that has begun, nor what begins a connection: the
// preface, and the SETTINGS that are added before any frame was written.
//
//   acknowledgements of PING      pass everything (RFC 9113, 6.7), and so do
//   WINDOW_UPDATE, connection
//   WINDOW_UPDATE, stream         passes everything but the field block that opens its stream
//   RST_STREAM                    passes the frames of other streams, and drops its own stream's
//                                 DATA; it follows whatever else waits on its own stream
//
// All else passes nothing: an acknowledgement of SETTINGS, say, after which the peer goes by its
// new values (6.5.3). Between HEADERS or PUSH_PROMISE and the CONTINUATION that ends their field
// block (4.3) urgent frames are held back, and others refused. Types are told by their type code,
// in whatever struct or octets a frame comes.
class H2WIRE_API OutputQueue {
 public:
  // Bodies of at most so many octets are copied, since to copy them costs less than a piece of
  // their own does in the kernel.
  static constexpr std::size_t kCopyAtMost = 512;

  // What a frame borrows and the queue did not copy.
  struct Body {
    Bytes octets{};
    std::uint64_t name = 0;   // what Add was given
    std::byte* at = nullptr;  // the queue's own: its place in `copies`
  };

  struct Dropped {
    // By what the dropped frames would have shrunk the windows: the connection's gets it back.
    std::uint64_t flow_controlled_length = 0;
    std::span<const Body> bodies{};  // which are free; valid until the queue is added to
  };

  struct Waiting {
    std::size_t frames = 0;
    std::size_t octets = 0;
  };

  // Heads and small bodies are copied into `copies`, `bodies` has an element for each that is
  // borrowed, and `urgent` holds frames of 13 or 17 octets that pass others: without it, or when it
  // is full, nothing passes. All are the queue's own as long as it is in use.
  OutputQueue(MutableBytes copies H2WIRE_LIFETIME_BOUND,
              std::span<Body> bodies H2WIRE_LIFETIME_BOUND,
              MutableBytes urgent H2WIRE_LIFETIME_BOUND = {},
              std::size_t copy_at_most = kCopyAtMost) noexcept;

  // Queues a frame, or nothing: kNoRoom if there is too little storage left, until more is written;
  // kFieldBlockInterrupted if a field block is open and the frame does not continue it,
  // kStrayContinuation if there is none to continue; or the fault for which Encode would refuse the
  // frame. (The DATA that an RST_STREAM drops is dropped even so.) A body of more than
  // copy_at_most() octets is borrowed until Written or DropData hands out its `name`, which may be
  // any number, and need not be unique.
  template <FrameAlternative F>
  [[nodiscard]] H2WIRE_ALWAYS_INLINE Fault Add(const F& frame, std::uint64_t name = 0) noexcept {
    return AddAs<Frame>(frame, name);
  }
  template <AnyFrameSet Set>
  [[nodiscard]] Fault Add(const Set& frame, std::uint64_t name = 0) noexcept {
    return Visit([&](const auto& alternative) { return AddAs<Set>(alternative, name); }, frame);
  }

  // The same for a frame as it is on the wire, all of it and nothing else, or it is kWrongLength.
  // Nothing else of it is judged.
  [[nodiscard]] Fault AddOctets(Bytes frame, std::uint64_t name = 0) noexcept;

  // Queues the connection preface of a client; kBadPreface if it would not be the first that waits,
  // or come into a field block.
  [[nodiscard]] Fault AddPreface() noexcept;

  // Points `pieces` at what is to be written next, as much of it as they have room for, and returns
  // those that are in use: none if nothing may be written. (A system takes at most IOV_MAX at once,
  // Linux 1024.) Until Written is called, what they point at stays where it is and counts as begun,
  // so that frames may be added and dropped during a write that takes its time.
  [[nodiscard]] std::span<const iovec> Batch(
      std::span<iovec> pieces H2WIRE_LIFETIME_BOUND) noexcept;

  // The first `size` octets of the last batch were written: none, if the write failed, or any
  // number of them, to the middle of a head or a body. Returns the bodies that are thereby free, in
  // the order in which they were added; valid until the queue is added to.
  std::span<const Body> Written(std::size_t size) noexcept;

  // Drops the DATA of a stream that was reset, by the peer or by ourselves, but for a frame that
  // has begun. Field blocks are never dropped: the peer's decoder has to see them (4.3). It looks
  // at every frame that waits, and so does an RST_STREAM that is added.
  Dropped DropData(StreamId stream_id) noexcept;

  // Octets that wait; what a stream has of them, and in how many frames. The latter looks at every
  // frame. What is left of a frame that has begun waits as well. (What is added before the SETTINGS
  // that begin a connection counts as of stream 0.)
  [[nodiscard]] std::size_t waiting() const noexcept {
    return static_cast<std::size_t>((at_ - from_) + (urgent_at_ - urgent_from_)) + borrowed_;
  }
  [[nodiscard]] Waiting WaitingOn(StreamId stream_id) const noexcept;

  [[nodiscard]] std::size_t copy_at_most() const noexcept { return copy_at_most_; }

  // The flow-controlled octets that were ever dropped, by DropData or by an RST_STREAM. Who has to
  // know their bodies calls DropData first, which leaves the RST_STREAM none to drop.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  // A frame that waits, and the first body behind its place.
  struct Place {
    std::byte* at;
    Body* body;
  };

  // All there is to adding a frame stands in AddParts. What comes before it are short ways, for
  // frames of which nothing is to be minded.
  template <class Set, class F>
  H2WIRE_ALWAYS_INLINE Fault AddAs(const F& frame, std::uint64_t name) noexcept;
  template <class Set, class F>
  H2WIRE_NOINLINE Fault AddAnyway(const F& frame, std::uint64_t name) noexcept {
    return AddParts(internal::SplitOf<Set>(frame), name);
  }
  Fault AddParts(Parts parts, std::uint64_t name) noexcept;
  Fault AddUrgent(const FrameHeader& header, Bytes frame) noexcept;

  // Makes room for so many octets and bodies; whether there is.
  bool MakeRoom(std::size_t copied, std::size_t bodies) noexcept;
  // Inserts a frame at a boundary of frames of which none behind it has begun.
  Fault Insert(std::byte* at, Bytes frame) noexcept;
  void SetLimits() noexcept {
    limit_ = open_ == 0 ? copies_.data() + copies_.size() : at_;
    plain_limit_ = urgent_.empty() ? limit_ : copies_.data();
  }
  void Begin() noexcept {
    has_begun_ = true;
    before_settings_ = false;
  }
  void ResetFrames() noexcept;
  void ResetUrgent() noexcept { urgent_at_ = urgent_from_ = urgent_batch_ = urgent_.data(); }

  [[nodiscard]] Place PlaceOf(std::byte* frame) const noexcept;
  // Steps over a frame, and returns its octets.
  std::size_t Step(Place& place) const noexcept;
  // Where the last frame that one on the stream has to follow ends; null if there is none.
  [[nodiscard]] std::byte* EndOfOwn(StreamId stream_id) const noexcept;
  [[nodiscard]] std::byte* EndOfOpening(StreamId stream_id) noexcept;
  // The first place at or behind `frame` where one may be inserted: in no batch, and not before a
  // CONTINUATION.
  [[nodiscard]] std::byte* FreePlace(std::byte* frame) const noexcept;
  // Takes octets from the front.
  void Take(std::size_t size) noexcept;

  static constexpr std::size_t kLargestHead = std::tuple_size_v<decltype(Parts::head_octets)>;
  static constexpr std::uint64_t BitOf(StreamId stream_id) noexcept {
    return std::uint64_t{1} << (stream_id / 2 % 64);
  }
  [[nodiscard]] bool HasRoomBefore(const std::byte* limit, std::size_t size) const noexcept {
    return limit - at_ >= static_cast<std::ptrdiff_t>(size);
  }

  // Frames are copied one behind the other, as they are on the wire but for the bodies that are
  // borrowed, so that their headers tell where one ends and the next begins.
  std::byte* at_;           // where the next is copied to
  std::byte* limit_;        // and up to where, without further thought: `at_` inside a field block
  std::byte* plain_limit_;  // the same of types that pass others: the beginning, if they can
  std::byte* urgent_at_;
  std::byte* urgent_limit_;
  Body* body_;  // the next
  Body* bodies_end_;
  std::size_t copy_at_most_;
  std::size_t borrowed_ = 0;  // octets that wait
  // The streams, by a hash, on which a field block may wait.
  std::uint64_t opens_ = 0;

  MutableBytes copies_;
  std::span<Body> bodies_;
  MutableBytes urgent_;

  // What is next to be written: the rest of the first body if `from_` is its place, else a copy.
  std::byte* from_;
  Body* first_;
  std::size_t taken_ = 0;  // octets of the first body
  std::byte* urgent_from_;
  std::byte* urgent_batch_;  // the end of those in the batch

  std::size_t left_ = 0;  // octets of what has begun
  FrameHeader begun_{};
  std::byte* frame_;              // the first that has not begun; at_ if there is none
  std::byte* unbatched_;          // the first that is in no batch either
  StreamId open_ = 0;             // of the field block that the last frame leaves open, or 0
  bool in_flight_ = false;        // a batch, of which Written was not told
  bool has_begun_ = false;        // SETTINGS were added, or any frame was written
  bool before_settings_ = false;  // SETTINGS that nothing may pass were added, and have not begun

  std::uint64_t dropped_ = 0;
};

namespace internal {

// Whether nothing is to be minded of a frame of this type but the streams on which field blocks
// wait, or what it may pass.
template <class F>
inline constexpr bool kHasShortWay =
    std::same_as<F, DataFrame> || std::same_as<F, HeadersFrame> || std::same_as<F, PriorityFrame> ||
    std::same_as<F, RstStreamFrame> || std::same_as<F, PushPromiseFrame> ||
    std::same_as<F, PingFrame> || std::same_as<F, GoawayFrame> ||
    std::same_as<F, WindowUpdateFrame> || F::kType > ContinuationFrame::kType;
template <>
inline constexpr bool kHasShortWay<RawFrame> = false;

}  // namespace internal

template <class Set, class F>
inline Fault OutputQueue::AddAs(const F& frame, std::uint64_t name) noexcept {
  using std::same_as;
  if constexpr (!internal::kHasShortWay<F>) {
    return AddAnyway<Set>(F(frame), name);
  } else {
    const auto measured = internal::Measure<Set>(frame);
    if (measured.fault() != Fault::kNone) [[unlikely]] {
      return measured.fault();
    }
    const std::size_t size = kFrameHeaderSize + measured.size();
    const auto write_to = [&](std::byte*& at) H2WIRE_ALWAYS_INLINE {
      const auto writer = internal::Write(frame, measured.size(), at, internal::CopyBody);
      internal::Pad(writer.at(), writer.padding());
      at += size;
      return Fault::kNone;
    };

    if constexpr (same_as<F, PingFrame> || same_as<F, WindowUpdateFrame> ||
                  same_as<F, RstStreamFrame>) {
      if (HasRoomBefore(plain_limit_, size)) [[likely]] {
        return write_to(at_);
      }
      bool passes = false;
      if constexpr (same_as<F, PingFrame>) passes = frame.ack;
      if constexpr (same_as<F, WindowUpdateFrame>) {
        passes = frame.stream_id == 0 || (opens_ & BitOf(frame.stream_id)) == 0;
      }
      if (passes) {
        if (urgent_limit_ - urgent_at_ >= static_cast<std::ptrdiff_t>(size)) {
          return write_to(urgent_at_);
        }
        if (HasRoomBefore(limit_, size)) return write_to(at_);
      }
      return AddAnyway<Set>(F(frame), name);
    }

    if (size > copy_at_most_) [[unlikely]] {
      if (!HasRoomBefore(limit_, kLargestHead) || body_ == bodies_end_) {
        return AddAnyway<Set>(F(frame), name);
      }
      Bytes body;
      std::size_t bodies = 0;
      const auto writer = internal::Write(frame, measured.size(), at_,
                                          [&](std::byte* to, Bytes octets) H2WIRE_ALWAYS_INLINE {
                                            body = octets;
                                            ++bodies;
                                            return to;
                                          });
      if (bodies != 1 || body.size() <= copy_at_most_ || writer.padding() != 0) [[unlikely]] {
        return AddAnyway<Set>(F(frame), name);
      }
      at_ = writer.at();
      *body_++ = {body, name, at_};
      borrowed_ += body.size();
    } else {
      if (!HasRoomBefore(limit_, size)) [[unlikely]]
        return AddAnyway<Set>(F(frame), name);
      (void)write_to(at_);
    }
    if constexpr (same_as<F, HeadersFrame> || same_as<F, PushPromiseFrame>) {
      opens_ |= BitOf(frame.stream_id);
      if constexpr (same_as<F, PushPromiseFrame>) opens_ |= BitOf(frame.promised_stream_id);
      if (!frame.end_headers) [[unlikely]] {
        open_ = frame.stream_id;
        SetLimits();
      }
    }
    return Fault::kNone;
  }
}

}  // namespace h2wire

#endif  // H2WIRE_OUTPUT_QUEUE_H_
