"""Models as files: Keras's own format, of which every byte follows from the model."""

import json
import shutil
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import keras

METADATA = "metadata.json"


def save(model: keras.Model, path: Path) -> None:
    """Save as a `.keras` file that `keras.saving.load_model` reads.

    Keras notes the date, and the archive the time of each entry. Both are left out, so that equal models give equal
    files.
    """
    dated = path.with_name(f"dated-{path.name}")
    model.save(dated)
    with ZipFile(dated) as source, ZipFile(path, "w") as target:
        for name in source.namelist():
            _copy(name, source, target)
    dated.unlink()


def _copy(name: str, source: ZipFile, target: ZipFile) -> None:
    """A `ZipInfo` of its own has the same time for every entry, whenever it is made."""
    with source.open(name) as content, target.open(ZipInfo(name), "w", force_zip64=True) as copy:
        if name == METADATA:
            metadata = json.load(content)
            del metadata["date_saved"]
            copy.write(json.dumps(metadata).encode())
        else:
            shutil.copyfileobj(content, copy)
