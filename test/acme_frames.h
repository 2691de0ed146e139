// SPDX-License-Identifier: Apache-2.0

// Three frame types and a setting that are not the library's, as a user would write them: in a
// header and a namespace of his own.

#ifndef H2WIRE_TEST_ACME_FRAMES_H_
#define H2WIRE_TEST_ACME_FRAMES_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "h2wire/h2wire.h"

namespace acme {

using h2wire::operator==;
using h2wire::operator<<;

// Key-value pairs about a connection or a stream. The member `fragment` is no field block.
struct MetadataFrame {
  h2wire::StreamId stream_id = 0;
  bool end_metadata = false;
  h2wire::Bytes fragment{};

  static constexpr h2wire::FrameType kType{0x4d};
  static constexpr std::string_view kName = "METADATA";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.StreamOrConnection(frame.stream_id);
    walk.Flag(0x04, "end_metadata", frame.end_metadata);
    walk.Rest("fragment", frame.fragment, 1);
  }
};

enum class DrainReason : std::uint32_t { kRestart = 1 };

// Announces that a peer will go away. Its flag is the bit that is PADDED elsewhere.
struct DrainFrame {
  bool urgent = false;
  DrainReason reason{};
  std::uint32_t header = 0;  // named like a member of RawFrame

  static constexpr h2wire::FrameType kType{0x20};
  static constexpr std::string_view kName = "DRAIN";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Flag(0x08, "urgent", frame.urgent);
    walk.U32("reason", frame.reason);
    walk.U31("header", frame.header);
    walk.Require(frame.header != 7, h2wire::Fault::kInvalidValue);
  }
};

// Labels a stream.
struct TagFrame {
  h2wire::StreamId stream_id = 0;
  h2wire::Bytes key{};  // not empty
  h2wire::Bytes data{};

  static constexpr h2wire::FrameType kType{0xf0};
  static constexpr std::string_view kName = "TAG";
  H2WIRE_ALWAYS_INLINE static constexpr void Layout(auto& frame, auto& walk) {
    walk.Stream(frame.stream_id);
    walk.Sized16("key", frame.key, h2wire::Fault::kFieldOverrun);
    walk.Rest("data", frame.data, 1);
    walk.Require(!frame.key.empty(), h2wire::Fault::kInvalidValue);
    walk.Expect(frame.stream_id % 2 == 1, {"ACME 12, 3", "TAG labels a stream of the client"});
  }
};

using Frame = h2wire::With<h2wire::Frame, MetadataFrame, DrainFrame, TagFrame>;

}  // namespace acme

template <>
inline constexpr auto h2wire::kOwnSettings<acme::Frame> = std::to_array<h2wire::SettingRow>({
    {h2wire::SettingId{0x4d44}, "ENABLE_METADATA", 0, 1},
    {h2wire::SettingId{0xf0}, "MAX_TAGS", 1, 100},
});

#endif  // H2WIRE_TEST_ACME_FRAMES_H_
