// SPDX-License-Identifier: Apache-2.0

// Frames of types that nobody assigned: to be ignored, and so decoded as they are. RFC 9113, 4.1
// and 5.5.

#ifndef H2WIRE_TEST_VECTORS_UNKNOWN_H_
#define H2WIRE_TEST_VECTORS_UNKNOWN_H_

#include "vector.h"

namespace h2wire::vectors {

consteval RawFrame Raw(std::uint8_t type, std::uint8_t flags, bool reserved, StreamId stream_id,
                       Bytes payload) {
  return {.header = {.type = FrameType{type},
                     .flags = flags,
                     .reserved = reserved,
                     .stream_id = stream_id},
          .payload = payload};
}

inline constexpr Vector kUnknownVectors[] = {
    Canonical("type 0x0b, between ALTSVC and ORIGIN", "00 00 02  0b  00  00 00 00 01  61 62"_hex,
              Raw(0x0b, 0, false, 1, "61 62"_hex)),
    Canonical("type 0x0d, after ORIGIN", "00 00 02  0d  00  00 00 00 00  61 62"_hex,
              Raw(0x0d, 0, false, 0, "61 62"_hex)),
    Canonical("type 0x0e", "00 00 00  0e  00  00 00 00 00"_hex, Raw(0x0e, 0, false, 0, ""_hex)),
    Canonical("type 0x0f, before PRIORITY_UPDATE", "00 00 01  0f  00  00 00 00 00  00"_hex,
              Raw(0x0f, 0, false, 0, "00"_hex)),
    Canonical("type 0x11, after PRIORITY_UPDATE", "00 00 01  11  00  00 00 00 00  00"_hex,
              Raw(0x11, 0, false, 0, "00"_hex)),
    Canonical("type 0x18, WINDOW_UPDATE and a bit",
              "00 00 04  18  00  00 00 00 00  00 00 00 00"_hex,
              Raw(0x18, 0, false, 0, "00 00 00 00"_hex)),
    Canonical("type 0x1f", "00 00 01  1f  00  00 00 00 00  00"_hex,
              Raw(0x1f, 0, false, 0, "00"_hex)),
    Canonical("type 0x20", "00 00 01  20  00  00 00 00 00  00"_hex,
              Raw(0x20, 0, false, 0, "00"_hex)),
    Canonical("type 0x40, DATA and a bit", "00 00 00  40  08  00 00 00 00"_hex,
              Raw(0x40, 0x08, false, 0, ""_hex)),
    Canonical("type 0x80, DATA and the highest bit", "00 00 00  80  08  00 00 00 00"_hex,
              Raw(0x80, 0x08, false, 0, ""_hex)),
    Canonical("type 0xff", "00 00 01  ff  00  00 00 00 00  00"_hex,
              Raw(0xff, 0, false, 0, "00"_hex)),

    Canonical("an unknown type with flag 0x01", "00 00 01  ff  01  00 00 00 01  61"_hex,
              Raw(0xff, 0x01, false, 1, "61"_hex)),
    Canonical("an unknown type with flag 0x02", "00 00 01  ff  02  00 00 00 01  61"_hex,
              Raw(0xff, 0x02, false, 1, "61"_hex)),
    Canonical("an unknown type with flag 0x04", "00 00 01  ff  04  00 00 00 01  61"_hex,
              Raw(0xff, 0x04, false, 1, "61"_hex)),
    Canonical("an unknown type with flag 0x08, which is not PADDED",
              "00 00 01  ff  08  00 00 00 01  61"_hex, Raw(0xff, 0x08, false, 1, "61"_hex)),
    Canonical("an unknown type with flag 0x10", "00 00 01  ff  10  00 00 00 01  61"_hex,
              Raw(0xff, 0x10, false, 1, "61"_hex)),
    Canonical("an unknown type with flag 0x20, which is not PRIORITY",
              "00 00 01  ff  20  00 00 00 01  61"_hex, Raw(0xff, 0x20, false, 1, "61"_hex)),
    Canonical("an unknown type with flag 0x40", "00 00 01  ff  40  00 00 00 01  61"_hex,
              Raw(0xff, 0x40, false, 1, "61"_hex)),
    Canonical("an unknown type with flag 0x80", "00 00 01  ff  80  00 00 00 01  61"_hex,
              Raw(0xff, 0x80, false, 1, "61"_hex)),
    Canonical("an unknown type with all flags, for a strict receiver",
              "00 00 02  ff  ff  00 00 00 01  01 ff"_hex, Raw(0xff, 0xff, false, 1, "01 ff"_hex),
              kStrictPadding),
    Canonical("an unknown type with the reserved bit", "00 00 01  ff  00  80 00 00 01  61"_hex,
              Raw(0xff, 0, true, 1, "61"_hex)),
    Canonical("an unknown type with the reserved bit on stream 0",
              "00 00 01  ff  00  80 00 00 00  61"_hex, Raw(0xff, 0, true, 0, "61"_hex)),
    Canonical("an unknown type of ones in every field", "00 00 01  ff  ff  ff ff ff ff  ff"_hex,
              Raw(0xff, 0xff, true, 0x7fffffff, "ff"_hex)),
    Canonical("an unknown type on a stream of four different octets",
              "00 00 01  ff  00  01 02 03 04  61"_hex, Raw(0xff, 0, false, 0x01020304, "61"_hex)),
    Canonical("an unknown type of just the greatest size",
              "00 00 02  ff  00  00 00 00 00  61 62"_hex, Raw(0xff, 0, false, 0, "61 62"_hex),
              AtMost(2)),
    Canonical("an unknown type to a receiver without extensions",
              "00 00 02  ff  00  00 00 00 00  61 62"_hex, Raw(0xff, 0, false, 0, "61 62"_hex),
              kNoExtensions),

    Refused("an unknown type one octet larger than the greatest size",
            "00 00 03  ff  00  00 00 00 00  61 62 63"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(2)),
    Refused("an unknown type one octet larger than the initial greatest size, on a stream",
            "00 40 01  ff  00  00 00 00 01"_hex, kFrameTooLarge, kFrameSizeError, kConnection),

    NeedMore("the header of an unknown type", "00 00 02  ff  00  00 00 00 00"_hex, 9 + 2),
    NeedMore("an unknown type with flag 0x08 that begins with a large octet",
             "00 00 02  ff  08  00 00 00 00  ff"_hex, 9 + 2),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_UNKNOWN_H_
