"""Stored values of pixels in messages and properties: integers with all their digits, others with six."""

EXACT = 2**53
"""Up to here, floats of 64 bits distinguish all integers."""


def plain(number: float) -> float:
    """The number, as an integer if it is one."""
    return int(number) if number == int(number) else number


def shown(number: float) -> str:
    """The number as text."""
    if isinstance(number, float) and (number != int(number) or abs(number) > EXACT):
        return f"{number:g}"
    return f"{plain(number):d}"
