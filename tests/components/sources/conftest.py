"""Fixtures that make an archive, and that read a whole source."""

import pickle
from collections.abc import Callable

import numpy as np
import pytest

from vaeflow.components.sources.source import Source, SourceImage


@pytest.fixture(scope="session")
def images_of() -> Callable[[Source], dict[str, SourceImage]]:
    """`images_of(source)` → every image by its id, read as by a worker: what is sent to workers is pickled."""

    def read_all(source: Source) -> dict[str, SourceImage]:
        read = pickle.loads(pickle.dumps(source.read))
        found = [image for shard in pickle.loads(pickle.dumps(list(source.shards))) for image in read(shard)]
        by_id = {image.id: image for image in found}
        assert len(by_id) == len(found) == source.num_images
        return by_id

    return read_all


@pytest.fixture
def archive(tmp_path) -> Callable[..., str]:
    """`archive(**arrays)` → the path of an .npz file with these arrays."""

    def save(**arrays):
        np.savez_compressed(tmp_path / "data.npz", **arrays)
        return str(tmp_path / "data.npz")

    return save


@pytest.fixture
def folder(tmp_path) -> Callable[..., str]:
    """`folder(*paths, **tables)` → a folder with these files and, by their names without .csv, tables."""

    def make(*paths, **tables):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(b"content")
        for name, table in tables.items():
            (tmp_path / f"{name}.csv").write_text(table, encoding="utf-8", newline="")
        return str(tmp_path)

    return make
