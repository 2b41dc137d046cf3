"""Missing values that are written as text: by pandas, R, spreadsheets, databases and people."""

import re

_MISSING = re.compile(
    r"[-\u2212](1|9+|128|32768|2147483648|9223372036854775808)(\.0*)?"  # also the smallest integers of their types
    r"|(un|not[ _-]|non[ _-]?)labell?ed([ _-]\w+)?|no[ _-]?(label|class)|unsup(ervised)?|unknown|undefined|missing"
    r"|[-.?_]+|-?nan|null|none|n/?a|n\.a\.?|#n/?a|#n/a n/a|<na>|nat|[+-]?1\.#(ind|qnan)"
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
