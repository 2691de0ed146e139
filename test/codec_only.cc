// Uses all of the codec and nothing else. The test `symbols` looks at what its object refers to.

#include <cstddef>
#include <cstdint>

#include "h2wire/decode.h"
#include "h2wire/encode.h"
#include "h2wire/visit.h"

namespace h2wire {

StreamId StreamOf(Bytes in) { return StreamIdOf(Decode(in).frame); }

std::size_t OctetsOfData(Bytes in) {
  std::size_t octets = 0;
  DecodeTo(in, Overloaded{[&](const DataFrame& frame) noexcept { octets = frame.data.size(); },
                          [](const auto&) noexcept {}});
  return octets;
}

DecodeStatus StatusInPieces(Bytes header, Bytes payload, const DecodeOptions& options) {
  return Decode(RawFrame{DecodeHeader(header, options).frame, payload}, options).status;
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
Fault Move(MutableBytes frame, StreamId to) { return RewriteStreamId(frame, to); }

}  // namespace h2wire
