// SPDX-License-Identifier: Apache-2.0

// A row per way to gather frames for one write, and to cut what is too large for one frame: a
// function that prepares the octets of all frames, and its line in OurGatherers().
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "../checksum.h"
#include "h2wire/bytes.h"
#include "h2wire/encode.h"
#include "h2wire/fragment.h"
#include "h2wire/frames.h"
#include "h2wire/iovec.h"
#include "h2wire/output_queue.h"
#include "ours.h"
#include "writers.h"

namespace h2wire::bench {
namespace {

// Calls `add` with the frames of a batch.
[[gnu::always_inline]] inline void ForEachOfBatch(std::span<const Record> records, auto add) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    if (i % 3 == 0) add(DataFrame{.stream_id = record.stream_id, .data = BodyOf(record)});
    if (i % 3 == 1) {
      add(DataFrame{.stream_id = record.stream_id, .data = Bytes(kBody).first(record.value)});
    }
    if (i % 3 == 2) {
      add(WindowUpdateFrame{.stream_id = record.stream_id, .window_size_increment = record.value});
    }
  }
}

// Whether frames pass others.
enum class Order { kPlain, kUrgent };

// Calls `add`, given a function that queues a frame, and writes all that waits when there is no
// room and at the end.
template <class Writer, Order kOrder>
[[gnu::always_inline]] inline std::size_t ThroughQueue(std::span<std::byte> out, auto add) {
  static std::array<std::byte, 8192> copies;
  static std::array<OutputQueue::Body, 128> bodies;
  static std::array<std::byte, 1024> urgent;
  static std::array<iovec, 2 * bodies.size() + 2> pieces;
  OutputQueue queue(copies, bodies,
                    kOrder == Order::kUrgent ? MutableBytes(urgent) : MutableBytes());
  Writer writer(out);
  const auto write_all = [&]() __attribute__((noinline)) {  // as a program's write is
    const std::size_t before = writer.size();
    for (const iovec& piece : queue.Batch(pieces)) writer.Write(piece.iov_base, piece.iov_len);
    queue.Written(writer.size() - before);
  };
  add([&](const auto& frame) __attribute__((always_inline)) {
    while (queue.Add(frame) == Fault::kNoRoom) [[unlikely]] write_all();
  });
  write_all();
  return writer.size();
}

template <class Writer, Order kOrder>
[[gnu::noinline]] std::size_t ByOutputQueue(std::span<const Record> records,
                                            std::span<std::byte> out) {
  return ThroughQueue<Writer, kOrder>(
      out, [&](auto add) __attribute__((always_inline)) { ForEachOfBatch(records, add); });
}

// Frames of one type.
template <class Writer, auto kFrameOf>
[[gnu::noinline]] std::size_t Queue(std::span<const Record> records, std::span<std::byte> out) {
  return ThroughQueue<Writer, Order::kPlain>(
      out, [&](auto add) __attribute__((always_inline)) {
        for (const Record& record : records) add(kFrameOf(record));
      });
}
WindowUpdateFrame WindowUpdateOf(const Record& record) {
  return {.stream_id = record.stream_id, .window_size_increment = record.value};
}
PingFrame PingOf(const Record& record) {
  PingFrame frame;
  StoreBig(frame.opaque_data.data(), std::uint64_t{record.value});
  return frame;
}
RstStreamFrame RstStreamOf(const Record& record) {
  return {.stream_id = record.stream_id, .error_code = ErrorCode{record.value}};
}
HeadersFrame HeadersOf(const Record& record) {
  return {.stream_id = record.stream_id, .end_headers = true, .fragment = BodyOf(record)};
}
template <std::size_t kSize>
DataFrame DataOf(const Record& record) {
  std::size_t size = kSize;
  asm volatile("" : "+r"(size));  // or all that follows from it is a constant
  return {.stream_id = record.stream_id, .data = Bytes(kBody).first(size)};
}

// Without a queue: the heads stay in their Parts, and no body is copied.
template <class Writer>
[[gnu::noinline]] std::size_t ByFillIovecs(std::span<const Record> records,
                                           std::span<std::byte> out) {
  static std::array<Parts, 64> parts;
  static std::array<iovec, parts.size() * kMaxIovecs> pieces;
  Writer writer(out);
  std::size_t frames = 0;
  std::size_t filled = 0;
  const auto write_all = [&] {
    for (const iovec& piece : std::span(pieces).first(filled)) {
      writer.Write(piece.iov_base, piece.iov_len);
    }
    frames = filled = 0;
  };
  ForEachOfBatch(records, [&](const auto& frame) {
    if (frames == parts.size()) write_all();
    parts[frames] = Split(frame);
    filled += FillIovecs(parts[frames], std::span(pieces).subspan(filled));
    ++frames;
  });
  write_all();
  return writer.size();
}

// The same without Parts in between.
template <class Writer>
[[gnu::noinline]] std::size_t BySplitTo(std::span<const Record> records, std::span<std::byte> out) {
  static std::array<HeadOctets, 64> heads;
  static std::array<iovec, heads.size() * kMaxIovecs> pieces;
  Writer writer(out);
  HeadOctets* head = heads.data();
  iovec* at = pieces.data();
  const auto write_all = [&] {
    for (const iovec& piece : std::span(pieces.data(), at)) {
      writer.Write(piece.iov_base, piece.iov_len);
    }
    head = heads.data();
    at = pieces.data();
  };
  ForEachOfBatch(
      records, [&](const auto& frame) __attribute__((always_inline)) {
        if (head == heads.data() + heads.size()) write_all();
        at += SplitTo(frame, *head++, std::span<iovec, kMaxIovecs>(at, kMaxIovecs)).count;
      });
  write_all();
  return writer.size();
}

// The head of each piece is made and its body pointed at.
template <class Writer>
[[gnu::always_inline]] inline void WriteParts(const Parts& parts, Writer& writer) {
  writer.Write(parts.head_octets.data(), parts.head_size);
  writer.Write(parts.bodies[0].data(), parts.bodies[0].size());
}

template <class Writer>
[[gnu::noinline]] std::size_t CutData(std::span<const Record> records, std::span<std::byte> out) {
  static const std::vector<std::byte> payload(kFramesOfPayload * kBody.size(), kBodyOctet);
  Writer writer(out);
  for (std::size_t i = 0; i < records.size(); i += kFramesOfPayload) {
    const DataFrame frame{.stream_id = records[i].stream_id, .end_stream = true, .data = payload};
    for (const DataFrame& piece : Cut(frame, kBody.size(), CutPadding::kDrop)) {
      WriteParts(Split(piece), writer);
    }
  }
  return writer.size();
}

template <class Writer>
[[gnu::noinline]] std::size_t CutHeaders(std::span<const Record> records,
                                         std::span<std::byte> out) {
  static const std::vector<std::byte> field_block(kFramesOfFieldBlock * kBody.size(), kBodyOctet);
  Writer writer(out);
  for (std::size_t i = 0; i < records.size(); i += kFramesOfFieldBlock) {
    const HeadersFrame frame{
        .stream_id = records[i].stream_id, .end_headers = true, .fragment = field_block};
    for (const Frame& piece : Cut(frame, kBody.size())) WriteParts(Split(piece), writer);
  }
  return writer.size();
}

template <class Writer>
[[gnu::noinline]] std::size_t CutDataTo(std::span<const Record> records, std::span<std::byte> out) {
  static const std::vector<std::byte> payload(kFramesOfPayload * kBody.size(), kBodyOctet);
  Writer writer(out);
  for (std::size_t i = 0; i < records.size(); i += kFramesOfPayload) {
    const DataFrame frame{.stream_id = records[i].stream_id, .end_stream = true, .data = payload};
    (void)CutTo(
        frame, kBody.size(),
        CutPadding::kDrop, [&](const DataFrame& piece) __attribute__((always_inline)) {
          WriteParts(Split(piece), writer);
        });
  }
  return writer.size();
}

template <class Writer>
[[gnu::noinline]] std::size_t CutHeadersTo(std::span<const Record> records,
                                           std::span<std::byte> out) {
  static const std::vector<std::byte> field_block(kFramesOfFieldBlock * kBody.size(), kBodyOctet);
  Writer writer(out);
  for (std::size_t i = 0; i < records.size(); i += kFramesOfFieldBlock) {
    const HeadersFrame frame{
        .stream_id = records[i].stream_id, .end_headers = true, .fragment = field_block};
    (void)CutTo(
        frame, kBody.size(), [&](const auto& piece) __attribute__((always_inline)) {
          WriteParts(Split(piece), writer);
        });
  }
  return writer.size();
}

}  // namespace

std::vector<Encoder> OurGatherers() {
  constexpr auto kFrames = Encoder::Writes::kFrames;
  constexpr auto kOnlySize = Encoder::Writes::kOnlySize;  // frames pass others
  return {
      {"batch", "OutputQueue", Role::kOurs, ByOutputQueue<Pointer, Order::kPlain>, kFrames,
       ByOutputQueue<Copier, Order::kPlain>},
      {"batch", "OutputQueue+urgent", Role::kOurs, ByOutputQueue<Pointer, Order::kUrgent>,
       kOnlySize},
      {"batch", "Split+FillIovecs", Role::kOurs, ByFillIovecs<Pointer>, kFrames,
       ByFillIovecs<Copier>},
      {"batch", "SplitTo", Role::kOurs, BySplitTo<Pointer>, kFrames, BySplitTo<Copier>},
      {"window-update", "OutputQueue", Role::kOurs, Queue<Pointer, WindowUpdateOf>, kFrames,
       Queue<Copier, WindowUpdateOf>},
      {"ping", "OutputQueue", Role::kOurs, Queue<Pointer, PingOf>, kFrames, Queue<Copier, PingOf>},
      {"rst-stream", "OutputQueue", Role::kOurs, Queue<Pointer, RstStreamOf>, kFrames,
       Queue<Copier, RstStreamOf>},
      {"headers", "OutputQueue", Role::kOurs, Queue<Pointer, HeadersOf>, kFrames,
       Queue<Copier, HeadersOf>},
      {"data-of-64", "OutputQueue", Role::kOurs, Queue<Pointer, DataOf<64>>, kFrames,
       Queue<Copier, DataOf<64>>},
      {"data-of-16384", "OutputQueue", Role::kOurs, Queue<Pointer, DataOf<16384>>, kFrames,
       Queue<Copier, DataOf<16384>>},
      {"cut-data", "Cut+Split", Role::kOurs, CutData<Pointer>, kFrames, CutData<Copier>},
      {"cut-data", "CutTo+Split", Role::kOurs, CutDataTo<Pointer>, kFrames, CutDataTo<Copier>},
      {"cut-headers", "Cut+Split", Role::kOurs, CutHeaders<Pointer>, kFrames, CutHeaders<Copier>},
      {"cut-headers", "CutTo+Split", Role::kOurs, CutHeadersTo<Pointer>, kFrames,
       CutHeadersTo<Copier>},
  };
}

}  // namespace h2wire::bench
