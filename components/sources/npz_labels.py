"""The classes in a NumPy archive: labels, and the names of integer labels in an array of their own."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.sources.classes import check_repeated, number_classes
from vaeflow.components.sources.npz_images import Arrays, listed
from vaeflow.components.sources.npz_layout import Layout
from vaeflow.components.sources.npz_vectors import as_text, read_vector
from vaeflow.models.errors import InputError

Names = tuple[str, ...] | None


def read_labels(
    arrays: Arrays, layouts: Sequence[Layout], unlabelled: bool | None, *, decided: bool
) -> tuple[Names, Sequence[NDArray[np.int64] | None]]:
    """Names of the classes in all splits, and the class numbers [n] of the images by split, None without classes.

    Raises `InputError` if the labels are invalid, or if the configuration has not `decided` on them and they have
    nearly as many values as there are images.
    """
    vectors = [read_vector(arrays, layout.labels, layout, "labels") for layout in layouts if layout.labels]
    unnamed = [None] * len(layouts)
    if not vectors:
        return None, unnamed
    values, counts = np.unique(np.concatenate(vectors), return_counts=True)
    texts = as_text(values, "labels")
    if _ends_with_gap(values, vectors) and _means_unknown(values, unlabelled):
        texts[-1] = ""
    names, numbers = number_classes(texts, unlabelled)
    if not names:
        return None, unnamed
    if class_names := next((layout.class_names for layout in layouts if layout.class_names), None):
        names = _given_names(arrays, class_names, names)
    else:
        known = [int(count) for count, number in zip(counts, numbers, strict=True) if number >= 0]
        accept = f"to {layouts[0].labels}" if len(layouts) == 1 else None
        check_repeated(names, sum(known), accept, decided=decided)
    return names, [np.array(numbers)[np.searchsorted(values, vector)] for vector in vectors]


def _ends_with_gap(values: np.ndarray, vectors: Sequence[np.ndarray]) -> bool:
    """Whether the largest label is that of an integer type, and is far from the others: 255 after 0 to 9."""
    largest = [np.iinfo(vector.dtype).max for vector in vectors if vector.dtype.kind in "iu"]
    return len(values) > 1 and values[-1] in largest and int(values[-1]) - int(values[-2]) > 1


def _means_unknown(values: np.ndarray, unlabelled: bool | None) -> bool:
    if unlabelled is None:
        raise InputError(
            f"ingest.unlabelled: the label {values[-1]}, the largest number of its type, may mean an unknown class, or "
            f"be a class like {values[0]} to {values[-2]}; set ingest.unlabelled to true or to false"
        )
    return unlabelled


def _given_names(arrays: Arrays, array: str, labels: Sequence[str]) -> tuple[str, ...]:
    """The names of these integer labels. Raises `InputError` if some have none, or if two are equal."""
    given = [name.strip() for name in as_text(arrays[array].read(), "labels")]
    wrong = next((label for label in labels if not 0 <= int(label) < len(given) or not given[int(label)]), None)
    if wrong is not None:
        raise InputError(
            f"ingest.labels: expected a name for each label in {listed(arrays, [array])}, the first for 0, got none "
            f"for {wrong}; rename the array if it contains no names of classes"
        )
    names = tuple(given[int(label)] for label in labels)
    if len(number_classes(names, unlabelled=False).names) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"ingest.labels: expected different names of classes in {array!r}, got {twice!a} twice")
    return names
