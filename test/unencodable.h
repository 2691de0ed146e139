// SPDX-License-Identifier: Apache-2.0

// Frames that a sender must not send, and why.

#ifndef H2WIRE_TEST_UNENCODABLE_H_
#define H2WIRE_TEST_UNENCODABLE_H_

#include <array>
#include <cstddef>
#include <ostream>
#include <string_view>

#include "h2wire/error.h"
#include "h2wire/frames.h"
#include "hex.h"

namespace h2wire {

struct Unencodable {
  std::string_view name;
  Frame frame;
  Fault fault;
};

inline std::ostream& operator<<(std::ostream& out, const Unencodable& row) {
  return out << '"' << row.name << '"';
}

// Zeros to borrow, more than the Length of a frame can say.
inline Bytes Many(std::size_t size) {
  static std::array<std::byte, 0x1000002> octets{};
  return Bytes(octets).first(size);
}

inline constexpr StreamId kNoStreamId = 0x80000000;  // takes 32 bits
inline constexpr StreamId kAllOnes = 0xffffffff;

inline const Unencodable kUnencodable[] = {
    {"DATA on stream 0", DataFrame{}, Fault::kStreamRequired},
    {"HEADERS on stream 0", HeadersFrame{}, Fault::kStreamRequired},
    {"PRIORITY on stream 0", PriorityFrame{}, Fault::kStreamRequired},
    {"RST_STREAM on stream 0", RstStreamFrame{}, Fault::kStreamRequired},
    {"PUSH_PROMISE on stream 0", PushPromiseFrame{.promised_stream_id = 2}, Fault::kStreamRequired},
    {"CONTINUATION on stream 0", ContinuationFrame{}, Fault::kStreamRequired},

    {"SETTINGS with ACK and a setting",
     SettingsFrame{.ack = true, .settings = "00 02 00 00 00 01"_hex},
     Fault::kSettingsAckWithPayload},
    {"SETTINGS of 1 octet", SettingsFrame{.settings = "00"_hex}, Fault::kPartialSetting},
    {"SETTINGS of 7 octets", SettingsFrame{.settings = "00 02 00 00 00 01 00"_hex},
     Fault::kPartialSetting},
    {"SETTINGS with ACK and 5 octets", SettingsFrame{.ack = true, .settings = "00 02 00 00 00"_hex},
     Fault::kPartialSetting},
    {"SETTINGS with ENABLE_PUSH of 2", SettingsFrame{.settings = "00 02 00 00 00 02"_hex},
     Fault::kInvalidEnablePush},
    {"SETTINGS with INITIAL_WINDOW_SIZE of 2^31",
     SettingsFrame{.settings = "00 04 80 00 00 00"_hex}, Fault::kInvalidInitialWindowSize},
    {"SETTINGS with MAX_FRAME_SIZE of 2^14 - 1", SettingsFrame{.settings = "00 05 00 00 3f ff"_hex},
     Fault::kInvalidMaxFrameSize},
    {"SETTINGS with MAX_FRAME_SIZE of 2^24", SettingsFrame{.settings = "00 05 01 00 00 00"_hex},
     Fault::kInvalidMaxFrameSize},
    {"SETTINGS with ENABLE_CONNECT_PROTOCOL of 2",
     SettingsFrame{.settings = "00 08 00 00 00 02"_hex}, Fault::kInvalidEnableConnectProtocol},
    {"SETTINGS with NO_RFC7540_PRIORITIES of 2", SettingsFrame{.settings = "00 09 00 00 00 02"_hex},
     Fault::kInvalidNoRfc7540Priorities},
    {"SETTINGS with an invalid second setting",
     SettingsFrame{.settings = "00 01 00 00 00 02 00 02 00 00 00 02"_hex},
     Fault::kInvalidEnablePush},
    {"PUSH_PROMISE of stream 0", PushPromiseFrame{.stream_id = 1}, Fault::kInvalidPromisedStreamId},
    {"PUSH_PROMISE of stream 3", PushPromiseFrame{.stream_id = 1, .promised_stream_id = 3},
     Fault::kInvalidPromisedStreamId},
    {"WINDOW_UPDATE of a stream by 0", WindowUpdateFrame{.stream_id = 1},
     Fault::kZeroWindowIncrement},
    {"WINDOW_UPDATE of the connection by 0", WindowUpdateFrame{}, Fault::kZeroWindowIncrement},
    {"ORIGIN of 1 octet", OriginFrame{.origins = "00"_hex}, Fault::kOriginEntryOverrun},
    {"ORIGIN whose second entry overruns", OriginFrame{.origins = "00 01 61 00 02 62"_hex},
     Fault::kOriginEntryOverrun},
    {"PRIORITY_UPDATE of stream 0", PriorityUpdateFrame{}, Fault::kNoPrioritizedStream},

    {"ALTSVC of nothing", AltSvcFrame{}, Fault::kWouldBeIgnored},
    {"ALTSVC on stream 0 without an origin", AltSvcFrame{.alt_svc_field_value = "68 32"_hex},
     Fault::kWouldBeIgnored},
    {"ALTSVC on a stream with an origin",
     AltSvcFrame{.stream_id = 1, .origin = "61"_hex, .alt_svc_field_value = "68 32"_hex},
     Fault::kWouldBeIgnored},

    {"DATA on stream 2^31", DataFrame{.stream_id = kNoStreamId}, Fault::kValueTooLarge},
    {"DATA on stream 2^32 - 1", DataFrame{.stream_id = kAllOnes}, Fault::kValueTooLarge},
    {"HEADERS on stream 2^31", HeadersFrame{.stream_id = kNoStreamId}, Fault::kValueTooLarge},
    {"HEADERS that depend on stream 2^31",
     HeadersFrame{.stream_id = 1, .priority = Priority{.depends_on = kNoStreamId}},
     Fault::kValueTooLarge},
    {"PRIORITY on stream 2^31", PriorityFrame{.stream_id = kNoStreamId}, Fault::kValueTooLarge},
    {"PRIORITY that depends on stream 2^31",
     PriorityFrame{.stream_id = 1, .priority = {.depends_on = kNoStreamId}}, Fault::kValueTooLarge},
    {"RST_STREAM on stream 2^31", RstStreamFrame{.stream_id = kNoStreamId}, Fault::kValueTooLarge},
    {"PUSH_PROMISE on stream 2^31",
     PushPromiseFrame{.stream_id = kNoStreamId, .promised_stream_id = 2}, Fault::kValueTooLarge},
    {"PUSH_PROMISE of stream 2^31 + 2",
     PushPromiseFrame{.stream_id = 1, .promised_stream_id = kNoStreamId + 2},
     Fault::kValueTooLarge},
    {"GOAWAY after stream 2^31", GoawayFrame{.last_stream_id = kNoStreamId}, Fault::kValueTooLarge},
    {"WINDOW_UPDATE on stream 2^31",
     WindowUpdateFrame{.stream_id = kNoStreamId, .window_size_increment = 1},
     Fault::kValueTooLarge},
    {"WINDOW_UPDATE by 2^31", WindowUpdateFrame{.window_size_increment = 0x80000000},
     Fault::kValueTooLarge},
    {"CONTINUATION on stream 2^31", ContinuationFrame{.stream_id = kNoStreamId},
     Fault::kValueTooLarge},
    {"ALTSVC on stream 2^31",
     AltSvcFrame{.stream_id = kNoStreamId, .alt_svc_field_value = "68 32"_hex},
     Fault::kValueTooLarge},
    {"ALTSVC of an origin of 65536 octets", AltSvcFrame{.origin = Many(0x10000)},
     Fault::kValueTooLarge},
    {"PRIORITY_UPDATE of stream 2^31", PriorityUpdateFrame{.prioritized_stream_id = kNoStreamId},
     Fault::kValueTooLarge},
    {"an unknown frame on stream 2^31", RawFrame{.header = {.stream_id = kNoStreamId}},
     Fault::kValueTooLarge},

    {"DATA of 2^24 octets", DataFrame{.stream_id = 1, .data = Many(0x1000000)},
     Fault::kPayloadTooLarge},
    {"DATA of 2^24 - 1 octets, and its Pad Length",
     DataFrame{.stream_id = 1, .pad_length = 0, .data = Many(0xffffff)}, Fault::kPayloadTooLarge},
    {"DATA of 2^24 octets, of which 255 are padding",
     DataFrame{.stream_id = 1, .pad_length = 255, .data = Many(0x1000000 - 256)},
     Fault::kPayloadTooLarge},
    {"HEADERS of 2^24 octets, with priority",
     HeadersFrame{.stream_id = 1, .priority = Priority{}, .fragment = Many(0x1000000 - 5)},
     Fault::kPayloadTooLarge},
    {"SETTINGS of 2^24 octets and two more", SettingsFrame{.settings = Many(0x1000002)},
     Fault::kPayloadTooLarge},
    {"PUSH_PROMISE of 2^24 octets",
     PushPromiseFrame{.stream_id = 1, .promised_stream_id = 2, .fragment = Many(0x1000000 - 4)},
     Fault::kPayloadTooLarge},
    {"GOAWAY of 2^24 octets", GoawayFrame{.debug_data = Many(0x1000000 - 8)},
     Fault::kPayloadTooLarge},
    {"CONTINUATION of 2^24 octets", ContinuationFrame{.stream_id = 1, .fragment = Many(0x1000000)},
     Fault::kPayloadTooLarge},
    {"ALTSVC of 2^24 octets",
     AltSvcFrame{.origin = "61"_hex, .alt_svc_field_value = Many(0x1000000 - 3)},
     Fault::kPayloadTooLarge},
    {"ORIGIN of 2^24 octets", OriginFrame{.origins = Many(0x1000000)}, Fault::kPayloadTooLarge},
    {"PRIORITY_UPDATE of 2^24 octets",
     PriorityUpdateFrame{.prioritized_stream_id = 1, .priority_field_value = Many(0x1000000 - 4)},
     Fault::kPayloadTooLarge},
    {"PUSH_PROMISE on stream 0, and of stream 0", PushPromiseFrame{}, Fault::kStreamRequired},
    {"WINDOW_UPDATE on stream 2^31, and by 0", WindowUpdateFrame{.stream_id = kNoStreamId},
     Fault::kValueTooLarge},
    {"DATA on stream 0, and of 2^24 octets", DataFrame{.data = Many(0x1000000)},
     Fault::kStreamRequired},
    {"SETTINGS of 2^24 octets and two more, with ACK",
     SettingsFrame{.ack = true, .settings = Many(0x1000002)}, Fault::kPayloadTooLarge},
    {"SETTINGS with ACK and an invalid value",
     SettingsFrame{.ack = true, .settings = "00 02 00 00 00 02"_hex}, Fault::kInvalidEnablePush},
    {"an unknown frame of 2^24 octets", RawFrame{.payload = Many(0x1000000)},
     Fault::kPayloadTooLarge},
};

}  // namespace h2wire

#endif  // H2WIRE_TEST_UNENCODABLE_H_
