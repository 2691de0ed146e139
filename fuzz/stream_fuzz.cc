// Octets cut into pieces in any way make the same events: as they do in one piece, and, as far as
// whole frames go, as DecodeTo does. Neither reads nor writes where it may not.
//
// The first octet chooses the options, the next four the sizes of the pieces.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "check.h"
#include "h2wire/decode.h"
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 5) return 0;
  const Bytes input = std::as_bytes(std::span(data, size));
  const std::uint8_t choices = data[0];
  const Bytes in = input.subspan(5);
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
  FeedBlocks(decoder, in, pieces, LoadBig<std::uint32_t>(input.data() + 1));
  Check(pieces.octets() == whole.octets(), "pieces make the events of the whole");

  // A decoder of whole frames sees the same until one is not whole, or larger than the storage.
  if (!options.preface) {
    EventLog frames;
    DecodeAll(in, frames, options.decode);
    const std::string_view common =
        std::string_view(whole.octets()).substr(0, frames.octets().size());
    const bool too_small =
        whole.octets().find(RowOf(Fault::kStorageTooSmall).sentence) != std::string::npos;
    Check(too_small || common == frames.octets(), "DecodeTo makes the same");
  }
  return 0;
}
