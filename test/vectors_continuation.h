// SPDX-License-Identifier: Apache-2.0

// CONTINUATION. RFC 9113, 6.10.

#ifndef H2WIRE_TEST_VECTORS_CONTINUATION_H_
#define H2WIRE_TEST_VECTORS_CONTINUATION_H_

#include "vector.h"

namespace h2wire::vectors {

inline constexpr ContinuationFrame kOneOctetMore{.stream_id = 1, .fragment = "82"_hex};

inline constexpr Vector kContinuationVectors[] = {
    Canonical("CONTINUATION with an empty fragment", "00 00 00  09  00  00 00 00 01"_hex,
              ContinuationFrame{.stream_id = 1}),
    Canonical("CONTINUATION", "00 00 01  09  00  00 00 00 01  82"_hex, kOneOctetMore),
    Canonical("CONTINUATION with END_HEADERS", "00 00 02  09  04  00 00 00 01  82 86"_hex,
              ContinuationFrame{.stream_id = 1, .end_headers = true, .fragment = "82 86"_hex}),
    Canonical("CONTINUATION with END_HEADERS and an empty fragment",
              "00 00 00  09  04  00 00 00 01"_hex,
              ContinuationFrame{.stream_id = 1, .end_headers = true}),
    Canonical("CONTINUATION on a stream of four different octets",
              "00 00 01  09  00  01 02 03 04  82"_hex,
              ContinuationFrame{.stream_id = 0x01020304, .fragment = "82"_hex}),
    Canonical("CONTINUATION on the last stream", "00 00 01  09  00  7f ff ff ff  82"_hex,
              ContinuationFrame{.stream_id = 0x7fffffff, .fragment = "82"_hex}),
    Canonical("CONTINUATION of just the greatest size", "00 00 01  09  00  00 00 00 01  82"_hex,
              kOneOctetMore, AtMost(1)),
    Canonical("CONTINUATION to a receiver without extensions",
              "00 00 01  09  00  00 00 00 01  82"_hex, kOneOctetMore, kNoExtensions),

    Tolerated("CONTINUATION with the reserved bit", "00 00 01  09  00  80 00 00 01  82"_hex,
              kOneOctetMore),
    Tolerated("CONTINUATION with undefined flag 0x01", "00 00 01  09  01  00 00 00 01  82"_hex,
              kOneOctetMore),
    Tolerated("CONTINUATION with undefined flag 0x02", "00 00 01  09  02  00 00 00 01  82"_hex,
              kOneOctetMore),
    Tolerated("CONTINUATION with undefined flag 0x08, which is not PADDED",
              "00 00 01  09  08  00 00 00 01  82"_hex, kOneOctetMore),
    Tolerated("CONTINUATION with undefined flag 0x10", "00 00 01  09  10  00 00 00 01  82"_hex,
              kOneOctetMore),
    Tolerated("CONTINUATION with undefined flag 0x20, which is not PRIORITY",
              "00 00 01  09  20  00 00 00 01  82"_hex, kOneOctetMore),
    Tolerated("CONTINUATION with undefined flag 0x40", "00 00 01  09  40  00 00 00 01  82"_hex,
              kOneOctetMore),
    Tolerated("CONTINUATION with undefined flag 0x80", "00 00 01  09  80  00 00 00 01  82"_hex,
              kOneOctetMore),
    Tolerated("CONTINUATION with all flags", "00 00 01  09  ff  00 00 00 01  82"_hex,
              ContinuationFrame{.stream_id = 1, .end_headers = true, .fragment = "82"_hex}),

    Refused("CONTINUATION on stream 0", "00 00 01  09  04  00 00 00 00  82"_hex, kStreamRequired,
            kProtocolError, kConnection),
    Refused("CONTINUATION on stream 0 with the reserved bit",
            "00 00 01  09  04  80 00 00 00  82"_hex, kStreamRequired, kProtocolError, kConnection),
    Refused("CONTINUATION with an empty fragment on stream 0", "00 00 00  09  04  00 00 00 00"_hex,
            kStreamRequired, kProtocolError, kConnection),
    Refused("CONTINUATION one octet larger than the greatest size",
            "00 00 02  09  04  00 00 00 01  82 86"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(1)),

    Refused("CONTINUATION: too large, and on stream 0", "00 00 02  09  04  00 00 00 00  82 86"_hex,
            kFrameTooLarge, kFrameSizeError, kConnection, AtMost(1)),

    NeedMore("the header of CONTINUATION", "00 00 01  09  04  00 00 00 01"_hex, 9 + 1),
    NeedMore("CONTINUATION with flag 0x08 that begins with a large octet",
             "00 00 02  09  08  00 00 00 01  ff"_hex, 9 + 2),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_CONTINUATION_H_
