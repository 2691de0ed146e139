# SPDX-License-Identifier: Apache-2.0
"""Holds the shim against hyperframe itself: random octets are parsed by both, and random frames are
serialized by both. Prints how often they agree and how often each known difference was seen. Fails
if there is another one.

    compare.py FOLDER_OF_HYPERFRAME FOLDER_OF_SHIM [--frames N] [--seed N]
"""

import argparse
import collections
import importlib
import random
import sys

HEADER_SIZE = 9


def load(folder):
    """The package `hyperframe` of this folder, whichever was imported before."""
    for name in [name for name in sys.modules if name.split(".")[0] == "hyperframe"]:
        del sys.modules[name]
    sys.path.insert(0, folder)
    module = importlib.import_module("hyperframe.frame")
    sys.path.pop(0)
    return module


# How it went: the exception's name, or what the frame is and what it serializes to.


def parsed(module, octets):
    try:
        frame, length = module.Frame.parse_frame_header(octets[:HEADER_SIZE])
        frame.parse_body(memoryview(octets[HEADER_SIZE : HEADER_SIZE + length]))
    except Exception as error:  # whatever it is, it is compared
        return type(error).__name__
    return contents(frame)


def contents(frame):
    return {
        **vars(frame),
        "flags": sorted(frame.flags),
        "class": type(frame).__name__,
        "repr": repr(frame),
    }


def serialized(module, name, arguments):
    try:
        frame = getattr(module, name)(**arguments)
        return frame.serialize()
    except Exception as error:
        return type(error).__name__


# What is tried.


def octets_of_a_frame(dice):
    """A header that is mostly in order, and a body that mostly is."""
    kind = dice.choice([*range(12), dice.randrange(256)])
    length = {2: 5, 3: 4, 4: 6 * dice.randrange(4), 6: 8, 7: 8 + dice.randrange(6), 8: 4}.get(
        kind, dice.randrange(24)
    )
    if dice.random() < 0.1:
        length = dice.randrange(24)
    stream = dice.choice([1, 2, 3, 2**31 - 1])
    of_connection = kind in (4, 6, 7) or (kind in (8, 10) and dice.random() < 0.5)
    if of_connection != (dice.random() < 0.05):
        stream = 0
    flags = dice.choice([0, 0x08, 0x20, 0x28, 0x01, dice.randrange(256)])
    body = bytearray(dice.choice([0, 0, 1, 2, dice.randrange(256)]) for _ in range(length))
    if kind == 4:
        for at in range(0, length - 5, 6):
            body[at : at + 6] = dice.choice([1, 3, 5, 6, 0x99]).to_bytes(2, "big") + dice.choice(
                [16384, 65535, dice.randrange(2**32)]
            ).to_bytes(4, "big")
    reserved = dice.choice([0, 0, 2**31])
    return (
        length.to_bytes(3, "big")
        + bytes([kind, flags])
        + (stream | reserved).to_bytes(4, "big")
        + bytes(body)
    )


def a_frame(dice):
    """The name of a class, and arguments for it."""
    number = lambda: dice.choice([0, 1, 2, 2**31 - 1, dice.randrange(2**31)])
    octets = lambda: bytes(dice.randrange(256) for _ in range(dice.choice([0, 1, 8, 30])))
    padding = {"pad_length": dice.choice([0, 1, 255])}
    priority = {
        "depends_on": number(),
        "stream_weight": dice.randrange(256),
        "exclusive": dice.random() < 0.5,
    }
    stream = {"stream_id": dice.choice([1, 3, 2**31 - 1, 0] if dice.random() < 0.1 else [1, 3])}
    flags = lambda *names: {"flags": [name for name in names if dice.random() < 0.5]}
    return dice.choice(
        [
            ("DataFrame", {**stream, **flags("END_STREAM", "PADDED"), **padding, "data": octets()}),
            (
                "HeadersFrame",
                {
                    **stream,
                    **flags("END_STREAM", "END_HEADERS", "PADDED", "PRIORITY"),
                    **padding,
                    **priority,
                    "data": octets(),
                },
            ),
            ("PriorityFrame", {**stream, **priority}),
            ("RstStreamFrame", {**stream, "error_code": dice.randrange(2**32)}),
            (
                "SettingsFrame",
                {
                    **flags("ACK"),
                    "settings": {dice.randrange(20): number() for _ in range(dice.randrange(4))},
                },
            ),
            (
                "PushPromiseFrame",
                {
                    **stream,
                    **flags("END_HEADERS", "PADDED"),
                    **padding,
                    "promised_stream_id": number(),
                    "data": octets(),
                },
            ),
            ("PingFrame", {**flags("ACK"), "opaque_data": octets()}),
            (
                "GoAwayFrame",
                {
                    "last_stream_id": number(),
                    "error_code": dice.randrange(2**32),
                    "additional_data": octets(),
                },
            ),
            ("WindowUpdateFrame", {"stream_id": dice.choice([0, 1]), "window_increment": number()}),
            ("ContinuationFrame", {**stream, **flags("END_HEADERS"), "data": octets()}),
            (
                "AltSvcFrame",
                {"stream_id": dice.choice([0, 1]), "origin": octets(), "field": octets()},
            ),
        ]
    )


# What is different on purpose: what is seen, and what there is to say about it. The first that fits
# is counted.


REFUSALS = {"InvalidFrameError", "InvalidDataError", "InvalidPaddingError"}


def refused(outcome):
    return isinstance(outcome, str) and outcome in REFUSALS


def same_but(theirs, ours, *names):
    """Whether two frames differ in these attributes only, and in what is printed of them."""
    if isinstance(theirs, str) or isinstance(ours, str):
        return False
    differing = {name for name in ours if theirs.get(name) != ours[name]}
    return differing <= {*names, "repr"}


IN_PARSING = [
    (
        "both refuse a frame that breaks two rules, for another of them",
        lambda octets, theirs, ours: refused(theirs) and refused(ours),
    ),
    (
        "ALTSVC that a receiver must ignore: an ExtensionFrame here",
        lambda octets, theirs, ours: octets[3] == 0x0A
        and not isinstance(ours, str)
        and ours["class"] == "ExtensionFrame",
    ),
    (
        "SETTINGS with a value that no peer may send: refused here",
        lambda octets, theirs, ours: octets[3] == 0x04 and ours == "InvalidDataError",
    ),
    (
        "WINDOW_UPDATE with the reserved bit set: refused there",
        lambda octets, theirs, ours: octets[3] == 0x08 and theirs == "InvalidDataError",
    ),
    (
        "the reserved bit of a stream identifier in a payload: part of the number there",
        lambda octets, theirs, ours: octets[3] in (0x05, 0x07)
        and same_but(theirs, ours, "promised_stream_id", "last_stream_id"),
    ),
    (
        "HEADERS with padding: body_len leaves out Pad Length there",
        lambda octets, theirs, ours: octets[3] == 0x01
        and same_but(theirs, ours, "body_len")
        and theirs["body_len"] == ours["body_len"] - 1,
    ),
    (
        "HEADERS with padding that fills the payload: refused there",
        lambda octets, theirs, ours: octets[3] == 0x01 and theirs == "InvalidPaddingError",
    ),
    (
        "padding that is longer than what the other fields leave: refused here",
        lambda octets, theirs, ours: octets[3] in (0x01, 0x05) and ours == "InvalidPaddingError",
    ),
]

IN_SERIALIZING = [
    (
        "pad_length without the flag PADDED: padding at the end all the same there, none here",
        lambda name, arguments, theirs, ours: arguments.get("pad_length")
        and "PADDED" not in arguments["flags"]
        and isinstance(ours, bytes)
        and theirs[HEADER_SIZE:].startswith(ours[HEADER_SIZE:]),
    ),
    (
        "SETTINGS with a value that no peer may send: refused here",
        lambda name, arguments, theirs, ours: name == "SettingsFrame",
    ),
    (
        "ALTSVC that a receiver must ignore: refused here",
        lambda name, arguments, theirs, ours: name == "AltSvcFrame"
        and (arguments["stream_id"] == 0) == (not arguments["origin"]),
    ),
    (
        "WINDOW_UPDATE of 0: refused here",
        lambda name, arguments, theirs, ours: name == "WindowUpdateFrame"
        and arguments["window_increment"] == 0,
    ),
    (
        "PUSH_PROMISE of stream 0, or of an odd one: refused here",
        lambda name, arguments, theirs, ours: name == "PushPromiseFrame"
        and (arguments["promised_stream_id"] == 0 or arguments["promised_stream_id"] % 2 == 1),
    ),
]


def judge(seen, what, known, case, theirs, ours):
    """Counts a comparison; whether it is one that was to be expected."""
    if theirs == ours:
        seen[f"{what}, with the same result"] += 1
        return True
    for sentence, holds in known:
        if holds(*case, theirs, ours):
            seen[f"{what}: {sentence}"] += 1
            return True
    print(f"{what}: {case}\n  hyperframe: {theirs}\n  the shim:   {ours}")
    return False


def main():
    options = argparse.ArgumentParser()
    options.add_argument("hyperframe")
    options.add_argument("shim")
    options.add_argument("--frames", type=int, default=200_000)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()

    theirs, ours = load(options.hyperframe), load(options.shim)
    assert theirs.__file__ != ours.__file__
    dice = random.Random(options.seed)
    seen = collections.Counter()
    unexpected = 0
    for _ in range(options.frames):
        case = (octets_of_a_frame(dice),)
        results = parsed(theirs, *case), parsed(ours, *case)
        unexpected += not judge(seen, "parsed", IN_PARSING, case, *results)
        case = a_frame(dice)
        results = serialized(theirs, *case), serialized(ours, *case)
        unexpected += not judge(seen, "serialized", IN_SERIALIZING, case, *results)
    for sentence, count in sorted(seen.items()):
        print(f"{count:8} {sentence}")
    print(f"{unexpected:8} otherwise")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
