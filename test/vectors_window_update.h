// SPDX-License-Identifier: Apache-2.0

// WINDOW_UPDATE. RFC 9113, 6.9.

#ifndef H2WIRE_TEST_VECTORS_WINDOW_UPDATE_H_
#define H2WIRE_TEST_VECTORS_WINDOW_UPDATE_H_

#include "vector.h"

namespace h2wire::vectors {

inline constexpr WindowUpdateFrame kOneMoreOnStream1{.stream_id = 1, .window_size_increment = 1};

inline constexpr Vector kWindowUpdateVectors[] = {
    Canonical("WINDOW_UPDATE on a stream", "00 00 04  08  00  00 00 00 01  00 00 00 01"_hex,
              kOneMoreOnStream1),
    Canonical("WINDOW_UPDATE of the connection", "00 00 04  08  00  00 00 00 00  00 00 00 01"_hex,
              WindowUpdateFrame{.window_size_increment = 1}),
    Canonical("WINDOW_UPDATE with four different octets in stream and increment",
              "00 00 04  08  00  01 02 03 04  05 06 07 08"_hex,
              WindowUpdateFrame{.stream_id = 0x01020304, .window_size_increment = 0x05060708}),
    Canonical("WINDOW_UPDATE by 2^24", "00 00 04  08  00  00 00 00 00  01 00 00 00"_hex,
              WindowUpdateFrame{.window_size_increment = 1 << 24}),
    Canonical("WINDOW_UPDATE of the last stream by 2^31 - 1",
              "00 00 04  08  00  7f ff ff ff  7f ff ff ff"_hex,
              WindowUpdateFrame{.stream_id = 0x7fffffff, .window_size_increment = 0x7fffffff}),
    Canonical("WINDOW_UPDATE of just the greatest size",
              "00 00 04  08  00  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1, AtMost(4)),
    Canonical("WINDOW_UPDATE to a receiver without extensions",
              "00 00 04  08  00  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1, kNoExtensions),

    Tolerated("WINDOW_UPDATE with the reserved bit",
              "00 00 04  08  00  80 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE of the connection with the reserved bit",
              "00 00 04  08  00  80 00 00 00  00 00 00 01"_hex,
              WindowUpdateFrame{.window_size_increment = 1}),
    Tolerated("WINDOW_UPDATE with the reserved bit of its increment",
              "00 00 04  08  00  00 00 00 01  80 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE by ones", "00 00 04  08  00  00 00 00 01  ff ff ff ff"_hex,
              WindowUpdateFrame{.stream_id = 1, .window_size_increment = 0x7fffffff}),
    Tolerated("WINDOW_UPDATE with undefined flag 0x01",
              "00 00 04  08  01  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE with undefined flag 0x02",
              "00 00 04  08  02  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE with undefined flag 0x04",
              "00 00 04  08  04  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE with undefined flag 0x08",
              "00 00 04  08  08  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE with undefined flag 0x10",
              "00 00 04  08  10  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE with undefined flag 0x20",
              "00 00 04  08  20  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE with undefined flag 0x40",
              "00 00 04  08  40  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE with undefined flag 0x80",
              "00 00 04  08  80  00 00 00 01  00 00 00 01"_hex, kOneMoreOnStream1),
    Tolerated("WINDOW_UPDATE with all flags", "00 00 04  08  ff  00 00 00 01  00 00 00 01"_hex,
              kOneMoreOnStream1),

    Refused("WINDOW_UPDATE of no octets", "00 00 00  08  00  00 00 00 01"_hex, kWrongLength,
            kFrameSizeError, kConnection),
    Refused("WINDOW_UPDATE of 3 octets", "00 00 03  08  00  00 00 00 01  00 00 00"_hex,
            kWrongLength, kFrameSizeError, kConnection),
    Refused("WINDOW_UPDATE of 5 octets", "00 00 05  08  00  00 00 00 01  00 00 00 01  00"_hex,
            kWrongLength, kFrameSizeError, kConnection),
    Refused("WINDOW_UPDATE of the connection, of 3 octets",
            "00 00 03  08  00  00 00 00 00  00 00 00"_hex, kWrongLength, kFrameSizeError,
            kConnection),
    Refused("WINDOW_UPDATE of a stream by 0", "00 00 04  08  00  00 00 00 01  00 00 00 00"_hex,
            kZeroWindowIncrement, kProtocolError, kStream),
    Refused("WINDOW_UPDATE by 0 of a stream of four different octets, with the reserved bit",
            "00 00 04  08  00  81 02 03 04  00 00 00 00"_hex, kZeroWindowIncrement, kProtocolError,
            kStream),
    Refused("WINDOW_UPDATE of a stream by 0 with the reserved bit of its increment",
            "00 00 04  08  00  00 00 00 01  80 00 00 00"_hex, kZeroWindowIncrement, kProtocolError,
            kStream),
    Refused("WINDOW_UPDATE of the connection by 0",
            "00 00 04  08  00  00 00 00 00  00 00 00 00"_hex, kZeroWindowIncrement, kProtocolError,
            kConnection),
    Refused("WINDOW_UPDATE of the connection by 0, with both reserved bits",
            "00 00 04  08  00  80 00 00 00  80 00 00 00"_hex, kZeroWindowIncrement, kProtocolError,
            kConnection),
    Refused("WINDOW_UPDATE of 4 octets where 3 are allowed",
            "00 00 04  08  00  00 00 00 01  00 00 00 01"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(3)),

    Refused("WINDOW_UPDATE: too large, and of 5 octets",
            "00 00 05  08  00  00 00 00 01  00 00 00 01  00"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(4)),
    Refused("WINDOW_UPDATE: too large, and of a stream by 0",
            "00 00 04  08  00  00 00 00 01  00 00 00 00"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(3)),
    Refused("WINDOW_UPDATE: of 5 octets, and of a stream by 0",
            "00 00 05  08  00  00 00 00 01  00 00 00 00  00"_hex, kWrongLength, kFrameSizeError,
            kConnection),

    NeedMore("the header of WINDOW_UPDATE", "00 00 04  08  00  00 00 00 01"_hex, 9 + 4),
    NeedMore("WINDOW_UPDATE of zeros so far", "00 00 04  08  00  00 00 00 01  00 00 00"_hex, 9 + 4),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_WINDOW_UPDATE_H_
