"""Nearest known names, for messages about unknown ones."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(unknown: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?`, or nothing when no known name is near."""
    near = get_close_matches(unknown, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""
