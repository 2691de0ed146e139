// SPDX-License-Identifier: Apache-2.0

// The accounting of an OutputQueue: what is copied, what is borrowed, what is written.

#include "h2wire/output_queue.h"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <functional>
#include <span>

#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/error.h"
#include "h2wire/iovec.h"

namespace h2wire::inline H2WIRE_ABI {

Fault OutputQueue::Add(const Parts& parts) noexcept {
  if (parts.fault != Fault::kNone) return parts.fault;
  return AddAll(std::array{parts.head(), parts.bodies[0], parts.bodies[1],
                           Bytes(kZeros).first(parts.padding)});
}

Fault OutputQueue::AddOctets(Bytes octets) noexcept { return AddAll({&octets, 1}); }

Fault OutputQueue::AddAll(std::span<const Bytes> all) noexcept {
  std::size_t copied = 0;
  std::size_t pieces = 0;
  bool after_copy = EndsWithCopy();
  for (const Bytes octets : all) {
    if (octets.empty()) continue;
    const bool copies = octets.size() <= copy_at_most_;
    if (copies) copied += octets.size();
    if (!copies || !after_copy) ++pieces;
    after_copy = copies;
  }
  if (!HasRoom(copied, pieces)) {
    MoveToFront();
    if (!HasRoom(copied, pieces)) return Fault::kNoRoom;
  }
  for (const Bytes octets : all) {
    if (octets.empty()) continue;
    if (octets.size() <= copy_at_most_) {
      Copy(octets);
    } else {
      pieces_[end_++] = ToIovec(octets);
    }
    queued_ += octets.size();
  }
  return Fault::kNone;
}

bool OutputQueue::HasRoom(std::size_t copied, std::size_t pieces) const noexcept {
  return copied <= copies_.size() - copies_end_ && pieces <= pieces_.size() - end_;
}

bool OutputQueue::IsCopy(const iovec& piece) const noexcept {
  const auto* const octets = static_cast<const std::byte*>(piece.iov_base);
  return std::greater_equal<>()(octets, copies_.data()) &&
         std::less<>()(octets, copies_.data() + copies_.size());
}

bool OutputQueue::EndsWithCopy() const noexcept {
  return first_ != end_ && IsCopy(pieces_[end_ - 1]);
}

void OutputQueue::Copy(Bytes octets) noexcept {
  const MutableBytes to = copies_.subspan(copies_end_, octets.size());
  internal::CopyOctets(to.data(), octets);
  copies_end_ += octets.size();
  if (EndsWithCopy()) {  // which then ends where this begins
    pieces_[end_ - 1].iov_len += octets.size();
  } else {
    pieces_[end_++] = ToIovec(to);
  }
}

void OutputQueue::MoveToFront() noexcept {
  const std::span<iovec> left = pieces_.subspan(first_, end_ - first_);
  const auto first_copy =
      std::ranges::find_if(left, [this](const iovec& piece) { return IsCopy(piece); });
  std::size_t shift = copies_end_;  // octets before the first copy that is left
  if (first_copy != left.end()) {
    shift =
        static_cast<std::size_t>(static_cast<std::byte*>(first_copy->iov_base) - copies_.data());
    std::memmove(copies_.data(), copies_.data() + shift, copies_end_ - shift);
  }
  copies_end_ -= shift;
  for (iovec& piece : left) {
    if (IsCopy(piece)) piece.iov_base = static_cast<std::byte*>(piece.iov_base) - shift;
  }
  std::ranges::copy(left, pieces_.begin());
  end_ -= first_;
  first_ = 0;
}

void OutputQueue::Written(std::size_t size) noexcept {
  written_ += size;
  while (size != 0) {
    iovec& piece = pieces_[first_];
    const std::size_t taken = std::min(size, piece.iov_len);
    piece.iov_base = static_cast<std::byte*>(piece.iov_base) + taken;
    piece.iov_len -= taken;
    size -= taken;
    if (piece.iov_len == 0) ++first_;
  }
  if (first_ == end_) first_ = end_ = copies_end_ = 0;
}

}  // namespace h2wire
