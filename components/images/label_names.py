"""Names of the classes in a TFDS directory, as ingest and preprocess write it. Importable without TensorFlow."""

from pathlib import Path


def read_label_names(folder: Path) -> tuple[str, ...] | None:
    """Names in the order of their numbers; None if there are no labels."""
    path = folder / "label.labels.txt"
    return tuple(path.read_text(encoding="utf-8").rstrip("\n").split("\n")) if path.exists() else None
