// SPDX-License-Identifier: Apache-2.0

// PING. RFC 9113, 6.7.

#ifndef H2WIRE_TEST_VECTORS_PING_H_
#define H2WIRE_TEST_VECTORS_PING_H_

#include "vector.h"

namespace h2wire::vectors {

consteval PingFrame PingOf(bool ack, Bytes opaque_data) {
  PingFrame frame{.ack = ack};
  std::copy_n(opaque_data.data(), opaque_data.size(), frame.opaque_data.data());
  return frame;
}
inline constexpr PingFrame kPing1To8 = PingOf(false, "01 02 03 04 05 06 07 08"_hex);

inline constexpr Vector kPingVectors[] = {
    Canonical("PING", "00 00 08  06  00  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8),
    Canonical("PING with ACK", "00 00 08  06  01  00 00 00 00  01 02 03 04 05 06 07 08"_hex,
              PingOf(true, "01 02 03 04 05 06 07 08"_hex)),
    Canonical("PING of zeros", "00 00 08  06  00  00 00 00 00  00 00 00 00 00 00 00 00"_hex,
              PingFrame{}),
    Canonical("PING of ones", "00 00 08  06  01  00 00 00 00  ff ff ff ff ff ff ff ff"_hex,
              PingOf(true, "ff ff ff ff ff ff ff ff"_hex)),
    Canonical("PING of just the greatest size",
              "00 00 08  06  00  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8, AtMost(8)),
    Canonical("PING to a receiver without extensions",
              "00 00 08  06  00  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8,
              kNoExtensions),

    Tolerated("PING with the reserved bit",
              "00 00 08  06  00  80 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8),
    Tolerated("PING with undefined flag 0x02",
              "00 00 08  06  02  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8),
    Tolerated("PING with undefined flag 0x04",
              "00 00 08  06  04  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8),
    Tolerated("PING with undefined flag 0x08",
              "00 00 08  06  08  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8),
    Tolerated("PING with undefined flag 0x10",
              "00 00 08  06  10  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8),
    Tolerated("PING with undefined flag 0x20",
              "00 00 08  06  20  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8),
    Tolerated("PING with undefined flag 0x40",
              "00 00 08  06  40  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8),
    Tolerated("PING with undefined flag 0x80",
              "00 00 08  06  80  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kPing1To8),
    Tolerated("PING with all flags", "00 00 08  06  ff  00 00 00 00  01 02 03 04 05 06 07 08"_hex,
              PingOf(true, "01 02 03 04 05 06 07 08"_hex)),

    Refused("PING on a stream", "00 00 08  06  00  00 00 00 01  01 02 03 04 05 06 07 08"_hex,
            kStreamForbidden, kProtocolError, kConnection),
    Refused("PING with ACK on the last stream",
            "00 00 08  06  01  7f ff ff ff  01 02 03 04 05 06 07 08"_hex, kStreamForbidden,
            kProtocolError, kConnection),
    Refused("PING of no octets", "00 00 00  06  00  00 00 00 00"_hex, kWrongLength, kFrameSizeError,
            kConnection),
    Refused("PING of 7 octets", "00 00 07  06  00  00 00 00 00  01 02 03 04 05 06 07"_hex,
            kWrongLength, kFrameSizeError, kConnection),
    Refused("PING of 9 octets", "00 00 09  06  00  00 00 00 00  01 02 03 04 05 06 07 08 09"_hex,
            kWrongLength, kFrameSizeError, kConnection),
    Refused("PING with ACK of 9 octets",
            "00 00 09  06  01  00 00 00 00  01 02 03 04 05 06 07 08 09"_hex, kWrongLength,
            kFrameSizeError, kConnection),
    Refused("PING of 8 octets where 7 are allowed",
            "00 00 08  06  00  00 00 00 00  01 02 03 04 05 06 07 08"_hex, kFrameTooLarge,
            kFrameSizeError, kConnection, AtMost(7)),

    Refused("PING: too large, and on a stream",
            "00 00 08  06  00  00 00 00 01  01 02 03 04 05 06 07 08"_hex, kFrameTooLarge,
            kFrameSizeError, kConnection, AtMost(7)),
    Refused("PING: too large, and of 16385 octets", "00 40 01  06  00  00 00 00 00"_hex,
            kFrameTooLarge, kFrameSizeError, kConnection),
    Refused("PING: on a stream, and of 7 octets",
            "00 00 07  06  00  00 00 00 01  01 02 03 04 05 06 07"_hex, kStreamForbidden,
            kProtocolError, kConnection),
    Refused("PING: on a stream, and of 9 octets",
            "00 00 09  06  00  00 00 00 01  01 02 03 04 05 06 07 08 09"_hex, kStreamForbidden,
            kProtocolError, kConnection),

    NeedMore("the header of PING", "00 00 08  06  00  00 00 00 00"_hex, 9 + 8),
    NeedMore("all of PING but an octet", "00 00 08  06  00  00 00 00 00  01 02 03 04 05 06 07"_hex,
             9 + 8),
};

}  // namespace h2wire::vectors

#endif  // H2WIRE_TEST_VECTORS_PING_H_
