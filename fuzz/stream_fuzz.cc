// SPDX-License-Identifier: Apache-2.0

// Octets cut into pieces in any way make the same events: as they do in one piece, and as DecodeTo
// does, but for a frame that is not whole. Whether frames are assembled or come in parts, and
// whether the decoder has its storage all the time or only when it needs some, makes no difference.
// Nothing is read or written where it may not be, a field block whose faults nobody heeds included.
//
// The first octet chooses the options, the next four the sizes of the pieces, and how many zeros
// follow the rest.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "check.h"
#include "h2wire/decode.h"
#include "h2wire/error.h"
#include "h2wire/field_block.h"
#include "h2wire/header.h"
#include "h2wire/print.h"
#include "h2wire/stream_decoder.h"
#include "heap_block.h"
#include "stream_events.h"

namespace {

using namespace h2wire;

// A field block of few octets, to which all is added, whatever it says.
class CarelessBlock {
 public:
  void Add(const auto& frame_or_part) {
    const Fault fault = block_.Add(frame_or_part);
    Check(fault_ == Fault::kNone || fault == fault_, "a fault sticks");
    Check(fault == Fault::kNone || !block_.whole(), "nothing is whole after a fault");
    Check(block_.size() <= storage_.out().size(), "no more is appended than there is room for");
    fault_ = fault;
  }
  bool has_fault() const { return fault_ != Fault::kNone; }

 private:
  HeapBlock storage_{100, std::byte{0}};
  static constexpr FieldBlockLimits kLimits = {.max_octets = 65536, .max_continuations = 2};
  FieldBlock block_{storage_.out(), kLimits};
  Fault fault_ = Fault::kNone;
};

// Writes down what is handed out, and adds it to field blocks: to one all, to another not all, so
// that it sees parts without their beginning and frames inside of others.
class Log : public EventLog {
 public:
  void operator()(const auto& frame_or_part) {
    EventLog::operator()(frame_or_part);
    all_.Add(frame_or_part);
    if (++count_ % 3 != 0) some_->Add(frame_or_part);
    if (some_->has_fault() && count_ % 5 == 0) some_.emplace();
  }
  void operator()(const FrameError& error) { EventLog::operator()(error); }

 private:
  CarelessBlock all_;
  std::optional<CarelessBlock> some_{std::in_place};
  std::uint32_t count_ = 0;
};

// Pieces that are mostly of few octets, each in a heap block of its own, so that a read behind it,
// or of one that is over, is found.
template <class Decoder>
void FeedBlocks(Decoder& decoder, std::size_t storage_size, bool lends, Bytes in, Log& log,
                std::uint32_t seed) {
  std::minstd_rand random(seed);
  std::vector<std::byte> storage;
  while (!in.empty()) {
    const std::size_t most = std::size_t{1} << random() % 16;  // octets
    const HeapBlock piece(in.first(std::min<std::size_t>(in.size(), 1 + random() % most)));
    in = in.subspan(piece.bytes().size());
    const auto all = [&] { return piece.bytes().size(); };
    const auto give = [&] {
      Check(lends && storage.empty(), "storage is asked for where there is none");
      storage.resize(storage_size);
      decoder.GiveStorage(storage);
    };
    if (!Feed(decoder, piece.bytes(), log, all, give)) return;
    if (lends && !decoder.TakeStorage().empty()) {
      storage.clear();
      storage.shrink_to_fit();
    }
    Check(!lends || storage.empty() || !decoder.AtBoundary(), "storage is given back");
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

template <class Decoder>
void Run(Bytes in, const StreamDecoderOptions& options, bool lends, std::uint32_t seed) {
  std::vector<std::byte> storage(Decoder::StorageSize(options));
  Decoder decoder(storage, options);
  Log whole;
  Feed(decoder, in, whole, [&] { return in.size(); });
  Check(whole.violation().empty(), whole.violation());

  Decoder other(options);
  if (!lends) other.GiveStorage(storage);
  Log pieces;
  FeedBlocks(other, storage.size(), lends, in, pieces, seed);
  Check(pieces.octets() == whole.octets(), "pieces make the events of the whole");

  Bytes frames = in;
  if (options.preface) {
    const Greeting greeting = GreetingOf(in);
    if (greeting != Greeting::kPreface) {
      const Fault fault = FaultOf(greeting);
      Check(whole.octets() ==
                (fault == Fault::kNone ? "" : "\n" + ToString(ErrorOf(fault, 0)) + "\n"),
            "there is no frame without a preface");
      return;
    }
    frames = in.subspan(kConnectionPreface.size());
  }
  EventLog expected;
  DecodeAll(frames, expected, options.decode);
  const bool too_large =
      whole.octets().find(RowOf(Fault::kFrameTooLargeToAssemble).sentence) != std::string::npos;
  Check(too_large || (EndsWithAFrame(frames) ? whole.octets() == expected.octets()
                                             : whole.octets().starts_with(expected.octets())),
        "DecodeTo makes the same");
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
  const StreamDecoderOptions options = {
      .decode = {.max_frame_size = (choices & 1) != 0 ? kLargestMaxFrameSize : kDefaultMaxFrameSize,
                 .extensions = (choices & 2) == 0,
                 .reject_nonzero_padding = (choices & 4) != 0},
      .preface = (choices & 8) != 0,
      .max_whole_frame_size = (choices & 32) != 0 ? 64 : kDefaultMaxFrameSize};
  const bool lends = (choices & 128) != 0;
  if ((choices & 16) != 0) {
    Run<StreamDecoderOf<Frame, AllInParts>>(received.bytes(), options, lends, seed);
  } else {
    Run<StreamDecoder>(received.bytes(), options, lends, seed);
  }
  return 0;
}
