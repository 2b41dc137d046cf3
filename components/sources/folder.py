"""A folder of image files, whose layout determines labels and splits. Importable without heavy packages.

folder/*.png                        neither labels nor splits
folder/<label>/**.png               labels
folder/{train,val,test}/...         splits, each laid out as one of the above
"""

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.sources.source import UNSPLIT, Source, SourceImage
from vaeflow.models.errors import InputError

_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
_SPLITS = {"train", "val", "valid", "validation", "dev", "test"}
_FILES_PER_SHARD = 200

log = logging.getLogger(__name__)


class ImageFile(NamedTuple):
    """A file with the name of an image."""

    path: Path
    parts: tuple[str, ...]
    """Parts of the path relative to the root of the source."""
    size: int
    mtime_ns: int


def open_folder(where: str) -> Source:
    """Open the folder with all files named as images, at any depth.

    Raises `InputError` if it cannot be read, has no images, or has them both inside and outside class folders.
    """
    root = Path(where).expanduser()
    files = list_images(root)
    if not files:
        raise InputError(f"ingest.source: expected image files ({', '.join(_SUFFIXES)}) in folder {where}, got none")
    depth = 1 if all(len(file.parts) > 1 and file.parts[0].lower() in _SPLITS for file in files) else 0
    names = _label_names(files, depth, where)
    images = [_image(file, depth, names) for file in files]
    return Source(
        shards=[images[start : start + _FILES_PER_SHARD] for start in range(0, len(images), _FILES_PER_SHARD)],
        read=_read,
        num_images=len(files),
        num_bytes=sum(file.size for file in files),
        label_names=names,
    )


def list_images(root: Path) -> list[ImageFile]:
    """All image files in `root`, sorted by path. Links are followed; hidden files and folders are skipped.

    Raises `InputError` if `root` is not a readable folder.
    """
    if not root.is_dir():
        raise InputError(f"ingest.source: {root} {'is not a folder' if root.exists() else 'does not exist'}")
    try:
        found = sorted(_walk(root, (), {root.resolve()}), key=lambda file: file.parts)
    except PermissionError as error:
        raise InputError(f"ingest.source: {error.filename} cannot be read: {error.strerror}") from error
    images = [file for file in found if file.path.suffix.lower() in _SUFFIXES]
    if len(images) < len(found):
        log.info("%d files in %s are ignored, because they are not named as images", len(found) - len(images), root)
    return images


def _walk(folder: Path, parts: tuple[str, ...], ancestors: set[Path]) -> Iterator[ImageFile]:
    for entry in os.scandir(folder):
        if entry.name.startswith("."):
            continue
        path, within = Path(entry.path), (*parts, _text(entry.name))
        if not entry.is_dir():
            status = os.stat(path) if path.exists() else os.lstat(path)
            yield ImageFile(path, within, status.st_size, status.st_mtime_ns)
        elif (real := path.resolve()) not in ancestors:  # a link to a parent folder would be followed forever
            yield from _walk(path, within, ancestors | {real})


def _text(name: str) -> str:
    """A file name as text, with escapes for invalid bytes, so that it can be part of an id."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _label_names(files: Iterable[ImageFile], depth: int, where: str) -> tuple[str, ...] | None:
    """Names of the class folders, `depth` levels below the root; None if there are none."""
    inside = [file for file in files if len(file.parts) > depth + 1]
    beside = [file for file in files if len(file.parts) == depth + 1]
    if inside and beside:
        raise InputError(
            f"ingest.source: expected all images in class folders or none, got both in folder {where}: "
            f"{inside[0].path}, {beside[0].path}"
        )
    return tuple(sorted({file.parts[depth] for file in inside})) or None


def _image(file: ImageFile, depth: int, label_names: Sequence[str] | None) -> SourceImage:
    split = file.parts[0].lower() if depth else UNSPLIT
    label = label_names.index(file.parts[depth]) if label_names else None
    return SourceImage("/".join(file.parts), split, label, file.path)


def _read(shard: Sequence[SourceImage]) -> Iterator[SourceImage]:
    return iter(shard)
