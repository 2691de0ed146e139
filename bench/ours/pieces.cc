// SPDX-License-Identifier: Apache-2.0

// The decoder's rows on octets that arrive in pieces: loops of receivers, each fed so many octets
// at a time, and their lines in OurPieceDecoders().
#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <vector>

#include "../checksum.h"
#include "h2wire/bytes.h"
#include "h2wire/decode.h"
#include "h2wire/frame_buffer.h"
#include "h2wire/stream_decoder.h"
#include "handler.h"
#include "ours.h"

namespace h2wire::bench {
namespace {

// Pieces are decoded where they are: whoever read them has put them there.
[[gnu::noinline]] std::uint64_t ByStreamDecoder(Bytes in, std::size_t piece_size) {
  using Decoder = StreamDecoderOf<Frame, InParts<DataFrame>>;
  static std::array<std::byte, Decoder::StorageSize()> storage;
  PartsHandler handler;
  Decoder decoder(storage);
  while (!in.empty()) {
    Bytes piece = in.first(std::min(piece_size, in.size()));
    in = in.subspan(piece.size());
    for (;;) {
      const Outcome next = decoder.DecodeTo(piece, handler, handler);
      if (next.status == DecodeStatus::kNeedMore) break;
      if (next.status == DecodeStatus::kError) return 0;
      piece = piece.subspan(next.size);
    }
  }
  return handler.value();
}

// Octets are copied into the buffer: the copy that a read makes, which the others do not pay.
[[gnu::noinline]] std::uint64_t ByFrameBuffer(Bytes in, std::size_t piece_size) {
  static std::array<std::byte, 64 * 1024> storage;
  Handler handler;
  FrameBuffer buffer(storage);
  std::size_t needed = kFrameHeaderSize;
  while (!in.empty()) {
    const MutableBytes room = buffer.Room(needed);
    const std::size_t size = std::min({piece_size, room.size(), in.size()});
    std::memcpy(room.data(), in.data(), size);
    in = in.subspan(size);
    buffer.Add(size);
    for (;;) {
      const Outcome next = DecodeTo(buffer.pending(), handler);
      needed = next.size;
      if (next.status == DecodeStatus::kNeedMore) break;
      if (next.status == DecodeStatus::kError) return 0;
      buffer.Take(next.size);
    }
  }
  return handler.value();
}

std::uint64_t InOnePiece(Bytes in) { return ByStreamDecoder(in, in.size()); }

}  // namespace

std::vector<Decoder> OurPieceDecoders() {
  std::vector<Decoder> decoders = {
      {.name = "StreamDecoder", .role = Role::kOurs, .decode = InOnePiece},
  };
  const Decoder stream = {.name = "StreamDecoder", .role = Role::kOurs};
  const Decoder buffer = {.name = "FrameBuffer+DecodeTo", .role = Role::kOurs};
  std::ranges::move(InPieces<ByStreamDecoder>(stream), std::back_inserter(decoders));
  std::ranges::move(InPieces<ByFrameBuffer>(buffer), std::back_inserter(decoders));
  return decoders;
}

}  // namespace h2wire::bench
