"""Stored values of an image that are not 8-bit levels."""

from typing import NamedTuple

import numpy as np


class Stored(NamedTuple):
    """Values [h, w], or [h, w, c] with c up to 4, of which the last of 2 and 4 is the opacity."""

    values: np.ndarray
    largest: int | None = None
    """The largest value that the header of the file allows, if it is not that of the type."""
    alpha: np.ndarray | None = None
    """Opacity in levels, uint8 [h, w], if it is not a channel of the values."""
    inverted: bool = False
    """Whether zero is white and the largest value black."""
