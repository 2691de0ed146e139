// SPDX-License-Identifier: Apache-2.0

// What a receiver does with frames, for all rows alike: it adds up their fields.
#ifndef H2WIRE_BENCH_OURS_HANDLER_H_
#define H2WIRE_BENCH_OURS_HANDLER_H_

#include <cstddef>
#include <cstdint>

#include "../checksum.h"
#include "h2wire/frames.h"
#include "h2wire/part.h"

namespace h2wire::bench {

// Adds up the fields of every frame, the same ones as the dispatch floor. Always inline: a program
// has one receiving loop and compilers then inline its handler, but a file of rows has several.
class Handler {
 public:
  [[gnu::always_inline]] void operator()(const DataFrame& frame) { Add(frame, SizeOf(frame.data)); }
  [[gnu::always_inline]] void operator()(const HeadersFrame& frame) {
    Add(frame, SizeOf(frame.fragment));
  }
  [[gnu::always_inline]] void operator()(const PriorityFrame& frame) {
    sum_.Priority(frame.stream_id, frame.priority.exclusive, frame.priority.depends_on,
                  frame.priority.weight);
  }
  [[gnu::always_inline]] void operator()(const RstStreamFrame& frame) {
    sum_.RstStream(frame.stream_id, static_cast<std::uint32_t>(frame.error_code));
  }
  [[gnu::always_inline]] void operator()(const SettingsFrame& frame) {
    sum_.Settings(frame.ack);
    for (const Setting setting : frame.settings) {
      sum_.Setting(static_cast<std::uint16_t>(setting.id), setting.value);
    }
  }
  [[gnu::always_inline]] void operator()(const PushPromiseFrame& frame) {
    Add(frame, SizeOf(frame.fragment));
  }
  [[gnu::always_inline]] void operator()(const PingFrame& frame) {
    sum_.Ping(frame.ack, OpaqueData(frame.opaque_data.data()));
  }
  [[gnu::always_inline]] void operator()(const GoawayFrame& frame) {
    sum_.Goaway(frame.last_stream_id, static_cast<std::uint32_t>(frame.error_code),
                SizeOf(frame.debug_data));
  }
  [[gnu::always_inline]] void operator()(const WindowUpdateFrame& frame) {
    sum_.WindowUpdate(frame.stream_id, frame.window_size_increment);
  }
  [[gnu::always_inline]] void operator()(const ContinuationFrame& frame) {
    Add(frame, SizeOf(frame.fragment));
  }
  [[gnu::always_inline]] void operator()(const AltSvcFrame& frame) {
    sum_.Extension(0x0a, frame.stream_id,
                   2 + SizeOf(frame.origin) + SizeOf(frame.alt_svc_field_value));
  }
  [[gnu::always_inline]] void operator()(const OriginFrame& frame) {
    sum_.Extension(0x0c, 0, SizeOf(frame.origins.octets()));
  }
  [[gnu::always_inline]] void operator()(const PriorityUpdateFrame& frame) {
    sum_.Extension(0x10, 0, 4 + SizeOf(frame.priority_field_value));
  }
  [[gnu::always_inline]] void operator()(const RawFrame& frame) {
    Add(frame, SizeOf(frame.payload));
  }

  std::uint64_t value() const { return sum_.value(); }

 protected:
  // Frames that may come in parts: `size` octets of data, fragment or payload are theirs.
  [[gnu::always_inline]] void Add(const DataFrame& frame, std::size_t size) {
    sum_.Data(frame.stream_id, frame.end_stream, size);
  }
  [[gnu::always_inline]] void Add(const HeadersFrame& frame, std::size_t size) {
    if (frame.priority) {
      sum_.HeadersPriority(frame.priority->exclusive, frame.priority->depends_on,
                           frame.priority->weight);
    }
    sum_.Headers(frame.stream_id, frame.end_stream, frame.end_headers, size);
  }
  [[gnu::always_inline]] void Add(const PushPromiseFrame& frame, std::size_t size) {
    sum_.PushPromise(frame.stream_id, frame.end_headers, frame.promised_stream_id, size);
  }
  [[gnu::always_inline]] void Add(const ContinuationFrame& frame, std::size_t size) {
    sum_.Continuation(frame.stream_id, frame.end_headers, size);
  }
  [[gnu::always_inline]] void Add(const RawFrame& frame, std::size_t size) {
    sum_.Extension(static_cast<std::uint8_t>(frame.header.type), frame.header.stream_id, size);
  }

 private:
  Checksum sum_;
};

// The same for frames that a StreamDecoder hands out in parts: the size of one is what its parts
// come to.
class PartsHandler : public Handler {
 public:
  using Handler::operator();

  template <class F>
  [[gnu::always_inline]] void operator()(const Part<F>& part) {
    if (part.first) size_ = 0;
    size_ += SizeOf(part.octets);
    if (part.last) Add(part.frame, size_);
  }

 private:
  std::size_t size_ = 0;  // of the frame that is coming
};

}  // namespace h2wire::bench

#endif  // H2WIRE_BENCH_OURS_HANDLER_H_
