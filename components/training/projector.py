"""Files for TensorBoard's embedding projector: points, labels, a sprite sheet, and a configuration that names them.

TensorBoard finds the configuration only in folders that also contain event files.
"""

from collections.abc import Sequence
from math import ceil, sqrt
from pathlib import Path

import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from PIL import Image
from tensorboard.plugins.projector import ProjectorConfig

from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import known_labels, label_names, load_split
from vaeflow.components.printable import printable
from vaeflow.models.base import LatentVariableModel

# Browsers do not draw a sprite sheet with a longer side.
MAX_SHEET = 8192
MAX_POINTS = 2000
UNKNOWN = "?"


def write_embeddings(model: LatentVariableModel, examples: Examples, folder: Path) -> None:
    """Write the posterior means of the first validation images as the projector's files."""
    split, names = load_split(examples, "validation", MAX_POINTS), label_names(examples)
    images, labels, ids = split
    known = tf.constant(known_labels(split), tf.int32)
    codes = model.embed(model.observe(images), model.given(known)).numpy()[:, : model.inferred_dim]
    shown = None if labels is None or names is None else [names[label] if label >= 0 else UNKNOWN for label in labels]
    write_projector(folder, codes=codes, images=images, labels=shown, ids=ids)


def write_projector(
    folder: Path, *, codes: np.ndarray, images: np.ndarray, labels: Sequence[str] | None, ids: Sequence[str]
) -> None:
    """Write codes [n, latent] and images uint8 [n, h, w, c]. Paths are relative, so that the folder can be moved."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savetxt(folder / "codes.tsv", _in_space(codes), delimiter="\t", fmt="%.6g")
    _write_metadata(folder / "metadata.tsv", labels, ids)
    thumbnails = _thumbnails(images)
    _sheet(thumbnails).save(folder / "sprites.png")
    config = ProjectorConfig()
    embedding = config.embeddings.add()
    embedding.tensor_name = "posterior means"
    embedding.tensor_path = "codes.tsv"
    embedding.metadata_path = "metadata.tsv"
    embedding.sprite.image_path = "sprites.png"
    embedding.sprite.single_image_dim.extend(reversed(thumbnails.shape[1:3]))
    (folder / "projector_config.pbtxt").write_text(text_format.MessageToString(config))


def _in_space(codes: np.ndarray) -> np.ndarray:
    """Codes [n, at least 3]: the projector draws in space, and shows nothing of codes with fewer dimensions."""
    return np.pad(codes, [(0, 0), (0, max(0, 3 - codes.shape[1]))])


def _write_metadata(path: Path, labels: Sequence[str] | None, ids: Sequence[str]) -> None:
    # The projector expects a header if there are two columns, and none if there is one.
    columns = [ids] if labels is None else [["label", *labels], ["id", *ids]]
    rows = ("\t".join(map(_cell, row)) for row in zip(*columns, strict=True))
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


def _cell(name: str) -> str:
    """The name without tabs and line breaks; the projector skips rows in which every name is blank."""
    return printable(name).strip() or UNKNOWN


def _thumbnails(images: np.ndarray) -> np.ndarray:
    """Every k-th pixel of each image, with k such that the whole sheet stays within the browser's limit."""
    side = max(images.shape[1:3]) * ceil(sqrt(len(images)))
    stride = ceil(side / MAX_SHEET)
    return images[:, ::stride, ::stride]


def _sheet(images: np.ndarray) -> Image.Image:
    count, height, width, channels = images.shape
    side = ceil(sqrt(count))
    sheet = np.zeros((side * side, height, width, channels), np.uint8)
    sheet[:count] = images
    sheet = sheet.reshape(side, side, height, width, channels).swapaxes(1, 2)
    pixels = sheet.reshape(side * height, side * width, channels)
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
