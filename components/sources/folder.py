"""A folder of image files, whose layout determines labels and splits. Importable without heavy packages.

folder/*.png                        neither labels nor splits
folder/<label>/**.png               labels
folder/{train,val,test}/...         splits, each laid out as one of the above
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from vaeflow.components.sources.folder_files import READ_SUFFIXES, ImageFile, list_files, may_have_floats
from vaeflow.components.sources.source import UNSPLIT, Source, SourceImage
from vaeflow.models.errors import InputError

_SPLITS = {"train", "val", "valid", "validation", "dev", "test"}
_FILES_PER_SHARD = 200

log = logging.getLogger(__name__)


def open_folder(where: str) -> Source:
    """Open the folder with all files named as images, at any depth.

    Raises `InputError` if it cannot be read, has no images, or has them both inside and outside class folders.
    """
    listed, others = list_files(Path(where).expanduser())
    if others:
        log.info("%s has files that are not named as images: %s", where, _counts(others))
    if not listed:
        expected = ", ".join(sorted(READ_SUFFIXES))
        raise InputError(f"ingest.source: expected image files ({expected}) in folder {where}, got none")
    files = [file for file in listed if file.is_file]
    depth = 1 if all(len(file.parts) > 1 and file.parts[0].lower() in _SPLITS for file in files) else 0
    names = _label_names(files, depth, where)
    images = [_image(file, depth, names) for file in files]
    # What is no file has no place in the layout: the quarantine names it.
    images += [SourceImage("/".join(file.parts), UNSPLIT, None, file.path) for file in listed if not file.is_file]
    return Source(
        shards=[images[start : start + _FILES_PER_SHARD] for start in range(0, len(images), _FILES_PER_SHARD)],
        read=_read,
        num_images=len(images),
        num_bytes=sum(file.size for file in files),
        label_names=names,
        may_have_floats=any(map(may_have_floats, files)),
    )


def _counts(suffixes: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {suffix or 'without suffix'}" for suffix, count in sorted(suffixes.items()))


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
