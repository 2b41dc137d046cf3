"""Locations of datasets that TFDS has prepared. Importable without TFDS."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from vaeflow.models.errors import InputError

_VERSION = re.compile(r"\d+\.\d+\.\d+")


class DatasetName(NamedTuple):
    """A dataset name `NAME[/CONFIG]` of TFDS, and its version."""

    name: str
    version: str | None


def data_dir() -> Path:
    """The data directory of TFDS: `TFDS_DATA_DIR`, or `~/tensorflow_datasets`."""
    return Path(os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets").expanduser()


def parse_name(where: str) -> DatasetName:
    """Parse `NAME[/CONFIG][:VERSION]`. Raises `InputError` if the version is not of the form 1.2.3."""
    name, colon, version = where.partition(":")
    if colon and not _VERSION.fullmatch(version):
        raise InputError(f"ingest.source: expected a TFDS version such as 3.0.1, got {version!r}")
    return DatasetName(name, version or None)


def find_prepared(dataset: DatasetName) -> Path | None:
    """The folder of the given version, by default the newest; None if it is not prepared.

    Raises `InputError` if several configurations are prepared and none is given.
    """
    folder = data_dir() / dataset.name
    versions = _versions(folder)
    if not versions and folder.is_dir():
        configs = [config for config in sorted(folder.iterdir()) if _versions(config)]
        if len(configs) > 1:
            names = ", ".join(f"tfds:{dataset.name}/{config.name}" for config in configs)
            raise InputError(f"ingest.source: {dataset.name} is prepared in several configurations; name one: {names}")
        versions = _versions(configs[0]) if configs else {}
    wanted = dataset.version or max(versions, key=_order, default=None)
    return versions.get(wanted) if wanted else None


def _versions(folder: Path) -> dict[str, Path]:
    return {
        path.parent.name: path.parent
        for path in folder.glob("*/dataset_info.json")
        if _VERSION.fullmatch(path.parent.name)
    }


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
