"""The text that names a source, `KIND` or `KIND:WHERE`, taken apart. Light: no TensorFlow, no TFDS."""

import difflib
from pathlib import Path
from typing import NamedTuple

_FORMS = {
    "mnist5k": "mnist5k",
    "digits": "digits",
    "tfds": "tfds:NAME[:VERSION]",
    "folder": "folder:PATH",
    "npz": "npz:PATH",
}


class Location(NamedTuple):
    """Kind of source, and where: a TFDS name, a path, or nothing for the embedded ones."""

    kind: str
    where: str


def parse(source: str) -> Location:
    """Take `source` apart.

    Raises:
        ValueError: the kind is unknown, or has too much or too little after it.
    """
    kind, _, where = source.partition(":")
    if kind not in _FORMS:
        raise ValueError(f"unknown source {source!r}{_hint(source, kind, where)}")
    if (":" in _FORMS[kind]) != bool(where):
        raise ValueError(f"expected {_FORMS[kind]}, got {source!r}")
    return Location(kind, where)


def _hint(source: str, kind: str, where: str) -> str:
    if Path(source).expanduser().exists():
        guess = f"{'folder' if Path(source).expanduser().is_dir() else 'npz'}:{source}"
    else:
        near = difflib.get_close_matches(kind, _FORMS, n=1)
        if not near:
            return f"; expected {', '.join(_FORMS.values())}"
        guess = f"{near[0]}:{where}" if where else _FORMS[near[0]]
    return f". Did you mean {guess!r}?"
