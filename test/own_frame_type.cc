// SPDX-License-Identifier: Apache-2.0

// The README's frame type of one's own.

#include <array>
#include <cstddef>
#include <iostream>
#include <string_view>

#include "h2wire/h2wire.h"

namespace acme {

using h2wire::operator==;  // for your structs by themselves; those in a set have them
using h2wire::operator<<;

// Key-value pairs about a stream, or about the connection.
struct MetadataFrame {
  h2wire::StreamId stream_id = 0;
  bool end_metadata = false;  // without it, further METADATA frames follow
  h2wire::Bytes fragment{};   // of a block of pairs, compressed by HPACK

  static constexpr h2wire::FrameType kType{0x4d};
  static constexpr std::string_view kName = "METADATA";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.StreamOrConnection(frame.stream_id);
    walk.Flag(0x04, "end_metadata", frame.end_metadata);
    walk.Rest("fragment", frame.fragment, 1);
  }
};

// All frame types of the library, and this one.
using Frame = h2wire::With<h2wire::Frame, MetadataFrame>;

}  // namespace acme

// The setting that goes with it, which is 0 or 1.
template <>
inline constexpr auto h2wire::kOwnSettings<acme::Frame> =
    std::to_array<h2wire::SettingRow>({{h2wire::SettingId{0x4d44}, "ENABLE_METADATA", 0, 1}});

int main() {
  using namespace h2wire;

  const Overloaded sink = {
      [](const acme::MetadataFrame& frame) { std::cout << "ours: " << frame << "\n"; },
      [](const auto& frame) { std::cout << acme::Frame(frame) << "\n"; }};

  std::array<std::byte, 64> out;
  const acme::MetadataFrame metadata = {.stream_id = 1, .fragment = AsBytes("hello")};
  const Encoded encoded = Encode(metadata, out);
  if (DecodeTo<acme::Frame>(Bytes(out).first(encoded.size), sink).status != DecodeStatus::kOk) {
    return 1;
  }
  for (const Bytes in : {AsBytes("\0\0\6\4\0\0\0\0\0\x4d\x44\0\0\0\1"),
                         AsBytes("\0\0\6\4\0\0\0\0\0\x4d\x44\0\0\0\2")}) {
    const Outcome next = DecodeTo<acme::Frame>(in, sink);
    if (next.status == DecodeStatus::kError) std::cout << next.error << "\n";
  }
}
