// SPDX-License-Identifier: Apache-2.0

// PRIORITY. RFC 9113, 6.3.

#ifndef H2WIRE_TEST_VECTORS_PRIORITY_H_
#define H2WIRE_TEST_VECTORS_PRIORITY_H_

#include "vector.h"

namespace h2wire::vectors {

inline constexpr PriorityFrame kPriorityOf16{.stream_id = 5,
                                             .priority = {.depends_on = 3, .weight = 16}};

inline constexpr Vector kPriorityVectors[] = {
    Canonical("PRIORITY", "00 00 05  02  00  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Canonical("PRIORITY with four different octets in both streams",
              "00 00 05  02  00  01 02 03 04  05 06 07 08  09"_hex,
              PriorityFrame{.stream_id = 0x01020304,
                            .priority = {.depends_on = 0x05060708, .weight = 9}}),
    Canonical("PRIORITY with an exclusive dependency",
              "00 00 05  02  00  00 00 00 05  80 00 00 03  10"_hex,
              PriorityFrame{.stream_id = 5,
                            .priority = {.exclusive = true, .depends_on = 3, .weight = 16}}),
    Canonical("PRIORITY with an exclusive dependency on stream 0",
              "00 00 05  02  00  00 00 00 05  80 00 00 00  10"_hex,
              PriorityFrame{.stream_id = 5, .priority = {.exclusive = true, .weight = 16}}),
    Canonical("PRIORITY of zeros", "00 00 05  02  00  00 00 00 05  00 00 00 00  00"_hex,
              PriorityFrame{.stream_id = 5, .priority = {.weight = 0}}),
    Canonical(
        "PRIORITY of ones", "00 00 05  02  00  7f ff ff ff  ff ff ff ff  ff"_hex,
        PriorityFrame{.stream_id = 0x7fffffff,
                      .priority = {.exclusive = true, .depends_on = 0x7fffffff, .weight = 255}}),
    Canonical("PRIORITY that depends on stream 2^31 - 1, not exclusively",
              "00 00 05  02  00  00 00 00 05  7f ff ff ff  10"_hex,
              PriorityFrame{.stream_id = 5, .priority = {.depends_on = 0x7fffffff, .weight = 16}}),
    Canonical("PRIORITY that depends on stream 0 exclusively",
              "00 00 05  02  00  00 00 00 05  80 00 00 00  10"_hex,
              PriorityFrame{.stream_id = 5, .priority = {.exclusive = true, .weight = 16}}),
    Canonical("PRIORITY of a stream that depends on itself",
              "00 00 05  02  00  00 00 00 05  00 00 00 05  10"_hex,
              PriorityFrame{.stream_id = 5, .priority = {.depends_on = 5, .weight = 16}}),
    Canonical("PRIORITY of just the greatest size",
              "00 00 05  02  00  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16, AtMost(5)),
    Canonical("PRIORITY to a receiver without extensions",
              "00 00 05  02  00  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16, kNoExtensions),

    Tolerated("PRIORITY with the reserved bit",
              "00 00 05  02  00  80 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Tolerated("PRIORITY with undefined flag 0x01",
              "00 00 05  02  01  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Tolerated("PRIORITY with undefined flag 0x02",
              "00 00 05  02  02  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Tolerated("PRIORITY with undefined flag 0x04",
              "00 00 05  02  04  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Tolerated("PRIORITY with undefined flag 0x08",
              "00 00 05  02  08  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Tolerated("PRIORITY with undefined flag 0x10",
              "00 00 05  02  10  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Tolerated("PRIORITY with undefined flag 0x20",
              "00 00 05  02  20  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Tolerated("PRIORITY with undefined flag 0x40",
              "00 00 05  02  40  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Tolerated("PRIORITY with undefined flag 0x80",
              "00 00 05  02  80  00 00 00 05  00 00 00 03  10"_hex, kPriorityOf16),
    Tolerated("PRIORITY with all flags", "00 00 05  02  ff  00 00 00 05  00 00 00 03  10"_hex,
              kPriorityOf16),

    Refused("PRIORITY on stream 0", "00 00 05  02  00  00 00 00 00  00 00 00 03  10"_hex,
            kStreamRequired, kProtocolError, kConnection),
    Refused("PRIORITY on stream 0 with the reserved bit",
            "00 00 05  02  00  80 00 00 00  00 00 00 03  10"_hex, kStreamRequired, kProtocolError,
            kConnection),
    Refused("PRIORITY of no octets", "00 00 00  02  00  00 00 00 05"_hex, kWrongPriorityLength,
            kFrameSizeError, kStream),
    Refused("PRIORITY of 4 octets", "00 00 04  02  00  00 00 00 05  00 00 00 03"_hex,
            kWrongPriorityLength, kFrameSizeError, kStream),
    Refused("PRIORITY of 6 octets", "00 00 06  02  00  00 00 00 05  00 00 00 03  10  00"_hex,
            kWrongPriorityLength, kFrameSizeError, kStream),
    Refused("PRIORITY of 10 octets on a stream of four different octets, with the reserved bit",
            "00 00 0a  02  00  81 02 03 04  00 00 00 03  10  00 00 00 03  10"_hex,
            kWrongPriorityLength, kFrameSizeError, kStream),
    Refused("PRIORITY of 5 octets where 4 are allowed",
            "00 00 05  02  00  00 00 00 05  00 00 00 03  10"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(4)),

    Refused("PRIORITY: too large, and on stream 0",
            "00 00 05  02  00  00 00 00 00  00 00 00 03  10"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(4)),
    Refused("PRIORITY: too large, and of 6 octets",
            "00 00 06  02  00  00 00 00 05  00 00 00 03  10  00"_hex, kFrameTooLarge,
            kFrameSizeError, kConnection, AtMost(5)),
    Refused("PRIORITY: too large, and of 16385 octets", "00 40 01  02  00  00 00 00 05"_hex,
            kFrameTooLarge, kFrameSizeError, kConnection),
    Refused("PRIORITY: on stream 0, and of 4 octets",
            "00 00 04  02  00  00 00 00 00  00 00 00 03"_hex, kStreamRequired, kProtocolError,
            kConnection),
    Refused("PRIORITY: on stream 0, and of 6 octets",
            "00 00 06  02  00  00 00 00 00  00 00 00 03  10  00"_hex, kStreamRequired,
            kProtocolError, kConnection),

    NeedMore("the header of PRIORITY", "00 00 05  02  00  00 00 00 05"_hex, 9 + 5),
    NeedMore("all of PRIORITY but an octet", "00 00 05  02  00  00 00 00 05  00 00 00 03"_hex,
             9 + 5),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_PRIORITY_H_
