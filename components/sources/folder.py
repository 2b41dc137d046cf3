"""A folder of image files, whose layout or labels file determines labels and splits. Importable without heavy packages.

folder/*.png                         neither labels nor splits
folder/<label>/**.png                labels
folder/{train,val,test}/...          splits, each laid out as one of the above
folder/<label>/{train,val,test}/...  labels and splits
folder/labels.csv                    labels, and splits if it has that column, of images anywhere in the folder
folder/{train,val,test}/labels.csv   labels of the images in each split
folder/<name>/...                    each of these in a single folder that contains all the rest
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from vaeflow.components.printable import printable
from vaeflow.components.sources.classes import number_classes
from vaeflow.components.sources.folder_files import File, Listing, list_source
from vaeflow.components.sources.folder_labels import label_images
from vaeflow.components.sources.formats import is_image_inside, recognised
from vaeflow.components.sources.image_suffixes import COMMON, may_have_floats
from vaeflow.components.sources.source import UNKNOWN, UNSPLIT, Source, SourceImage
from vaeflow.models.errors import InputError

_FILES_PER_SHARD = 200
_FILES_SEARCHED = 1_000  # for images without their suffix

log = logging.getLogger(__name__)


def open_folder(
    where: str, labels: str | None = None, class_depth: int | None = None, unlabelled: bool | None = None
) -> Source:
    """Open the folder with all files named as images, at any depth; the other arguments are those of `IngestConfig`.

    Raises `InputError` if it cannot be read or has no images, or if its splits or labels are invalid or ambiguous.
    """
    listing = list_source(where, labels, class_depth)
    _report_others(listing, where)
    found = label_images(listing, labels, class_depth, unlabelled)
    names, numbers = number_classes([image.label or "" for image in found], unlabelled)
    if len(names) == 1 and UNKNOWN not in numbers and labels is None and class_depth is None:
        log.warning("all images are of the class %s, which is the only one; ingest.labels: none leaves it out", *names)
    # Images that a table names may be missing, and what is no file has no place in the layout: both are images that
    # cannot be read, and are named by the quarantine.
    paths = {file.parts: file.path for file in listing.images}
    images = [
        SourceImage(_id(parts), split, number if names else None, _path(parts, paths, listing.root), group)
        for (parts, split, _, group), number in zip(found, numbers, strict=True)
    ]
    images += [
        SourceImage(_id(file.parts), UNSPLIT, None, file.path)
        for file in listing.images
        if not file.is_file and file.parts in paths
    ]
    return Source(
        shards=[images[start : start + _FILES_PER_SHARD] for start in range(0, len(images), _FILES_PER_SHARD)],
        read=_read,
        num_images=len(images),
        num_bytes=sum(file.size for file in listing.images if file.is_file),
        label_names=names or None,
        may_have_floats=any(may_have_floats(file.path.name) for file in listing.images if file.is_file),
    )


def _id(parts: Sequence[str]) -> str:
    return printable("/".join(parts))


def _path(parts: tuple[str, ...], paths: dict[tuple[str, ...], Path], root: Path) -> Path:
    return paths.pop(parts, root.joinpath(*parts))


def _report_others(listing: Listing, where: str) -> None:
    """Name the files that are not named as images, by suffix. Raises `InputError` if there are no others."""
    if listing.root != Path(where).expanduser():
        log.info("all images are in the folder %s, which is read as the source", printable(str(listing.root)))
    others = [file for file in listing.others if not file.is_table]
    if not listing.images:
        got = _counts(listing.others) or "none"
        hint = next(
            (f"; {printable('/'.join(file.parts))}: {said}" for file in others if (said := recognised(file.path))), ""
        )
        raise InputError(
            f"ingest.source: expected image files ({', '.join(COMMON)} …) in folder {where}, got {got}{hint}"
        )
    if others:
        log.info("%s has files that are not named as images: %s", where, _counts(others))
    images = [file for file in others[:_FILES_SEARCHED] if is_image_inside(file.path)]
    if images:
        text = "%d files are images, but are not read because of their names, such as %s"
        log.warning(text, len(images), _id(images[0].parts))


def _counts(files: Sequence[File]) -> str:
    """The number of files by suffix, with the name of one that has none."""
    by_suffix = defaultdict(list)
    for file in files:
        by_suffix[file.path.suffix.lower()].append(file)
    return ", ".join(
        f"{len(some)} {suffix or f'without suffix (such as {_id(some[0].parts)})'}"
        for suffix, some in sorted(by_suffix.items())
    )


def _read(shard: Sequence[SourceImage]) -> Iterator[SourceImage]:
    return iter(shard)
