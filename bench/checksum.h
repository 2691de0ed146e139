// SPDX-License-Identifier: Apache-2.0

// The checksum every decoder under measurement computes: the proof that each of them decoded every
// field, and the consumer that keeps the compiler from dropping the work.
//
// A frame adds its type * 2^24, plus its fields in the order the RFC draws them: the first as it
// is, the second times 2, the third times 4, and so on, modulo 2^32. Octets that a frame borrows
// (data, fragments, debug data) count by their size and are not read: their address is only
// required to be known. Padding counts through the size of what it leaves. A sum costs an addition
// or two per field, so that it does not hide what is measured, and it does not care in which order
// or in how many steps an implementation reports a frame.
#ifndef H2WIRE_BENCH_CHECKSUM_H_
#define H2WIRE_BENCH_CHECKSUM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "h2wire/bytes.h"

namespace h2wire::bench {

// The size of borrowed octets; their address is forced into a register, as a consumer would.
inline std::size_t SizeOf(const void* octets, std::size_t size) {
  asm volatile("" : : "r"(octets));
  return size;
}
inline std::size_t SizeOf(Bytes octets) { return SizeOf(octets.data(), octets.size()); }

// PING's eight octets as two numbers, in the order of the host.
using OpaqueWords = std::array<std::uint32_t, 2>;
inline OpaqueWords OpaqueData(const void* octets) {
  OpaqueWords words;
  std::memcpy(words.data(), octets, sizeof words);
  return words;
}

class Checksum {
 public:
  void Data(std::uint32_t stream_id, bool end_stream, std::size_t data_size) {
    Add(0x00, stream_id, end_stream, data_size);
  }
  void Headers(std::uint32_t stream_id, bool end_stream, bool end_headers,
               std::size_t fragment_size) {
    Add(0x01, stream_id, end_stream, end_headers, fragment_size);
  }
  // In addition to Headers(), where the PRIORITY flag is set. The weight is the octet on the wire.
  void HeadersPriority(bool exclusive, std::uint32_t dependency, std::uint8_t weight) {
    Add(0x00, exclusive, dependency, weight);
  }
  // Takes octets back that Headers() counted before padding and priority were known.
  void ShrinkHeaders(std::size_t size) { sum_ -= static_cast<std::uint32_t>(size << 3); }
  void Priority(std::uint32_t stream_id, bool exclusive, std::uint32_t dependency,
                std::uint8_t weight) {
    Add(0x02, stream_id, exclusive, dependency, weight);
  }
  void RstStream(std::uint32_t stream_id, std::uint32_t error_code) {
    Add(0x03, stream_id, error_code);
  }
  void Settings(bool ack) { Add(0x04, ack); }
  // In addition to Settings(), for each setting.
  void Setting(std::uint16_t id, std::uint32_t value) { Add(0x00, id, value); }
  void PushPromise(std::uint32_t stream_id, bool end_headers, std::uint32_t promised_stream_id,
                   std::size_t fragment_size) {
    Add(0x05, stream_id, end_headers, promised_stream_id, fragment_size);
  }
  void Ping(bool ack, OpaqueWords opaque_data) { Add(0x06, ack, opaque_data[0], opaque_data[1]); }
  void Goaway(std::uint32_t last_stream_id, std::uint32_t error_code, std::size_t debug_data_size) {
    Add(0x07, last_stream_id, error_code, debug_data_size);
  }
  void WindowUpdate(std::uint32_t stream_id, std::uint32_t window_size_increment) {
    Add(0x08, stream_id, window_size_increment);
  }
  void Continuation(std::uint32_t stream_id, bool end_headers, std::size_t fragment_size) {
    Add(0x09, stream_id, end_headers, fragment_size);
  }
  // The types of extensions, known to the implementation or not.
  void Extension(std::uint8_t type, std::uint32_t stream_id, std::size_t payload_size) {
    Add(type, stream_id, payload_size);
  }

  std::uint32_t value() const { return sum_; }

 private:
  template <typename... Fields>
  void Add(std::uint32_t type, Fields... fields) {
    sum_ += type << 24;
    unsigned place = 0;
    ((sum_ += static_cast<std::uint32_t>(fields) << place++), ...);
  }

  std::uint32_t sum_ = 0;
};

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_CHECKSUM_H_
