// SPDX-License-Identifier: Apache-2.0

// A row per way into the decoder: a function that holds the loop of a receiver, and its line in
// OurDecoders().
#include "h2wire/decode.h"

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "../checksum.h"
#include "h2wire/attributes.h"
#include "h2wire/bytes.h"
#include "h2wire/frames.h"
#include "h2wire/guard.h"
#include "h2wire/print.h"
#include "h2wire/visit.h"
#include "handler.h"
#include "ours.h"

namespace h2wire::bench {
namespace {

[[gnu::noinline]] std::uint64_t ByDecodeTo(Bytes in) {
  Handler handler;
  for (;;) {
    const Outcome next = DecodeTo(in, handler);
    if (next.status != DecodeStatus::kOk) return handler.value();
    in = in.subspan(next.size);
  }
}

// The same with other sets of frame types. The handler takes METADATA, of which a workload has
// none, for a RawFrame.
using Four = FrameSet<DataFrame, HeadersFrame, ContinuationFrame, WindowUpdateFrame>;

struct MetadataFrame {
  StreamId stream_id = 0;
  bool end_metadata = false;
  Bytes fragment{};

  static constexpr FrameType kType{0x4d};
  static constexpr std::string_view kName = "METADATA";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.StreamOrConnection(frame.stream_id);
    walk.Flag(0x04, "end_metadata", frame.end_metadata);
    walk.Rest("fragment", frame.fragment, 1);
  }
};

template <AnyFrameSet Set>
[[gnu::noinline]] std::uint64_t ByDecodeToOf(Bytes in) {
  Handler handler;
  const Overloaded sink = {[&](const MetadataFrame& frame) __attribute__((always_inline)){handler(
      RawFrame{{.type = MetadataFrame::kType, .stream_id = frame.stream_id}, frame.fragment});
}
, [&](const auto& frame) __attribute__((always_inline)) { handler(frame); }
};
for (;;) {
  const Outcome next = DecodeTo<Set>(in, sink);
  if (next.status != DecodeStatus::kOk) return handler.value();
  in = in.subspan(next.size);
}
}

// What the handler comes to if all that is not of the four types is a RawFrame.
std::uint64_t SumOfFour(const Workload& workload) {
  Handler handler;
  Bytes in = workload.octets;
  while (!in.empty()) {
    const Decoded<RawFrame> raw = DecodeRaw(in);
    const FrameType type = raw.frame.header.type;
    if (type == DataFrame::kType || type == HeadersFrame::kType ||
        type == ContinuationFrame::kType || type == WindowUpdateFrame::kType) {
      Visit(handler, Decode(in).frame);
    } else {
      handler(raw.frame);
    }
    in = After(in, raw.size);
  }
  return handler.value();
}

// Each frame goes through a guard. Its clock advances by as much as keeps the densest workload of
// control frames below the limits; an observer that joined takes connections from their middle.
[[gnu::noinline]] std::uint64_t ByDecodeToWithGuard(Bytes in) {
  constexpr std::chrono::milliseconds kFromFrameToFrame{100};
  Handler handler;
  ConnectionGuard guard({.receiver = Receiver::kUnknown, .observer = true, .joined = true});
  ConnectionGuard::Time now{};
  bool good = true;
  const auto guarded = [&](const auto& frame) __attribute__((always_inline)) {
    if (guard.Check(frame, now).fault != Fault::kNone) [[unlikely]] {
      good = false;
      return;
    }
    handler(frame);
  };
  for (;;) {
    const Outcome next = DecodeTo(in, guarded, {.max_frame_size = guard.max_frame_size()});
    if (next.status != DecodeStatus::kOk || !good) return handler.value();
    now += kFromFrameToFrame;
    in = in.subspan(next.size);
  }
}

// The same with what the guard says as the outcome.
[[gnu::noinline]] std::uint64_t ByDecodeToRefusing(Bytes in) {
  constexpr std::chrono::milliseconds kFromFrameToFrame{100};
  Handler handler;
  ConnectionGuard guard({.receiver = Receiver::kUnknown, .observer = true, .joined = true});
  ConnectionGuard::Time now{};
  const auto guarded = [&](const auto& frame) __attribute__((always_inline)) {
    const FrameError error = guard.Check(frame, now);
    if (error.fault == Fault::kNone) [[likely]] {
      handler(frame);
    }
    return error;
  };
  for (;;) {
    const Outcome next = DecodeTo(in, guarded, {.max_frame_size = guard.max_frame_size()});
    if (next.status != DecodeStatus::kOk) return handler.value();
    now += kFromFrameToFrame;
    in = in.subspan(next.size);
  }
}

// What a relay pays that judges both directions: each frame is checked on its way to the server and
// noted for the way back, and then goes back as its own answer.
struct Ends {
  ConnectionGuard server = ConnectionGuard(Receiver::kServer);
  ConnectionGuard client = ConnectionGuard(Receiver::kClient);

  template <FrameAlternative F>
  H2WIRE_ALWAYS_INLINE bool Exchange(const F& frame, ConnectionGuard::Time now) noexcept {
    if (server.Check(frame, now).fault != Fault::kNone) return false;
    (void)client.Sent(frame, now);
    if constexpr (std::is_same_v<F, SettingsFrame>) return true;  // may be a client's only
    if (client.Check(frame, now).fault != Fault::kNone) return false;
    (void)server.Sent(frame, now);
    return true;
  }
};
Ends connected;

void ConnectEnds(const Workload& workload) {
  connected = {};
  (void)connected.client.Check(SettingsFrame{}, {});
  (void)connected.client.Sent(SettingsFrame{}, {});
  (void)connected.server.Sent(SettingsFrame{}, {});
  Bytes in = workload.prologue;
  while (!in.empty()) {
    in = After(in,
               DecodeTo(in, [](const auto& frame) { (void)connected.Exchange(frame, {}); }).size);
  }
}

[[gnu::noinline]] std::uint64_t ByDecodeToBetweenEnds(Bytes in) {
  constexpr std::chrono::milliseconds kFromFrameToFrame{100};
  Handler handler;
  Ends ends = connected;
  ConnectionGuard::Time now{};
  bool good = true;
  const auto guarded = [&](const auto& frame) __attribute__((always_inline)) {
    if (!ends.Exchange(frame, now)) [[unlikely]] {
      good = false;
      return;
    }
    handler(frame);
  };
  for (;;) {
    const Outcome next = DecodeTo(in, guarded, {.max_frame_size = ends.server.max_frame_size()});
    if (next.status != DecodeStatus::kOk || !good) return handler.value();
    now += kFromFrameToFrame;
    in = in.subspan(next.size);
  }
}

[[gnu::noinline]] std::uint64_t ByVisitOfConst(Bytes in) {
  Handler handler;
  for (;;) {
    const auto next = Decode(in);
    if (next.status != DecodeStatus::kOk) return handler.value();
    Visit(handler, next.frame);
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

// The header first and then the payload, as from a socket that is read twice a frame: what is known
// of the header has to outlast a read, of which compilers know nothing.
void Read(const DecodedHeader<Frame>& header) { asm volatile("" : : "r"(&header) : "memory"); }

[[gnu::noinline]] std::uint64_t ByHeaderAndPayload(Bytes in) {
  Handler handler;
  for (;;) {
    const auto header = DecodeHeader(in);
    if (header.status != DecodeStatus::kOk) return handler.value();
    Read(header);
    const Bytes payload = in.subspan(kFrameHeaderSize, header.frame.length);
    const auto next = DecodePayload(header, payload);
    if (next.status != DecodeStatus::kOk) return handler.value();
    Visit(handler, next.frame);
    in = in.subspan(next.size);
  }
}

[[gnu::noinline]] std::uint64_t ByHeaderAndPayloadTo(Bytes in) {
  Handler handler;
  for (;;) {
    const auto header = DecodeHeader(in);
    if (header.status != DecodeStatus::kOk) return handler.value();
    Read(header);
    const Bytes payload = in.subspan(kFrameHeaderSize, header.frame.length);
    const Outcome next = DecodePayloadTo(header, payload, handler);
    if (next.status != DecodeStatus::kOk) return handler.value();
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
      {.name = "DecodeTo, four types",
       .role = Role::kOurs,
       .decode = ByDecodeToOf<Four>,
       .expected = SumOfFour},
      {.name = "DecodeTo, METADATA added",
       .role = Role::kOurs,
       .decode = ByDecodeToOf<With<Frame, MetadataFrame>>},
      {.name = "DecodeTo+refusing Guard",
       .role = Role::kOurs,
       .needs = Decoder::Needs::kOneConnection,
       .decode = ByDecodeToRefusing},
      {.name = "DecodeTo+Guard",
       .role = Role::kOurs,
       .needs = Decoder::Needs::kOneConnection,
       .decode = ByDecodeToWithGuard},
      {.name = "DecodeTo+two Guards",
       .role = Role::kOurs,
       .needs = Decoder::Needs::kPrologue,
       .decode = ByDecodeToBetweenEnds,
       .connect = ConnectEnds},
      {.name = "Decode+Visit", .role = Role::kOurs, .decode = ByVisit},
      {.name = "const Decode+Visit", .role = Role::kOurs, .decode = ByVisitOfConst},
      {.name = "Decode+std::visit", .role = Role::kOurs, .decode = ByStdVisit},
      {.name = "DecodeHeader+DecodePayload", .role = Role::kOurs, .decode = ByHeaderAndPayload},
      {.name = "DecodeHeader+DecodePayloadTo", .role = Role::kOurs, .decode = ByHeaderAndPayloadTo},
      {.name = "DecodeRaw", .role = Role::kOurs, .decode = ByRaw, .expected = SumOfRaw},
      {.name = "Decode+ToString", .role = Role::kOurs, .decode = ByPrinting, .repeatable = false},
  };
}

}  // namespace h2wire::bench
