"""Names and numbers of the classes of a source.

TFDS and the exported models keep the names in files with one name per line, so a name must fit on a line and must still
be distinct when white space around it is stripped.
"""

import logging
import re
import unicodedata
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from vaeflow.components.sources.missing import may_be_missing
from vaeflow.components.sources.source import UNKNOWN
from vaeflow.models.errors import InputError

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode categories; Cs are lone surrogates
# What Unicode says to show as nothing although its category is that of letters, marks or symbols.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# Within a word, Persian and Indic scripts and emoji need them.
_JOINERS = re.compile(r"(?<=\S)[\u200c\u200d](?=\S)|(?<=\S)[\ufe0e\ufe0f]")
_FEW = 50  # images, which may well all have classes of their own
_APPEARANCE = "white space, joiners or Unicode normalisation"
_SPELLING = "case or in the way that a number is written"
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")

log = logging.getLogger(__name__)


class Classes(NamedTuple):
    """Names in natural order, and the class number of each label, `UNKNOWN` for labels that name no class."""

    names: tuple[str, ...]
    numbers: list[int]


def number_classes(labels: Sequence[str], unlabelled: bool | None = None) -> Classes:
    """Number the classes that `labels` name. An empty label means unknown.

    Raises `InputError` if a name has invisible characters, if names differ only in white space or case or are the same
    number, or if a label such as -1 may mean an unknown class and `unlabelled` does not say whether it does.
    """
    distinct = set(labels)
    check_names(distinct)
    unknown = {label for label in distinct if _is_unknown(label.strip(), unlabelled)}
    names = in_natural_order(label.strip() for label in distinct - unknown)
    _refuse_equal(names, _as_meant, _SPELLING)
    number_of = {name: number for number, name in enumerate(names)}
    return Classes(tuple(names), [UNKNOWN if label in unknown else number_of[label.strip()] for label in labels])


def check_repeated(labels: Collection[str], num_images: int, accept: str | None, *, decided: bool) -> None:
    """Refuse labels of which most images have their own, such as measurements. If they are `decided`, only warn.

    `accept` is what to set if they are classes.
    """
    if num_images <= _FEW or 2 * len(labels) <= num_images:
        return
    shown = " and ".join(map(ascii, sorted(labels)[:2]))
    found = f"{len(labels)} different labels of {num_images} images, such as {shown}, are hardly classes"
    if not decided:
        otherwise = f", or {accept} if they are" if accept else ""
        raise InputError(f"ingest.labels: {found}; set it to none{otherwise}")
    log.warning("%s; ingest.labels: none turns labels off", found)


def refuse_equal_folders(paths: Iterable[Sequence[str]]) -> None:
    """Raise `InputError` if folders in one folder differ only in white space or case, or are the same number."""
    listed = sorted({"/".join(folders[: depth + 1]) for folders in paths for depth in range(len(folders))})
    _refuse_equal(listed, _as_seen, _APPEARANCE)
    _refuse_equal(listed, _as_meant, _SPELLING)


def check_names(names: Iterable[str]) -> None:
    """Raise `InputError` if a name has invisible characters, or if names differ only in white space or joiners."""
    listed = sorted(names)
    for name in listed:
        visible = _JOINERS.sub("", name)
        if _BLANK.search(visible) or any(unicodedata.category(character) in _UNSEEN for character in visible):
            raise InputError(
                f"ingest.labels: expected class names without control characters and other invisible ones, got {name!a}"
            )
    _refuse_equal(filter(str.strip, listed), _as_seen, _APPEARANCE)


def _refuse_equal(names: Iterable[str], form: Callable[[str], Hashable], differences: str) -> None:
    seen: dict[Hashable, str] = {}
    for name in names:
        other = seen.setdefault(form(name), name)
        if other != name:
            raise InputError(
                f"ingest.labels: expected class names that differ in more than {differences}, got {other!a} and "
                f"{name!a}"
            )


def _as_seen(name: str) -> Hashable:
    """The same for names that look the same, also in nested folders."""
    return tuple(map(_part_as_seen, name.split("/")))


def _part_as_seen(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(_JOINERS.sub("", name).split()))


def _as_meant(name: str) -> Hashable:
    """The same for 1, 01, 1.0 and 1,0, and for Cat and cat, also in nested folders."""
    return tuple(map(_part_as_meant, name.split("/")))


def _part_as_meant(name: str) -> Hashable:
    """A and a differ: they are the classes of two letters."""
    if _NUMBER.fullmatch(name):
        return _value(name)
    seen = _part_as_seen(name)
    return seen if len(seen) == 1 else seen.casefold()


def _value(number: str) -> Decimal:
    """The value of a number with a decimal point, or with the comma of most of Europe."""
    return Decimal(number.replace(",", "."))


def in_natural_order(names: Iterable[str]) -> list[str]:
    """Sort numbers by value, and digits in other names too: 2 comes before 10, and page 2 before page 10."""
    listed = sorted(names, key=lambda name: list(_parts(name)))
    return sorted(listed, key=_value) if all(map(_NUMBER.fullmatch, listed)) else listed


def _parts(name: str) -> Iterator[tuple[int, str]]:
    """Text and digits in turn; digits, which may be too many for an integer, by their length and then as text."""
    for position, part in enumerate(re.split("([0-9]+)", name)):
        digits = part.lstrip("0") if position % 2 else ""
        yield (len(digits), digits) if position % 2 else (0, part)
    yield 0, name


def _is_unknown(label: str, unlabelled: bool | None) -> bool:
    if not may_be_missing(label):
        return not label
    if unlabelled is None:
        raise InputError(
            f"ingest.unlabelled: the label {label!r} may mean an unknown class, or be the name of a class; "
            "set ingest.unlabelled to true or to false"
        )
    return unlabelled
