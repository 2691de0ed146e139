// SPDX-License-Identifier: Apache-2.0

// ORIGIN. RFC 8336, 2.

#ifndef H2WIRE_TEST_VECTORS_ORIGIN_H_
#define H2WIRE_TEST_VECTORS_ORIGIN_H_

#include "vector.h"

namespace h2wire::vectors {

// The origins "a" and "bc".
inline constexpr OriginFrame kTwoOrigins{.origins = "00 01 61 00 02 62 63"_hex};

consteval RawFrame IgnoredOrigins(std::uint8_t flags, bool reserved, StreamId stream_id,
                                  Bytes payload) {
  return {.header = {.type = FrameType{0x0c},
                     .flags = flags,
                     .reserved = reserved,
                     .stream_id = stream_id},
          .payload = payload};
}

inline constexpr Vector kOriginVectors[] = {
    Canonical("ORIGIN without origins", "00 00 00  0c  00  00 00 00 00"_hex, OriginFrame{}),
    Canonical("ORIGIN of one origin",
              "00 00 0b  0c  00  00 00 00 00  00 09  68 74 74 70 73 3a 2f 2f 61"_hex,
              OriginFrame{.origins = "00 09 68 74 74 70 73 3a 2f 2f 61"_hex}),
    Canonical("ORIGIN of two origins", "00 00 07  0c  00  00 00 00 00  00 01  61  00 02  62 63"_hex,
              kTwoOrigins),
    Canonical("ORIGIN of an empty origin", "00 00 02  0c  00  00 00 00 00  00 00"_hex,
              OriginFrame{.origins = "00 00"_hex}),
    Canonical("ORIGIN of an empty origin between two",
              "00 00 08  0c  00  00 00 00 00  00 01  61  00 00  00 01  62"_hex,
              OriginFrame{.origins = "00 01 61 00 00 00 01 62"_hex}),
    Canonical("ORIGIN of an origin that stands there twice",
              "00 00 06  0c  00  00 00 00 00  00 01  61  00 01  61"_hex,
              OriginFrame{.origins = "00 01 61 00 01 61"_hex}),
    Canonical("ORIGIN of just the greatest size",
              "00 00 07  0c  00  00 00 00 00  00 01  61  00 02  62 63"_hex, kTwoOrigins, AtMost(7)),

    Tolerated("ORIGIN with the reserved bit",
              "00 00 07  0c  00  80 00 00 00  00 01  61  00 02  62 63"_hex, kTwoOrigins),
    Tolerated("ORIGIN with undefined flag 0x10",
              "00 00 07  0c  10  00 00 00 00  00 01  61  00 02  62 63"_hex, kTwoOrigins),
    Tolerated("ORIGIN with undefined flag 0x20",
              "00 00 07  0c  20  00 00 00 00  00 01  61  00 02  62 63"_hex, kTwoOrigins),
    Tolerated("ORIGIN with undefined flag 0x40",
              "00 00 07  0c  40  00 00 00 00  00 01  61  00 02  62 63"_hex, kTwoOrigins),
    Tolerated("ORIGIN with undefined flag 0x80",
              "00 00 07  0c  80  00 00 00 00  00 01  61  00 02  62 63"_hex, kTwoOrigins),
    Tolerated("ORIGIN with all flags that do not matter",
              "00 00 07  0c  f0  00 00 00 00  00 01  61  00 02  62 63"_hex, kTwoOrigins),

    Canonical("ORIGIN with flag 0x01 is ignored", "00 00 03  0c  01  00 00 00 00  00 01  61"_hex,
              IgnoredOrigins(0x01, false, 0, "00 01 61"_hex)),
    Canonical("ORIGIN with flag 0x02 is ignored", "00 00 03  0c  02  00 00 00 00  00 01  61"_hex,
              IgnoredOrigins(0x02, false, 0, "00 01 61"_hex)),
    Canonical("ORIGIN with flag 0x04 is ignored", "00 00 03  0c  04  00 00 00 00  00 01  61"_hex,
              IgnoredOrigins(0x04, false, 0, "00 01 61"_hex)),
    Canonical("ORIGIN with flag 0x08 is ignored", "00 00 03  0c  08  00 00 00 00  00 01  61"_hex,
              IgnoredOrigins(0x08, false, 0, "00 01 61"_hex)),
    Canonical("ORIGIN with all flags is ignored", "00 00 03  0c  ff  80 00 00 00  00 01  61"_hex,
              IgnoredOrigins(0xff, true, 0, "00 01 61"_hex)),
    Canonical("ORIGIN on a stream is ignored", "00 00 03  0c  00  00 00 00 01  00 01  61"_hex,
              IgnoredOrigins(0x00, false, 1, "00 01 61"_hex)),
    Canonical("ORIGIN on the last stream is ignored",
              "00 00 03  0c  00  7f ff ff ff  00 01  61"_hex,
              IgnoredOrigins(0x00, false, 0x7fffffff, "00 01 61"_hex)),
    Canonical("ORIGIN on a stream is ignored, also with an entry that overruns",
              "00 00 03  0c  00  00 00 00 01  00 02  61"_hex,
              IgnoredOrigins(0x00, false, 1, "00 02 61"_hex)),
    Canonical("ORIGIN with flag 0x01 is ignored, also with an entry that overruns",
              "00 00 01  0c  01  00 00 00 00  00"_hex, IgnoredOrigins(0x01, false, 0, "00"_hex)),
    Canonical("ORIGIN to a receiver without extensions",
              "00 00 03  0c  00  00 00 00 00  00 01  61"_hex,
              IgnoredOrigins(0x00, false, 0, "00 01 61"_hex), kNoExtensions),
    Canonical("ORIGIN with an entry that overruns to a receiver without extensions",
              "00 00 03  0c  00  00 00 00 00  00 02  61"_hex,
              IgnoredOrigins(0x00, false, 0, "00 02 61"_hex), kNoExtensions),

    Refused("ORIGIN of 1 octet", "00 00 01  0c  00  00 00 00 00  00"_hex, kOriginEntryOverrun,
            kFrameSizeError, kConnection),
    Refused("ORIGIN whose entry has one octet, and nothing is left",
            "00 00 02  0c  00  00 00 00 00  00 01"_hex, kOriginEntryOverrun, kFrameSizeError,
            kConnection),
    Refused("ORIGIN whose entry has one octet more than is left",
            "00 00 04  0c  00  00 00 00 00  00 03  61 62"_hex, kOriginEntryOverrun, kFrameSizeError,
            kConnection),
    Refused("ORIGIN whose entry has 256 octets more than are there",
            "00 00 03  0c  00  00 00 00 00  01 01  61"_hex, kOriginEntryOverrun, kFrameSizeError,
            kConnection),
    Refused("ORIGIN whose second entry overruns",
            "00 00 06  0c  00  00 00 00 00  00 01  61  00 02  62"_hex, kOriginEntryOverrun,
            kFrameSizeError, kConnection),
    Refused("ORIGIN with an octet after its last entry",
            "00 00 04  0c  00  00 00 00 00  00 01  61  00"_hex, kOriginEntryOverrun,
            kFrameSizeError, kConnection),
    Refused("ORIGIN with flags that do not matter, whose entry overruns",
            "00 00 02  0c  f0  80 00 00 00  ff ff"_hex, kOriginEntryOverrun, kFrameSizeError,
            kConnection),
    Refused("ORIGIN one octet larger than the greatest size",
            "00 00 03  0c  00  00 00 00 00  00 01  61"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(2)),

    Refused("ORIGIN: too large, and an entry overruns",
            "00 00 03  0c  00  00 00 00 00  00 02  61"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(2)),
    Refused("ORIGIN: too large, and on a stream", "00 00 03  0c  00  00 00 00 01  00 01  61"_hex,
            kFrameTooLarge, kFrameSizeError, kConnection, AtMost(2)),
    Refused("ORIGIN: too large, and with flag 0x08", "00 00 03  0c  08  00 00 00 00  00 01  61"_hex,
            kFrameTooLarge, kFrameSizeError, kConnection, AtMost(2)),

    NeedMore("the header of ORIGIN", "00 00 03  0c  00  00 00 00 00"_hex, 9 + 3),
    NeedMore("ORIGIN whose entry overruns, and is not there",
             "00 00 03  0c  00  00 00 00 00  00 02"_hex, 9 + 3),
    NeedMore("the header of ORIGIN that is going to be ignored",
             "00 00 03  0c  0f  00 00 00 01"_hex, 9 + 3),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_ORIGIN_H_
