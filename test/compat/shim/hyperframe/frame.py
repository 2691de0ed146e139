# SPDX-License-Identifier: Apache-2.0
"""The classes of frames.

Each says which field of the codec is which attribute; the base class does all else.
"""

from . import codec
from .exceptions import InvalidDataError, InvalidFrameError, UnknownFrameError, exception_of
from .exceptions import InvalidPaddingError  # which users import from here too
from .flags import Flag, Flags

FRAME_MAX_LEN = 2**14
FRAME_MAX_ALLOWED_LEN = 2**24 - 1

_HAS_STREAM = "has-stream"
_NO_STREAM = "no-stream"
_EITHER = "either"


class Frame:
    """A frame of any type."""

    type = None
    defined_flags = []
    stream_association = None
    # The codec's name of each field, and the attribute.
    _fields = {}

    def __init__(self, stream_id, flags=()):
        self.stream_id = stream_id
        self.flags = Flags(self.defined_flags)
        self.body_len = 0
        for flag in flags:
            self.flags.add(flag)
        if self.stream_association == _HAS_STREAM and not stream_id:
            raise exception_of("stream_required")
        if self.stream_association == _NO_STREAM and stream_id:
            raise exception_of("stream_forbidden")

    def __repr__(self):
        return (
            f"{type(self).__name__}(stream_id={self.stream_id}, flags={self.flags!r}): "
            f"{self._body_repr()}"
        )

    def _body_repr(self):
        return _octets_repr(self.serialize_body())

    @staticmethod
    def parse_frame_header(header, strict=False):
        """The frame that nine octets announce, without its body, and the length of that."""
        if len(header) != codec.HEADER_SIZE:
            raise InvalidFrameError("not the nine octets of a header")
        announced = codec.load_header(header)
        if announced.type in FRAMES:
            frame = FRAMES[announced.type](announced.stream_id)
        elif strict:
            raise UnknownFrameError(announced.type, announced.length)
        else:
            frame = ExtensionFrame(type=announced.type, stream_id=announced.stream_id)
        frame.parse_flags(announced.flags)
        return frame, announced.length

    @staticmethod
    def explain(data):
        """Prints the frame in `data`, and returns it with the length of its body."""
        frame, length = Frame.parse_frame_header(data[: codec.HEADER_SIZE])
        frame.parse_body(data[codec.HEADER_SIZE : codec.HEADER_SIZE + length])
        print(frame)
        return frame, length

    def parse_flags(self, flag_byte):
        for name, bit in self.defined_flags:
            if flag_byte & bit:
                self.flags.add(name)
        return self.flags

    def parse_body(self, data):
        """Takes the octets behind the header."""
        self._not_of_base()
        octets = codec.encode(self._header(), [("payload", data)])
        self.body_len = len(data)
        fields = codec.decode(octets)
        if fields and fields[0][0] == "payload":
            self._become_extension(data)
        else:
            self._take(fields)

    def serialize(self):
        """The octets of the frame, header included."""
        self._not_of_base()
        octets = codec.encode(self._header(), self._give())
        self.body_len = len(octets) - codec.HEADER_SIZE
        return octets

    def serialize_body(self):
        return self.serialize()[codec.HEADER_SIZE :]

    def _not_of_base(self):
        if self.type is None:
            raise NotImplementedError()

    def _flag_byte(self):
        return sum(bit for name, bit in self.defined_flags if name in self.flags)

    def _header(self):
        stream_id = min(self.stream_id, 2**32 - 1)  # none is as large
        return codec.Header(type=self.type, flags=self._flag_byte(), stream_id=stream_id)

    def _take(self, fields):
        for name, value in fields:
            attribute = self._fields[name]
            setattr(self, attribute, type(getattr(self, attribute))(value))

    def _give(self):
        return [(name, getattr(self, attribute)) for name, attribute in self._fields.items()]

    def _become_extension(self, body):
        """Of a frame that a receiver must ignore, all that is left is its octets."""
        left = ExtensionFrame(self.type, self.stream_id, self._flag_byte(), bytes(body))
        left.body_len = self.body_len
        self.__class__ = ExtensionFrame
        self.__dict__ = vars(left)


class Padding:
    """What frames with padding have."""

    _padding_fields = {"pad_length": "pad_length"}

    def __init__(self, stream_id, pad_length=0, **kwargs):
        super().__init__(stream_id, **kwargs)
        self.pad_length = pad_length

    @property
    def total_padding(self):
        return self.pad_length


class Priority:
    """What frames with a priority have."""

    _priority_fields = {
        "exclusive": "exclusive",
        "depends_on": "depends_on",
        "weight": "stream_weight",
    }

    def __init__(self, stream_id, depends_on=0, stream_weight=0, exclusive=False, **kwargs):
        super().__init__(stream_id, **kwargs)
        self.depends_on = depends_on
        self.stream_weight = stream_weight
        self.exclusive = exclusive

    def _priority_repr(self):
        return (
            f"exclusive={self.exclusive}, depends_on={self.depends_on}, "
            f"stream_weight={self.stream_weight}"
        )


class DataFrame(Padding, Frame):
    type = 0x00
    defined_flags = [Flag("END_STREAM", 0x01), Flag("PADDED", 0x08)]
    stream_association = _HAS_STREAM
    _fields = {**Padding._padding_fields, "data": "data"}

    def __init__(self, stream_id, data=b"", **kwargs):
        super().__init__(stream_id, **kwargs)
        self.data = data

    @property
    def flow_controlled_length(self):
        """The octets that count for windows: data, padding and Pad Length."""
        return len(self.data) + (self.pad_length + 1 if "PADDED" in self.flags else 0)


class HeadersFrame(Padding, Priority, Frame):
    type = 0x01
    defined_flags = [
        Flag("END_STREAM", 0x01),
        Flag("END_HEADERS", 0x04),
        Flag("PADDED", 0x08),
        Flag("PRIORITY", 0x20),
    ]
    stream_association = _HAS_STREAM
    _fields = {**Padding._padding_fields, **Priority._priority_fields, "fragment": "data"}

    def __init__(self, stream_id, data=b"", **kwargs):
        super().__init__(stream_id, **kwargs)
        self.data = data

    def _body_repr(self):
        return f"{self._priority_repr()}, data={_octets_repr(self.data)}"


class PriorityFrame(Priority, Frame):
    type = 0x02
    stream_association = _HAS_STREAM
    _fields = Priority._priority_fields

    def _body_repr(self):
        return self._priority_repr()


class RstStreamFrame(Frame):
    type = 0x03
    stream_association = _HAS_STREAM
    _fields = {"error_code": "error_code"}

    def __init__(self, stream_id, error_code=0, **kwargs):
        super().__init__(stream_id, **kwargs)
        self.error_code = error_code

    def _body_repr(self):
        return f"error_code={self.error_code}"


class SettingsFrame(Frame):
    type = 0x04
    defined_flags = [Flag("ACK", 0x01)]
    stream_association = _NO_STREAM

    HEADER_TABLE_SIZE = 0x01
    ENABLE_PUSH = 0x02
    MAX_CONCURRENT_STREAMS = 0x03
    INITIAL_WINDOW_SIZE = 0x04
    MAX_FRAME_SIZE = 0x05
    MAX_HEADER_LIST_SIZE = 0x06
    ENABLE_CONNECT_PROTOCOL = 0x08

    def __init__(self, stream_id=0, settings=None, **kwargs):
        super().__init__(stream_id, **kwargs)
        if settings and "ACK" in self.flags:
            raise exception_of("settings_ack_with_payload")
        self.settings = settings or {}

    def _body_repr(self):
        return f"settings={self.settings}"

    def _take(self, fields):
        self.settings.update(setting for _, setting in fields)

    def _give(self):
        return [("settings", setting) for setting in self.settings.items()]


class PushPromiseFrame(Padding, Frame):
    type = 0x05
    defined_flags = [Flag("END_HEADERS", 0x04), Flag("PADDED", 0x08)]
    stream_association = _HAS_STREAM
    _fields = {
        **Padding._padding_fields,
        "promised_stream_id": "promised_stream_id",
        "fragment": "data",
    }

    def __init__(self, stream_id, promised_stream_id=0, data=b"", **kwargs):
        super().__init__(stream_id, **kwargs)
        self.promised_stream_id = promised_stream_id
        self.data = data

    def _body_repr(self):
        return f"promised_stream_id={self.promised_stream_id}, data={_octets_repr(self.data)}"


class PingFrame(Frame):
    type = 0x06
    defined_flags = [Flag("ACK", 0x01)]
    stream_association = _NO_STREAM
    _fields = {"opaque_data": "opaque_data"}

    def __init__(self, stream_id=0, opaque_data=b"", **kwargs):
        super().__init__(stream_id, **kwargs)
        self.opaque_data = opaque_data

    def _body_repr(self):
        return f"opaque_data={self.opaque_data}"


class GoAwayFrame(Frame):
    type = 0x07
    stream_association = _NO_STREAM
    _fields = {
        "last_stream_id": "last_stream_id",
        "error_code": "error_code",
        "debug_data": "additional_data",
    }

    def __init__(
        self, stream_id=0, last_stream_id=0, error_code=0, additional_data=b"", **kwargs
    ):
        super().__init__(stream_id, **kwargs)
        self.last_stream_id = last_stream_id
        self.error_code = error_code
        self.additional_data = additional_data

    def _body_repr(self):
        return (
            f"last_stream_id={self.last_stream_id}, error_code={self.error_code}, "
            f"additional_data={self.additional_data}"
        )


class WindowUpdateFrame(Frame):
    type = 0x08
    stream_association = _EITHER
    _fields = {"window_size_increment": "window_increment"}

    def __init__(self, stream_id, window_increment=0, **kwargs):
        super().__init__(stream_id, **kwargs)
        self.window_increment = window_increment

    def _body_repr(self):
        return f"window_increment={self.window_increment}"


class ContinuationFrame(Frame):
    type = 0x09
    defined_flags = [Flag("END_HEADERS", 0x04)]
    stream_association = _HAS_STREAM
    _fields = {"fragment": "data"}

    def __init__(self, stream_id, data=b"", **kwargs):
        super().__init__(stream_id, **kwargs)
        self.data = data

    def _body_repr(self):
        return f"data={_octets_repr(self.data)}"


class AltSvcFrame(Frame):
    type = 0x0A
    stream_association = _EITHER
    _fields = {"origin": "origin", "alt_svc_field_value": "field"}

    def __init__(self, stream_id, origin=b"", field=b"", **kwargs):
        super().__init__(stream_id, **kwargs)
        if not isinstance(origin, bytes) or not isinstance(field, bytes):
            raise InvalidDataError("origin and field are bytes")
        self.origin = origin
        self.field = field

    def _body_repr(self):
        return f"origin={self.origin}, field={self.field}"


class ExtensionFrame(Frame):
    """A frame of a type without a class of its own, as it is."""

    stream_association = _EITHER

    def __init__(self, type, stream_id, flag_byte=0, body=b"", **kwargs):
        super().__init__(stream_id, **kwargs)
        self.type = type
        self.flag_byte = flag_byte
        self.body = body

    def _body_repr(self):
        return f"type={self.type}, flag_byte={self.flag_byte}, body={_octets_repr(self.body)}"

    def parse_flags(self, flag_byte):
        self.flag_byte = flag_byte

    def parse_body(self, data):
        self.body = bytes(data)
        self.body_len = len(data)

    def _flag_byte(self):
        return self.flag_byte

    def _give(self):
        return [("payload", self.body)]


def _octets_repr(octets):
    if not octets:
        return "None"
    shown = bytes(octets[:10]).hex()
    return f"<hex:{shown}{'...' if len(octets) > 10 else ''}>"


# The class of each type.
FRAMES = {
    frame.type: frame
    for frame in (
        DataFrame,
        HeadersFrame,
        PriorityFrame,
        RstStreamFrame,
        SettingsFrame,
        PushPromiseFrame,
        PingFrame,
        GoAwayFrame,
        WindowUpdateFrame,
        ContinuationFrame,
        AltSvcFrame,
    )
}
