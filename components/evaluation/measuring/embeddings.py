"""`embeddings.npz`: the posteriors of all test images, written without keeping them in memory."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.evaluation.measuring.encoding import Encoded
from vaeflow.components.evaluation.measuring.per_image import PerImage


def save_embeddings(path: Path, encoded: Encoded, rows: PerImage, count: int, *, labelled: bool) -> None:
    """Write `ids` [n], `mean` and `stddev` [n, code] and, if `labelled`, `labels` [n]."""
    width = max(len(identifier) for part in rows.parts("id") for identifier in part)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        save_array(archive, "ids", (part.astype(f"U{width}") for part in rows.parts("id")), count)
        for name in ("mean", "stddev"):
            save_array(archive, name, encoded.parts(name), count)
        if labelled:
            save_array(archive, "labels", rows.parts("label"), count)


def save_array(archive: ZipFile, name: str, parts: Iterable[NDArray[Any]], count: int) -> None:
    """Add an array of `count` rows, given in parts, to an `.npz` archive."""
    waiting = iter(parts)
    first = next(waiting)
    header = {"descr": first.dtype.str, "fortran_order": False, "shape": (count, *first.shape[1:])}
    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
        np.lib.format.write_array_header_1_0(file, header)
        file.write(first.tobytes())
        for part in waiting:
            file.write(part.tobytes())
