"""Images and their masks, as for segmentation, in two folders or side by side: not all of them are pictures."""

import logging
import re
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
_SUFFIX = re.compile(r"[ _.-](masks?|seg|segmentation|labels?|annotations?|ground[ _-]?truth|gt)$", re.IGNORECASE)
_IMAGE_SUFFIX = re.compile(r"[ _.-](image|img)$", re.IGNORECASE)

log = logging.getLogger(__name__)


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


def refuse_masks_beside_images(found: Sequence[Labelled]) -> None:
    """Refuse images of which most have a mask beside them, such as `cell1.png` and `cell1_mask.png`; warn of fewer."""
    stems = {image.parts: without_suffix(image.parts[-1]) for image in found}
    images = {(*parts[:-1], _pictured(stem)): parts for parts, stem in stems.items() if not _SUFFIX.search(stem)}
    masks = {parts: (*parts[:-1], _pictured(stem)) for parts, stem in stems.items() if _SUFFIX.search(stem)}
    pairs = [(images[pictured], mask) for mask, pictured in masks.items() if pictured in images]
    if not pairs:
        return
    image, mask = (printable("/".join(parts)) for parts in pairs[0])
    named = f"{len(pairs)} of {len(found)} images are named as masks of others, such as {mask} of {image}"
    if 2 * len({picture for picture, _ in pairs}) > len(images):
        raise InputError(
            f"ingest.source: {named}; move the masks elsewhere, or set ingest.labels to none, or ingest.class_depth to "
            "1, if they are images too"
        )
    log.warning("%s, and are read as images", named)


def _pictured(stem: str) -> str:
    """What an image or a mask shows, by the name of its file."""
    return _IMAGE_SUFFIX.sub("", _SUFFIX.sub("", stem)) or stem


def _files(found: Sequence[Labelled], label: str) -> set[tuple[str, str]]:
    return {(image.split, _pictured(without_suffix(image.parts[-1]))) for image in found if image.label == label}
