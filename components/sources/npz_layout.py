"""Detection of the arrays in a NumPy archive, by their names: images, labels, splits, ids, groups, factors, names.

What may be labels under another name is refused rather than guessed, and all other arrays are named and not used.
"""

import logging
from collections.abc import Collection
from typing import NamedTuple

from vaeflow.components.sources.config import NO_LABELS
from vaeflow.components.sources.npz_array import StoredArray
from vaeflow.components.sources.npz_images import Arrays, check_images, find_images, listed, refuse_other_readings
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.components.sources.usual_names import Role, meaning_of
from vaeflow.models.errors import InputError

log = logging.getLogger(__name__)


class Layout(NamedTuple):
    """Names of the arrays that describe one array of images, all of whose images are in `split` unless `splits` is."""

    split: str
    images: str
    labels: str | None = None
    ids: str | None = None
    groups: str | None = None
    splits: str | None = None
    class_names: str | None = None
    factors: str | None = None
    factor_names: str | None = None

    def names(self) -> set[str]:
        """Names of the arrays."""
        return {name for name in self[1:] if name}


def find_layout(arrays: Arrays, images: str | None, labels: str | None) -> list[Layout]:
    """Detect the arrays that are not named: one array of images, or one per split.

    Raises `InputError` if a named array does not exist, if an array has the wrong shape or type, or if the choice is
    ambiguous.
    """
    chosen = {UNSPLIT: _named(arrays, "images", images)} if images else find_images(arrays)
    for name in chosen.values():
        check_images(name, arrays[name])
    layouts = [_layout(arrays, split, name, labels) for split, name in chosen.items()]
    _require_all_labels(arrays, layouts, labels)
    others = arrays.keys() - set().union(*(layout.names() for layout in layouts))
    if labels is None and layouts[0].labels is None:
        _refuse_suspects(arrays, layouts, others)
    if len(layouts) == 1:
        refuse_other_readings(arrays, layouts[0].images)
    _report_unused(arrays, others, decided=bool(images or labels))
    return layouts


def _layout(arrays: Arrays, split: str, images: str, labels: str | None) -> Layout:
    own = _labels_of(arrays, images, labels)
    free = {name: array for name, array in arrays.items() if name not in (images, own)}
    factors = next((name for name in _companions(free, images, "factors") if _is_table(free[name])), None)
    return Layout(
        split=split,
        images=images,
        labels=own,
        ids=next(iter(_companions(free, images, "ids")), None),
        groups=next(iter(_companions(free, images, "groups")), None),
        splits=next(iter(_companions(free, images, "splits")), None) if split == UNSPLIT else None,
        class_names=_class_names(free, arrays[own], len(arrays[images])) if own else None,
        factors=factors,
        factor_names=_factor_names(free) if factors else None,
    )


def _named(arrays: Arrays, field: str, name: str) -> str:
    if name not in arrays:
        raise InputError(f"ingest.{field}: no array {name!r}; available arrays: {listed(arrays, arrays)}")
    return name


def _labels_of(arrays: Arrays, images: str, labels: str | None) -> str | None:
    """The labels that the configuration names, or else those that are named as labels of these images."""
    if labels == NO_LABELS:
        return None
    if labels:
        return _named(arrays, "labels", labels)
    found = _companions(arrays, images, "labels")
    fitting = [name for name in found if _is_vector(arrays[name], len(arrays[images]))]
    if len(fitting) > 1:
        raise InputError(f"ingest.labels: name one of several possible arrays: {listed(arrays, fitting)}")
    return next(iter(fitting or found), None)


def _class_names(free: Arrays, labels: StoredArray, count: int) -> str | None:
    """The array with the names of integer labels, which are not one per image.

    Raises `InputError` if there are several, or if one that is named so is no text.
    """
    if labels.dtype.kind not in "iu":
        return None
    roles = {name: meaning_of(name) for name, array in free.items() if array.shape[:1] != (count,)}
    possible = [name for name, meaning in roles.items() if (meaning.split, meaning.role) == (UNSPLIT, "labels")]
    named = [name for name in possible if roles[name].stem.endswith("name")]
    found = named or [name for name in possible if _is_text(free[name])]
    if len(found) > 1:
        raise InputError(f"ingest.labels: the names of the classes may be in {listed(free, found)}; rename all but one")
    for name in found:
        if not _is_text(free[name]):
            got = f"{name}, Python objects" if free[name].dtype.hasobject else listed(free, [name])
            raise InputError(
                f"ingest.labels: expected names of classes as one-dimensional text, got {got}; save "
                f"them with numpy.array({name}, dtype=str), or rename the array if it contains none"
            )
    return next(iter(found), None)


def _factor_names(free: Arrays) -> str | None:
    """The array with the names of the factors, which is for all splits."""
    return next(
        (name for name, array in free.items() if meaning_of(name).role == "factor names" and _is_text(array)), None
    )


def _is_table(array: StoredArray) -> bool:
    return array.ndim == 2 and array.dtype.kind in "iu" and array.size > 0


def _is_text(array: StoredArray) -> bool:
    return array.ndim == 1 and array.dtype.kind in "US"


def _companions(arrays: Arrays, images: str, role: Role) -> list[str]:
    """The arrays with a usual name of `role` and the split of `images`, those with preferred names first."""
    wanted = (meaning_of(images).split, role)
    found = [name for name in arrays if name != images and meaning_of(name)[:2] == wanted]
    return sorted(found, key=lambda name: meaning_of(name).rank)


def _is_vector(array: StoredArray, count: int) -> bool:
    return array.shape in ((count,), (count, 1)) and array.dtype.kind in "biuUS"


def _require_all_labels(arrays: Arrays, layouts: Collection[Layout], labels: str | None) -> None:
    if labels not in (None, NO_LABELS) and len(layouts) > 1:
        raise InputError(
            f"ingest.labels: expected labels for each array of images, got only {labels!r} for "
            f"{listed(arrays, [layout.images for layout in layouts])}"
        )
    if len({layout.labels is None for layout in layouts}) > 1:
        bare = next(layout.images for layout in layouts if layout.labels is None)
        raise InputError(
            f"ingest.labels: expected labels for all splits or none, got none for {bare!r}: {listed(arrays, arrays)}"
        )


def _refuse_suspects(arrays: Arrays, layouts: Collection[Layout], others: Collection[str]) -> None:
    """Refuse what may be the labels, if no array is: by a name of another split, or one value per image."""
    counts = {len(arrays[layout.images]) for layout in layouts}
    roles = {name: meaning_of(name).role for name in arrays if name in others}
    vectors = {name for name in others if any(_is_vector(arrays[name], count) for count in counts)}
    suspects = [
        name for name, role in roles.items() if role == "labels" or (role in (None, "factors") and name in vectors)
    ]
    if suspects:
        images = listed(arrays, [layout.images for layout in layouts])
        action = "name an array" if len(layouts) == 1 else "rename them like the images"
        raise InputError(
            f"ingest.labels: {listed(arrays, suspects)} may be the labels of {images}, or not; {action}, or set it to "
            f"{NO_LABELS}"
        )


def _report_unused(arrays: Arrays, others: Collection[str], *, decided: bool) -> None:
    if others:
        unused = listed(arrays, [name for name in arrays if name in others])
        text = "these arrays are not used: %s; ingest.images and ingest.labels name others"
        log.log(logging.INFO if decided else logging.WARNING, text, unused)
