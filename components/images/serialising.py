"""Serialisation of images as `tf.train.Example`, in the wire format of Protocol Buffers.

The bytes are those of `SerializeToString(deterministic=True)`, at a fraction of its time: all that precedes a value
depends only on the name of the feature and on the length of the value.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from vaeflow.components.images.factors import feature_name

_LENGTHS = 2**14  # number of prefixes that are kept

# Tags of fields that hold bytes or a message: the number of the field, and the wire type 2.
_FIRST, _SECOND, _THIRD = b"\x0a", b"\x12", b"\x1a"


class LabelledImage(NamedTuple):
    """The content of a record: an image as PNG, JPEG or raw pixels, its id, and its label if there is one.

    Original images also have a digest of their pixels, and a group, which is empty if they belong to none. `factors`
    are the values of the factors that generated the image, by name.
    """

    id: str
    label: int | None
    image: bytes
    digest: str | None = None
    group: str | None = None
    factors: Mapping[str, int] | None = None


def serialise(content: LabelledImage) -> bytes:
    """Serialise the content as a `tf.train.Example`, with its features in the order of their names."""
    parts: list[bytes] = []
    if content.digest is not None:
        parts += _text("digest", content.digest)
    parts += (_integer(feature_name(name), value) for name, value in sorted((content.factors or {}).items()))
    if content.group is not None:
        parts += _text("group", content.group)
    parts += _text("id", content.id)
    parts += (_before_bytes("image", len(content.image)), content.image)
    if content.label is not None:
        parts.append(_integer("label", content.label))
    return b"".join((_FIRST, _varint(sum(map(len, parts))), *parts))


def _text(name: str, text: str) -> tuple[bytes, bytes]:
    value = text.encode()
    return _before_bytes(name, len(value)), value


@lru_cache(_LENGTHS)
def _before_bytes(name: str, length: int) -> bytes:
    """What precedes the value of a feature: an entry of the map, with a list of one byte string."""
    value = _FIRST + _varint(length)
    in_list = _FIRST + _varint(len(value) + length) + value
    feature = _SECOND + _varint(len(in_list) + length) + in_list
    key = _field(_FIRST, name.encode())
    return _FIRST + _varint(len(key) + len(feature) + length) + key + feature


@lru_cache(_LENGTHS)
def _integer(name: str, value: int) -> bytes:
    """A feature with a list of one integer, which may be negative."""
    integers = _field(_FIRST, _varint(value % 2**64))
    return _field(_FIRST, _field(_FIRST, name.encode()) + _field(_SECOND, _field(_THIRD, integers)))


def _field(tag: bytes, content: bytes) -> bytes:
    return tag + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Seven bits in each byte, the lowest first; the eighth bit says that more follow."""
    encoded = bytearray()
    while number >= 128:
        encoded.append(number % 128 + 128)
        number //= 128
    encoded.append(number)
    return bytes(encoded)
