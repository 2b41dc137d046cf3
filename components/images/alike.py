"""Reading of many images of one kind at once, with the same results as if they were read one by one."""

from collections.abc import Sequence
from typing import Any, NamedTuple, assert_never

import numpy as np
from PIL import Image

from vaeflow.components.images.intensity import Intensity
from vaeflow.components.images.intensity import kind_of as name_of
from vaeflow.components.images.plain import levels
from vaeflow.components.images.plain_png import Form, decode_together, form_of
from vaeflow.components.images.png_encoding import encode_pngs
from vaeflow.components.images.ranges import Range, range_of_arrays

_BYTE = np.dtype(np.uint8)
_DTYPES = "biuf"


class Array(NamedTuple):
    """Arrays of one shape, [h, w] or [h, w, c] with c 1 or 3."""

    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def num_pixels(self) -> int:
        """Number of pixels."""
        return self.shape[0] * self.shape[1]


Kind = Form | Array


class Alike(NamedTuple):
    """Images of one kind: levels uint8 [n, h, w] or [n, h, w, 3], their files, and the range of what was stored."""

    levels: np.ndarray
    files: Sequence[bytes]
    range: Range


def kind_of(content: bytes | np.ndarray, max_pixels: int) -> Kind | None:
    """The kind of an image; None if it has to be read by itself, perhaps to find out that it cannot be read."""
    kind = _array_of(content) if isinstance(content, np.ndarray) else form_of(content)
    return kind if kind and 0 < kind.num_pixels <= max_pixels else None


def _array_of(array: np.ndarray) -> Array | None:
    fits = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (1, 3))
    return Array(array.shape, array.dtype) if fits and array.dtype.kind in _DTYPES else None


def read_alike(contents: Sequence[Any], kind: Kind, intensity: Intensity) -> Alike | None:
    """Read images of this kind; None if one of them is damaged, or if they have to be read one by one."""
    match kind:
        case Form():
            return _read_files(contents, kind, intensity)
        case Array():
            return _read_arrays(contents, intensity)
        case _:
            assert_never(kind)


def _read_files(files: Sequence[bytes], form: Form, intensity: Intensity) -> Alike | None:
    scale = intensity.integer_scale(_BYTE)
    decoded = decode_together(files, form) if scale.is_identity else None
    if decoded is None:
        return None
    pixels = _without_single_channel(decoded.numpy())
    return Alike(pixels, files, range_of_arrays(pixels, scale, _BYTE.name))


def _read_arrays(arrays: Sequence[np.ndarray], intensity: Intensity) -> Alike | None:
    values = _without_single_channel(np.stack(arrays))
    scale = intensity.scale(values.dtype)
    if scale is None or not np.isfinite(values).all():
        return None
    shown = levels(values, scale)
    return Alike(
        shown, encode_pngs([*map(Image.fromarray, shown)]), range_of_arrays(values, scale, name_of(values.dtype))
    )


def _without_single_channel(images: np.ndarray) -> np.ndarray:
    return images[..., 0] if images.shape[3:] == (1,) else images
