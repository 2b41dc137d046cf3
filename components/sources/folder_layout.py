"""What the names of folders mean: splits and classes. Importable without heavy packages.

Splits are all folders at the top, or all folders directly below the classes. What can be read in two ways is refused.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from vaeflow.components.images.splits import SPLITS, split_named, splits_within
from vaeflow.components.sources.classes import refuse_equal_folders
from vaeflow.components.sources.missing import may_be_missing
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.models.errors import InputError

_SHOWN = 5

Folders = tuple[str, ...]
"""Names of the folders of an image, from the root of the source to the image."""


class Place(NamedTuple):
    """The split of an image, and its folders without that of the split."""

    split: str
    folders: Folders


def find_splits(paths: Sequence[Folders], class_depth: int | None) -> list[Place]:
    """The split of each image. Without `class_depth`, raises `InputError` if only some folders are named as splits."""
    levels = range((class_depth or 1) + 1)
    whole = [level for level in levels if paths and all(_split_at(folders, level) for folders in paths)]
    if len(whole) > 1:
        raise InputError(
            f"ingest.source: the folders {_shown(paths, whole[0])} may be splits, and so may the folders "
            f"{_shown(paths, whole[1])} in them; rename those that are not"
        )
    if whole:
        (level,) = whole
        return [Place(_split_at(f, level) or UNSPLIT, f[:level] + f[level + 1 :]) for f in paths]
    if class_depth is None:
        for level in levels:
            _refuse_some_splits(paths, level)
            _refuse_qualified_splits(paths, level)
    return [Place(UNSPLIT, folders) for folders in paths]


def find_classes(places: Sequence[Place], class_depth: int | None) -> list[str | None]:
    """The class of each image by its folders, `class_depth` of them joined by /; None outside class folders.

    Raises `InputError` if no folder is as deep, or if no depth is given and there may be several.
    """
    depth = class_depth or 1
    names = ["/".join(folders[:depth]) if len(folders) >= depth else None for _, folders in places]
    found = {name for name in names if name is not None}
    if class_depth is not None and not found:
        raise InputError(f"ingest.class_depth: expected images in folders at depth {class_depth}, got none")
    refuse_equal_folders({folders[:depth] for _, folders in places if len(folders) >= depth})
    if class_depth is None and found:
        _refuse_other_classes(places)
        _refuse_nested([folders for _, folders in places])
    return names


def _split_at(folders: Folders, level: int) -> str | None:
    return split_named(folders[level]) if len(folders) > level else None


def _refuse_some_splits(paths: Sequence[Folders], level: int) -> None:
    splits = [folders for folders in paths if _split_at(folders, level)]
    if splits:
        other = next(folders for folders in paths if not _split_at(folders, level))
        raise InputError(
            f"ingest.source: the folder {'/'.join(splits[0][: level + 1])} is named as a split ({', '.join(SPLITS)}), "
            f"but {'/'.join(other[: level + 1]) or 'the folder itself'} with other images is not; rename one of them, "
            "or set ingest.class_depth to read it as a class or a part of one"
        )


def _refuse_qualified_splits(paths: Sequence[Folders], level: int) -> None:
    """Refuse `train2017` beside `val2017`, or `trainA` beside `testA`: names of different splits of the same."""
    names = {folders[level] for folders in paths if len(folders) > level}
    splits: defaultdict[str, set[str]] = defaultdict(set)
    for rest, split in (found for name in names for found in splits_within(name).items()):
        splits[rest].add(split)
    if any(len(some) > 1 for some in splits.values()):
        raise InputError(
            f"ingest.source: the folders {_shown(paths, level)} may be splits or classes; rename those of a split to "
            f"{' or '.join(SPLITS)}, or set ingest.class_depth to {level + 1} if they are classes"
        )


def _refuse_other_classes(places: Sequence[Place]) -> None:
    """Refuse a split that has no class of the training split, such as `test/images` beside `train/cat`."""
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for split, folders in places:
        inside[split].update(name for name in folders[:1] if not may_be_missing(name))
    train, *others = (sorted(inside[split]) for split in SPLITS)
    for split, names in zip(SPLITS[1:], others, strict=True):
        if train and names and not set(train) & set(names):
            raise InputError(
                f"ingest.source: the folders in {split} ({_listed(names)}) are none of those in train "
                f"({_listed(train)}); arrange the splits alike, or set ingest.class_depth to 1 if all are classes"
            )


def _refuse_nested(paths: Sequence[Folders]) -> None:
    """Refuse folders in class folders if they may be classes too: every image has one, and there are more of them."""
    inner = [folders[:2] for folders in paths if folders]
    if all(len(folders) == 2 for folders in inner) and len(set(inner)) > len({folders[0] for folders in inner}):
        raise InputError(
            f"ingest.class_depth: the classes may be the folders {_shown(paths, 0)} (1) or the folders in them, "
            f"{_shown(paths, 1)} (2); set it to 1, 2 or more"
        )


def _shown(paths: Sequence[Folders], level: int) -> str:
    return _listed(sorted({"/".join(folders[: level + 1]) for folders in paths if len(folders) > level}))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
