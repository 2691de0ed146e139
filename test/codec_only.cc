// SPDX-License-Identifier: Apache-2.0

// Uses all of the library but print.h, and nothing else; compiled without exceptions and RTTI. The
// test `symbols` looks at what its object refers to.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "h2wire/cost.h"
#include "h2wire/counters.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/field_block.h"
#include "h2wire/fragment.h"
#include "h2wire/frame_buffer.h"
#include "h2wire/guard.h"
#include "h2wire/header.h"
#include "h2wire/iovec.h"
#include "h2wire/origins.h"
#include "h2wire/output_queue.h"
#include "h2wire/renumber.h"
#include "h2wire/reply.h"
#include "h2wire/settings.h"
#include "h2wire/stream_decoder.h"
#include "h2wire/visit.h"
#include "h2wire/window.h"

namespace h2wire {

StreamId StreamOf(Bytes in) { return StreamIdOf(Decode(in).frame); }

std::size_t OctetsOfData(Bytes in) {
  std::size_t octets = 0;
  (void)DecodeTo(in,
                 Overloaded{[&](const DataFrame& frame) noexcept { octets = frame.data.size(); },
                            [](const auto&) noexcept {}});
  return octets;
}

DecodeStatus StatusInPieces(Bytes header, Bytes payload, const DecodeOptions& options) {
  return DecodePayload(DecodeHeader(header, options), payload).status;
}

Fault FaultOfFirst(Bytes in) { return Decode(in).error.fault; }

std::size_t TakeRaw(Bytes in) { return DecodeRaw(in).size; }

std::uint64_t SumOfSettings(Bytes in) {
  std::uint64_t sum = 0;
  const Decoded<Frame> decoded = Decode(in);
  Visit(Overloaded{[&](const SettingsFrame& frame) noexcept {
                     for (const Setting setting : frame.settings) sum += setting.value;
                   },
                   [&](const OriginFrame& frame) noexcept {
                     for (const Bytes origin : frame.origins) sum += origin.size();
                   },
                   [](const auto&) noexcept {}},
        decoded.frame);
  return sum;
}

std::size_t Write(const Frame& frame, MutableBytes out) { return Encode(frame, out).size; }
std::size_t Size(const Frame& frame) { return EncodedSize(frame); }
Parts Gather(const Frame& frame) { return Split(frame); }
bool Same(const HeadersFrame& a, const HeadersFrame& b) { return a == b; }
Fault Move(MutableBytes frame) {
  return RewriteStreamIds(frame, [](StreamId id) noexcept { return id + 2; });
}

FrameError Judge(ConnectionGuard& guard, Bytes in, ConnectionGuard::Time now) {
  FrameError error;
  const Outcome next =
      DecodeTo(in, [&](const auto& frame) noexcept { error = guard.Check(frame, now); },
               {.max_frame_size = guard.max_frame_size()});
  if (next.status == DecodeStatus::kError) error = guard.Check(next.error, now);
  if (error.fault == Fault::kNone) error = guard.Check(DecodeHeader(in).frame, now);
  return error.fault == Fault::kNone ? guard.Sent(Decode(in).frame, now) : error;
}

Outcome Piece(StreamDecoder& decoder, FieldBlock& block, Counters& counters, Bytes in) {
  return decoder.DecodeTo(in, [&](const auto& frame) noexcept {
    counters.Count(frame);
    return ErrorOf(block.Add(frame), 0);
  });
}
Outcome Streamed(StreamDecoderOf<Frame, InParts<DataFrame, RawFrame>>& decoder, FieldBlock& block,
                 MutableBytes storage, Bytes in) {
  const auto take = [&](const auto& frame_or_part) noexcept {
    return ErrorOf(block.Add(frame_or_part), 0);
  };
  if (decoder.TakeStorage().empty()) decoder.GiveStorage(storage);
  return decoder.DecodeTo(in, take, take);
}

std::size_t Buffered(FrameBuffer& buffer, std::size_t size) {
  buffer.Add(size);
  buffer.Take(Decode(buffer.pending()).size);
  return buffer.Room(kFrameHeaderSize).size();
}

Fault Queue(OutputQueue& queue, const DataFrame& data, const HeadersFrame& headers,
            const FrameError& error) {
  for (const DataFrame& piece : Cut(data, kDefaultMaxFrameSize, CutPadding::kFirst)) {
    if (queue.Add(piece) != Fault::kNone) return Fault::kNoRoom;
  }
  for (const Frame& piece : Cut(headers, kDefaultMaxFrameSize)) {
    if (queue.Add(piece) != Fault::kNone) return Fault::kNoRoom;
  }
  std::array<iovec, 4> pieces;
  queue.Written(queue.Batch(pieces).front().iov_len);
  if (queue.WaitingOn(1).octets > 1000) queue.DropData(1);
  return queue.Add(GoawayFor(error, 0));
}

std::size_t Point(const Parts& parts, std::span<iovec> out) { return FillIovecs(parts, out); }
FrameError Flow(Window& window, const WindowUpdateFrame& by, const DataFrame& data) {
  FrameError error = AddWindow(window, by);
  if (error.fault == Fault::kNone) error = ChangeInitialWindow(window, kDefaultWindow, 0);
  return error.fault == Fault::kNone ? TakeWindow(window, FlowControlledLength(data), 1) : error;
}

Fault FaultOfGreeting(Bytes in) { return FaultOf(GreetingOf(in)); }

std::size_t Pack(std::span<const Setting> settings, std::span<const Bytes> origins,
                 MutableBytes out) {
  const std::optional<SettingsView> packed = PackSettings(settings, out);
  const std::optional<OriginsView> others = PackOrigins(origins, out);
  return (packed ? packed->octets().size() : 0) + (others ? others->octets().size() : 0);
}

Fault Answer(OutputQueue& queue, const PingFrame& ping, const SettingsFrame& settings,
             const FrameError& error) {
  if (queue.Add(ReplyTo(ping)) != Fault::kNone) return Fault::kNoRoom;
  if (queue.Add(ReplyTo(settings)) != Fault::kNone) return Fault::kNoRoom;
  return queue.Add(RstStreamFor(error));
}

std::size_t SizeOfNames(const Counters& counters, const Frame& frame, const FrameHeader& header) {
  std::size_t size = NameOf(ClassOf(frame)).size() + NameOf(ClassOf(header)).size();
  const auto add = [&](std::string_view name, const auto&) noexcept { size += name.size(); };
  counters.ForEachType(add);
  counters.ForEachFault(add);
  return size;
}

}  // namespace h2wire
