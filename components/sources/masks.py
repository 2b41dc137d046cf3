"""Images and their masks in two folders, as for segmentation: two classes by their layout, but not by their files."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

from vaeflow.components.printable import printable
from vaeflow.components.sources.image_suffixes import without_suffix
from vaeflow.components.sources.labelled import Labelled
from vaeflow.components.sources.source import UNSPLIT
from vaeflow.components.sources.usual_names import meaning_of
from vaeflow.models.errors import InputError

_IMAGES = ("image", "img", "picture", "photo", "input")  # ends of names
_MASKS = ("mask", "label", "annotation", "groundtruth", "gt", "segmentation", "target")  # beginnings


def refuse_masks(found: Sequence[Labelled], root: Path) -> None:
    """Raise `InputError` if one class is named as images, another as masks, and their files have the same names."""
    names = {image.label for image in found if image.label}
    images = sorted(name for name in names if meaning_of(name).stem.endswith(_IMAGES))
    masks = sorted(name for name in names if meaning_of(name).stem.startswith(_MASKS))
    for image, mask in product(images, masks):
        if image != mask and _files(found, mask) <= _files(found, image):
            whole = all(item.split == UNSPLIT for item in found)
            action = f"set ingest.source to folder:{root / image}" if whole else f"move the folders {mask} elsewhere"
            raise InputError(
                f"ingest.source: the folders {printable(image)} and {printable(mask)} contain files of the same names: "
                f"images and their masks, or two classes; {printable(action)}, or set ingest.class_depth to 1"
            )


def _files(found: Sequence[Labelled], label: str) -> set[tuple[str, str]]:
    return {(image.split, without_suffix(image.parts[-1])) for image in found if image.label == label}
