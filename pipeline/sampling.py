"""Pictures from an exported decoder, asked as TF Serving would ask it."""

import math
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from vaeflow.models.errors import InputError

MARGIN = 2


def sampled(decoder: Path, count: int, seed: int, label: int | None = None) -> np.ndarray:
    """Images uint8 [count, h, w, c] from the newest version of a served decoder, all of class `label` if one is given.

    Raises `InputError` where that class, or any, cannot be chosen.
    """
    version = max(
        (folder for folder in decoder.iterdir() if folder.name.isdigit()), key=lambda folder: int(folder.name)
    )
    signatures = tf.saved_model.load(str(version)).signatures
    request = {"n": tf.constant(count), "seed": tf.constant(seed), "temperature": tf.constant(1.0)}
    if label is None:
        images = signatures["sample"](**request)["images"]
    elif "sample_class" not in signatures:
        raise InputError("--label: no class can be chosen for what this run's model generates.")
    else:
        try:
            images = signatures["sample_class"](**request, label=tf.constant(label))["images"]
        except tf.errors.InvalidArgumentError:
            raise InputError(f"--label: the run's model has no class of number {label}.") from None
    pixels: np.ndarray = np.rint(images.numpy() * 255).astype(np.uint8)
    return pixels


def grid(images: np.ndarray) -> np.ndarray:
    """Images [n, h, w, c] side by side in a square as near as may be, with a margin around each: [H, W, c]."""
    count, height, width, channels = images.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    cells = np.full((rows * columns, height + MARGIN, width + MARGIN, channels), 255, np.uint8)
    cells[:count, :height, :width] = images
    picture = cells.reshape(rows, columns, height + MARGIN, width + MARGIN, channels).swapaxes(1, 2)
    picture = picture.reshape(rows * (height + MARGIN), columns * (width + MARGIN), channels)
    return np.pad(picture, ((MARGIN, 0), (MARGIN, 0), (0, 0)), constant_values=255)


def save_picture(picture: np.ndarray, path: Path) -> None:
    """Write [H, W, 1 or 3] as the kind of file that the suffix says. Raises `InputError` when that cannot be done."""
    try:
        Image.fromarray(picture.squeeze(-1) if picture.shape[-1] == 1 else picture).save(path)
    except ValueError:
        raise InputError(f"-o {path}: expected a picture's suffix such as .png.") from None
    except OSError as error:
        raise InputError(f"-o {path}: cannot be written: {error.strerror or error}.") from None
