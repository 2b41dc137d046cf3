"""Comparison of the pixels that a source contains with the black and the white by which they were read.

Images of one split, in files with one suffix and with one type of pixels, form a part of the source, which is compared
by itself. The brightest and the darkest image in a hundred are left out, at least one if there are ten: neither a hot
pixel nor a single bright image hides that all others are nearly black. Nothing is left out of an image: sparse images
with a few bright pixels each are bright, but cause a warning if these are so few that they may be hot pixels.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from vaeflow.components.images.extremes import largest, smallest, widest_gap
from vaeflow.components.images.intensity import FLOATS, MAX_LEVEL
from vaeflow.components.images.ranges import BRIGHT, Range
from vaeflow.components.sources.below_black import explain, is_below
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.numbers import shown
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.components.sources.survey import UNIT_MAX
from vaeflow.models.errors import InputError

NEARLY_BLACK, _DARK = 1 / 8, BRIGHT  # of the scale, that the brightest pixel does not exceed
_HARDLY_ANY = 1 / 1000  # of the pixels, fewer than in images of stars or cells
_FLAT = 1 / 8  # of the scale, that all pixels are in
_OTHER_UNIT = 8  # ratio of brightness that images in one unit do not skip
_MOSTLY_CLIPPED = 1 / 8  # of the pixels
_FEW = 1 / 8  # of the images of a split
_OUTLIERS, _ENOUGH = 1 / 100, 10
_BITS = "bool"  # black and white by themselves

log = logging.getLogger(__name__)


class Problem(NamedTuple):
    """What is wrong with the pixels of a part of a source, and whether it is refused."""

    message: str
    refused: bool


def check_ranges(ranges: Sequence[Range], config: IngestConfig) -> None:
    """Warn if images are dark, flat, clipped or of several units.

    A part with few of the images of its split only causes warnings. Raises `InputError` if others have one value, are
    nearly black, nearly flat or in another unit than the rest although their white was not given, are mostly clipped,
    or have pixels below black. If black and white are both given, such as the window of a CT, pixels below black are
    clipped, unless all of them are.
    """
    for _, problem in problems(ranges, stated=config.white != "auto", window=config.is_window):
        if problem.refused:
            raise InputError(problem.message)
        log.warning("%s", problem.message)


def problems(ranges: Sequence[Range], *, stated: bool, window: bool) -> Iterator[tuple[Range, Problem]]:
    """All that `check_ranges` says, with the part that it concerns; whether white was given, and black too."""
    totals: Counter[str] = Counter()
    for found in ranges:
        totals[found.split] += found.images
    for found in ranges:
        minor = found.images <= max(1, _FEW * totals[found.split]) and found.images < totals[found.split]
        for problem in _problems(found, ranges, stated=stated, window=window):
            yield found, problem._replace(refused=problem.refused and not minor)


def brightest(found: Range) -> float:
    """The brightest pixel without outliers, as a fraction of the scale."""
    return _of_scale(found, _high(found))


def _problems(found: Range, ranges: Sequence[Range], *, stated: bool, window: bool) -> Iterator[Problem]:
    if is_below(found):
        yield _below_window(found) if window else Problem(explain(found, _named(found)), refused=True)
    causes = chain(
        _constant(found),
        _too_dark(found, ranges, stated),
        _too_flat(found, stated),
        _mixed(found, stated),
        _hardly_bright(found, stated),
    )
    if (first := next(causes, None)) is not None:
        yield first
    yield from _clipped(found, stated)


def _below_window(found: Range) -> Problem:
    return Problem(
        f"ingest.black: {_named(found)} are from {shown(found.low)} to {shown(found.high)}; those below "
        f"{shown(found.scale.black)} are clipped",
        refused=found.high <= found.scale.black,
    )


def _constant(found: Range) -> Iterator[Problem]:
    if found.low == found.high:
        yield Problem(
            f"ingest.source: every value of {_named(found)} is {shown(found.low)}, so that all images look alike; "
            "check how they were stored",
            refused=True,
        )


def _too_dark(found: Range, ranges: Sequence[Range], stated: bool) -> Iterator[Problem]:
    white = shown(found.scale.white)
    if brightest(found) > _DARK or found.kind == _BITS:
        return
    nearly = brightest(found) <= NEARLY_BLACK
    brighter = next((other for other in ranges if other.scale == found.scale and brightest(other) > _DARK), None)
    if nearly and brighter is not None:
        message = (
            f"ingest.source: {_pixels(found)}, but {_pixels(brighter)}, which makes the former nearly black with "
            f"{white} as white; bring them into one unit, or set ingest.white to {white} if they are that dark"
        )
    else:
        message = (
            f"ingest.white: {_pixels(found)}, but white is taken to be {white}, which makes all images "
            f"{'nearly black' if nearly else 'dark'}; {_advice(found)} if they are "
            f"{'that dark' if nearly else 'dark'}"
        )
    yield Problem(message, refused=nearly and not stated)


def _too_flat(found: Range, stated: bool) -> Iterator[Problem]:
    (black, white), (low, high) = found.scale, _usual(found)
    share = (_high(found) - _low(found)) / (white - black)
    if share > _FLAT or found.kind == _BITS:
        return
    yield Problem(
        f"ingest.white: {_pixels(found)}, which is {share:.1%} of the scale from {shown(black)} (black) to "
        f"{shown(white)} (white), so that all images look alike; set ingest.black and ingest.white to the values of "
        f"black and white (such as {shown(low)} and {shown(high)}), or ingest.white to {shown(white)} "
        "if they have that little contrast",
        refused=not stated,
    )


def _mixed(found: Range, stated: bool) -> Iterator[Problem]:
    """Images of which some are so much darker than others, with none in between, that their units may differ."""
    black, white = found.scale
    gap = widest_gap(found.brightest, black, max(1, _outliers(found)))
    if gap is None or gap.above - black < _OTHER_UNIT * (gap.below - black) or found.kind == _BITS:
        return
    units_of_floats = found.kind == FLOATS and white == MAX_LEVEL and gap.below <= UNIT_MAX
    yield Problem(
        f"ingest.source: {gap.num_below} images of {_named(found)} reach at most {shown(gap.below)}, and "
        f"{gap.num_above} others {shown(gap.above)} or more, which looks like two units; bring them into one, or set "
        f"ingest.white to {shown(white)} if the former are that dark",
        refused=(units_of_floats or gap.num_below >= gap.num_above) and not stated,
    )


def _hardly_bright(found: Range, stated: bool) -> Iterator[Problem]:
    """Images that are bright in so few pixels, or one in each, that these may be the same hot ones."""
    black, white = found.scale
    few = found.bright <= max(_HARDLY_ANY * found.num_values, found.images)
    if few and found.kind != _BITS and not stated:
        quarter = shown(black + BRIGHT * (white - black))
        yield Problem(
            f"ingest.white: only {found.bright / found.num_values:.2%} of the values of {_named(found)} are above "
            f"{quarter}, a quarter of the scale from {shown(black)} to {shown(white)}, so that all else is nearly "
            f"black; set ingest.white to the value of white without hot pixels, or to {shown(white)} if they are that "
            "dark",
            refused=False,
        )


def _clipped(found: Range, stated: bool) -> Iterator[Problem]:
    if found.above:
        share = found.above / found.num_values
        yield Problem(
            f"ingest.white: {_named(found)} are from {shown(found.low)} to {shown(found.high)}, but white is taken to "
            f"be {shown(found.scale.white)}: {share:.2%} of the values are clipped",
            refused=stated and share > _MOSTLY_CLIPPED,
        )


def _outliers(found: Range) -> int:
    return max(1, int(_OUTLIERS * found.images)) if found.images >= _ENOUGH else 0


def _high(found: Range) -> float:
    return largest(found.brightest, _outliers(found))


def _low(found: Range) -> float:
    return smallest(found.darkest, _outliers(found))


def _of_scale(found: Range, value: float) -> float:
    black, white = found.scale
    return (value - black) / (white - black)


def _named(found: Range) -> str:
    split = f"split {found.split}" if found.split != UNSPLIT else ""
    return f"the pixels ({', '.join(filter(None, (found.kind, split, found.suffix)))})"


def _usual(found: Range) -> tuple[float, float]:
    """The lowest and the highest value, without outliers if these are far off."""
    low, high = _low(found), _high(found)
    black, white = found.scale
    close = (found.high - found.low) - (high - low) <= _FLAT * (white - black)
    return (found.low, found.high) if close else (low, high)


def _pixels(found: Range) -> str:
    low, high = _usual(found)
    text = f"{_named(found)} are from {shown(low)} to {shown(high)}"
    if (low, high) == (found.low, found.high):
        return text
    return f"{text} apart from outliers in at most {_outliers(found)} of {found.images} images"


def _advice(found: Range) -> str:
    """The fields to set, with the values that were found, and in the end the white that was taken."""
    (low, high), (black, white) = _usual(found), found.scale
    if low < black < high:
        values = f"(such as {shown(low)} and {shown(high)})"
        return (
            f"set ingest.black and ingest.white to the values of black and white {values}, or white to {shown(white)}"
        )
    such_as = f" (such as {shown(high)})" if high > black else ""
    return f"set ingest.white to the value of white{such_as}, or to {shown(white)}"
