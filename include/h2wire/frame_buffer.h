// SPDX-License-Identifier: Apache-2.0

// A window onto storage of the caller's, into which octets are read and from which frames are
// decoded in place.
//
//   std::array<std::byte, 64 * 1024> storage;
//   FrameBuffer buffer(storage);
//   std::size_t needed = kFrameHeaderSize;
//   for (;;) {
//     const MutableBytes room = buffer.Room(needed);
//     if (room.empty()) return;                   // the storage is too small for this frame
//     const ssize_t got = read(socket, room.data(), room.size());
//     if (got <= 0) return;
//     buffer.Add(static_cast<std::size_t>(got));
//     for (;;) {
//       const Outcome next = DecodeTo(buffer.pending(), handler);
//       needed = next.size;
//       if (next.status == DecodeStatus::kNeedMore) break;
//       if (next.status == DecodeStatus::kError && !Report(next.error)) return;
//       buffer.Take(next.size);
//     }
//   }
//
// With storage of nine octets and the receiver's SETTINGS_MAX_FRAME_SIZE this never gets stuck, and
// every frame is whole and in place. Where storage is less than that, or not the reader's own to
// choose, a StreamDecoder does.

#ifndef H2WIRE_FRAME_BUFFER_H_
#define H2WIRE_FRAME_BUFFER_H_

#include <algorithm>
#include <cstring>

#include "h2wire/attributes.h"
#include "h2wire/bytes.h"

namespace h2wire::inline H2WIRE_ABI {

class FrameBuffer {
 public:
  // The storage is the buffer's own as long as it is in use.
  constexpr explicit FrameBuffer(MutableBytes storage H2WIRE_LIFETIME_BOUND) noexcept
      : storage_(storage) {}

  // Where to read into: all the room behind what is pending, and enough of it for `needed` octets
  // to be pending, which are more than there are (Outcome::size says how many, with kNeedMore).
  // Nothing if the storage is smaller than that. Only if the room is short of that, what is pending
  // is moved to the front: at most one incomplete frame, if all whole ones were taken. Then what
  // was decoded before is gone.
  [[nodiscard]] MutableBytes Room(std::size_t needed) noexcept {
    if (needed > storage_.size()) return {};
    if (begin_ == end_ || needed > storage_.size() - begin_) {
      if (begin_ != end_) std::memmove(storage_.data(), storage_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    return storage_.subspan(end_);
  }

  // `size` octets were read into the front of the room: not more than it has.
  constexpr void Add(std::size_t size) noexcept {
    const std::size_t skipped = std::min(skip_, size);
    skip_ -= skipped;
    begin_ += skipped;
    end_ += size;
  }

  // The octets that were added and not taken. They stay where they are until Room is called.
  [[nodiscard]] constexpr Bytes pending() const noexcept {
    return storage_.subspan(begin_, end_ - begin_);
  }

  // The first `size` octets of what is pending are done with. If there are fewer, as there may be
  // after a stream error, the missing ones are taken as soon as they are added.
  constexpr void Take(std::size_t size) noexcept {
    const std::size_t taken = std::min(size, end_ - begin_);
    begin_ += taken;
    skip_ += size - taken;
  }

 private:
  MutableBytes storage_;
  std::size_t begin_ = 0;  // what is pending, as positions in the storage
  std::size_t end_ = 0;
  std::size_t skip_ = 0;  // octets that are taken before they are there; then nothing is pending
};

}  // namespace h2wire

#endif  // H2WIRE_FRAME_BUFFER_H_
