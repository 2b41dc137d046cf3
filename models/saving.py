"""Models saved in Keras' own format, with every byte determined by the model."""

import io
import json
import re
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import h5py
import keras


def save(model: keras.Model, path: Path) -> None:
    """Save a model with float32 weights as a `.keras` file, which `keras.saving.load_model` reads.

    Equal models give equal files: the date and the layer names that Keras adds are left out, as it never reads them.
    """
    dated = path.with_name(f"dated-{path.name}")
    model.save(dated)
    with ZipFile(dated) as source, ZipFile(path, "w") as target:
        for name in source.namelist():
            # A `ZipInfo` created without a time always has the same one.
            target.writestr(ZipInfo(name), _timeless(name, source.read(name)))
    dated.unlink()


def _timeless(name: str, content: bytes) -> bytes:
    match name:
        case "metadata.json":
            return _without_date(content)
        case "model.weights.h5":
            return _without_layer_names(content)
        case "config.json":
            return _without_addresses(content)
        case _:
            return content


def _without_date(metadata: bytes) -> bytes:
    return json.dumps({key: value for key, value in json.loads(metadata).items() if key != "date_saved"}).encode()


def _without_addresses(config: bytes) -> bytes:
    """Number shared objects in the order in which they appear. Keras identifies them by their addresses in memory."""
    numbers: dict[bytes, int] = {}

    def numbered(found: re.Match[bytes]) -> bytes:
        return found[1] + str(numbers.setdefault(found[2], len(numbers))).encode()

    return re.sub(rb'("shared_object_id": )(\d+)', numbered, config)


def _without_layer_names(weights: bytes) -> bytes:
    """Drop the attributes with layer names, which Keras numbers across all models of the process."""
    copy = io.BytesIO()
    with h5py.File(io.BytesIO(weights)) as source, h5py.File(copy, "w") as target:
        for name in source:
            source.copy(name, target, without_attrs=True)
    return copy.getvalue()
