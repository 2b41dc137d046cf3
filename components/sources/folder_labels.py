"""Splits, labels and groups of the images of a folder, from the names of its folders or from a labels file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.sources.config import NO_LABELS
from vaeflow.components.sources.folder_layout import Place, find_classes, find_splits
from vaeflow.components.sources.labels_file import Parts, Row, find_labels_file, match_rows, read_rows
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.models.errors import InputError


class Labelled(NamedTuple):
    """An image, by the parts of its path, with the name of its class: empty if unknown, None without classes."""

    parts: Parts
    split: str
    label: str | None = None
    group: str | None = None


def label_images(
    root: Path, images: Sequence[Parts], labels: str | None, class_depth: int | None, unlabelled: bool | None
) -> list[Labelled]:
    """Label the images in `root`; the arguments are those of `IngestConfig`.

    A labels file may also name images that do not exist. Raises `InputError` if labels or splits are ambiguous.
    """
    folders = [parts[:-1] for parts in images]
    if file := None if labels == NO_LABELS or class_depth else find_labels_file(root, labels):
        if labels is None:
            _refuse_class_folders(find_splits(folders, class_depth=1), file)
        return _from_file(root, file, images, unlabelled)
    places = find_splits(folders, class_depth)
    if labels == NO_LABELS:
        return [Labelled(parts, place.split) for parts, place in zip(images, places, strict=True)]
    return _from_folders(images, places, class_depth, unlabelled)


def _from_folders(
    images: Sequence[Parts], places: Sequence[Place], class_depth: int | None, unlabelled: bool | None
) -> list[Labelled]:
    names = find_classes(places, class_depth)
    found = [Labelled(parts, place.split, name) for parts, place, name in zip(images, places, names, strict=True)]
    if all(name is None for name in names):
        return found
    return _complete(found, "in a class folder", unlabelled)


def _from_file(root: Path, file: Path, images: Sequence[Parts], unlabelled: bool | None) -> list[Labelled]:
    rows = match_rows(read_rows(file), images, file, root)
    listed = [*images, *sorted(rows.keys() - set(images))]
    _refuse_other_files(root, file, rows, listed[len(images) :])
    has_splits = any(row.split for row in rows.values())
    places = find_splits([parts[:-1] for parts in listed], class_depth=1 if has_splits else None)
    found = []
    for parts, place in zip(listed, places, strict=True):
        row = rows.get(parts)
        split = _agreed_split(row, place, file) if row else place.split
        if has_splits and split == UNSPLIT:
            split = "train"  # an image that is not listed
        found.append(Labelled(parts, split, row and row.label, row and row.group))
    return _complete(found, f"listed in {file.name}", unlabelled)


def _complete(found: Sequence[Labelled], where: str, unlabelled: bool | None) -> list[Labelled]:
    """Images that have no label are unknown or left out, as `unlabelled` says."""
    bare = [image for image in found if image.label is None]
    if bare and unlabelled is None:
        raise InputError(
            f"ingest.unlabelled: {len(bare)} of {len(found)} images are not {where}, such as "
            f"{'/'.join(bare[0].parts)}: set it to true if their class is unknown, or to false to leave them out"
        )
    if unlabelled:
        return [image._replace(label=image.label or "") for image in found]
    return [image for image in found if image.label is not None]


def _agreed_split(row: Row, place: Place, file: Path) -> str:
    if row.split and place.split not in (UNSPLIT, row.split):
        raise InputError(
            f"ingest.labels: {file}, line {row.line}: {row.file!r} is in the split {row.split}, but in a folder of the "
            f"split {place.split}"
        )
    return row.split or place.split


def _refuse_class_folders(places: Sequence[Place], file: Path) -> None:
    folders = sorted({place.folders[0] for place in places if place.folders})
    if len(folders) > 1:
        raise InputError(
            f"ingest.labels: the labels may be in {file.name}, or be the folders {folders[0]}, {folders[1]}, …: set "
            f"ingest.labels to {file.name}, or ingest.class_depth to 1"
        )


def _refuse_other_files(root: Path, file: Path, rows: Mapping[Parts, Row], others: Sequence[Parts]) -> None:
    """Refuse rows that name other files or folders. What is missing or no file is left for the quarantine."""
    for parts in others:
        path, row = root.joinpath(*parts), rows[parts]
        if path.is_file() or path.is_dir():
            raise InputError(f"ingest.labels: {file}, line {row.line}: expected an image, got {row.file!r}")
