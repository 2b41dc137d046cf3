"""Suggest a known name for an unknown one."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_NAME = 100


def did_you_mean(unknown: str, known: Iterable[str]) -> str:
    """The text ` Did you mean 'x'?`, or an empty string if no known name is close."""
    near = get_close_matches(unknown[:LONGEST_NAME], list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""
