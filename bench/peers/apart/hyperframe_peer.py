# SPDX-License-Identifier: Apache-2.0

"""Decodes a file of frames with hyperframe.

Prints the frames, the nanoseconds of the fastest of three passes, and the checksum (see
bench/checksum.h).
"""

import struct
import sys
import time

from hyperframe import frame as hf


def checksum(type_code, *fields):
    return (type_code << 24) + sum(int(field) << place for place, field in enumerate(fields))


def priority(frame):
    return frame.exclusive, frame.depends_on, frame.stream_weight


def of_headers(frame):
    total = checksum(1, frame.stream_id, "END_STREAM" in frame.flags,
                     "END_HEADERS" in frame.flags, len(frame.data))
    if "PRIORITY" in frame.flags:
        total += checksum(0, *priority(frame))
    return total


def of_settings(frame):
    return checksum(4, "ACK" in frame.flags) + sum(
        checksum(0, key, value) for key, value in frame.settings.items())


CHECKSUMS = {
    hf.DataFrame: lambda f: checksum(0, f.stream_id, "END_STREAM" in f.flags, len(f.data)),
    hf.HeadersFrame: of_headers,
    hf.PriorityFrame: lambda f: checksum(2, f.stream_id, *priority(f)),
    hf.RstStreamFrame: lambda f: checksum(3, f.stream_id, f.error_code),
    hf.SettingsFrame: of_settings,
    hf.PingFrame: lambda f: checksum(
        6, "ACK" in f.flags, *struct.unpack("=2I", f.opaque_data)),
    hf.GoAwayFrame: lambda f: checksum(
        7, f.last_stream_id, f.error_code, len(f.additional_data)),
    hf.WindowUpdateFrame: lambda f: checksum(8, f.stream_id, f.window_increment),
    hf.ContinuationFrame: lambda f: checksum(
        9, f.stream_id, "END_HEADERS" in f.flags, len(f.data)),
}


def decode(octets):
    frames = total = at = 0
    while at + 9 <= len(octets):
        frame, length = hf.Frame.parse_frame_header(octets[at:at + 9])
        frame.parse_body(octets[at + 9:at + 9 + length])
        total += CHECKSUMS[type(frame)](frame)
        frames += 1
        at += 9 + length
    return frames, total % 2**32


def main():
    with open(sys.argv[1], "rb") as file:
        octets = memoryview(file.read())
    times = []
    for _ in range(3):
        start = time.process_time_ns()
        frames, total = decode(octets)
        times.append(time.process_time_ns() - start)
    print(frames, min(times), total)


main()
