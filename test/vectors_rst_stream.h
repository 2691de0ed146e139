// SPDX-License-Identifier: Apache-2.0

// RST_STREAM, with every error code. RFC 9113, 6.4 and 7.

#ifndef H2WIRE_TEST_VECTORS_RST_STREAM_H_
#define H2WIRE_TEST_VECTORS_RST_STREAM_H_

#include "vector.h"

namespace h2wire::vectors {

inline constexpr RstStreamFrame kCancelOfStream1{.stream_id = 1, .error_code = kCancel};

inline constexpr Vector kRstStreamVectors[] = {
    Canonical("RST_STREAM with NO_ERROR", "00 00 04  03  00  00 00 00 01  00 00 00 00"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kNoError}),
    Canonical("RST_STREAM with PROTOCOL_ERROR", "00 00 04  03  00  00 00 00 01  00 00 00 01"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kProtocolError}),
    Canonical("RST_STREAM with INTERNAL_ERROR", "00 00 04  03  00  00 00 00 01  00 00 00 02"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kInternalError}),
    Canonical("RST_STREAM with FLOW_CONTROL_ERROR",
              "00 00 04  03  00  00 00 00 01  00 00 00 03"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kFlowControlError}),
    Canonical("RST_STREAM with SETTINGS_TIMEOUT", "00 00 04  03  00  00 00 00 01  00 00 00 04"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kSettingsTimeout}),
    Canonical("RST_STREAM with STREAM_CLOSED", "00 00 04  03  00  00 00 00 01  00 00 00 05"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kStreamClosed}),
    Canonical("RST_STREAM with FRAME_SIZE_ERROR", "00 00 04  03  00  00 00 00 01  00 00 00 06"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kFrameSizeError}),
    Canonical("RST_STREAM with REFUSED_STREAM", "00 00 04  03  00  00 00 00 01  00 00 00 07"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kRefusedStream}),
    Canonical("RST_STREAM with CANCEL", "00 00 04  03  00  00 00 00 01  00 00 00 08"_hex,
              kCancelOfStream1),
    Canonical("RST_STREAM with COMPRESSION_ERROR", "00 00 04  03  00  00 00 00 01  00 00 00 09"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kCompressionError}),
    Canonical("RST_STREAM with CONNECT_ERROR", "00 00 04  03  00  00 00 00 01  00 00 00 0a"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kConnectError}),
    Canonical("RST_STREAM with ENHANCE_YOUR_CALM", "00 00 04  03  00  00 00 00 01  00 00 00 0b"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kEnhanceYourCalm}),
    Canonical("RST_STREAM with INADEQUATE_SECURITY",
              "00 00 04  03  00  00 00 00 01  00 00 00 0c"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kInadequateSecurity}),
    Canonical("RST_STREAM with HTTP_1_1_REQUIRED", "00 00 04  03  00  00 00 00 01  00 00 00 0d"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = kHttp11Required}),
    Canonical("RST_STREAM with the first code without a name",
              "00 00 04  03  00  00 00 00 01  00 00 00 0e"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = ErrorCode{0x0e}}),
    Canonical("RST_STREAM with four different octets in stream and code",
              "00 00 04  03  00  01 02 03 04  05 06 07 08"_hex,
              RstStreamFrame{.stream_id = 0x01020304, .error_code = ErrorCode{0x05060708}}),
    Canonical("RST_STREAM with only the highest bit in the code",
              "00 00 04  03  00  00 00 00 01  80 00 00 00"_hex,
              RstStreamFrame{.stream_id = 1, .error_code = ErrorCode{0x80000000}}),
    Canonical("RST_STREAM of ones", "00 00 04  03  00  7f ff ff ff  ff ff ff ff"_hex,
              RstStreamFrame{.stream_id = 0x7fffffff, .error_code = ErrorCode{0xffffffff}}),
    Canonical("RST_STREAM of just the greatest size",
              "00 00 04  03  00  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1, AtMost(4)),
    Canonical("RST_STREAM to a receiver without extensions",
              "00 00 04  03  00  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1, kNoExtensions),

    Tolerated("RST_STREAM with the reserved bit", "00 00 04  03  00  80 00 00 01  00 00 00 08"_hex,
              kCancelOfStream1),
    Tolerated("RST_STREAM with undefined flag 0x01",
              "00 00 04  03  01  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1),
    Tolerated("RST_STREAM with undefined flag 0x02",
              "00 00 04  03  02  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1),
    Tolerated("RST_STREAM with undefined flag 0x04",
              "00 00 04  03  04  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1),
    Tolerated("RST_STREAM with undefined flag 0x08",
              "00 00 04  03  08  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1),
    Tolerated("RST_STREAM with undefined flag 0x10",
              "00 00 04  03  10  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1),
    Tolerated("RST_STREAM with undefined flag 0x20",
              "00 00 04  03  20  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1),
    Tolerated("RST_STREAM with undefined flag 0x40",
              "00 00 04  03  40  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1),
    Tolerated("RST_STREAM with undefined flag 0x80",
              "00 00 04  03  80  00 00 00 01  00 00 00 08"_hex, kCancelOfStream1),
    Tolerated("RST_STREAM with all flags", "00 00 04  03  ff  00 00 00 01  00 00 00 08"_hex,
              kCancelOfStream1),

    Refused("RST_STREAM on stream 0", "00 00 04  03  00  00 00 00 00  00 00 00 08"_hex,
            kStreamRequired, kProtocolError, kConnection),
    Refused("RST_STREAM of no octets", "00 00 00  03  00  00 00 00 01"_hex, kWrongLength,
            kFrameSizeError, kConnection),
    Refused("RST_STREAM of 3 octets", "00 00 03  03  00  00 00 00 01  00 00 00"_hex, kWrongLength,
            kFrameSizeError, kConnection),
    Refused("RST_STREAM of 5 octets", "00 00 05  03  00  00 00 00 01  00 00 00 08  00"_hex,
            kWrongLength, kFrameSizeError, kConnection),
    Refused("RST_STREAM of 4 octets where 3 are allowed",
            "00 00 04  03  00  00 00 00 01  00 00 00 08"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(3)),

    Refused("RST_STREAM: too large, and on stream 0",
            "00 00 04  03  00  00 00 00 00  00 00 00 08"_hex, kFrameTooLarge, kFrameSizeError,
            kConnection, AtMost(3)),
    Refused("RST_STREAM: too large, and of 16385 octets", "00 40 01  03  00  00 00 00 01"_hex,
            kFrameTooLarge, kFrameSizeError, kConnection),
    Refused("RST_STREAM: on stream 0, and of 3 octets",
            "00 00 03  03  00  00 00 00 00  00 00 00"_hex, kStreamRequired, kProtocolError,
            kConnection),
    Refused("RST_STREAM: on stream 0, and of 5 octets",
            "00 00 05  03  00  00 00 00 00  00 00 00 08  00"_hex, kStreamRequired, kProtocolError,
            kConnection),

    NeedMore("the header of RST_STREAM", "00 00 04  03  00  00 00 00 01"_hex, 9 + 4),
    NeedMore("all of RST_STREAM but an octet", "00 00 04  03  00  00 00 00 01  00 00 00"_hex,
             9 + 4),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_RST_STREAM_H_
