"""Comparison of the pixels that a source contains with the black and the white by which they were read."""

import logging
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vaeflow.components.artifacts import Property
from vaeflow.components.images.intensity import FLOATS, Intensity
from vaeflow.components.images.ranges import OVERSHOOT, Range
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError

_NEARLY_BLACK, _DARK = 1 / 8, 1 / 4  # of white, that the brightest pixel does not exceed
_MOSTLY_CLIPPED = 1 / 8  # of the pixels
_FEW = 1 / 8  # of the images
_BITS = "bool"  # black and white by themselves

log = logging.getLogger(__name__)


class _Problem(NamedTuple):
    message: str
    refused: bool


def check_ranges(ranges: Sequence[Range], config: IngestConfig) -> None:
    """Warn if images are dark or clipped.

    A type of pixels that few of the images have only causes warnings. Raises `InputError` if others are nearly black
    although their white was not given, are mostly clipped, or have pixels below black.
    """
    total = sum(found.images for found in ranges)
    for found in ranges:
        minor = found.images <= _FEW * total
        for problem in _problems(found, stated=config.white != "auto"):
            if problem.refused and not minor:
                raise InputError(problem.message)
            log.warning("%s", problem.message)


def require_above_black(found: Range) -> None:
    """Raise `InputError` if pixels are below black by more than an overshoot."""
    for problem in _below_black(found):
        raise InputError(problem.message)


def _problems(found: Range, *, stated: bool) -> Iterator[_Problem]:
    yield from _below_black(found)
    yield from _too_dark(found, stated)
    yield from _clipped(found, stated)


def _below_black(found: Range) -> Iterator[_Problem]:
    black, white = found.scale
    if found.low < black - OVERSHOOT * (white - black):
        yield _Problem(
            f"ingest.black: {_pixels(found)}, but black is taken to be {black:g}; set ingest.black to the value of "
            f"black (such as {found.low:g}), or bring the pixels into {black:g} to {white:g}",
            refused=True,
        )


def _too_dark(found: Range, stated: bool) -> Iterator[_Problem]:
    black, white = found.scale
    brightest = (found.high - black) / (white - black)
    if brightest > _DARK or found.kind == _BITS:
        return
    nearly = brightest <= _NEARLY_BLACK
    such_as = f" (such as {found.high:g})" if found.high > black else ""
    yield _Problem(
        f"ingest.white: {_pixels(found)}, but white is taken to be {white:g}, which makes all images "
        f"{'nearly black' if nearly else 'dark'}; set ingest.white to the value of white{such_as}, or to {white:g} if "
        f"they are {'that dark' if nearly else 'dark'}",
        refused=nearly and not stated,
    )


def _clipped(found: Range, stated: bool) -> Iterator[_Problem]:
    if found.above:
        share = found.above / found.num_values
        yield _Problem(
            f"ingest.white: {_pixels(found)}, but white is taken to be {found.scale.white:g}: {share:.2%} of the "
            "values are clipped",
            refused=stated and share > _MOSTLY_CLIPPED,
        )


def _pixels(found: Range) -> str:
    return f"the pixels ({found.kind}) are from {found.low:g} to {found.high:g}"


def describe(ranges: Sequence[Range]) -> dict[str, Property]:
    """Black, white and range of a source as properties of its dataset: of each type of pixels if there are several."""
    black, white = ([_whole(found.scale[end]) for found in ranges] for end in (0, 1))
    spans = [f"{found.low:g} to {found.high:g}" for found in ranges]
    columns: dict[str, Sequence[Property]] = {"black": black, "white": white, "range": spans}
    if len(ranges) == 1:
        return {name: values[0] for name, values in columns.items()}
    return {
        name: ", ".join(f"{value} ({found.kind})" for value, found in zip(values, ranges, strict=True))
        for name, values in columns.items()
    }


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def for_new_images(intensity: Intensity, ranges: Sequence[Range]) -> Intensity:
    """The intensity by which new images are read, with the largest value of the source.

    Floats of which 1 is white say nothing of integers, which have the white of their type.
    """
    highest = max(found.high for found in ranges)
    if intensity.white == 1 and {found.kind for found in ranges} == {FLOATS}:
        return Intensity(black=intensity.black, float_white=1, highest=highest)
    return intensity.model_copy(update={"highest": highest})
