// SPDX-License-Identifier: Apache-2.0

// ALTSVC. RFC 7838, 4.

#ifndef H2WIRE_TEST_VECTORS_ALTSVC_H_
#define H2WIRE_TEST_VECTORS_ALTSVC_H_

#include "vector.h"

namespace h2wire::vectors {

// The origin "http://a" and the value "h2", on stream 0.
inline constexpr AltSvcFrame kAltSvcOfOrigin{.origin = "68 74 74 70 3a 2f 2f 61"_hex,
                                             .alt_svc_field_value = "68 32"_hex};

inline constexpr Vector kAltSvcVectors[] = {
    Canonical("ALTSVC of an origin",
              "00 00 0c  0a  00  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Canonical("ALTSVC on a stream", "00 00 04  0a  00  00 00 00 01  00 00  68 32"_hex,
              AltSvcFrame{.stream_id = 1, .alt_svc_field_value = "68 32"_hex}),
    Canonical("ALTSVC on a stream of four different octets",
              "00 00 04  0a  00  01 02 03 04  00 00  68 32"_hex,
              AltSvcFrame{.stream_id = 0x01020304, .alt_svc_field_value = "68 32"_hex}),
    Canonical("ALTSVC on the last stream", "00 00 04  0a  00  7f ff ff ff  00 00  68 32"_hex,
              AltSvcFrame{.stream_id = 0x7fffffff, .alt_svc_field_value = "68 32"_hex}),
    Canonical("ALTSVC of an origin of one octet",
              "00 00 05  0a  00  00 00 00 00  00 01  61  68 32"_hex,
              AltSvcFrame{.origin = "61"_hex, .alt_svc_field_value = "68 32"_hex}),
    Canonical("ALTSVC of an origin that fills the payload",
              "00 00 03  0a  00  00 00 00 00  00 01  61"_hex, AltSvcFrame{.origin = "61"_hex}),
    Canonical("ALTSVC on a stream with an empty value", "00 00 02  0a  00  00 00 00 01  00 00"_hex,
              AltSvcFrame{.stream_id = 1}),
    Canonical(
        "ALTSVC of an origin of 0x0102 octets",
        "00 01 05  0a  00  00 00 00 00  01 02"
        "61616161616161616161616161616161 61616161616161616161616161616161"
        "61616161616161616161616161616161 61616161616161616161616161616161"
        "61616161616161616161616161616161 61616161616161616161616161616161"
        "61616161616161616161616161616161 61616161616161616161616161616161"
        "61616161616161616161616161616161 61616161616161616161616161616161"
        "61616161616161616161616161616161 61616161616161616161616161616161"
        "61616161616161616161616161616161 61616161616161616161616161616161"
        "61616161616161616161616161616161 61616161616161616161616161616161 6162  68"_hex,
        AltSvcFrame{.origin = "61616161616161616161616161616161 61616161616161616161616161616161"
                              "61616161616161616161616161616161 61616161616161616161616161616161"
                              "61616161616161616161616161616161 61616161616161616161616161616161"
                              "61616161616161616161616161616161 61616161616161616161616161616161"
                              "61616161616161616161616161616161 61616161616161616161616161616161"
                              "61616161616161616161616161616161 61616161616161616161616161616161"
                              "61616161616161616161616161616161 61616161616161616161616161616161"
                              "61616161616161616161616161616161 61616161616161616161616161616161"
                              "6162"_hex,
                    .alt_svc_field_value = "68"_hex}),
    Canonical("ALTSVC of just the greatest size",
              "00 00 0c  0a  00  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin, AtMost(12)),

    Tolerated("ALTSVC with the reserved bit",
              "00 00 0c  0a  00  80 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Tolerated("ALTSVC on a stream with the reserved bit",
              "00 00 04  0a  00  80 00 00 01  00 00  68 32"_hex,
              AltSvcFrame{.stream_id = 1, .alt_svc_field_value = "68 32"_hex}),
    Tolerated("ALTSVC with undefined flag 0x01",
              "00 00 0c  0a  01  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Tolerated("ALTSVC with undefined flag 0x02",
              "00 00 0c  0a  02  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Tolerated("ALTSVC with undefined flag 0x04",
              "00 00 0c  0a  04  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Tolerated("ALTSVC with undefined flag 0x08, which is not PADDED",
              "00 00 0c  0a  08  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Tolerated("ALTSVC with undefined flag 0x10",
              "00 00 0c  0a  10  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Tolerated("ALTSVC with undefined flag 0x20",
              "00 00 0c  0a  20  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Tolerated("ALTSVC with undefined flag 0x40",
              "00 00 0c  0a  40  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Tolerated("ALTSVC with undefined flag 0x80",
              "00 00 0c  0a  80  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),
    Tolerated("ALTSVC with all flags",
              "00 00 0c  0a  ff  00 00 00 00  00 08  68 74 74 70 3a 2f 2f 61  68 32"_hex,
              kAltSvcOfOrigin),

    Canonical("ALTSVC on stream 0 without an origin is ignored",
              "00 00 04  0a  00  00 00 00 00  00 00  68 32"_hex,
              RawFrame{.header = {.type = FrameType{0x0a}}, .payload = "00 00 68 32"_hex}),
    Canonical("ALTSVC of zeros on stream 0 is ignored", "00 00 02  0a  00  00 00 00 00  00 00"_hex,
              RawFrame{.header = {.type = FrameType{0x0a}}, .payload = "00 00"_hex}),
    Canonical("ALTSVC on a stream with an origin is ignored",
              "00 00 05  0a  00  00 00 00 01  00 01  61  68 32"_hex,
              RawFrame{.header = {.type = FrameType{0x0a}, .stream_id = 1},
                       .payload = "00 01 61 68 32"_hex}),
    Canonical("ALTSVC on a stream with an origin is ignored, with all its bits",
              "00 00 03  0a  ff  ff ff ff ff  00 01  61"_hex,
              RawFrame{.header = {.type = FrameType{0x0a},
                                  .flags = 0xff,
                                  .reserved = true,
                                  .stream_id = 0x7fffffff},
                       .payload = "00 01 61"_hex}),
    Canonical("ALTSVC to a receiver without extensions",
              "00 00 05  0a  00  00 00 00 00  00 01  61  68 32"_hex,
              RawFrame{.header = {.type = FrameType{0x0a}}, .payload = "00 01 61 68 32"_hex},
              kNoExtensions),
    Canonical("ALTSVC of no octets to a receiver without extensions",
              "00 00 00  0a  00  00 00 00 00"_hex, RawFrame{.header = {.type = FrameType{0x0a}}},
              kNoExtensions),
    Canonical("ALTSVC whose origin overruns to a receiver without extensions",
              "00 00 02  0a  00  00 00 00 00  00 01"_hex,
              RawFrame{.header = {.type = FrameType{0x0a}}, .payload = "00 01"_hex}, kNoExtensions),

    Refused("ALTSVC of no octets", "00 00 00  0a  00  00 00 00 00"_hex, kTooShort, kFrameSizeError,
            kConnection),
    Refused("ALTSVC of 1 octet", "00 00 01  0a  00  00 00 00 00  00"_hex, kTooShort,
            kFrameSizeError, kConnection),
    Refused("ALTSVC of 1 octet on a stream", "00 00 01  0a  00  00 00 00 01  00"_hex, kTooShort,
            kFrameSizeError, kConnection),
    Refused("ALTSVC whose origin has one octet more than is left",
            "00 00 04  0a  00  00 00 00 00  00 03  61 62"_hex, kOriginOverrun, kFrameSizeError,
            kConnection),
    Refused("ALTSVC whose origin has one octet, and nothing is left",
            "00 00 02  0a  00  00 00 00 00  00 01"_hex, kOriginOverrun, kFrameSizeError,
            kConnection),
    Refused("ALTSVC whose origin has 256 octets more than are there",
            "00 00 03  0a  00  00 00 00 00  01 01  61"_hex, kOriginOverrun, kFrameSizeError,
            kConnection),
    Refused("ALTSVC whose origin has 65535 octets", "00 00 03  0a  00  00 00 00 00  ff ff  61"_hex,
            kOriginOverrun, kFrameSizeError, kConnection),
    Refused("ALTSVC one octet larger than the greatest size",
            "00 00 05  0a  00  00 00 00 00  00 01  61  68 32"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(4)),
    Refused("ALTSVC one octet larger than the greatest size of a receiver without extensions",
            "00 00 05  0a  00  00 00 00 00  00 01  61  68 32"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, {.max_frame_size = 4, .extensions = false}),

    Refused("ALTSVC: too large, and of 1 octet", "00 00 01  0a  00  00 00 00 00  00"_hex,
            kFrameTooLarge, kFrameSizeError, kConnection, AtMost(0)),
    Refused("ALTSVC: too large, and its origin overruns",
            "00 00 03  0a  00  00 00 00 00  00 02  61"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(2)),
    Refused("ALTSVC: too large, and on stream 0 without an origin",
            "00 00 03  0a  00  00 00 00 00  00 00  61"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(2)),
    Refused("ALTSVC: on a stream with an origin, which overruns",
            "00 00 03  0a  00  00 00 00 01  00 02  61"_hex, kOriginOverrun, kFrameSizeError,
            kConnection),

    NeedMore("the header of ALTSVC", "00 00 04  0a  00  00 00 00 01"_hex, 9 + 4),
    NeedMore("ALTSVC whose origin overruns, and is not there",
             "00 00 03  0a  00  00 00 00 00  00 02"_hex, 9 + 3),
    NeedMore("the header of ALTSVC to a receiver without extensions",
             "00 00 04  0a  00  00 00 00 01"_hex, 9 + 4, kNoExtensions),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_ALTSVC_H_
