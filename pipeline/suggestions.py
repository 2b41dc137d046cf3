"""Suggest a known field for an unknown one, by its dotted path: also one in another section."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

from vaeflow.components.closest import closest, plain
from vaeflow.pipeline.sections import alternatives, chosen, value_type

MOST_SUGGESTIONS = 4
SIMILAR = 0.7
ANY = "*"

Path = tuple[str, ...]


def suggestion(unknown: Sequence[str], siblings: Iterable[str], annotation: Any, settings: Mapping[str, Any]) -> str:
    """The text ` Did you mean 'a.b'?`, or an empty string if no field of the configuration is close.

    A single key `a.b`, with the path of a field, is to be written as sections. Otherwise suggested are the fields whose
    name is the closest to that of the path `unknown`; of several, the one in its own section, or else those in the
    sections that are most like it. `siblings` are the fields of its own section.
    """
    known = dict.fromkeys([*((*unknown[:-1], name) for name in siblings), *paths(annotation, settings)])
    if ".".join(unknown) in map(".".join, known):  # a key with dots, in a recipe
        return " Write the names between its dots as sections."
    near = closest(unknown[-1], (found[-1] for found in known))
    named = {found: _likeness(unknown, found) for found in sorted(known, key=len) if found[-1] == near}
    most = max(named.values(), default=None)
    quoted = [f"'{'.'.join(found)}'" for found, likeness in named.items() if likeness == most]
    return f" Did you mean {_listed(quoted)}?" if quoted else ""


def paths(annotation: Any, settings: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """The paths of all fields in a section with these settings; `*` stands for any key of a mapping."""
    for kind in chosen(annotation, settings):
        for name, field in kind.model_fields.items():
            given = settings.get(name)
            yield (*above, name)
            yield from paths(field.annotation, given if isinstance(given, Mapping) else {}, (*above, name))
    if not any(alternatives(annotation)) and (values := value_type(annotation)) is not None:
        yield from paths(values, {}, (*above, ANY))


def _likeness(path: Sequence[str], found: Path) -> tuple[int, bool]:
    """The number of sections that both begin with, about, and whether they have no others."""
    pairs = zip(map(plain, path[:-1]), map(plain, found[:-1]), strict=False)
    common = sum(1 for _ in takewhile(lambda pair: SequenceMatcher(None, *pair).ratio() >= SIMILAR, pairs))
    return common, len(path) == len(found) == common + 1


def _listed(quoted: Sequence[str]) -> str:
    if len(quoted) > MOST_SUGGESTIONS:
        return f"{', '.join(quoted[:MOST_SUGGESTIONS])} or another"
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
