# SPDX-License-Identifier: Apache-2.0
"""What hyperframe raises; and which of it stands for which fault of the codec."""


class HyperframeError(Exception):
    """Whatever is wrong with a frame."""


class UnknownFrameError(HyperframeError):
    """A frame of a type without a class, to who asked for none such."""

    def __init__(self, frame_type, length):
        super().__init__(frame_type, length)
        self.frame_type = frame_type
        self.length = length

    def __str__(self):
        return (
            f"UnknownFrameError: Unknown frame type 0x{self.frame_type:X} received, "
            f"length {self.length} bytes"
        )


class InvalidPaddingError(HyperframeError):
    """The padding is longer than what there is."""


class InvalidFrameError(HyperframeError):
    """The frame has the wrong length."""


class InvalidDataError(HyperframeError):
    """A value is not one that the field may have."""


_CLASS_OF_FAULT = {
    "padding_too_long": InvalidPaddingError,
    "too_short": InvalidFrameError,
    "wrong_length": InvalidFrameError,
    "wrong_priority_length": InvalidFrameError,
    "partial_setting": InvalidFrameError,
    "origin_overrun": InvalidFrameError,
}


def exception_of(fault):
    """The exception for a fault, by the codec's name of it."""
    return _CLASS_OF_FAULT.get(fault, InvalidDataError)(fault.replace("_", " "))
