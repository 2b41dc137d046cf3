"""The normal classes: those that `preprocess.normal` names."""

from collections.abc import Sequence

from vaeflow.components.closest import did_you_mean
from vaeflow.models.errors import InputError


def names_of_normal(normal: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    """Those of the classes `names` that are normal. Raises `InputError` like `normal_classes`."""
    numbers = normal_classes(normal, names)
    return names if numbers is None else [names[number] for number in sorted(numbers)]


def normal_classes(normal: Sequence[str], names: Sequence[str] | None) -> frozenset[int] | None:
    """Their numbers; None if no class is named, so that all images are normal.

    Raises `InputError` if the images have no classes, not these, or no others.
    """
    if not normal:
        return None
    if names is None:
        raise InputError("preprocess.normal: expected images with classes, but ingest.source has no labels")
    for name in normal:
        if name not in names:
            hint = did_you_mean(name, names) or f" Classes: {', '.join(names)}"
            raise InputError(f"preprocess.normal: there is no class {name!r}.{hint}")
    numbers = frozenset(names.index(name) for name in normal)
    if len(numbers) == len(names):
        raise InputError("preprocess.normal: expected fewer classes than all, which leave no anomalies")
    return numbers
