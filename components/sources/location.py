"""Parsing of `ingest.source`, `KIND` or `KIND:WHERE`. Importable without TensorFlow and TFDS."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, NamedTuple

from vaeflow.components.closest import closest
from vaeflow.components.home import expanded
from vaeflow.components.sources.formats import NUMPY_SUFFIXES, advice
from vaeflow.models.errors import InputError

Kind = Literal["mnist5k", "digits", "sprites", "tfds", "folder", "npz"]

FORMS: Mapping[Kind, str] = {
    "mnist5k": "mnist5k",
    "digits": "digits",
    "sprites": "sprites",
    "tfds": "tfds:NAME[:VERSION]",
    "folder": "folder:PATH",
    "npz": "npz:PATH",
}
"""The form in which each kind of source is named."""


class Location(NamedTuple):
    """Kind of a source, and where it is: a TFDS name, a path, or an empty string for embedded sources."""

    kind: Kind
    where: str


def parse(source: str) -> Location:
    """Parse `source`.

    Raises `ValueError` if the kind is unknown, if WHERE is missing or superfluous, or if it starts with the home
    folder of a user who has none.
    """
    name, _, where = source.partition(":")
    kind = next((kind for kind in FORMS if kind == name), None)
    if kind is None:
        raise ValueError(f"unknown source {source!r}{_hint(source, name, where)}")
    if ":" not in FORMS[kind] and source != name:
        raise ValueError(f"expected {kind}, got {source!r}")
    if ":" in FORMS[kind] and not where.strip():
        missing = f"; the {'name' if kind == 'tfds' else 'path'} after the colon is missing" if source != name else ""
        raise ValueError(f"expected {FORMS[kind]}, got {source!r}{missing}")
    if "PATH" in FORMS[kind]:
        expanded(where)
    return Location(kind, where)


@contextmanager
def reading(source: str) -> Iterator[None]:
    """Convert errors of the system while the block reads a source, such as a folder that may not be entered.

    Raises `InputError` with the file and the reason.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None:  # for example a connection of TFDS, not a file
            raise
        raise InputError(f"ingest.source: {source}: {error.filename} cannot be read: {error.strerror}") from error


def _hint(source: str, name: str, where: str) -> str:
    path = expanded(source)
    # These functions of `os.path` return False where a folder may not be entered or a name is too long.
    if os.path.isdir(path):
        guess = f"folder:{source}"
    elif path.suffix.lower() in NUMPY_SUFFIXES and os.path.exists(path):
        guess = f"npz:{source}"
    elif os.path.exists(path):
        return f"; {advice(path)}"
    else:
        near = closest(name, FORMS)
        if near is None:
            return f"; expected {', '.join(FORMS.values())}"
        guess = f"{near}:{where}" if where else next(form for kind, form in FORMS.items() if kind == near)
    return f". Did you mean {guess!r}?"
