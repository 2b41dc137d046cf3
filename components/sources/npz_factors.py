"""The factors of variation in a NumPy archive: integers [n, k] with a column for each factor."""

from collections.abc import Sequence

import numpy as np

from vaeflow.components.images.factors import Factor
from vaeflow.components.sources.classes import check_names
from vaeflow.components.sources.npz_images import Arrays, listed
from vaeflow.components.sources.npz_layout import Layout
from vaeflow.components.sources.npz_vectors import as_text
from vaeflow.models.arrays import FactorValues
from vaeflow.models.errors import InputError

_DSPRITES_ARRAYS = {"imgs", "latents_classes", "latents_values"}
_DSPRITES_NAMES = ("color", "shape", "scale", "orientation", "posX", "posY")
"""The names are in a pickle of the archive, which is not read. Matthey et al. 2017, "dSprites"."""


def white_of(arrays: Arrays) -> float | None:
    """The stored value of white, where the format says it: 1 in dSprites, whose pixels are 0 and 1 in bytes."""
    return 1 if arrays.keys() >= _DSPRITES_ARRAYS else None


def read_factors(arrays: Arrays, layouts: Sequence[Layout]) -> tuple[tuple[Factor, ...], Sequence[FactorValues | None]]:
    """The factors, and their values [n, k] for each layout; none if a layout has no array of factors.

    Raises `InputError` if an array has another shape than its images, negative values, or not as many columns as the
    others or as there are names.
    """
    if any(layout.factors is None for layout in layouts):
        return (), [None] * len(layouts)
    values = [_values(arrays, layout) for layout in layouts]
    columns = {part.shape[1] for part in values}
    if len(columns) > 1:
        names = [layout.factors for layout in layouts if layout.factors]
        raise InputError(f"ingest.source: expected the same factors in all splits, got {listed(arrays, names)}")
    sizes = np.max([part.max(axis=0) for part in values], axis=0) + 1
    return tuple(map(Factor, _names(arrays, layouts[0], len(sizes)), sizes.tolist())), values


def _values(arrays: Arrays, layout: Layout) -> FactorValues:
    name, count = layout.factors or "", len(arrays[layout.images])
    if len(arrays[name]) != count:
        raise InputError(
            f"ingest.source: expected {count} rows of factors, one per image of {layout.images!r}, got "
            f"{listed(arrays, [name])}"
        )
    values: FactorValues = arrays[name].read().astype(np.int64)
    if values.min() < 0:
        raise InputError(f"ingest.source: expected factors from 0 in {name!r}, got {values.min()}")
    return values


def _names(arrays: Arrays, layout: Layout, count: int) -> Sequence[str]:
    """The names of the columns: those of an array, those of dSprites, or numbers."""
    if layout.factor_names is None:
        dsprites = arrays.keys() >= _DSPRITES_ARRAYS and count == len(_DSPRITES_NAMES)
        return _DSPRITES_NAMES if dsprites else [f"factor_{number}" for number in range(count)]
    names = [name.strip() for name in as_text(arrays[layout.factor_names].read(), "factors")]
    check_names(names)
    if len(set(names)) != count or any(not name or "/" in name for name in names):
        raise InputError(
            f"ingest.source: expected {count} different names without slashes in {layout.factor_names!r}, one per "
            f"column of {layout.factors!r}, got {', '.join(names)}"
        )
    return names
