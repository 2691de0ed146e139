// SPDX-License-Identifier: Apache-2.0

// A row per way to gather frames for one write, and to cut what is too large for one frame: a
// function that prepares the octets of all frames, and its line in OurGatherers().
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstring>
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

namespace h2wire::bench {
namespace {

// What becomes of octets that are ready to be written: where they are is taken note of. Measured.
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

template <class Writer>
[[gnu::noinline]] std::size_t ByOutputQueue(std::span<const Record> records,
                                            std::span<std::byte> out) {
  static std::array<std::byte, 8192> copies;
  static std::array<iovec, 256> pieces;
  OutputQueue queue(copies, pieces);
  Writer writer(out);
  const auto write_all = [&] {
    const std::size_t before = writer.size();
    for (const iovec& piece : queue.batch()) writer.Write(piece.iov_base, piece.iov_len);
    queue.Written(writer.size() - before);
  };
  ForEachOfBatch(records, [&](const auto& frame) {
    if (queue.Add(frame) == Fault::kNone) return;
    write_all();
    (void)queue.Add(frame);
  });
  write_all();
  return writer.size();
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

}  // namespace

std::vector<Encoder> OurGatherers() {
  constexpr auto kFrames = Encoder::Writes::kFrames;
  return {
      {"batch", "OutputQueue", Role::kOurs, ByOutputQueue<Pointer>, kFrames, ByOutputQueue<Copier>},
      {"batch", "Split+FillIovecs", Role::kOurs, ByFillIovecs<Pointer>, kFrames,
       ByFillIovecs<Copier>},
      {"cut-data", "Cut+Split", Role::kOurs, CutData<Pointer>, kFrames, CutData<Copier>},
      {"cut-headers", "Cut+Split", Role::kOurs, CutHeaders<Pointer>, kFrames, CutHeaders<Copier>},
  };
}

}  // namespace h2wire::bench
