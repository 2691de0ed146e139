// SPDX-License-Identifier: Apache-2.0

// Writes frames by hand, octet by octet and apart from the library: what the workloads are made of,
// and what the encoders' octets are held against.
#ifndef H2WIRE_BENCH_FRAME_WRITER_H_
#define H2WIRE_BENCH_FRAME_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "checksum.h"

namespace h2wire::bench {

inline constexpr std::byte kBodyOctet{0xda};  // what data and debug data are made of

struct PriorityFields {
  bool exclusive;
  std::uint32_t dependency;
  std::uint8_t weight;
};

// Appends frames, and their share of the checksum.
class FrameWriter {
 public:
  void Data(std::uint32_t stream_id, bool end_stream, std::optional<std::uint8_t> pad_length,
            std::size_t data_size) {
    const std::size_t padding = PaddingSize(pad_length);
    Header(data_size + padding, 0x00, Flag(0x01, end_stream) | Flag(0x08, padding != 0), stream_id);
    if (pad_length) Big<1>(*pad_length);
    Fill(data_size, kBodyOctet);
    if (pad_length) Fill(*pad_length, std::byte{0});
    sum_.Data(stream_id, end_stream, data_size);
  }
  void Headers(std::uint32_t stream_id, bool end_stream, bool end_headers,
               std::optional<std::uint8_t> pad_length,
               const std::optional<PriorityFields>& priority, Bytes fragment) {
    const std::size_t padding = PaddingSize(pad_length);
    Header(fragment.size() + padding + (priority ? 5 : 0), 0x01,
           Flag(0x01, end_stream) | Flag(0x04, end_headers) | Flag(0x08, padding != 0) |
               Flag(0x20, priority.has_value()),
           stream_id);
    if (pad_length) Big<1>(*pad_length);
    if (priority) {
      PriorityPayload(*priority);
      sum_.HeadersPriority(priority->exclusive, priority->dependency, priority->weight);
    }
    Append(fragment);
    if (pad_length) Fill(*pad_length, std::byte{0});
    sum_.Headers(stream_id, end_stream, end_headers, fragment.size());
  }
  void Priority(std::uint32_t stream_id, const PriorityFields& priority) {
    Header(5, 0x02, 0, stream_id);
    PriorityPayload(priority);
    sum_.Priority(stream_id, priority.exclusive, priority.dependency, priority.weight);
  }
  void RstStream(std::uint32_t stream_id, std::uint32_t error_code) {
    Header(4, 0x03, 0, stream_id);
    Big<4>(error_code);
    sum_.RstStream(stream_id, error_code);
  }
  void Settings(bool ack, const std::vector<std::pair<std::uint16_t, std::uint32_t>>& settings) {
    Header(6 * settings.size(), 0x04, Flag(0x01, ack), 0);
    sum_.Settings(ack);
    for (const auto& [id, value] : settings) {
      Big<2>(id);
      Big<4>(value);
      sum_.Setting(id, value);
    }
  }
  void Ping(bool ack, std::uint64_t opaque_data) {
    Header(8, 0x06, Flag(0x01, ack), 0);
    Big<8>(opaque_data);
    sum_.Ping(ack, OpaqueData(octets_.data() + octets_.size() - 8));
  }
  void Goaway(std::uint32_t last_stream_id, std::uint32_t error_code, std::size_t debug_size) {
    Header(8 + debug_size, 0x07, 0, 0);
    Big<4>(last_stream_id);
    Big<4>(error_code);
    Fill(debug_size, kBodyOctet);
    sum_.Goaway(last_stream_id, error_code, debug_size);
  }
  void WindowUpdate(std::uint32_t stream_id, std::uint32_t increment) {
    Header(4, 0x08, 0, stream_id);
    Big<4>(increment);
    sum_.WindowUpdate(stream_id, increment);
  }
  void Continuation(std::uint32_t stream_id, bool end_headers, Bytes fragment) {
    Header(fragment.size(), 0x09, Flag(0x04, end_headers), stream_id);
    Append(fragment);
    sum_.Continuation(stream_id, end_headers, fragment.size());
  }

  void PushPromise(std::uint32_t stream_id, bool end_headers, std::uint32_t promised_stream_id,
                   Bytes fragment) {
    Header(4 + fragment.size(), 0x05, Flag(0x04, end_headers), stream_id);
    Big<4>(promised_stream_id);
    Append(fragment);
    sum_.PushPromise(stream_id, end_headers, promised_stream_id, fragment.size());
  }
  // On a stream, which has no origin.
  void AltSvc(std::uint32_t stream_id, Bytes value) {
    Header(2 + value.size(), 0x0a, 0, stream_id);
    Big<2>(0);
    Append(value);
    sum_.Extension(0x0a, stream_id, 2 + value.size());
  }
  void Origin(Bytes origin) {
    Header(2 + origin.size(), 0x0c, 0, 0);
    Big<2>(origin.size());
    Append(origin);
    sum_.Extension(0x0c, 0, 2 + origin.size());
  }
  void PriorityUpdate(std::uint32_t prioritized_stream_id, Bytes value) {
    Header(4 + value.size(), 0x10, 0, 0);
    Big<4>(prioritized_stream_id);
    Append(value);
    sum_.Extension(0x10, 0, 4 + value.size());
  }
  void Unknown(std::uint8_t type, std::uint32_t stream_id, Bytes payload) {
    Header(payload.size(), type, 0, stream_id);
    Append(payload);
    sum_.Extension(type, stream_id, payload.size());
  }
  // The first nine octets of a DATA frame, which has no share of the checksum.
  void DataHead(std::uint32_t stream_id, std::size_t length) { Header(length, 0x00, 0, stream_id); }

  std::size_t size() const { return octets_.size(); }
  std::size_t frames() const { return frames_; }
  std::uint64_t checksum() const { return sum_.value(); }
  std::vector<std::byte> TakeOctets() { return std::move(octets_); }

 private:
  static unsigned Flag(unsigned bit, bool on) { return on ? bit : 0; }
  static std::size_t PaddingSize(std::optional<std::uint8_t> pad_length) {
    return pad_length ? 1u + *pad_length : 0;
  }

  template <unsigned kOctets>
  void Big(std::uint64_t value) {
    for (unsigned i = kOctets; i-- > 0;)
      octets_.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
  void Fill(std::size_t size, std::byte octet) { octets_.insert(octets_.end(), size, octet); }
  void Append(Bytes octets) { octets_.insert(octets_.end(), octets.begin(), octets.end()); }
  void Header(std::size_t length, unsigned type, unsigned flags, std::uint32_t stream_id) {
    Big<3>(length);
    Big<1>(type);
    Big<1>(flags);
    Big<4>(stream_id);
    ++frames_;
  }
  void PriorityPayload(const PriorityFields& priority) {
    Big<4>((std::uint32_t{priority.exclusive} << 31) | priority.dependency);
    Big<1>(priority.weight);
  }

  std::vector<std::byte> octets_;
  std::size_t frames_ = 0;
  Checksum sum_;
};

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_FRAME_WRITER_H_
