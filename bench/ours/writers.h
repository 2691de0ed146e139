// SPDX-License-Identifier: Apache-2.0

// What becomes of octets that are ready to be written.
#ifndef H2WIRE_BENCH_OURS_WRITERS_H_
#define H2WIRE_BENCH_OURS_WRITERS_H_

#include <cstddef>
#include <cstring>
#include <span>

namespace h2wire::bench {

// Where they are is taken note of. Measured.
class Pointer {
 public:
  explicit Pointer(std::span<std::byte>) {}
  [[gnu::always_inline]] void Write(const void* octets, std::size_t size) {
    asm volatile("" : : "r"(octets) : "memory");  // so that they have to be there
    size_ += size;
  }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

// They are copied. Shown.
class Copier {
 public:
  explicit Copier(std::span<std::byte> out) : out_(out) {}
  void Write(const void* octets, std::size_t size) {
    if (size <= out_.size() - size_) std::memcpy(out_.data() + size_, octets, size);
    size_ += size;
  }
  std::size_t size() const { return size_; }

 private:
  std::span<std::byte> out_;
  std::size_t size_ = 0;
};

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_OURS_WRITERS_H_
