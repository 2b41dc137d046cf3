"""Splits, labels and groups of the images of a folder, from the names of its folders or from a labels file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from vaeflow.components.printable import printable
from vaeflow.components.sources.classes import check_repeated
from vaeflow.components.sources.config import NO_LABELS
from vaeflow.components.sources.folder_files import Listing
from vaeflow.components.sources.folder_layout import Place, find_classes, find_splits
from vaeflow.components.sources.labelled import Labelled
from vaeflow.components.sources.labels_file import Row, read_labels
from vaeflow.components.sources.labels_tables import Parts, Table, find_tables, report_unused
from vaeflow.components.sources.masks import refuse_masks, refuse_masks_beside_images
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.models.errors import InputError


def label_images(
    listing: Listing, labels: str | None, class_depth: int | None, unlabelled: bool | None
) -> list[Labelled]:
    """Label the images of a folder; the arguments are those of `IngestConfig`.

    A table of labels may also name images that do not exist. Raises `InputError` if labels or splits are ambiguous.
    """
    images = [file.parts for file in listing.images if file.is_file]
    folders = [parts[:-1] for parts in images]
    if labels == NO_LABELS:
        places = find_splits(folders, class_depth)
        return [Labelled(parts, place.split) for parts, place in zip(images, places, strict=True)]
    tables = [] if class_depth else find_tables(listing, labels)
    if tables:
        if labels is None:
            _refuse_class_folders(find_splits(folders, class_depth=1), tables[0])
        found = _from_tables(listing.root, tables, images, unlabelled)
    else:
        found = _from_folders(listing.root, images, find_splits(folders, class_depth), class_depth, unlabelled)
    # The only folder of all images, such as images/, is read as a class, but does not label them.
    accept = f"to {tables[0].path.name}" if tables else "ingest.class_depth to 1"
    given = [image.label for image in found if image.label]
    check_repeated(set(given), len(given), accept, decided=bool(labels or class_depth))
    labelled = bool(tables or class_depth) or len({image.label for image in found if image.label}) > 1
    report_unused(listing, tables, labelled=labelled)
    return found


def _from_folders(
    root: Path, images: Sequence[Parts], places: Sequence[Place], class_depth: int | None, unlabelled: bool | None
) -> list[Labelled]:
    names = find_classes(places, class_depth)
    found = [Labelled(parts, place.split, name) for parts, place, name in zip(images, places, names, strict=True)]
    if class_depth is None:
        refuse_masks_beside_images(found)
        refuse_masks(found, root)
    if all(name is None for name in names):
        return found
    return _complete(found, "in a class folder", unlabelled)


def _from_tables(
    root: Path, tables: Sequence[Table], images: Sequence[Parts], unlabelled: bool | None
) -> list[Labelled]:
    rows = read_labels(root, tables, images)
    listed = [*images, *sorted(rows.keys() - set(images))]
    _refuse_other_files(root, rows, listed[len(images) :])
    has_splits = any(row.split for row in rows.values())
    places = find_splits([parts[:-1] for parts in listed], class_depth=1 if has_splits else None)
    found = []
    for parts, place in zip(listed, places, strict=True):
        row = rows.get(parts)
        split = _agreed_split(row, place) if row else place.split
        if has_splits and split == UNSPLIT:
            split = "train"  # an image that is not listed
        found.append(Labelled(parts, split, row and row.label, row and row.group))
    return _complete(found, f"listed in {' or '.join(sorted({table.path.name for table in tables}))}", unlabelled)


def _complete(found: Sequence[Labelled], where: str, unlabelled: bool | None) -> list[Labelled]:
    """Images that have no label are unknown or left out, as `unlabelled` says."""
    bare = [image for image in found if image.label is None]
    if bare and unlabelled is None:
        example = printable("/".join(bare[0].parts))
        raise InputError(
            f"ingest.unlabelled: {len(bare)} of {len(found)} images are not {where}, such as {example}: set it to true "
            "if their class is unknown, or to false to leave them out"
        )
    if unlabelled:
        return [image._replace(label=image.label or "") for image in found]
    return [image for image in found if image.label is not None]


def _agreed_split(row: Row, place: Place) -> str:
    if row.split and place.split not in (UNSPLIT, row.split):
        raise InputError(
            f"{row.at}: '{printable(row.file)}' is in the split {row.split}, but in a folder of the split {place.split}"
        )
    return row.split or place.split


def _refuse_class_folders(places: Sequence[Place], table: Table) -> None:
    folders = sorted({place.folders[0] for place in places if place.folders})
    if len(folders) > 1:
        raise InputError(
            f"ingest.labels: the labels may be in {table.path.name}, or be the folders {printable(folders[0])}, "
            f"{printable(folders[1])}, …: set ingest.labels to {table.path.name}, or ingest.class_depth to 1"
        )


def _refuse_other_files(root: Path, rows: Mapping[Parts, Row], others: Sequence[Parts]) -> None:
    """Refuse rows that name other files or folders. What is missing or no file is left for the quarantine."""
    for parts in others:
        path, row = root.joinpath(*parts), rows[parts]
        if path.is_file() or path.is_dir():
            raise InputError(f"{row.at}: expected an image, got '{printable(row.file)}'")
