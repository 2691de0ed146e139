// SPDX-License-Identifier: Apache-2.0

// Octets cut into pieces in any way make the same events: as they do in one piece, and as DecodeTo
// does, but for a frame that is not whole. Neither reads nor writes where it may not.
//
// The first octet chooses the options, the next four the sizes of the pieces, and how many zeros
// follow the rest.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "check.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/header.h"
#include "h2wire/print.h"
#include "h2wire/stream_decoder.h"
#include "heap_block.h"
#include "stream_events.h"

namespace {

using namespace h2wire;

// Feeds the pieces as heap blocks of their own, so that a read behind a piece, or of one that is
// over, is found.
void FeedBlocks(StreamDecoder& decoder, Bytes in, EventLog& log, std::uint32_t seed) {
  std::minstd_rand random(seed);
  while (!in.empty()) {
    const std::size_t most = std::size_t{1} << random() % 16;  // octets: mostly few
    const HeapBlock piece(in.first(std::min<std::size_t>(in.size(), 1 + random() % most)));
    in = in.subspan(piece.bytes().size());
    if (!Feed(decoder, piece.bytes(), log, [&] { return piece.bytes().size(); })) return;
  }
}

// Whether the last frame of `in` is whole.
bool EndsWithAFrame(Bytes in) {
  while (in.size() >= kFrameHeaderSize) {
    const std::size_t size = kFrameHeaderSize + LoadHeader(in.data()).length;
    if (size > in.size()) return false;
    in = in.subspan(size);
  }
  return in.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 5) return 0;
  const Bytes input = std::as_bytes(std::span(data, size));
  const std::uint8_t choices = data[0];
  const std::uint32_t seed = LoadBig<std::uint32_t>(input.data() + 1);
  std::vector<std::byte> octets(input.begin() + 5, input.end());
  if ((choices & 64) != 0) octets.resize(octets.size() + seed % 0x8000);
  const HeapBlock received{Bytes(octets)};
  const Bytes in = received.bytes();
  const StreamDecoderOptions options = {
      .decode = {.max_frame_size = (choices & 1) != 0 ? kLargestMaxFrameSize : kDefaultMaxFrameSize,
                 .extensions = (choices & 2) == 0,
                 .reject_nonzero_padding = (choices & 4) != 0},
      .preface = (choices & 8) != 0,
      .stream_fragments = (choices & 16) != 0};
  const bool little_storage = (choices & 32) != 0;
  std::vector<std::byte> storage(little_storage ? 64 : kFrameHeaderSize + kDefaultMaxFrameSize);

  StreamDecoder decoder(storage, options);
  EventLog whole;
  Feed(decoder, in, whole, [&] { return in.size(); });
  Check(whole.violation().empty(), whole.violation());

  decoder.Reset();
  EventLog pieces;
  FeedBlocks(decoder, in, pieces, seed);
  Check(pieces.octets() == whole.octets(), "pieces make the events of the whole");

  Bytes frames = in;
  if (options.preface) {
    const Greeting greeting = GreetingOf(in);
    if (greeting != Greeting::kPreface) {
      const Fault fault = FaultOf(greeting);
      Check(whole.octets() ==
                (fault == Fault::kNone ? "" : "\n" + ToString(ErrorOf(fault, 0)) + "\n"),
            "there is no frame without a preface");
      return 0;
    }
    frames = in.subspan(kConnectionPreface.size());
  }
  EventLog expected;
  DecodeAll(frames, expected, options.decode);
  const bool too_small =
      whole.octets().find(RowOf(Fault::kStorageTooSmall).sentence) != std::string::npos;
  Check(too_small || (EndsWithAFrame(frames) ? whole.octets() == expected.octets()
                                             : whole.octets().starts_with(expected.octets())),
        "DecodeTo makes the same");
  return 0;
}
