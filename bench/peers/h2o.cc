// SPDX-License-Identifier: Apache-2.0

// h2o's frame layer. Its shared library exports the functions, but the header that declares them
// is an internal one and does not compile alone: what is needed of it is declared here, as of
// h2o 2.2 (library 0.13).
//
// h2o has no decoder for CONTINUATION and, being a server, none for PUSH_PROMISE: its header
// decoder does all of the work there, and the fields are read by hand. SETTINGS are checked and
// applied by h2o's function; the entries are then summed from the octets.
#include <h2o/version.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../floors.h"
#include "peers.h"

extern "C" {

struct h2o_http2_frame_t {
  std::uint32_t length;
  std::uint8_t type;
  std::uint8_t flags;
  std::uint32_t stream_id;
  const std::uint8_t* payload;
};
struct h2o_http2_settings_t {
  std::uint32_t header_table_size;
  std::uint32_t enable_push;
  std::uint32_t max_concurrent_streams;
  std::uint32_t initial_window_size;
  std::uint32_t max_frame_size;
};
struct h2o_http2_priority_t {
  int exclusive;
  std::uint32_t dependency;
  std::uint16_t weight;  // 1 to 256
};
struct h2o_http2_data_payload_t {
  const std::uint8_t* data;
  std::size_t length;
};
struct h2o_http2_headers_payload_t {
  h2o_http2_priority_t priority;
  const std::uint8_t* headers;
  std::size_t headers_len;
};
struct h2o_http2_rst_stream_payload_t {
  std::uint32_t error_code;
};
struct h2o_http2_ping_payload_t {
  std::uint8_t data[8];
};
struct h2o_http2_goaway_payload_t {
  std::uint32_t last_stream_id;
  std::uint32_t error_code;
  struct {
    char* base;
    std::size_t len;
  } debug_data;
};
struct h2o_http2_window_update_payload_t {
  std::uint32_t window_size_increment;
};
struct h2o_buffer_t {
  std::size_t capacity;
  std::size_t size;
  char* bytes;
  void* prototype;
  int fd;
  char buf[1];
};
struct h2o_iovec_t {
  char* base;
  std::size_t len;
};
struct h2o_buffer_prototype_t {
  struct {
    std::size_t max;
    std::size_t cnt;
    void* link;
  } allocator;
  h2o_buffer_t initial_buf;
  void* mmap_settings;
};

ssize_t h2o_http2_decode_frame(h2o_http2_frame_t*, const std::uint8_t* src, std::size_t len,
                               const h2o_http2_settings_t* host_settings, const char** err_desc);
int h2o_http2_decode_data_payload(h2o_http2_data_payload_t*, const h2o_http2_frame_t*,
                                  const char** err_desc);
int h2o_http2_decode_headers_payload(h2o_http2_headers_payload_t*, const h2o_http2_frame_t*,
                                     const char** err_desc);
int h2o_http2_decode_priority_payload(h2o_http2_priority_t*, const h2o_http2_frame_t*,
                                      const char** err_desc);
int h2o_http2_decode_rst_stream_payload(h2o_http2_rst_stream_payload_t*, const h2o_http2_frame_t*,
                                        const char** err_desc);
int h2o_http2_decode_ping_payload(h2o_http2_ping_payload_t*, const h2o_http2_frame_t*,
                                  const char** err_desc);
int h2o_http2_decode_goaway_payload(h2o_http2_goaway_payload_t*, const h2o_http2_frame_t*,
                                    const char** err_desc);
int h2o_http2_decode_window_update_payload(h2o_http2_window_update_payload_t*,
                                           const h2o_http2_frame_t*, const char** err_desc,
                                           int* err_is_stream_level);
int h2o_http2_update_peer_settings(h2o_http2_settings_t*, const std::uint8_t* src, std::size_t len,
                                   const char** err_desc);

std::uint8_t* h2o_http2_encode_frame_header(std::uint8_t* dst, std::size_t length,
                                            std::uint8_t type, std::uint8_t flags,
                                            std::int32_t stream_id);
void h2o_http2__encode_rst_stream_frame(h2o_buffer_t**, std::uint32_t stream_id, int error_code);
void h2o_http2_encode_ping_frame(h2o_buffer_t**, int is_ack, const std::uint8_t* data);
void h2o_http2_encode_window_update_frame(h2o_buffer_t**, std::uint32_t stream_id,
                                          std::int32_t window_size_increment);
h2o_iovec_t h2o_buffer_reserve(h2o_buffer_t**, std::size_t least);
extern __thread h2o_buffer_prototype_t h2o_socket_buffer_prototype;

}  // extern "C"

namespace h2wire::bench {
namespace {

[[gnu::noinline]] std::uint64_t DecodeWithH2o(Bytes in) {
  static constexpr h2o_http2_settings_t kHost = {4096, 0, 100, 65535, (1 << 24) - 1};
  h2o_http2_settings_t peer_settings = kHost;
  Checksum sum;
  auto* at = reinterpret_cast<const std::uint8_t*>(in.data());
  std::size_t left = in.size();
  const char* error = nullptr;
  for (;;) {
    h2o_http2_frame_t frame;
    const ssize_t size = h2o_http2_decode_frame(&frame, at, left, &kHost, &error);
    if (size < 0) return sum.value();  // the end of the input, or an error
    at += size;
    left -= static_cast<std::size_t>(size);
    const auto flag = [&frame](unsigned bit) { return (frame.flags & bit) != 0; };
    switch (frame.type) {
      case 0x00: {
        h2o_http2_data_payload_t payload;
        if (h2o_http2_decode_data_payload(&payload, &frame, &error) != 0) return 0;
        sum.Data(frame.stream_id, flag(0x01), SizeOf(payload.data, payload.length));
        break;
      }
      case 0x01: {
        h2o_http2_headers_payload_t payload;
        if (h2o_http2_decode_headers_payload(&payload, &frame, &error) != 0) return 0;
        if (flag(0x20)) {
          sum.HeadersPriority(payload.priority.exclusive != 0, payload.priority.dependency,
                              static_cast<std::uint8_t>(payload.priority.weight - 1));
        }
        sum.Headers(frame.stream_id, flag(0x01), flag(0x04),
                    SizeOf(payload.headers, payload.headers_len));
        break;
      }
      case 0x02: {
        h2o_http2_priority_t payload;
        if (h2o_http2_decode_priority_payload(&payload, &frame, &error) != 0) return 0;
        sum.Priority(frame.stream_id, payload.exclusive != 0, payload.dependency,
                     static_cast<std::uint8_t>(payload.weight - 1));
        break;
      }
      case 0x03: {
        h2o_http2_rst_stream_payload_t payload;
        if (h2o_http2_decode_rst_stream_payload(&payload, &frame, &error) != 0) return 0;
        sum.RstStream(frame.stream_id, payload.error_code);
        break;
      }
      case 0x04: {
        if (h2o_http2_update_peer_settings(&peer_settings, frame.payload, frame.length, &error) !=
            0) {
          return 0;
        }
        sum.Settings(flag(0x01));
        const auto* entry = reinterpret_cast<const std::byte*>(frame.payload);
        for (std::uint32_t i = 0; i < frame.length; i += 6) {
          sum.Setting(LoadBig<std::uint16_t>(entry + i), LoadBig<std::uint32_t>(entry + i + 2));
        }
        break;
      }
      case 0x05: {
        const auto* payload = reinterpret_cast<const std::byte*>(frame.payload);
        std::size_t payload_size = frame.length;
        if (flag(0x08)) {
          payload_size -= 1u + LoadBig<std::uint8_t>(payload);
          payload += 1;
        }
        sum.PushPromise(frame.stream_id, flag(0x04), LoadBig31(payload),
                        SizeOf(payload + 4, payload_size - 4));
        break;
      }
      case 0x06: {
        h2o_http2_ping_payload_t payload;
        if (h2o_http2_decode_ping_payload(&payload, &frame, &error) != 0) return 0;
        sum.Ping(flag(0x01), OpaqueData(payload.data));
        break;
      }
      case 0x07: {
        h2o_http2_goaway_payload_t payload;
        if (h2o_http2_decode_goaway_payload(&payload, &frame, &error) != 0) return 0;
        sum.Goaway(payload.last_stream_id, payload.error_code,
                   SizeOf(payload.debug_data.base, payload.debug_data.len));
        break;
      }
      case 0x08: {
        h2o_http2_window_update_payload_t payload;
        int of_stream;
        if (h2o_http2_decode_window_update_payload(&payload, &frame, &error, &of_stream) != 0) {
          return 0;
        }
        sum.WindowUpdate(frame.stream_id, payload.window_size_increment);
        break;
      }
      case 0x09:
        sum.Continuation(frame.stream_id, flag(0x04), SizeOf(frame.payload, frame.length));
        break;
      default:
        sum.Extension(frame.type, frame.stream_id, SizeOf(frame.payload, frame.length));
        break;
    }
  }
}

[[gnu::noinline]] std::size_t PackWindowUpdateHeader(std::span<const Record> records,
                                                     std::span<std::byte> out) {
  auto* const begin = reinterpret_cast<std::uint8_t*>(out.data());
  std::uint8_t* at = begin;
  for (const Record& record : records) {
    at = h2o_http2_encode_frame_header(at, 4, 0x08, 0, static_cast<std::int32_t>(record.stream_id));
    const std::uint32_t increment = __builtin_bswap32(record.value);
    std::memcpy(at, &increment, sizeof increment);
    at += sizeof increment;
  }
  return static_cast<std::size_t>(at - begin);
}

[[gnu::noinline]] std::size_t PackDataHeader(std::span<const Record> records,
                                             std::span<std::byte> out) {
  auto* const begin = reinterpret_cast<std::uint8_t*>(out.data());
  std::uint8_t* at = begin;
  for (const Record& record : records) {
    at = h2o_http2_encode_frame_header(at, record.value, 0x00, 0,
                                       static_cast<std::int32_t>(record.stream_id));
  }
  return static_cast<std::size_t>(at - begin);
}

[[gnu::noinline]] std::size_t EncodeWindowUpdate(std::span<const Record> records,
                                                 std::span<std::byte> out) {
  static h2o_buffer_t* buffer = &h2o_socket_buffer_prototype.initial_buf;
  if (buffer->bytes != nullptr) buffer->size = 0;  // the prototype itself is shared
  for (const Record& record : records) {
    h2o_http2_encode_window_update_frame(&buffer, record.stream_id,
                                         static_cast<std::int32_t>(record.value));
  }
  std::memcpy(out.data(), buffer->bytes, buffer->size);
  return buffer->size;
}

// Payloads are copied behind their header, as h2o's connection does with DATA.
void AppendOctets(h2o_buffer_t** buffer, const h2o_http2_frame_t& frame) {
  const h2o_iovec_t room = h2o_buffer_reserve(buffer, kFrameHeaderSize + frame.length);
  std::uint8_t* const at = h2o_http2_encode_frame_header(
      reinterpret_cast<std::uint8_t*>(room.base), frame.length, frame.type, frame.flags,
      static_cast<std::int32_t>(frame.stream_id));
  if (frame.length != 0) std::memcpy(at, frame.payload, frame.length);
  (*buffer)->size += kFrameHeaderSize + frame.length;
}

// Each frame is decoded, and encoded into a buffer that is written when it is full. h2o judges the
// order of frames elsewhere.
[[gnu::noinline]] std::uint64_t ForwardWithH2o(Bytes in) {
  constexpr std::size_t kFull = 8192;
  static constexpr h2o_http2_settings_t kHost = {4096, 0, 100, 65535, (1 << 24) - 1};
  static h2o_buffer_t* buffer = &h2o_socket_buffer_prototype.initial_buf;
  h2o_http2_settings_t peer_settings = kHost;
  std::uint64_t written = 0;
  auto* at = reinterpret_cast<const std::uint8_t*>(in.data());
  std::size_t left = in.size();
  const char* error = nullptr;
  const auto write_all = [&] {
    asm volatile("" : : "r"(buffer->bytes) : "memory");
    written += buffer->size;
    if (buffer->bytes != nullptr) buffer->size = 0;  // the prototype itself is shared
  };
  for (;;) {
    h2o_http2_frame_t frame;
    const ssize_t size = h2o_http2_decode_frame(&frame, at, left, &kHost, &error);
    if (size < 0) break;
    at += size;
    left -= static_cast<std::size_t>(size);
    switch (frame.type) {
      case 0x00: {
        h2o_http2_data_payload_t payload;
        if (h2o_http2_decode_data_payload(&payload, &frame, &error) != 0) return 0;
        AppendOctets(&buffer, frame);
        break;
      }
      case 0x01: {
        h2o_http2_headers_payload_t payload;
        if (h2o_http2_decode_headers_payload(&payload, &frame, &error) != 0) return 0;
        AppendOctets(&buffer, frame);
        break;
      }
      case 0x03: {
        h2o_http2_rst_stream_payload_t payload;
        if (h2o_http2_decode_rst_stream_payload(&payload, &frame, &error) != 0) return 0;
        h2o_http2__encode_rst_stream_frame(&buffer, frame.stream_id,
                                           static_cast<int>(payload.error_code));
        break;
      }
      case 0x04:
        if (h2o_http2_update_peer_settings(&peer_settings, frame.payload, frame.length, &error) !=
            0) {
          return 0;
        }
        AppendOctets(&buffer, frame);
        break;
      case 0x06: {
        h2o_http2_ping_payload_t payload;
        if (h2o_http2_decode_ping_payload(&payload, &frame, &error) != 0) return 0;
        h2o_http2_encode_ping_frame(&buffer, (frame.flags & 0x01) != 0, payload.data);
        break;
      }
      case 0x08: {
        h2o_http2_window_update_payload_t payload;
        int of_stream;
        if (h2o_http2_decode_window_update_payload(&payload, &frame, &error, &of_stream) != 0) {
          return 0;
        }
        h2o_http2_encode_window_update_frame(
            &buffer, frame.stream_id, static_cast<std::int32_t>(payload.window_size_increment));
        break;
      }
      default:  // CONTINUATION: there is no other in the mixes
        AppendOctets(&buffer, frame);
        break;
    }
    if (buffer->size >= kFull) write_all();
  }
  write_all();
  return written;
}

}  // namespace

Peer H2o() {
  Peer h2o;
  h2o.name = "h2o";
  h2o.version = H2O_VERSION;
  h2o.decoders = {{.name = "h2o", .role = Role::kPeer, .decode = DecodeWithH2o},
                  {.name = "h2o",
                   .role = Role::kPeer,
                   .forwards = true,
                   .decode = ForwardWithH2o,
                   .expected = [](const Workload& workload) -> std::uint64_t {
                     return workload.octets.size();
                   }}};
  h2o.encoders = {
      {"window-update", "h2o-header", Role::kPeer, PackWindowUpdateHeader},
      {"window-update", "h2o-frame", Role::kPeer, EncodeWindowUpdate},
      {"data-head", "h2o-header", Role::kPeer, PackDataHeader},
  };
  return h2o;
}

}  // namespace h2wire::bench
