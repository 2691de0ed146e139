// SPDX-License-Identifier: Apache-2.0

// Frames of many streams, gathered for as few writes as possible.
//
//   std::array<std::byte, 8192> copies;
//   std::array<iovec, 256> pieces;
//   OutputQueue queue(copies, pieces);
//
//   if (queue.Add(frame) == Fault::kNoRoom) ...        // write first
//   const std::uint64_t free_at = queue.queued();      // of what the frame borrows
//
//   const std::span<const iovec> batch = queue.batch();
//   const ssize_t size = writev(socket, batch.data(), static_cast<int>(batch.size()));
//   if (size > 0) queue.Written(static_cast<std::size_t>(size));
//   if (queue.written() >= free_at) ...                // the body may be used again

#ifndef H2WIRE_OUTPUT_QUEUE_H_
#define H2WIRE_OUTPUT_QUEUE_H_

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/frames.h"

namespace h2wire::inline H2WIRE_ABI {

class OutputQueue {
 public:
  // Bodies of at most so many octets are copied, since to copy them costs less than a piece of
  // their own does in the kernel. Heads are always copied, so that less than their 17 octets is the
  // same.
  static constexpr std::size_t kCopyAtMost = 512;
  static constexpr std::size_t kLargestHead = std::tuple_size_v<decltype(Parts::head_octets)>;

  // Heads and small bodies are copied into `copies`, and `pieces` name what is to be written: both
  // are the queue's own as long as it is in use. A system takes at most IOV_MAX pieces in one write
  // (Linux 1024): do not give it more.
  OutputQueue(MutableBytes copies H2WIRE_LIFETIME_BOUND,
              std::span<iovec> pieces H2WIRE_LIFETIME_BOUND,
              std::size_t copy_at_most = kCopyAtMost) noexcept
      : copies_(copies), pieces_(pieces), copy_at_most_(std::max(copy_at_most, kLargestHead)) {}

  // Queues a frame, or nothing: kNoRoom if there is too little of either storage left, until more
  // is written; otherwise the fault for which Encode would refuse the frame. What the frame borrows
  // must live until written() has reached what queued() is now.
  template <FrameAlternative F>
  [[nodiscard]] Fault Add(const F& frame) noexcept {
    return Add(Split(frame));
  }
  template <AnyFrameSet Set>
  [[nodiscard]] Fault Add(const Set& frame) noexcept {
    return Add(Split(frame));
  }
  [[nodiscard]] Fault Add(const Parts& parts) noexcept;

  // The same for octets as they are: the connection preface, or a frame that is forwarded.
  [[nodiscard]] Fault AddOctets(Bytes octets) noexcept;

  // What is to be written next; empty if all is. Valid until the queue is added to.
  [[nodiscard]] std::span<const iovec> batch() const noexcept H2WIRE_LIFETIME_BOUND {
    return pieces_.subspan(first_, end_ - first_);
  }

  // The first `size` octets of the batch were written: any number of them, to the middle of a head
  // or a body, but not more than there are.
  void Written(std::size_t size) noexcept;

  // Octets that were ever queued, and that of those were written.
  [[nodiscard]] std::uint64_t queued() const noexcept { return queued_; }
  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

 private:
  // Queues octets one behind the other: all, or none.
  Fault AddAll(std::span<const Bytes> all) noexcept;

  [[nodiscard]] bool HasRoom(std::size_t copied, std::size_t pieces) const noexcept;
  [[nodiscard]] bool IsCopy(const iovec& piece) const noexcept;
  [[nodiscard]] bool EndsWithCopy() const noexcept;  // so that another copy needs no piece
  void Copy(Bytes octets) noexcept;
  // Moves what is not written yet to the front of both storages.
  void MoveToFront() noexcept;

  MutableBytes copies_;
  std::span<iovec> pieces_;
  std::size_t copy_at_most_;
  std::size_t copies_end_ = 0;  // octets in use, from the front
  std::size_t first_ = 0;       // the pieces to be written
  std::size_t end_ = 0;
  std::uint64_t queued_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace h2wire

#endif  // H2WIRE_OUTPUT_QUEUE_H_
