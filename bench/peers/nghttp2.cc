// SPDX-License-Identifier: Apache-2.0

// nghttp2 twice: the frame functions under its session, and the session.
//
// The frame functions are plain symbols of the static archive and take public structures; their
// prototypes are declared here, as of nghttp2 1.52. They unpack and do not check: the checks of
// length and padding that the session makes before each call are made here. There is no unpacker
// for DATA and CONTINUATION beyond the header's.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <vector>

#include "../floors.h"
#include "peers.h"

extern "C" {

struct nghttp2_buf {
  std::uint8_t* begin;
  std::uint8_t* end;
  std::uint8_t* pos;
  std::uint8_t* last;
  std::uint8_t* mark;
};
struct nghttp2_buf_chain {
  nghttp2_buf_chain* next;
  nghttp2_buf buf;
};
struct nghttp2_bufs {
  nghttp2_buf_chain* head;
  nghttp2_buf_chain* cur;
  nghttp2_mem* mem;
  std::size_t chunk_length;
  std::size_t max_chunk;
  std::size_t chunk_used;
  std::size_t chunk_keep;
  std::size_t offset;
};

nghttp2_mem* nghttp2_mem_default(void);
int nghttp2_bufs_init2(nghttp2_bufs*, std::size_t chunk_length, std::size_t max_chunk,
                       std::size_t offset, nghttp2_mem*);
void nghttp2_bufs_reset(nghttp2_bufs*);

void nghttp2_frame_unpack_frame_hd(nghttp2_frame_hd*, const std::uint8_t* octets);
int nghttp2_frame_unpack_headers_payload(nghttp2_headers*, const std::uint8_t* payload);
void nghttp2_frame_unpack_priority_payload(nghttp2_priority*, const std::uint8_t* payload);
void nghttp2_frame_unpack_rst_stream_payload(nghttp2_rst_stream*, const std::uint8_t* payload);
void nghttp2_frame_unpack_settings_entry(nghttp2_settings_entry*, const std::uint8_t* payload);
int nghttp2_frame_unpack_push_promise_payload(nghttp2_push_promise*, const std::uint8_t* payload);
void nghttp2_frame_unpack_ping_payload(nghttp2_ping*, const std::uint8_t* payload);
void nghttp2_frame_unpack_goaway_payload(nghttp2_goaway*, const std::uint8_t* payload,
                                         std::uint8_t* debug_data, std::size_t debug_data_len);
void nghttp2_frame_unpack_window_update_payload(nghttp2_window_update*,
                                                const std::uint8_t* payload);

void nghttp2_frame_pack_frame_hd(std::uint8_t* buf, const nghttp2_frame_hd*);
int nghttp2_frame_pack_window_update(nghttp2_bufs*, nghttp2_window_update*);

}  // extern "C"

namespace h2wire::bench {
namespace {

std::uint32_t StreamId(const nghttp2_frame_hd& hd) {
  return static_cast<std::uint32_t>(hd.stream_id);
}

bool HasFlag(const nghttp2_frame_hd& hd, unsigned bit) { return (hd.flags & bit) != 0; }

// Strips Pad Length and Padding; false where there is no room for them.
bool StripPadding(const nghttp2_frame_hd& hd, const std::uint8_t*& payload, std::size_t& size) {
  if (!HasFlag(hd, NGHTTP2_FLAG_PADDED)) return true;
  if (size < 1 || size - 1 < payload[0]) return false;
  size -= 1u + payload[0];
  payload += 1;
  return true;
}

[[gnu::noinline]] std::uint64_t UnpackWithNghttp2(Bytes in) {
  Checksum sum;
  auto* at = reinterpret_cast<const std::uint8_t*>(in.data());
  std::size_t left = in.size();
  while (left >= kFrameHeaderSize) {
    nghttp2_frame_hd hd;
    nghttp2_frame_unpack_frame_hd(&hd, at);
    if (hd.length > left - kFrameHeaderSize) break;
    const std::uint8_t* payload = at + kFrameHeaderSize;
    std::size_t size = hd.length;
    at += kFrameHeaderSize + size;
    left -= kFrameHeaderSize + size;
    switch (hd.type) {
      case NGHTTP2_DATA:
        if (!StripPadding(hd, payload, size)) return 0;
        sum.Data(StreamId(hd), HasFlag(hd, NGHTTP2_FLAG_END_STREAM), SizeOf(payload, size));
        break;
      case NGHTTP2_HEADERS: {
        nghttp2_headers frame;
        frame.hd = hd;
        if (!StripPadding(hd, payload, size)) return 0;
        if (HasFlag(hd, NGHTTP2_FLAG_PRIORITY) && size < 5) return 0;
        nghttp2_frame_unpack_headers_payload(&frame, payload);
        if (HasFlag(hd, NGHTTP2_FLAG_PRIORITY)) {
          sum.HeadersPriority(frame.pri_spec.exclusive != 0,
                              static_cast<std::uint32_t>(frame.pri_spec.stream_id),
                              static_cast<std::uint8_t>(frame.pri_spec.weight - 1));
          payload += 5;
          size -= 5;
        }
        sum.Headers(StreamId(hd), HasFlag(hd, NGHTTP2_FLAG_END_STREAM),
                    HasFlag(hd, NGHTTP2_FLAG_END_HEADERS), SizeOf(payload, size));
        break;
      }
      case NGHTTP2_PRIORITY: {
        if (size != 5) return 0;
        nghttp2_priority frame;
        nghttp2_frame_unpack_priority_payload(&frame, payload);
        sum.Priority(StreamId(hd), frame.pri_spec.exclusive != 0,
                     static_cast<std::uint32_t>(frame.pri_spec.stream_id),
                     static_cast<std::uint8_t>(frame.pri_spec.weight - 1));
        break;
      }
      case NGHTTP2_RST_STREAM: {
        if (size != 4) return 0;
        nghttp2_rst_stream frame;
        nghttp2_frame_unpack_rst_stream_payload(&frame, payload);
        sum.RstStream(StreamId(hd), frame.error_code);
        break;
      }
      case NGHTTP2_SETTINGS:
        if (size % 6 != 0) return 0;
        sum.Settings(HasFlag(hd, NGHTTP2_FLAG_ACK));
        for (; size != 0; payload += 6, size -= 6) {
          nghttp2_settings_entry entry;
          nghttp2_frame_unpack_settings_entry(&entry, payload);
          sum.Setting(static_cast<std::uint16_t>(entry.settings_id), entry.value);
        }
        break;
      case NGHTTP2_PUSH_PROMISE: {
        nghttp2_push_promise frame;
        frame.hd = hd;
        if (!StripPadding(hd, payload, size) || size < 4) return 0;
        nghttp2_frame_unpack_push_promise_payload(&frame, payload);
        sum.PushPromise(StreamId(hd), HasFlag(hd, NGHTTP2_FLAG_END_HEADERS),
                        static_cast<std::uint32_t>(frame.promised_stream_id),
                        SizeOf(payload + 4, size - 4));
        break;
      }
      case NGHTTP2_PING: {
        if (size != 8) return 0;
        nghttp2_ping frame;
        nghttp2_frame_unpack_ping_payload(&frame, payload);
        sum.Ping(HasFlag(hd, NGHTTP2_FLAG_ACK), OpaqueData(frame.opaque_data));
        break;
      }
      case NGHTTP2_GOAWAY: {
        if (size < 8) return 0;
        nghttp2_goaway frame;
        nghttp2_frame_unpack_goaway_payload(&frame, payload, const_cast<std::uint8_t*>(payload + 8),
                                            size - 8);
        sum.Goaway(static_cast<std::uint32_t>(frame.last_stream_id), frame.error_code,
                   SizeOf(frame.opaque_data, frame.opaque_data_len));
        break;
      }
      case NGHTTP2_WINDOW_UPDATE: {
        if (size != 4) return 0;
        nghttp2_window_update frame;
        nghttp2_frame_unpack_window_update_payload(&frame, payload);
        sum.WindowUpdate(StreamId(hd), static_cast<std::uint32_t>(frame.window_size_increment));
        break;
      }
      case NGHTTP2_CONTINUATION:
        sum.Continuation(StreamId(hd), HasFlag(hd, NGHTTP2_FLAG_END_HEADERS),
                         SizeOf(payload, size));
        break;
      default:
        sum.Extension(hd.type, StreamId(hd), SizeOf(payload, size));
        break;
    }
  }
  return sum.value();
}

// The session does all a server does with a connection's input: order, HPACK, streams, windows.
// It merges a CONTINUATION into its HEADERS, so these are summed when their headers arrive.
int OnBeginFrame(nghttp2_session*, const nghttp2_frame_hd* hd, void* sum) {
  if (hd->type == NGHTTP2_HEADERS) {
    static_cast<Checksum*>(sum)->Headers(StreamId(*hd), HasFlag(*hd, NGHTTP2_FLAG_END_STREAM),
                                         HasFlag(*hd, NGHTTP2_FLAG_END_HEADERS), hd->length);
  } else if (hd->type == NGHTTP2_CONTINUATION) {
    static_cast<Checksum*>(sum)->Continuation(StreamId(*hd), HasFlag(*hd, NGHTTP2_FLAG_END_HEADERS),
                                              hd->length);
  }
  return 0;
}

int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  Checksum& sum = *static_cast<Checksum*>(user_data);
  const nghttp2_frame_hd& hd = frame->hd;
  switch (hd.type) {
    case NGHTTP2_DATA:
      sum.Data(StreamId(hd), HasFlag(hd, NGHTTP2_FLAG_END_STREAM), hd.length - frame->data.padlen);
      break;
    case NGHTTP2_HEADERS: {
      std::size_t around = frame->headers.padlen;
      if (HasFlag(hd, NGHTTP2_FLAG_PRIORITY)) {
        const nghttp2_priority_spec& priority = frame->headers.pri_spec;
        sum.HeadersPriority(priority.exclusive != 0, static_cast<std::uint32_t>(priority.stream_id),
                            static_cast<std::uint8_t>(priority.weight - 1));
        around += 5;
      }
      sum.ShrinkHeaders(around);
      break;
    }
    case NGHTTP2_RST_STREAM:
      sum.RstStream(StreamId(hd), frame->rst_stream.error_code);
      break;
    case NGHTTP2_SETTINGS:
      sum.Settings(HasFlag(hd, NGHTTP2_FLAG_ACK));
      for (std::size_t i = 0; i < frame->settings.niv; ++i) {
        sum.Setting(static_cast<std::uint16_t>(frame->settings.iv[i].settings_id),
                    frame->settings.iv[i].value);
      }
      break;
    case NGHTTP2_PING:
      sum.Ping(HasFlag(hd, NGHTTP2_FLAG_ACK), OpaqueData(frame->ping.opaque_data));
      break;
    case NGHTTP2_WINDOW_UPDATE:
      sum.WindowUpdate(StreamId(hd),
                       static_cast<std::uint32_t>(frame->window_update.window_size_increment));
      break;
    default:  // in no workload that a server's session takes
      break;
  }
  return 0;
}

int OnDataChunk(nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* data,
                std::size_t size, void*) {
  SizeOf(data, size);
  return 0;
}

int OnHeader(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name,
             std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
             void*) {
  SizeOf(name, name_size);
  SizeOf(value, value_size);
  return 0;
}

template <auto kDelete>
struct Deleter {
  void operator()(auto* object) const { kDelete(object); }
};

class Session {
 public:
  // A server's session that has received `prologue`, with windows that never run out.
  explicit Session(Bytes prologue) {
    nghttp2_session_callbacks* callbacks;
    Require(nghttp2_session_callbacks_new(&callbacks) == 0);
    const std::unique_ptr<nghttp2_session_callbacks, Deleter<nghttp2_session_callbacks_del>>
        callbacks_owner(callbacks);
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, OnBeginFrame);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnDataChunk);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);

    nghttp2_option* option;
    Require(nghttp2_option_new(&option) == 0);
    const std::unique_ptr<nghttp2_option, Deleter<nghttp2_option_del>> option_owner(option);
    nghttp2_option_set_no_recv_client_magic(option, 1);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_auto_ping_ack(option, 1);
    nghttp2_option_set_max_outbound_ack(option, 1 << 20);  // SETTINGS are always acknowledged
    nghttp2_option_set_stream_reset_rate_limit(option, 1 << 20, 1 << 20);
    // The limit, 8 by default, counts a CONTINUATION once for each piece its header comes in.
    nghttp2_option_set_max_continuations(option, 1 << 20);

    nghttp2_session* session;
    Require(nghttp2_session_server_new2(&session, callbacks, &sum_, option) == 0);
    session_.reset(session);
    constexpr std::int32_t kGreatestWindow = 0x7fffffff;
    const nghttp2_settings_entry settings = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kGreatestWindow};
    Require(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &settings, 1) == 0);
    Require(nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kGreatestWindow) ==
            0);
    const std::uint8_t* sent;
    while (nghttp2_session_mem_send(session, &sent) > 0) {
    }
    Receive(prologue);
    sum_ = Checksum();
  }

  std::uint64_t Receive(Bytes octets) {
    const auto received = nghttp2_session_mem_recv(
        session_.get(), reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
    return received == static_cast<ssize_t>(octets.size()) ? sum_.value() : 0;
  }

 private:
  static void Require(bool condition) {
    if (condition) return;
    std::fputs("bench: nghttp2 refused to set up a session\n", stderr);
    std::exit(EXIT_FAILURE);
  }

  Checksum sum_;
  std::unique_ptr<nghttp2_session, Deleter<nghttp2_session_del>> session_;
};

std::unique_ptr<Session>& CurrentSession() {
  static std::unique_ptr<Session> session;
  return session;
}

void ConnectSession(const Workload& workload) {
  CurrentSession() = std::make_unique<Session>(workload.prologue);
}

[[gnu::noinline]] std::uint64_t ReceiveWithNghttp2(Bytes in) {
  return CurrentSession()->Receive(in);
}

[[gnu::noinline]] std::uint64_t ReceivePiecesWithNghttp2(Bytes in, std::size_t piece_size) {
  Session& session = *CurrentSession();
  std::uint64_t sum = 0;
  while (!in.empty()) {
    const Bytes piece = in.first(std::min(piece_size, in.size()));
    sum = session.Receive(piece);
    in = in.subspan(piece.size());
  }
  return sum;
}

// What a proxy does with two sessions: a server's receives, and a client's is given the same to
// send. Field blocks are decoded and encoded again, windows are kept, bodies are copied.
class Forwarder {
 public:
  // The streams of `prologue` are open on both sides, with windows that never run out.
  explicit Forwarder(Bytes prologue) {
    nghttp2_session_callbacks* callbacks;
    Require(nghttp2_session_callbacks_new(&callbacks) == 0);
    const std::unique_ptr<nghttp2_session_callbacks, Deleter<nghttp2_session_callbacks_del>>
        callbacks_owner(callbacks);
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, OnBegin);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnReceived);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnChunk);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, OnField);

    nghttp2_option* option;
    Require(nghttp2_option_new(&option) == 0);
    const std::unique_ptr<nghttp2_option, Deleter<nghttp2_option_del>> option_owner(option);
    nghttp2_option_set_no_recv_client_magic(option, 1);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_auto_ping_ack(option, 1);
    nghttp2_option_set_max_outbound_ack(option, 1 << 20);
    nghttp2_option_set_stream_reset_rate_limit(option, 1 << 20, 1 << 20);
    nghttp2_option_set_peer_max_concurrent_streams(option, 1 << 30);

    nghttp2_session* session;
    Require(nghttp2_session_server_new2(&session, callbacks, this, option) == 0);
    from_.reset(session);
    const nghttp2_settings_entry settings = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kGreatestWindow};
    Require(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &settings, 1) == 0);
    Require(nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kGreatestWindow) ==
            0);
    Drain(session);

    nghttp2_session_callbacks* sending;
    Require(nghttp2_session_callbacks_new(&sending) == 0);
    const std::unique_ptr<nghttp2_session_callbacks, Deleter<nghttp2_session_callbacks_del>>
        sending_owner(sending);
    Require(nghttp2_session_client_new2(&session, sending, this, option) == 0);
    to_.reset(session);
    // SETTINGS INITIAL_WINDOW_SIZE=2147483647, WINDOW_UPDATE by 2147418112.
    static constexpr std::uint8_t kHello[] = {0, 0,    6,    4,    0,    0,    0, 0, 0, 0,
                                              4, 0x7f, 0xff, 0xff, 0xff, 0,    0, 4, 8, 0,
                                              0, 0,    0,    0,    0x7f, 0xff, 0, 0};
    Require(nghttp2_session_mem_recv(session, kHello, sizeof kHello) == sizeof kHello);
    Drain(session);
    Require(Forward(prologue) != 0);
  }

  // Returns how many frames came in; 0 if one of them could not be sent on.
  std::uint64_t Forward(Bytes octets) {
    frames_ = 0;
    const auto received = nghttp2_session_mem_recv(
        from_.get(), reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
    Send();
    good_ = good_ && received == static_cast<ssize_t>(octets.size());
    return good_ ? frames_ : 0;
  }

 private:
  static constexpr std::int32_t kGreatestWindow = 0x7fffffff;
  static constexpr std::size_t kMostBodies = 64;  // that wait

  struct Body {
    const std::uint8_t* octets;
    std::size_t size;
  };

  static void Require(bool condition) {
    if (condition) return;
    std::fputs("bench: nghttp2 refused to set up a session\n", stderr);
    std::exit(EXIT_FAILURE);
  }
  static bool Drain(nghttp2_session* session) {
    const std::uint8_t* sent;
    ssize_t size;
    while ((size = nghttp2_session_mem_send(session, &sent)) > 0) {
      asm volatile("" : : "r"(sent) : "memory");
    }
    return size == 0 && nghttp2_session_want_write(session) == 0;
  }
  // Writes all that was submitted.
  void Send() {
    Expect(Drain(to_.get()));
    bodies_.clear();
  }
  void Expect(bool condition) { good_ = good_ && condition; }

  static int OnBegin(nghttp2_session*, const nghttp2_frame_hd*, void* self) {
    ++static_cast<Forwarder*>(self)->frames_;
    return 0;
  }
  static int OnField(nghttp2_session*, const nghttp2_frame*, nghttp2_rcbuf* name,
                     nghttp2_rcbuf* value, std::uint8_t flags, void* self) {
    Forwarder& forwarder = *static_cast<Forwarder*>(self);
    for (nghttp2_rcbuf* const buffer : {name, value}) {
      nghttp2_rcbuf_incref(buffer);
      forwarder.held_.push_back(buffer);
    }
    const nghttp2_vec n = nghttp2_rcbuf_get_buf(name);
    const nghttp2_vec v = nghttp2_rcbuf_get_buf(value);
    forwarder.fields_.push_back({n.base, v.base, n.len, v.len, flags});
    return 0;
  }
  static int OnChunk(nghttp2_session*, std::uint8_t flags, std::int32_t stream_id,
                     const std::uint8_t* octets, std::size_t size, void* self) {
    Forwarder& forwarder = *static_cast<Forwarder*>(self);
    if (forwarder.bodies_.size() == kMostBodies) forwarder.Send();
    const auto submit = [&] {
      forwarder.bodies_.push_back({octets, size});
      const nghttp2_data_provider provider = {{.ptr = &forwarder.bodies_.back()}, Read};
      return nghttp2_submit_data(forwarder.to_.get(), flags & NGHTTP2_FLAG_END_STREAM, stream_id,
                                 &provider);
    };
    int error = submit();
    if (error == NGHTTP2_ERR_DATA_EXIST || error == NGHTTP2_ERR_STREAM_CLOSED) {
      // A stream has one body at a time, and none before its HEADERS are sent.
      forwarder.Send();
      error = submit();
    }
    forwarder.Expect(error == 0);
    return 0;
  }
  static ssize_t Read(nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t room,
                      std::uint32_t* flags, nghttp2_data_source* source, void*) {
    Body& body = *static_cast<Body*>(source->ptr);
    const std::size_t size = std::min(room, body.size);
    std::memcpy(to, body.octets, size);
    body = {body.octets + size, body.size - size};
    if (body.size == 0) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }
  static int OnReceived(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    static_cast<Forwarder*>(self)->SubmitFrame(*frame);
    return 0;
  }
  void SubmitFrame(const nghttp2_frame& frame) {
    nghttp2_session* const to = to_.get();
    const nghttp2_frame_hd& hd = frame.hd;
    switch (hd.type) {
      case NGHTTP2_HEADERS:
        Expect(nghttp2_submit_headers(
                   to, hd.flags & NGHTTP2_FLAG_END_STREAM, -1,
                   HasFlag(hd, NGHTTP2_FLAG_PRIORITY) ? &frame.headers.pri_spec : nullptr,
                   fields_.data(), fields_.size(), nullptr) == hd.stream_id);
        for (nghttp2_rcbuf* const buffer : held_) nghttp2_rcbuf_decref(buffer);
        held_.clear();
        fields_.clear();
        break;
      case NGHTTP2_RST_STREAM:
        Send();  // or it would take DATA of its stream with it
        Expect(nghttp2_submit_rst_stream(to, NGHTTP2_FLAG_NONE, hd.stream_id,
                                         frame.rst_stream.error_code) == 0);
        break;
      case NGHTTP2_SETTINGS:
        Expect(HasFlag(hd, NGHTTP2_FLAG_ACK) ||
               nghttp2_submit_settings(to, NGHTTP2_FLAG_NONE, frame.settings.iv,
                                       frame.settings.niv) == 0);
        break;
      case NGHTTP2_PING:
        Expect(nghttp2_submit_ping(to, hd.flags & NGHTTP2_FLAG_ACK, frame.ping.opaque_data) == 0);
        break;
      case NGHTTP2_WINDOW_UPDATE:
        Expect(nghttp2_submit_window_update(to, NGHTTP2_FLAG_NONE, hd.stream_id,
                                            frame.window_update.window_size_increment) == 0);
        break;
      default:  // DATA, of which the octets came before
        break;
    }
  }

  bool good_ = true;
  std::uint64_t frames_ = 0;
  std::vector<Body> bodies_ = Reserved<Body>(kMostBodies);  // stay where they are
  std::vector<nghttp2_nv> fields_;
  std::vector<nghttp2_rcbuf*> held_;
  std::unique_ptr<nghttp2_session, Deleter<nghttp2_session_del>> from_;
  std::unique_ptr<nghttp2_session, Deleter<nghttp2_session_del>> to_;

  template <class T>
  static std::vector<T> Reserved(std::size_t size) {
    std::vector<T> made;
    made.reserve(size);
    return made;
  }
};

std::unique_ptr<Forwarder>& CurrentForwarder() {
  static std::unique_ptr<Forwarder> forwarder;
  return forwarder;
}

void ConnectForwarder(const Workload& workload) {
  CurrentForwarder() = std::make_unique<Forwarder>(workload.prologue);
}

[[gnu::noinline]] std::uint64_t ForwardWithNghttp2(Bytes in) {
  return CurrentForwarder()->Forward(in);
}

[[gnu::noinline]] std::size_t PackWindowUpdateHeader(std::span<const Record> records,
                                                     std::span<std::byte> out) {
  auto* const begin = reinterpret_cast<std::uint8_t*>(out.data());
  std::uint8_t* at = begin;
  for (const Record& record : records) {
    const nghttp2_frame_hd hd = {.length = 4,
                                 .stream_id = static_cast<std::int32_t>(record.stream_id),
                                 .type = NGHTTP2_WINDOW_UPDATE,
                                 .flags = 0,
                                 .reserved = 0};
    nghttp2_frame_pack_frame_hd(at, &hd);
    const std::uint32_t increment = __builtin_bswap32(record.value);
    std::memcpy(at + kFrameHeaderSize, &increment, sizeof increment);
    at += kFrameHeaderSize + sizeof increment;
  }
  return static_cast<std::size_t>(at - begin);
}

[[gnu::noinline]] std::size_t PackDataHeader(std::span<const Record> records,
                                             std::span<std::byte> out) {
  auto* const begin = reinterpret_cast<std::uint8_t*>(out.data());
  std::uint8_t* at = begin;
  for (const Record& record : records) {
    const nghttp2_frame_hd hd = {.length = record.value,
                                 .stream_id = static_cast<std::int32_t>(record.stream_id),
                                 .type = NGHTTP2_DATA,
                                 .flags = 0,
                                 .reserved = 0};
    nghttp2_frame_pack_frame_hd(at, &hd);
    at += kFrameHeaderSize;
  }
  return static_cast<std::size_t>(at - begin);
}

// Into nghttp2's own buffer, as its session does, and from there to `out`.
[[gnu::noinline]] std::size_t PackWindowUpdate(std::span<const Record> records,
                                               std::span<std::byte> out) {
  static nghttp2_bufs bufs = [] {
    nghttp2_bufs made;
    if (nghttp2_bufs_init2(&made, 1024, 1, kFrameHeaderSize + 1, nghttp2_mem_default()) != 0) {
      std::abort();
    }
    return made;
  }();
  std::byte* at = out.data();
  for (const Record& record : records) {
    nghttp2_window_update frame = {.hd = {.length = 4,
                                          .stream_id = static_cast<std::int32_t>(record.stream_id),
                                          .type = NGHTTP2_WINDOW_UPDATE,
                                          .flags = 0,
                                          .reserved = 0},
                                   .window_size_increment = static_cast<std::int32_t>(record.value),
                                   .reserved = 0};
    nghttp2_bufs_reset(&bufs);
    if (nghttp2_frame_pack_window_update(&bufs, &frame) != 0) return 0;
    const nghttp2_buf& packed = bufs.head->buf;
    std::memcpy(at, packed.pos, 13);
    at += packed.last - packed.pos;
  }
  return static_cast<std::size_t>(at - out.data());
}

}  // namespace

Peer Nghttp2() {
  Peer nghttp2;
  nghttp2.name = "nghttp2";
  nghttp2.version = nghttp2_version(0)->version_str;
  nghttp2.decoders = {
      {.name = "nghttp2-unpack", .role = Role::kPeer, .decode = UnpackWithNghttp2},
      {.name = "nghttp2-session",
       .role = Role::kPeer,
       .needs = Decoder::Needs::kPrologue,
       .decode = ReceiveWithNghttp2,
       .connect = ConnectSession},
      {.name = "nghttp2-session",
       .role = Role::kPeer,
       .needs = Decoder::Needs::kPrologue,
       .forwards = true,
       .decode = ForwardWithNghttp2,
       .expected = [](const Workload& workload) -> std::uint64_t { return workload.frames; },
       .connect = ConnectForwarder},
  };
  std::ranges::move(InPieces<ReceivePiecesWithNghttp2>({.name = "nghttp2-session",
                                                        .role = Role::kPeer,
                                                        .needs = Decoder::Needs::kPrologue,
                                                        .connect = ConnectSession}),
                    std::back_inserter(nghttp2.decoders));
  nghttp2.encoders = {
      {"window-update", "nghttp2-header", Role::kPeer, PackWindowUpdateHeader},
      {"window-update", "nghttp2-frame", Role::kPeer, PackWindowUpdate},
      {"data-head", "nghttp2-header", Role::kPeer, PackDataHeader},
  };
  return nghttp2;
}

}  // namespace h2wire::bench
