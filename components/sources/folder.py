"""A folder of image files, whose layout or labels file determines labels and splits. Importable without heavy packages.

folder/*.png                         neither labels nor splits
folder/<label>/**.png                labels
folder/{train,val,test}/...          splits, each laid out as one of the above
folder/<label>/{train,val,test}/...  labels and splits
folder/labels.csv                    labels, and splits if it has that column, of images anywhere in the folder
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from vaeflow.components.sources.classes import number_classes
from vaeflow.components.sources.folder_files import READ_SUFFIXES, list_files, may_have_floats
from vaeflow.components.sources.folder_labels import label_images
from vaeflow.components.sources.source import UNSPLIT, Source, SourceImage
from vaeflow.models.errors import InputError

_FILES_PER_SHARD = 200

log = logging.getLogger(__name__)


def open_folder(
    where: str, labels: str | None = None, class_depth: int | None = None, unlabelled: bool | None = None
) -> Source:
    """Open the folder with all files named as images, at any depth; the other arguments are those of `IngestConfig`.

    Raises `InputError` if it cannot be read or has no images, or if its splits or labels are invalid or ambiguous.
    """
    root = Path(where).expanduser()
    listed, others = list_files(root)
    if others:
        log.info("%s has files that are not named as images: %s", where, _counts(others))
    if not listed:
        expected = ", ".join(sorted(READ_SUFFIXES))
        raise InputError(f"ingest.source: expected image files ({expected}) in folder {where}, got none")
    files = [file for file in listed if file.is_file]
    found = label_images(root, [file.parts for file in files], labels, class_depth, unlabelled)
    names, numbers = number_classes([image.label or "" for image in found], unlabelled)
    # Images that a labels file names may be missing, and what is no file has no place in the layout: both are images
    # that cannot be read, and are named by the quarantine.
    paths = {file.parts: file.path for file in listed}
    images = [
        SourceImage("/".join(parts), split, number if names else None, paths.pop(parts, root.joinpath(*parts)), group)
        for (parts, split, _, group), number in zip(found, numbers, strict=True)
    ]
    images += [
        SourceImage("/".join(file.parts), UNSPLIT, None, file.path)
        for file in listed
        if not file.is_file and file.parts in paths
    ]
    return Source(
        shards=[images[start : start + _FILES_PER_SHARD] for start in range(0, len(images), _FILES_PER_SHARD)],
        read=_read,
        num_images=len(images),
        num_bytes=sum(file.size for file in files),
        label_names=names or None,
        may_have_floats=any(map(may_have_floats, files)),
    )


def _counts(suffixes: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {suffix or 'without suffix'}" for suffix, count in sorted(suffixes.items()))


def _read(shard: Sequence[SourceImage]) -> Iterator[SourceImage]:
    return iter(shard)
