"""Usual names of what is known about images: of the arrays in an archive, and of the columns in a table."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Literal, NamedTuple

from vaeflow.components.images.splits import split_named
from vaeflow.components.sources.source import UNSPLIT

Role = Literal["images", "ids", "labels", "splits", "groups", "factors", "factor names"]

_IMAGE = ("", "image", "img")
_ID = ("", "id", "number", "nr", "no", "code")
_NAMES: Mapping[Role, tuple[str, ...]] = {
    "images": ("image", "img", "x", "picture", "photo", "data"),
    "ids": (
        *map("".join, product(("", *_IMAGE[1:]), ("file", "filename", "filepath", "path"))),
        *("imagename", "imgname", "imageid", "imgid", "id", "uid", "uuid", "index", "idx"),
    ),
    "labels": (
        *map("".join, product(_IMAGE, ("label", "class", "category", "target"))),
        *("y", "labelid", "classid", "categoryid", "targetid", "classlabel"),
        *("labelname", "classname", "categoryname", "targetname"),
    ),
    "splits": ("split", "subset", "partition"),
    "factors": ("factor", "latentsclass"),
    "factor names": ("factorname",),
    "groups": tuple(map("".join, product(("group", "patient", "subject", "participant", "donor"), _ID))),
}
"""The first names are preferred to later ones. All are without separators and in the singular."""

_RANKS = {name: (role, rank) for role, names in _NAMES.items() for rank, name in enumerate(names)}
_SINGULAR = {"classes": "class", "categories": "category", "indices": "index", "indexes": "index"}
_WORD = re.compile(r"[A-Z]?[^\W_A-Z]+|[A-Z]+(?![^\W_A-Z\d])")


class Meaning(NamedTuple):
    """The split in a name, the role and rank of the rest if that is usual, and the rest itself."""

    split: str
    role: Role | None
    rank: int
    stem: str


def meaning_of(name: str) -> Meaning:
    """What a name says: y_train, trainLabels and labels-train are labels of the training split."""
    words = [word.casefold() for word in _WORD.findall(name)]
    split = next((split for word in words if (split := split_named(word))), None)
    stem = _singular("".join(word for word in words if split_named(word) is None))
    if split is None:
        split, stem = next(_unglued(stem), (UNSPLIT, stem))
    role, rank = _RANKS.get(stem, (None, 0))
    return Meaning(split, role, rank, stem)


def _unglued(text: str) -> Iterator[tuple[str, str]]:
    """Split and rest of `ytrain` or `trainlabels`."""
    for cut in range(1, len(text)):
        for part, rest in ((text[:cut], text[cut:]), (text[cut:], text[:cut])):
            if (split := split_named(part)) and _singular(rest) in _RANKS:
                yield split, _singular(rest)


def _singular(text: str) -> str:
    for plural, singular in _SINGULAR.items():
        if text.endswith(plural):
            return text.removesuffix(plural) + singular
    return text[:-1] if text.endswith("s") and not text.endswith("ss") else text
