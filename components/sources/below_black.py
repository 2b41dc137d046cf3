"""Pixels below black: what they are likely to be, and what to do."""

from vaeflow.components.images.intensity import FLOATS
from vaeflow.components.images.ranges import OVERSHOOT, Range
from vaeflow.components.sources.numbers import shown
from vaeflow.models.errors import InputError

_CENTRED = (0.5, 1, 128)
"""Largest values of the common scales of floats that are centred at zero."""
_TOLERANCE = 1 / 50


def is_below(found: Range) -> bool:
    """Whether pixels are below black by more than an overshoot."""
    black, white = found.scale
    return found.low < black - OVERSHOOT * (white - black)


def explain(found: Range, pixels: str) -> str:
    """What to do about pixels below black; `pixels` describes them."""
    black, low, high = shown(found.scale.black), shown(found.low), shown(found.high)
    problem = f"ingest.black: {pixels} are from {low} to {high}, but black is taken to be {black}; "
    if found.kind != FLOATS or found.scale.black != 0 or found.high <= 0:
        clip = ", or set ingest.white too, to clip what is darker" if found.scale.black else ""
        return problem + (
            f"set ingest.black to the value of black (such as {low}), or bring the pixels into {black} to "
            f"{shown(found.scale.white)}{clip}"
        )
    centred = _centred(found)
    if centred is not None:
        return problem + f"they look centred at zero: set ingest.black: {shown(-centred)}"
    return problem + (
        "they look standardised (a mean was subtracted): store them as they were before, or set ingest.black and "
        f"ingest.white to the values of black and white (such as {low} and {high})"
    )


def require_above(found: Range) -> None:
    """Raise `InputError` if pixels are below black by more than an overshoot."""
    if is_below(found):
        raise InputError(explain(found, f"the pixels ({found.kind})"))


def _centred(found: Range) -> float | None:
    """The smallest common scale that contains the range and is centred at zero, if the range fills it on one side."""
    for end in _CENTRED:
        if max(-found.low, found.high) <= end * (1 + _TOLERANCE):
            return end if max(-found.low, found.high) > end / 2 and found.low < -end / 2 else None
    return None
