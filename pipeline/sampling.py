"""Sample images from an exported decoder, through the signatures that TensorFlow Serving calls."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from vaeflow.components.closest import did_you_mean
from vaeflow.components.serving.config import LABELS_FILE
from vaeflow.components.serving.versions import versions
from vaeflow.models.errors import InputError

MARGIN = 2
_SHOWN = 20


def sample_images(decoder: Path, count: int, seed: int, label: str | int | None = None) -> np.ndarray:
    """Images uint8 [count, h, w, c] from the newest version of an exported decoder, of class `label` if it is given.

    The class is given as for `class_number`.

    Raises `InputError` if the decoder has no version, has no such class, or does not generate images by class.
    """
    newest = max(versions(decoder), default=None)
    if newest is None:
        raise InputError(f"{decoder}: expected a numbered version of the decoder, but there is none.")
    version = decoder / str(newest)
    signatures = tf.saved_model.load(str(version)).signatures
    request = {"n": tf.constant(count), "seed": tf.constant(seed), "temperature": tf.constant(1.0)}
    if label is None:
        images = signatures["sample"](**request)["images"]
    elif "sample_class" not in signatures:
        raise InputError("--label: the run's model does not generate images by class.")
    else:
        names = (version / "assets" / LABELS_FILE).read_text(encoding="utf-8").split("\n")[:-1]
        images = signatures["sample_class"](**request, label=tf.constant(class_number(label, names)))["images"]
    pixels: np.ndarray = np.rint(images.numpy() * 255).astype(np.uint8)
    return pixels


def class_number(label: str | int, names: Sequence[str]) -> int:
    """The number of the class `label`: a number, or as text a name, or a number if no name has digits.

    Raises `InputError` if there is no such class.
    """
    if label in names:
        return names.index(str(label))
    numeric = isinstance(label, int) or not re.search("[0-9]", "".join(names))
    if numeric and str(label) in map(str, range(len(names))):
        return int(label)
    raise InputError(
        f"--label: the run's model has no class {label!r}.{did_you_mean(str(label), names)} "
        f"Classes: {', '.join(names[:_SHOWN])}{', …' if len(names) > _SHOWN else ''}."
    )


def grid(images: np.ndarray) -> np.ndarray:
    """Arrange images [n, h, w, c] in a nearly square grid [H, W, c], with a margin around each image."""
    count, height, width, channels = images.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    cells = np.full((rows * columns, height + MARGIN, width + MARGIN, channels), 255, np.uint8)
    cells[:count, :height, :width] = images
    picture = cells.reshape(rows, columns, height + MARGIN, width + MARGIN, channels).swapaxes(1, 2)
    picture = picture.reshape(rows * (height + MARGIN), columns * (width + MARGIN), channels)
    return np.pad(picture, ((MARGIN, 0), (MARGIN, 0), (0, 0)), constant_values=255)


def save_picture(picture: np.ndarray, path: Path) -> None:
    """Write an image [H, W, 1 or 3] in the format of the path's suffix. Raises `InputError` if that is not possible."""
    try:
        Image.fromarray(picture.squeeze(-1) if picture.shape[-1] == 1 else picture).save(path)
    except ValueError:
        raise InputError(f"-o {path}: expected a suffix of an image format, such as .png.") from None
    except OSError as error:
        raise InputError(f"-o {path}: cannot be written: {error.strerror or error}.") from None
