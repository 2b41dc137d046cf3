"""The known name that is closest to an unknown one."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_NAME = 100


def closest(unknown: str, known: Iterable[str]) -> str | None:
    """The closest known name, whatever the case and whether words are joined by `-` or `_`; None if none is close."""
    by_plain = {plain(name): name for name in known}
    near = get_close_matches(plain(unknown), by_plain, n=1)
    return by_plain[near[0]] if near else None


def did_you_mean(unknown: str, known: Iterable[str]) -> str:
    """The text ` Did you mean 'x'?`, or an empty string if no known name is close."""
    near = closest(unknown, known)
    return f" Did you mean '{near}'?" if near else ""


def plain(name: str) -> str:
    """The beginning of a name in lower case, with `_` between words."""
    return name[:LONGEST_NAME].strip().lower().replace("-", "_")
