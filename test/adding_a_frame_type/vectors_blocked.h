// SPDX-License-Identifier: Apache-2.0

// BLOCKED, the README's example of a frame type to add. It has no payload, and no flags.

#ifndef H2WIRE_TEST_VECTORS_BLOCKED_H_
#define H2WIRE_TEST_VECTORS_BLOCKED_H_

#include "vector.h"

namespace h2wire::vectors {

inline constexpr Vector kBlockedVectors[] = {
    Canonical("BLOCKED", "00 00 00  42  00  00 00 00 00"_hex, BlockedFrame{}),
    Canonical("BLOCKED on stream 1", "00 00 00  42  00  00 00 00 01"_hex, BlockedFrame{1}),
    Canonical("BLOCKED on stream 0x01020304", "00 00 00  42  00  01 02 03 04"_hex,
              BlockedFrame{0x01020304}),
    Canonical("BLOCKED on the last stream", "00 00 00  42  00  7f ff ff ff"_hex,
              BlockedFrame{0x7fffffff}),

    Tolerated("BLOCKED with the reserved bit", "00 00 00  42  00  80 00 00 01"_hex,
              BlockedFrame{1}),
    Tolerated("BLOCKED with undefined flag 0x01", "00 00 00  42  01  00 00 00 01"_hex,
              BlockedFrame{1}),
    Tolerated("BLOCKED with undefined flag 0x02", "00 00 00  42  02  00 00 00 01"_hex,
              BlockedFrame{1}),
    Tolerated("BLOCKED with undefined flag 0x04", "00 00 00  42  04  00 00 00 01"_hex,
              BlockedFrame{1}),
    Tolerated("BLOCKED with undefined flag 0x08", "00 00 00  42  08  00 00 00 01"_hex,
              BlockedFrame{1}),
    Tolerated("BLOCKED with undefined flag 0x10", "00 00 00  42  10  00 00 00 01"_hex,
              BlockedFrame{1}),
    Tolerated("BLOCKED with undefined flag 0x20", "00 00 00  42  20  00 00 00 01"_hex,
              BlockedFrame{1}),
    Tolerated("BLOCKED with undefined flag 0x40", "00 00 00  42  40  00 00 00 01"_hex,
              BlockedFrame{1}),
    Tolerated("BLOCKED with undefined flag 0x80", "00 00 00  42  80  00 00 00 01"_hex,
              BlockedFrame{1}),

    Refused("BLOCKED of 1 octet", "00 00 01  42  00  00 00 00 01  00"_hex, kWrongLength,
            kFrameSizeError, kConnection),
    Refused("BLOCKED of 1 octet where none is allowed", "00 00 01  42  00  00 00 00 01  00"_hex,
            kFrameTooLarge, kFrameSizeError, kConnection, AtMost(0)),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_BLOCKED_H_
