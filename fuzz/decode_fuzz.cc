// SPDX-License-Identifier: Apache-2.0

// Any octets at all, as a receiver sees them: library and reference make the same of each frame,
// and what decodes is encoded to its canonical octets, which decode to the same again.
//
// Input: an octet of options (below), two octets of a greatest frame size or of zeros to follow,
// and then what was received.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agreement.h"
#include "check.h"
#include "fields.h"
#include "h2wire/boundary.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/frame_set.h"
#include "h2wire/header.h"
#include "h2wire/origins.h"
#include "h2wire/print.h"
#include "h2wire/renumber.h"
#include "h2wire/settings.h"
#include "h2wire/visit.h"
#include "heap_block.h"

namespace h2wire {
namespace {

// What is promised of views: packing what they show gives the octets they show it of.
void CheckViews(const Frame& frame) {
  Visit(Overloaded{[](const SettingsFrame& settings) {
                     const std::vector<Setting> all(settings.settings.begin(),
                                                    settings.settings.end());
                     HeapBlock out(settings.settings.octets().size());
                     const auto packed = PackSettings(all, out.out());
                     Check(packed.has_value() && all.size() == settings.settings.size() &&
                               std::ranges::equal(packed->octets(), settings.settings.octets()),
                           "settings pack to what they were read from");
                     for (const Setting& setting : all) {
                       Check(NameOf<Frame>(setting.id, /*extensions=*/false).empty() ||
                                 !NameOf<Frame>(setting.id, /*extensions=*/true).empty(),
                             "extensions take no name away");
                     }
                     Check(all.empty() || !PackSettings(all, out.out().first(out.out().size() - 1)),
                           "settings are not packed into too little");
                   },
                   [](const OriginFrame& origins) {
                     const std::vector<Bytes> all(origins.origins.begin(), origins.origins.end());
                     HeapBlock out(origins.origins.octets().size());
                     const auto packed = PackOrigins(all, out.out());
                     Check(packed.has_value() && all.empty() == origins.origins.empty() &&
                               std::ranges::equal(packed->octets(), origins.origins.octets()),
                           "origins pack to what they were read from");
                     Check(all.empty() || !PackOrigins(all, out.out().first(out.out().size() - 1)),
                           "origins are not packed into too little");
                   },
                   [](const auto&) {}},
        frame);
}

// `what` as text in `room` characters is its line, as far as there is room.
void CheckText(const auto& what, const std::string& line, std::size_t room) {
  constexpr std::string_view kEllipsis = "…";
  HeapBlock out(room);
  char* const begin = reinterpret_cast<char*>(out.out().data());
  std::string_view text = ToText(what, std::span(begin, room));
  if (text == line) return;
  Check(room <= line.size() && text.empty() == (room < kEllipsis.size()),
        "a line that fits is whole");
  if (text.empty()) return;
  Check(text.ends_with(kEllipsis), "a line that does not fit ends with an ellipsis");
  text.remove_suffix(kEllipsis.size());
  Check(line.starts_with(text), "a line that does not fit is cut");
}

void CheckLine(const Frame& frame, std::size_t size) {
  const std::string line = ToString(frame);
  Check(line.find('\n') == std::string::npos && line.size() < 2000, "a frame is a line");
  CheckText(frame, line, size * 7 % (line.size() + 2));
  const std::string all = ToString(frame, {.max_octets = size, .max_entries = size});
  Check(all.size() >= line.size() || line.find("…") != std::string::npos,
        "all of a frame is no shorter than some of it");
}

void CheckFrame(const Frame& frame, Bytes octets, const reference::Result& expected,
                const DecodeOptions& options) {
  HeapBlock canonical(octets.size());
  HeapBlock encoded(octets.size());
  Check(EncodesToCanonical(expected, octets, options, canonical.out(), encoded.out()),
        "a frame encodes to its canonical octets");
  if (IsOfUnknownSetting(Split(frame).fault, options)) return;
  const Decoded<Frame> again = Decode(encoded.bytes(), options);
  Check(again.status == DecodeStatus::kOk && again.size == encoded.bytes().size() &&
            SameFields(again.frame, frame) && again.frame == frame,
        "canonical octets decode to the same frame");
  Check(EncodedSize(frame) == octets.size(), "EncodedSize is the size");
  Check(std::ranges::equal(HeapBlock(Split(frame)).bytes(), encoded.bytes()),
        "the parts are what Encode writes");
  Check(static_cast<std::uint8_t>(TypeOf(frame)) == expected.type, "TypeOf is the type");
  Check(StreamIdOf(frame) == expected.stream, "StreamIdOf is the stream");
  if (const auto* data = std::get_if<DataFrame>(&frame)) {
    Check(FlowControlledLength(*data) == expected.length, "all of the payload is flow-controlled");
  }
  CheckViews(frame);
  CheckLine(frame, octets.size());
  if (const auto* reset = std::get_if<RstStreamFrame>(&frame)) {
    const FrameError refusal = {Fault::kNone, reset->error_code, reset->stream_id};
    CheckText(refusal, ToString(refusal), reset->stream_id % 64);
  }
  if (const auto* raw = std::get_if<RawFrame>(&frame)) {
    const RawReason reason = ReasonOf(*raw, options.extensions);
    Check(reason.kind != RawReason::Kind::kNone, "a frame comes raw for a reason");
    Check((reason.kind == RawReason::Kind::kIgnored) == !reason.rule.sentence.empty(),
          "a frame is ignored by a rule");
  }
}

// Holds the first frame of `in` against the reference. Returns where the next begins, or 0.
std::size_t CheckFirst(Bytes in, const DecodeOptions& options) {
  const reference::Result expected = ReferenceDecode(in, options);
  CheckSame(DifferenceFrom(expected, in, options), "DecodeTo");
  const Decoded<Frame> decoded = Decode(in, options);
  CheckSame(DifferenceFrom(expected, decoded), "Decode");
  for (const std::size_t size : {kFrameHeaderSize, kFrameHeaderSize + 1}) {
    if (in.size() < size) continue;
    const HeapBlock beginning(in.first(size));
    CheckSame(
        DifferenceFrom(ReferenceDecode(beginning.bytes(), options), beginning.bytes(), options),
        "DecodeTo of the first octets");
  }
  if (in.size() < kFrameHeaderSize) {
    Check(DecodeHeader(in, options).size == kFrameHeaderSize &&
              DecodeRaw(in, options).size == kFrameHeaderSize,
          "there is no frame without a header");
    return 0;
  }

  const HeapBlock header(in.first(kFrameHeaderSize));
  CheckSame(HeaderDifferenceFrom(ReferenceDecode(header.bytes(), options), header.bytes(), options),
            "DecodeHeader");
  const auto judged = DecodeHeader(header.bytes(), options);
  CheckSame(DifferenceFrom(expected, DecodePayload(judged, in.subspan(kFrameHeaderSize))),
            "DecodePayload");
  const Decoded<RawFrame> raw = DecodeRaw(in, options);
  if (raw.status == DecodeStatus::kOk) {
    CheckSame(DifferenceFrom(expected, Decode(raw.frame, options)), "Decode of a RawFrame");
  }
  Check(raw.size == expected.size, "DecodeRaw knows the size");

  switch (expected.verdict) {
    case reference::Verdict::kNeedMore:
      Check(raw.status == DecodeStatus::kNeedMore, "DecodeRaw needs more too");
      return 0;
    case reference::Verdict::kError:
      Check(!NeedsContext(decoded.error.fault), "a frame shows its own faults alone");
      CheckText(decoded.error, ToString(decoded.error), in.size() % 40);
      return expected.error_stream == 0 ? 0 : expected.size;
    default:
      CheckFrame(decoded.frame, in.first(decoded.size), expected, options);
      return expected.size;
  }
}

void CheckPreface(Bytes in) {
  const std::string_view text = AsText(in).substr(0, kConnectionPreface.size());
  const bool matches = kConnectionPreface.starts_with(text);
  const PrefaceMatch expected = !matches                                  ? PrefaceMatch::kNone
                                : text.size() < kConnectionPreface.size() ? PrefaceMatch::kNeedMore
                                                                          : PrefaceMatch::kWhole;
  Check(MatchPreface(in) == expected, "MatchPreface knows the preface");
}

// Where a frame is said to begin are frames that Decode takes, as far as they are there.
void CheckBoundary(Bytes in, std::uint32_t max_frame_size, std::uint32_t least) {
  const BoundaryOptions options = {
      .max_frame_size = max_frame_size, .least_frames = least % 8, .least_evidence = 2 * least};
  const std::optional<Boundary> found = FindBoundary(in, options);
  if (!found) return;
  Check(found->frames != 0 && found->frames <= 32, "a boundary has a chain");
  if (found->frames == 32) return;  // which is not followed further
  Bytes left = in.subspan(found->offset);
  for (;;) {
    const Outcome next = DecodeTo(left, [](const auto&) {}, {.max_frame_size = max_frame_size});
    Check(next.status != DecodeStatus::kError, "what follows a boundary are frames");
    if (next.status == DecodeStatus::kNeedMore) break;
    left = left.subspan(next.size);
  }
}

void CheckRewriting(Bytes in) {
  HeapBlock moved(in);
  const StreamId mask = in.size() < 4 ? 0 : LoadBig<StreamId>(in.last(4).data());
  const auto there = [mask](StreamId id) { return id ^ mask; };
  const bool changed = RewriteStreamIds(moved.out(), there) == Fault::kNone;
  if (changed) {
    const StreamId from = LoadHeader(in.data()).stream_id;
    const StreamId to = from == 0 ? 0 : there(from);
    Check(LoadHeader(moved.bytes().data()).stream_id == to, "the frame is moved");
    // Behind the fields that come before a payload's rest nothing is changed, nor before the
    // stream.
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (i >= 5 && i < 17) continue;
      Check(moved.bytes()[i] == in[i], "nothing else is changed");
    }
  } else {
    Check(std::ranges::equal(moved.bytes(), in), "a frame that is refused is not changed");
  }
}

}  // namespace
}  // namespace h2wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace h2wire;
  if (size < 3) return 0;
  const std::uint32_t number = data[1] * 256u + data[2];
  DecodeOptions options{.extensions = (data[0] & 0x01) == 0,
                        .reject_nonzero_padding = (data[0] & 0x02) != 0};
  std::size_t zeros = 0;
  switch (data[0] >> 2 & 0x03) {
    case 0:  // what every endpoint accepts
      break;
    case 1:
      zeros = number;
      options.max_frame_size = kDefaultMaxFrameSize + (number & 1);
      break;
    case 2:
      options.max_frame_size = number;
      break;
    case 3:
      options.max_frame_size = kDefaultMaxFrameSize + number;
      break;
  }
  std::vector<std::byte> octets(size - 3 + zeros);
  std::copy(data + 3, data + size, reinterpret_cast<std::uint8_t*>(octets.data()));
  const HeapBlock received{Bytes(octets)};

  CheckPreface(received.bytes());
  CheckBoundary(received.bytes().first(size - 3), options.max_frame_size, data[1] % 64);
  CheckRewriting(received.bytes().first(std::min<std::size_t>(received.bytes().size(), 32)));
  // Zeros are frames too, but tell no more after the first few.
  Bytes in = received.bytes();
  for (int frames = 0; frames < 64; ++frames) {
    const std::size_t next = CheckFirst(in, options);
    if (next == 0) break;
    in = After(in, next);
  }
  return 0;
}
