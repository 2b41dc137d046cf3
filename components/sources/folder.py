"""A folder of image files, whose layout or labels file determines labels and splits. Importable without heavy packages.

folder/*.png                         neither labels nor splits
folder/<label>/**.png                labels
folder/{train,val,test}/...          splits, each laid out as one of the above
folder/<label>/{train,val,test}/...  labels and splits
folder/labels.csv                    labels, and splits if it has that column, of images anywhere in the folder
"""

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.sources.classes import number_classes
from vaeflow.components.sources.folder_labels import label_images
from vaeflow.components.sources.source import Source, SourceImage
from vaeflow.models.errors import InputError

_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
_FILES_PER_SHARD = 200

log = logging.getLogger(__name__)


class ImageFile(NamedTuple):
    """A file with the name of an image."""

    path: Path
    parts: tuple[str, ...]
    """Parts of the path relative to the root of the source."""
    size: int
    mtime_ns: int


def open_folder(
    where: str, labels: str | None = None, class_depth: int | None = None, unlabelled: bool | None = None
) -> Source:
    """Open the folder with all files named as images, at any depth; the other arguments are those of `IngestConfig`.

    Raises `InputError` if it cannot be read or has no images, or if its splits or labels are invalid or ambiguous.
    """
    root = Path(where).expanduser()
    files = list_images(root)
    if not files:
        raise InputError(f"ingest.source: expected image files ({', '.join(_SUFFIXES)}) in folder {where}, got none")
    labelled = label_images(root, [file.parts for file in files], labels, class_depth, unlabelled)
    names, numbers = number_classes([image.label or "" for image in labelled], unlabelled)
    # A labels file may name images that are missing: their paths lead to the quarantine.
    paths = {file.parts: file.path for file in files}
    images = [
        SourceImage("/".join(parts), split, number if names else None, paths.get(parts, root.joinpath(*parts)), group)
        for (parts, split, _, group), number in zip(labelled, numbers, strict=True)
    ]
    return Source(
        shards=[images[start : start + _FILES_PER_SHARD] for start in range(0, len(images), _FILES_PER_SHARD)],
        read=_read,
        num_images=len(images),
        num_bytes=sum(file.size for file in files),
        label_names=names or None,
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


def _read(shard: Sequence[SourceImage]) -> Iterator[SourceImage]:
    return iter(shard)
