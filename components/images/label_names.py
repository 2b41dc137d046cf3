"""Names of the classes in a TFDS directory, as ingest and preprocess write it. Importable without TensorFlow."""

from pathlib import Path

from vaeflow.components.file_kinds import read_file

LABEL_NAMES_FILE = "label.labels.txt"


def read_label_names(folder: Path) -> tuple[str, ...] | None:
    """Names in the order of their numbers; None if there are no labels.

    Raises `OSError` if there is something else than a file, and `ValueError` if it is not in UTF-8.
    """
    try:
        return tuple(read_file(folder / LABEL_NAMES_FILE).decode().rstrip("\n").split("\n"))
    except FileNotFoundError:
        return None
