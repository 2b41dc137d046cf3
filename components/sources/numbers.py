"""Stored values of pixels in messages and properties: integers with all their digits, others with six."""


def plain(number: float) -> float:
    """The number, as an integer if it is one."""
    return int(number) if number == int(number) else number


def shown(number: float) -> str:
    """The number as text."""
    return f"{plain(number):d}" if isinstance(plain(number), int) else f"{number:g}"
