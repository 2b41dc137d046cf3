"""Comparison of the pixels of new images with the black and the white by which they are read.

What ingest says of a source is said of them too. But a few new images may all be dark, flat or black by right, unlike
those that a model is trained with: they are refused only if they are plainly in another unit.
"""

import logging
from collections.abc import Sequence

from vaeflow.components.images.intensity import FLOATS, MAX_LEVEL, Intensity
from vaeflow.components.images.ranges import Range
from vaeflow.components.sources.below_black import is_below
from vaeflow.components.sources.brightness import NEARLY_BLACK, brightest, problems
from vaeflow.components.sources.survey import UNIT_MAX
from vaeflow.models.errors import InputError

_RARELY_FILLED = ("int8", "int16", "int32", "int64", "uint16", "uint32", "uint64")
"""Types of integers whose largest number is often not white."""

log = logging.getLogger(__name__)


def check_new_ranges(ranges: Sequence[Range], intensity: Intensity, recorded: Intensity) -> None:
    """Warn if new images, which were read with `intensity`, are dark, flat, clipped or of several units.

    Raises `InputError` if they are in another unit: far above white and all that the model was trained with, below
    black, or nearly black in a scale that training, whose intensity is `recorded`, did not know.
    """
    for found in ranges:
        _require_known(found, intensity)
    for found, problem in problems(ranges, stated=intensity.white is not None, window=intensity.is_window):
        if problem.refused and _is_in_another_unit(found, recorded):
            raise InputError(problem.message)
        log.warning("%s", problem.message)


def _require_known(found: Range, intensity: Intensity) -> None:
    black, white = found.scale
    if found.high > intensity.limit(found.scale):
        raise InputError(
            f"ingest.white: expected values from {black:g} (black) to {white:g} (white), as in training, got "
            f"{found.high:g} in pixels of the type {found.kind}; set it to the value of white"
        )


def _is_in_another_unit(found: Range, recorded: Intensity) -> bool:
    if is_below(found):
        return True
    if not 0 < brightest(found) <= NEARLY_BLACK:
        return False
    if found.kind == FLOATS:
        return found.scale.white == MAX_LEVEL and found.high <= UNIT_MAX
    return found.kind in _RARELY_FILLED and found.scale != recorded.values
