// A row per way into the decoder: a function that holds the loop of a receiver, and its line in
// OurDecoders().
#include "h2wire/decode.h"

#include <string>
#include <variant>

#include "../checksum.h"
#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/print.h"
#include "h2wire/visit.h"
#include "ours.h"

namespace h2wire::bench {
namespace {

// Adds up the fields of every frame, the same ones as the dispatch floor. Always inline: a program
// has one receiving loop and compilers then inline its handler, but this file has several.
class Handler {
 public:
  [[gnu::always_inline]] void operator()(const DataFrame& frame) {
    sum_.Data(frame.stream_id, frame.end_stream, SizeOf(frame.data));
  }
  [[gnu::always_inline]] void operator()(const HeadersFrame& frame) {
    if (frame.priority) {
      sum_.HeadersPriority(frame.priority->exclusive, frame.priority->depends_on,
                           frame.priority->weight);
    }
    sum_.Headers(frame.stream_id, frame.end_stream, frame.end_headers, SizeOf(frame.fragment));
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
    sum_.PushPromise(frame.stream_id, frame.end_headers, frame.promised_stream_id,
                     SizeOf(frame.fragment));
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
    sum_.Continuation(frame.stream_id, frame.end_headers, SizeOf(frame.fragment));
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
    sum_.Extension(static_cast<std::uint8_t>(frame.header.type), frame.header.stream_id,
                   SizeOf(frame.payload));
  }

  std::uint64_t value() const { return sum_.value(); }

 private:
  Checksum sum_;
};

[[gnu::noinline]] std::uint64_t ByDecodeTo(Bytes in) {
  Handler handler;
  for (;;) {
    const Outcome next = DecodeTo(in, handler);
    if (next.status != DecodeStatus::kOk) return handler.value();
    in = in.subspan(next.size);
  }
}

[[gnu::noinline]] std::uint64_t ByVisit(Bytes in) {
  Handler handler;
  for (;;) {
    Decoded<Frame> next = Decode(in);
    if (next.status != DecodeStatus::kOk) return handler.value();
    Visit(handler, next.frame);
    in = in.subspan(next.size);
  }
}

[[gnu::noinline]] std::uint64_t ByStdVisit(Bytes in) {
  Handler handler;
  for (;;) {
    const Decoded<Frame> next = Decode(in);
    if (next.status != DecodeStatus::kOk) return handler.value();
    std::visit(handler, next.frame);
    in = in.subspan(next.size);
  }
}

// Header and payload apart, as from a socket that is read twice a frame.
[[gnu::noinline]] std::uint64_t ByHeader(Bytes in) {
  Handler handler;
  for (;;) {
    const Decoded<FrameHeader> header = DecodeHeader(in);
    if (header.status != DecodeStatus::kOk) return handler.value();
    const Bytes payload = in.subspan(kFrameHeaderSize, header.frame.length);
    const Decoded<Frame> next = Decode(RawFrame{header.frame, payload});
    if (next.status != DecodeStatus::kOk) return handler.value();
    Visit(handler, next.frame);
    in = in.subspan(next.size);
  }
}

[[gnu::noinline]] std::uint64_t ByRaw(Bytes in) {
  Handler handler;
  for (;;) {
    const Decoded<RawFrame> next = DecodeRaw(in);
    if (next.status != DecodeStatus::kOk) return handler.value();
    handler(next.frame);
    in = in.subspan(next.size);
  }
}

[[gnu::noinline]] std::uint64_t ByPrinting(Bytes in) {
  Handler handler;
  for (;;) {
    const Decoded<Frame> next = Decode(in);
    if (next.status != DecodeStatus::kOk) return handler.value();
    const std::string line = ToString(next.frame);
    SizeOf(line.data(), line.size());
    Visit(handler, next.frame);
    in = in.subspan(next.size);
  }
}

// What the handler comes to if every frame is a RawFrame.
std::uint64_t SumOfRaw(const Workload& workload) {
  Checksum sum;
  Bytes in = workload.octets;
  while (!in.empty()) {
    const FrameHeader header = LoadHeader(in.data());
    sum.Extension(static_cast<std::uint8_t>(header.type), header.stream_id, header.length);
    in = in.subspan(kFrameHeaderSize + header.length);
  }
  return sum.value();
}

}  // namespace

std::vector<Decoder> OurDecoders() {
  return {
      {.name = "DecodeTo", .role = Role::kOurs, .decode = ByDecodeTo},
      {.name = "Decode+Visit", .role = Role::kOurs, .decode = ByVisit},
      {.name = "Decode+std::visit", .role = Role::kOurs, .decode = ByStdVisit},
      {.name = "DecodeHeader+Decode", .role = Role::kOurs, .decode = ByHeader},
      {.name = "DecodeRaw", .role = Role::kOurs, .decode = ByRaw, .expected = SumOfRaw},
      {.name = "Decode+ToString", .role = Role::kOurs, .decode = ByPrinting},
  };
}

}  // namespace h2wire::bench
