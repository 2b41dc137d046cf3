"""`explorer.npz` of an evaluation, as a page reads it: a description, and arrays as plain bytes."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vaeflow.models.errors import InputError

FILE = "explorer.npz"
Array = NDArray[Any]


@dataclass(frozen=True)
class Evaluated:
    """What evaluate says of the model and keeps of the images: arrays [n, ...] by name, and n `ids`."""

    about: Mapping[str, Any]
    ids: tuple[str, ...]
    arrays: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.ids)


def read_evaluated(evaluation: Path) -> Evaluated:
    """Read `explorer.npz`. Raises `InputError` if it is not there, or cannot be read."""
    file = evaluation / FILE
    try:
        with np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        about = json.loads(str(arrays.pop("about")))
        ids = tuple(map(str, arrays.pop("ids")))
    except FileNotFoundError:
        raise InputError(
            f"{file}: there is no such file: the model was evaluated by an older version. Run its recipe again."
        ) from None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{file}: cannot be read: {error}.") from None
    return Evaluated(about, ids, arrays)


def some_of(evaluated: Evaluated, count: int) -> Evaluated:
    """At most `count` of the images, evenly spread over their order, which is by a hash of their ids."""
    if len(evaluated) <= count:
        return evaluated
    rows = np.linspace(0, len(evaluated) - 1, count).round().astype(int)
    arrays = {name: array[rows] if of_images(name) else array for name, array in evaluated.arrays.items()}
    return Evaluated(evaluated.about, tuple(evaluated.ids[row] for row in rows), arrays)


def of_images(name: str) -> bool:
    """Whether the array has a row for each image."""
    return name in ("labels", "mean", "thumbnails") or name.startswith(("points/", "terms/"))


def as_bytes(array: Array) -> bytes:
    """Little-endian bytes of an array of float32, int32 or uint8."""
    return array.astype(array.dtype.newbyteorder("<")).tobytes()


def layout(arrays: Mapping[str, Array]) -> dict[str, dict[str, Any]]:
    """Type and shape of each array."""
    return {name: {"type": array.dtype.name, "shape": list(array.shape)} for name, array in arrays.items()}
