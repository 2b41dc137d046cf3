"""Parsing of `ingest.source`, `KIND` or `KIND:WHERE`. Importable without TensorFlow and TFDS."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal["mnist5k", "digits", "tfds", "folder", "npz"]

_FORMS: Mapping[Kind, str] = {
    "mnist5k": "mnist5k",
    "digits": "digits",
    "tfds": "tfds:NAME[:VERSION]",
    "folder": "folder:PATH",
    "npz": "npz:PATH",
}


class Location(NamedTuple):
    """Kind of a source, and where it is: a TFDS name, a path, or an empty string for embedded sources."""

    kind: Kind
    where: str


def parse(source: str) -> Location:
    """Parse `source`. Raises `ValueError` if the kind is unknown, or if WHERE is missing or superfluous."""
    name, _, where = source.partition(":")
    kind = next((kind for kind in _FORMS if kind == name), None)
    if kind is None:
        raise ValueError(f"unknown source {source!r}{_hint(source, name, where)}")
    if (":" in _FORMS[kind]) != bool(where):
        raise ValueError(f"expected {_FORMS[kind]}, got {source!r}")
    return Location(kind, where)


def _hint(source: str, name: str, where: str) -> str:
    if Path(source).expanduser().exists():
        guess = f"{'folder' if Path(source).expanduser().is_dir() else 'npz'}:{source}"
    else:
        near = difflib.get_close_matches(name, list[str](_FORMS), n=1)
        if not near:
            return f"; expected {', '.join(_FORMS.values())}"
        guess = f"{near[0]}:{where}" if where else next(form for kind, form in _FORMS.items() if kind == near[0])
    return f". Did you mean {guess!r}?"
