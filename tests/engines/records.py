"""What a root contains, to compare two of them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np


def digests(root: Path) -> dict[str, str]:
    """The content digests of the artifacts, by kind."""
    with closing(sqlite3.connect(root / "metadata.sqlite")) as store:
        return dict(store.execute("SELECT kind, digest FROM artifacts"))


def embeddings(root: Path) -> dict[str, np.ndarray]:
    """The arrays of the only evaluation."""
    (file,) = root.glob("artifacts/evaluate-*/embeddings.npz")
    with np.load(file) as arrays:
        return dict(arrays)


def leftovers(root: Path) -> list[str]:
    """Unfinished work."""
    return [path.name for path in (root / "staging").iterdir()]
