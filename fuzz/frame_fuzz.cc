// SPDX-License-Identifier: Apache-2.0

// Frames of every kind, made from the input field by field: what Encode writes is what was meant,
// and what it refuses the reference refuses or ignores.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "agreement.h"
#include "arbitrary.h"
#include "check.h"
#include "fields.h"
#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/print.h"
#include "h2wire/visit.h"
#include "heap_block.h"
#include "untouched.h"

namespace h2wire {
namespace {

constexpr DecodeOptions kAnySize{.max_frame_size = kLargestMaxFrameSize};

bool SameOnTheWire(const Frame& a, const Frame& b) {
  return a.index() == b.index() &&
         std::ranges::equal(UnjudgedOctets(a).bytes(), UnjudgedOctets(b).bytes());
}

void CheckRefused(const Frame& frame, Fault fault) {
  HeapBlock out(EncodedSize(frame), kUntouched);
  const Encoded encoded = Encode(frame, out.out());
  Check(encoded.fault == fault && encoded.size == 0, "Encode and Split refuse alike");
  Check(AllUntouched(out.bytes()), "a refused frame is not written");
  // A value that does not fit its field has no octets to be judged by.
  if (fault == Fault::kValueTooLarge) return;
  const HeapBlock octets = UnjudgedOctets(frame);
  const reference::Result result = ReferenceDecode(octets.bytes(), kAnySize);
  Check(result.verdict == (fault == Fault::kWouldBeIgnored ? reference::Verdict::kRaw
                                                           : reference::Verdict::kError),
        "what Encode refuses a receiver refuses or ignores");
}

void CheckEncoded(const Frame& frame, const Parts& parts, std::size_t short_by) {
  const std::size_t size = EncodedSize(frame);
  HeapBlock little(size - std::min(size, 1 + short_by), kUntouched);
  const Encoded no_room = Encode(frame, little.out());
  Check(no_room.fault == Fault::kNoRoom && no_room.size == size, "too little room is refused");
  Check(AllUntouched(little.bytes()), "too little room is left alone");

  HeapBlock out(size, kUntouched);
  const Encoded encoded = Encode(frame, out.out());
  Check(encoded.fault == Fault::kNone && encoded.size == size, "EncodedSize is the size");
  Check(parts.size() == size && std::ranges::equal(HeapBlock(parts).bytes(), out.bytes()),
        "the parts are what Encode writes");

  const reference::Result expected = ReferenceDecode(out.bytes(), kAnySize);
  CheckSame(DifferenceFrom(expected, out.bytes(), kAnySize), "DecodeTo");
  if (const auto* raw = std::get_if<RawFrame>(&frame)) {
    const Decoded<RawFrame> decoded = DecodeRaw(out.bytes(), kAnySize);
    Check(decoded.status == DecodeStatus::kOk && decoded.frame == *raw &&
              SameFields(decoded.frame, frame),
          "a raw frame is what was encoded");
  } else {
    const Decoded<Frame> decoded = Decode(out.bytes(), kAnySize);
    Check(expected.verdict == reference::Verdict::kFrame, "the reference accepts what is encoded");
    Check(decoded.status == DecodeStatus::kOk && decoded.frame == frame &&
              SameFields(decoded.frame, frame),
          "a frame is what was encoded");
  }
}

}  // namespace
}  // namespace h2wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace h2wire;
  Choices choices(std::as_bytes(std::span(data, size)));
  ArbitraryFrame before;
  while (!choices.Exhausted()) {
    ArbitraryFrame made = MakeArbitraryFrame(choices);
    Check((made.frame == before.frame) == SameOnTheWire(made.frame, before.frame),
          "frames are equal if they are the same octets");
    const std::size_t short_by = choices.Below(0x10000);
    const Parts parts = Split(made.frame);
    if (parts.fault == Fault::kNone) {
      CheckEncoded(made.frame, parts, short_by);
    } else {
      CheckRefused(made.frame, parts.fault);
      Check(!ToString(parts.fault).empty(), "a fault has a name");
    }
    const std::string line = ToString(made.frame);
    Check(line.find('\n') == std::string::npos && line.size() < 2000, "a frame is a line");
    before = std::move(made);
  }
  return 0;
}
