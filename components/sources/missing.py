"""Missing values that are written as text: by pandas, R, spreadsheets, databases and people."""

import re

_MISSING = re.compile(
    r"-1(\.0*)?|unlabell?ed|unknown|missing|\?|-?nan|null|none|n/?a|#n/?a|#n/a n/a|<na>|nat|[+-]?1\.#(ind|qnan)"
    r"|#nv|#[^\W\d_]+(/0)?[!?]",  # what a formula could not compute, in any language: #DIV/0!, #NAME?, #WERT!
    re.IGNORECASE,
)


def may_be_missing(text: str) -> bool:
    """Whether the text, without white space around it, is a usual way to write that a value is missing."""
    return _MISSING.fullmatch(text) is not None


def group_named(text: str) -> str | None:
    """The group with this name; None if it is empty or written as missing, which would be one giant group."""
    name = text.strip()
    return None if not name or may_be_missing(name) else name
