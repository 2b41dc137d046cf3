"""TIFF files of any kind of values, of which Pillow can write only some."""

import struct
import zlib

import numpy as np

_SIZES = {"H": 3, "I": 4}
_FORMATS = {"u": 1, "i": 2, "f": 3}
_HEADER = 8


def tiff(array, *, big=False, planes=False, photometric=None, extra=None, deflate=False):
    """The bytes of a file with one image [h, w] or [h, w, c]."""
    order = ">" if big else "<"
    values = array.reshape(*array.shape[:2], -1).astype(array.dtype.newbyteorder(order))
    height, width, channels = values.shape
    strips = [values[..., i].tobytes() for i in range(channels)] if planes else [values.tobytes()]
    strips = [zlib.compress(strip) if deflate else strip for strip in strips]
    offsets = [_HEADER + sum(map(len, strips[:i])) for i in range(len(strips))]
    fields = {
        256: ("I", [width]),
        257: ("I", [height]),
        258: ("H", [8 * array.dtype.itemsize] * channels),
        259: ("H", [8 if deflate else 1]),
        262: ("H", [(1 if channels < 3 else 2) if photometric is None else photometric]),
        273: ("I", offsets),
        277: ("H", [channels]),
        278: ("I", [height]),
        279: ("I", [*map(len, strips)]),
        284: ("H", [2 if planes else 1]),
        338: ("H", [] if extra is None else [extra]),
        339: ("H", [_FORMATS[array.dtype.kind]] * channels),
    }
    data = b"".join(strips)
    data += b"\0" * (len(data) % 2)
    directory = _directory({tag: field for tag, field in fields.items() if field[1]}, order, _HEADER + len(data))
    magic = b"MM\0*" if big else b"II*\0"
    return magic + struct.pack(f"{order}I", _HEADER + len(data)) + data + directory


def _directory(fields, order, start):
    entries, tail = b"", b""
    after = start + 2 + 12 * len(fields) + 4
    for tag, (size, values) in fields.items():
        content = struct.pack(f"{order}{len(values)}{size}", *values)
        if len(content) > 4:
            content, tail = struct.pack(f"{order}I", after + len(tail)), tail + content
        entries += struct.pack(f"{order}HHI", tag, _SIZES[size], len(values)) + content.ljust(4, b"\0")
    return struct.pack(f"{order}H", len(fields)) + entries + bytes(4) + tail


def noise(*shape, dtype=np.uint16, highest=65535):
    """Random values from 0 to `highest`."""
    return np.random.default_rng(0).integers(0, highest + 1, shape).astype(dtype)
