"""Which stored values of pixels are black and white. Importable without TensorFlow."""

from typing import TYPE_CHECKING, NamedTuple

from vaeflow.models.config import Config

if TYPE_CHECKING:
    import numpy as np

INTENSITY_FILE = "intensity.json"
FLOATS = "float"
MAX_LEVEL = 255
_TOLERANCE = 1 / 2
"""New images may be brighter than the brightest known value by this fraction of the scale."""


class Scale(NamedTuple):
    """The stored values of black and white of one type of numbers."""

    black: float
    white: float

    @property
    def is_identity(self) -> bool:
        """Whether stored values are levels already."""
        return self == (0, MAX_LEVEL)

    @property
    def levels_per_unit(self) -> float:
        """Number of levels, of the 255 above black, per unit of the stored values."""
        return MAX_LEVEL / (self.white - self.black)


class Intensity(Config):
    """The stored values of black and white. An integer type that cannot hold one of them has its own: 0, its largest.

    Without `white`, every integer type has its own, and `float_white` is white in floats.
    """

    black: float = 0
    white: float | None = None
    float_white: float | None = None
    highest: float | None = None
    """The largest stored value in the source."""
    values: Scale | None = None
    """The scale of what the source contained that uint8 cannot hold: None if there is nothing, or of several scales."""

    def limit(self, scale: Scale) -> float:
        """The largest value of new images of this scale; those above are in another unit."""
        known = scale.white if self.highest is None else max(self.highest, scale.white)
        return known + _TOLERANCE * (scale.white - scale.black)

    @property
    def is_window(self) -> bool:
        """Whether black and white were both given: what is beyond them is clipped on purpose."""
        return self.white is not None and self.black != 0

    @property
    def is_by_type(self) -> bool:
        """Whether black and white of unsigned integers depend on their type alone."""
        return self.white is None and self.black <= 0

    def scale(self, dtype: "np.dtype", largest: int | None = None) -> Scale | None:
        """The scale of numbers of this type, None for floats of unknown white; `largest` is as in `integer_scale`."""
        if dtype.kind != "f":
            return self.integer_scale(dtype, largest)
        white = self.float_white if self.white is None else self.white
        return None if white is None else Scale(self.black, white)

    def integer_scale(self, dtype: "np.dtype", largest: int | None = None) -> Scale:
        """The scale of numbers of this integer or Boolean type, whose largest value may be smaller than the type's."""
        lowest, highest = _bounds(dtype)
        highest = largest or highest
        white = self.white if self.white is not None and 1 <= self.white <= highest else highest
        return Scale(self.black if lowest <= self.black < white else 0, white)


def _bounds(dtype: "np.dtype") -> tuple[int, int]:
    """The smallest and the largest number of an integer or Boolean type."""
    if dtype.kind == "b":
        return 0, 1
    bits = 8 * dtype.itemsize
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if dtype.kind == "i" else (0, 2**bits - 1)


def kind_of(dtype: "np.dtype", largest: int | None = None) -> str:
    """The name of a type in messages: floats of all sizes are one kind, because they share a white."""
    if dtype.kind == "f":
        return FLOATS
    return dtype.name if largest is None else f"{dtype.name} up to {largest}"


BY_TYPE = Intensity()
