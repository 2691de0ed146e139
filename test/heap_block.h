// SPDX-License-Identifier: Apache-2.0

// Octets in heap blocks of exactly their size: AddressSanitizer then sees every octet that is read
// or written beyond them.

#ifndef H2WIRE_TEST_HEAP_BLOCK_H_
#define H2WIRE_TEST_HEAP_BLOCK_H_

#include <algorithm>
#include <cstddef>
#include <memory>

#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/visit.h"

namespace h2wire {

class HeapBlock {
 public:
  explicit HeapBlock(std::size_t size, std::byte fill = {})
      : octets_(new std::byte[size]), size_(size) {
    std::fill_n(octets_.get(), size, fill);
  }
  explicit HeapBlock(Bytes octets) : octets_(new std::byte[octets.size()]), size_(octets.size()) {
    std::copy(octets.begin(), octets.end(), octets_.get());
  }
  // The octets of a frame in parts, one after the other.
  explicit HeapBlock(const Parts& parts) : HeapBlock(parts.size()) {
    std::byte* to = octets_.get();
    for (const Bytes part : {parts.head(), parts.bodies[0], parts.bodies[1]}) {
      to = std::copy(part.begin(), part.end(), to);
    }
  }

  Bytes bytes() const { return {octets_.get(), size_}; }
  MutableBytes out() { return {octets_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> octets_;
  std::size_t size_;
};

// What `frame` would be on the wire if Encode did not refuse it.
inline HeapBlock UnjudgedOctets(const Frame& frame) {
  return Visit(
      [](const auto& alternative) {
        return HeapBlock(
            internal::SplitUnjudged(alternative, EncodedSize(alternative) - kFrameHeaderSize));
      },
      frame);
}

}  // namespace h2wire

#endif  // H2WIRE_TEST_HEAP_BLOCK_H_
