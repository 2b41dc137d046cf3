"""The groups that a user's regular expression finds in ids. RE2, unlike `re`, never backtracks: none takes forever."""

import re
from collections.abc import Sequence

import pyarrow as pa
from pyarrow import compute

_WHOLE = "whole"
_QUOTED = r"\\Q.*?(?:\\E|$)|\\."
_CHARACTER_CLASS = r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]"
_CAPTURE = r"(?P<capture>\((?!\?)|\(\?P?<\w+>)"
_TOKEN = re.compile(f"{_QUOTED}|{_CHARACTER_CLASS}|{_CAPTURE}", re.DOTALL)


def check_pattern(pattern: str) -> None:
    """Raise `ValueError` if RE2 does not know the pattern."""
    try:
        compute.match_substring_regex(pa.array([""]), pattern=pattern)
    except pa.ArrowInvalid as error:
        reason = str(error).removeprefix("Invalid regular expression: ")
        raise ValueError(
            f"{pattern!r} is not a regular expression of RE2, which has no look-around and no back references: {reason}"
        ) from error


def find_groups(pattern: str, ids: Sequence[str]) -> list[str | None]:
    """The group in each id: what the first parentheses that take part match, or else all that the pattern matches."""
    spans = compute.extract_regex_span(pa.array(ids, pa.string()), pattern=_with_names(pattern)).to_pylist()
    return [None if found is None else _cut(identifier, found) for identifier, found in zip(ids, spans, strict=True)]


def _cut(identifier: str, spans: dict[str, list[int] | None]) -> str:
    whole = spans.pop(_WHOLE)
    start, length = next((span for span in (*spans.values(), whole) if span is not None), (0, 0))
    return identifier.encode()[start : start + length].decode(errors="replace")


def _with_names(pattern: str) -> str:
    """The pattern with a name for each of its parentheses, which Arrow requires, and for all that it matches."""
    count = 0

    def name(token: re.Match[str]) -> str:
        nonlocal count
        if token["capture"] is None:
            return token[0]
        count += 1
        return f"(?P<part{count}>"

    return f"(?P<{_WHOLE}>{_TOKEN.sub(name, pattern)})"
