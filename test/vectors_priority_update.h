// SPDX-License-Identifier: Apache-2.0

// PRIORITY_UPDATE. RFC 9218, 7.1.

#ifndef H2WIRE_TEST_VECTORS_PRIORITY_UPDATE_H_
#define H2WIRE_TEST_VECTORS_PRIORITY_UPDATE_H_

#include "vector.h"

namespace h2wire::vectors {

// The value "u=1" for stream 3.
inline constexpr PriorityUpdateFrame kMoreUrgent{.prioritized_stream_id = 3,
                                                 .priority_field_value = "75 3d 31"_hex};

inline constexpr Vector kPriorityUpdateVectors[] = {
    Canonical("PRIORITY_UPDATE", "00 00 07  10  00  00 00 00 00  00 00 00 03  75 3d 31"_hex,
              kMoreUrgent),
    Canonical("PRIORITY_UPDATE with an empty value",
              "00 00 04  10  00  00 00 00 00  00 00 00 03"_hex,
              PriorityUpdateFrame{.prioritized_stream_id = 3}),
    Canonical("PRIORITY_UPDATE with a value of one octet",
              "00 00 05  10  00  00 00 00 00  00 00 00 01  69"_hex,
              PriorityUpdateFrame{.prioritized_stream_id = 1, .priority_field_value = "69"_hex}),
    Canonical(
        "PRIORITY_UPDATE of a stream of four different octets",
        "00 00 05  10  00  00 00 00 00  01 02 03 04  69"_hex,
        PriorityUpdateFrame{.prioritized_stream_id = 0x01020304, .priority_field_value = "69"_hex}),
    Canonical(
        "PRIORITY_UPDATE of the last stream", "00 00 05  10  00  00 00 00 00  7f ff ff ff  69"_hex,
        PriorityUpdateFrame{.prioritized_stream_id = 0x7fffffff, .priority_field_value = "69"_hex}),
    Canonical("PRIORITY_UPDATE of a stream that servers open",
              "00 00 05  10  00  00 00 00 00  00 00 00 02  69"_hex,
              PriorityUpdateFrame{.prioritized_stream_id = 2, .priority_field_value = "69"_hex}),
    Canonical("PRIORITY_UPDATE of just the greatest size",
              "00 00 07  10  00  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent, AtMost(7)),

    Tolerated("PRIORITY_UPDATE with the reserved bit",
              "00 00 07  10  00  80 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with the reserved bit of its stream",
              "00 00 07  10  00  00 00 00 00  80 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with undefined flag 0x01",
              "00 00 07  10  01  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with undefined flag 0x02",
              "00 00 07  10  02  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with undefined flag 0x04",
              "00 00 07  10  04  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with undefined flag 0x08, which is not PADDED",
              "00 00 07  10  08  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with undefined flag 0x10",
              "00 00 07  10  10  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with undefined flag 0x20",
              "00 00 07  10  20  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with undefined flag 0x40",
              "00 00 07  10  40  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with undefined flag 0x80",
              "00 00 07  10  80  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),
    Tolerated("PRIORITY_UPDATE with all flags",
              "00 00 07  10  ff  00 00 00 00  00 00 00 03  75 3d 31"_hex, kMoreUrgent),

    Canonical("PRIORITY_UPDATE to a receiver without extensions",
              "00 00 05  10  00  00 00 00 00  00 00 00 01  69"_hex,
              RawFrame{.header = {.type = FrameType{0x10}}, .payload = "00 00 00 01 69"_hex},
              kNoExtensions),
    Canonical("PRIORITY_UPDATE on a stream to a receiver without extensions",
              "00 00 01  10  00  00 00 00 01  00"_hex,
              RawFrame{.header = {.type = FrameType{0x10}, .stream_id = 1}, .payload = "00"_hex},
              kNoExtensions),
    Canonical("PRIORITY_UPDATE of stream 0 to a receiver without extensions",
              "00 00 04  10  00  00 00 00 00  00 00 00 00"_hex,
              RawFrame{.header = {.type = FrameType{0x10}}, .payload = "00 00 00 00"_hex},
              kNoExtensions),

    Refused("PRIORITY_UPDATE on a stream",
            "00 00 07  10  00  00 00 00 01  00 00 00 03  75 3d 31"_hex, kStreamForbidden,
            kProtocolError, kConnection),
    Refused("PRIORITY_UPDATE on the stream that it is about",
            "00 00 07  10  00  00 00 00 03  00 00 00 03  75 3d 31"_hex, kStreamForbidden,
            kProtocolError, kConnection),
    Refused("PRIORITY_UPDATE of no octets", "00 00 00  10  00  00 00 00 00"_hex, kTooShort,
            kFrameSizeError, kConnection),
    Refused("PRIORITY_UPDATE of 3 octets", "00 00 03  10  00  00 00 00 00  00 00 00"_hex, kTooShort,
            kFrameSizeError, kConnection),
    Refused("PRIORITY_UPDATE of stream 0",
            "00 00 07  10  00  00 00 00 00  00 00 00 00  75 3d 31"_hex, kNoPrioritizedStream,
            kProtocolError, kConnection),
    Refused("PRIORITY_UPDATE of stream 0 with the reserved bit of its stream",
            "00 00 04  10  00  00 00 00 00  80 00 00 00"_hex, kNoPrioritizedStream, kProtocolError,
            kConnection),
    Refused("PRIORITY_UPDATE one octet larger than the greatest size",
            "00 00 05  10  00  00 00 00 00  00 00 00 01  69"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(4)),

    Refused("PRIORITY_UPDATE: too large, and on a stream",
            "00 00 05  10  00  00 00 00 01  00 00 00 01  69"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(4)),
    Refused("PRIORITY_UPDATE: too large, and of 3 octets",
            "00 00 03  10  00  00 00 00 00  00 00 00"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(2)),
    Refused("PRIORITY_UPDATE: too large, and of stream 0",
            "00 00 05  10  00  00 00 00 00  00 00 00 00  69"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(4)),
    Refused("PRIORITY_UPDATE: on a stream, and of 3 octets",
            "00 00 03  10  00  00 00 00 01  00 00 00"_hex, kStreamForbidden, kProtocolError,
            kConnection),
    Refused("PRIORITY_UPDATE: on a stream, and of stream 0",
            "00 00 04  10  00  00 00 00 01  00 00 00 00"_hex, kStreamForbidden, kProtocolError,
            kConnection),

    NeedMore("the header of PRIORITY_UPDATE", "00 00 04  10  00  00 00 00 00"_hex, 9 + 4),
    NeedMore("PRIORITY_UPDATE of stream 0 whose value is not there",
             "00 00 05  10  00  00 00 00 00  00 00 00 00"_hex, 9 + 5),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_PRIORITY_UPDATE_H_
