# SPDX-License-Identifier: Apache-2.0
"""The codec, through its C functions: the library is at the path in H2WIRE_COMPAT_CODEC.

A frame is its header and a list of named fields: numbers, octets, and settings, which are pairs of
numbers.
"""

import ctypes
import os

from .exceptions import exception_of


class Header(ctypes.Structure):
    _fields_ = [
        ("length", ctypes.c_uint32),
        ("stream_id", ctypes.c_uint32),
        ("type", ctypes.c_uint8),
        ("flags", ctypes.c_uint8),
    ]


class _Field(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("id", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("octets", ctypes.c_void_p),
        ("size", ctypes.c_size_t),
    ]


_library = ctypes.CDLL(os.environ["H2WIRE_COMPAT_CODEC"])
_library.h2wire_load_header.restype = None
_library.h2wire_decode.restype = ctypes.c_char_p  # the name of a fault
_library.h2wire_encode.restype = ctypes.c_char_p  # the same

HEADER_SIZE = 9
# Octets of a frame besides those of fields that are octets or settings.
_LARGEST_REST = 512


def load_header(octets):
    """The header in nine octets."""
    header = Header()
    _library.h2wire_load_header(bytes(octets), ctypes.byref(header))
    return header


def decode(octets):
    """The fields of a frame, as a list of names and values."""
    octets = bytes(octets)
    fields = (_Field * len(octets))()
    count = ctypes.c_size_t()
    size = ctypes.c_size_t(len(octets))
    fault = _library.h2wire_decode(octets, size, fields, ctypes.byref(count))
    if fault:
        raise exception_of(fault.decode())
    return [(field.name.decode(), _value(field)) for field in fields[: count.value]]


def _value(field):
    if field.octets is not None:
        return ctypes.string_at(field.octets, field.size)
    return (field.id, field.number) if field.name == b"settings" else field.number


def encode(header, values):
    """The octets of a frame whose fields have these names and values."""
    fields = (_Field * len(values))()
    kept = []  # what the fields borrow
    room = _LARGEST_REST
    for field, (name, value) in zip(fields, values):
        field.name = name.encode()
        if isinstance(value, tuple):
            field.id, field.number = map(_number, value)
        elif isinstance(value, int):
            field.number = _number(value)
        else:
            kept.append(ctypes.create_string_buffer(bytes(value), len(value) or 1))
            field.octets = ctypes.addressof(kept[-1])
            field.size = len(value)
            room += len(value)
    room += 6 * len(values)
    out = ctypes.create_string_buffer(room)
    size = ctypes.c_size_t(room)
    fault = _library.h2wire_encode(
        ctypes.byref(header), fields, ctypes.c_size_t(len(values)), out, ctypes.byref(size)
    )
    if fault:
        raise exception_of(fault.decode())
    return out.raw[: size.value]


def _number(value):
    """The number for C: one that does not fit there fits no field either."""
    return value if 0 <= value < 2**64 else 2**64 - 1
