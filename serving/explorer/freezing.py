"""An explorer without a server: one page with images that are decoded beforehand."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.models.errors import InputError
from vaeflow.serving.explorer.app import Explored, description
from vaeflow.serving.explorer.bundling import single_page
from vaeflow.serving.explorer.evaluated import Evaluated, as_bytes, some_of
from vaeflow.serving.explorer.pictures import sheet
from vaeflow.serving.explorer.served import Codes, Pixels, Served

MAX_BYTES = 10_000_000
COUNTS = (2000, 1000, 500, 250, 100, 25)
"""Numbers of images to keep, of which the first is chosen that leaves the page small enough."""
GRID = 24
MARGIN = 0.05
COLUMNS = 40
BATCH = 256
DIMENSIONS, TAIL, REACH, STEPS = 10, 0.025, 1.5, 19
"""The sliders of the page: their number, quantiles and reach, and the number of images along each."""


def frozen_page(models: Sequence[Explored]) -> str:
    """A self-contained page of the models. Raises `InputError` if it cannot be made small enough."""
    for count in COUNTS:
        page = single_page(" and ".join(model.name for model in models), [frozen(model, count) for model in models])
        if len(page.encode()) <= MAX_BYTES:
            return page
    raise InputError(f"--export: the images are too large for a page of {MAX_BYTES:,} bytes.")


def frozen(model: Explored, count: int) -> dict[str, Any]:
    """A model with at most `count` images, as the page thaws it: arrays in Base64, and images on sheets."""
    some = some_of(model.evaluated, count)
    arrays, thumbnails = dict(some.arrays), some.arrays["thumbnails"]
    del arrays["thumbnails"]
    codes, decoded = decoded_beforehand(some, model.served)
    return description(model) | {
        "ids": some.ids,
        "abilities": {"resamples": False, "scores": False},
        "arrays": {name: in_base64(array) for name, array in arrays.items()},
        "thumbnails": on_sheet(thumbnails),
        "codes": in_base64(codes),
        "decoded": on_sheet(resized(decoded, thumbnails.shape[1:3])),
    }


def in_base64(array: NDArray[Any]) -> dict[str, Any]:
    """An array as JSON holds it."""
    data = base64.b64encode(as_bytes(array)).decode()
    return {"type": array.dtype.name, "shape": list(array.shape), "data": data}


def on_sheet(images: Pixels) -> dict[str, Any]:
    """Images [n, h, w, c] as one PNG."""
    address = f"data:image/png;base64,{base64.b64encode(sheet(images, COLUMNS)).decode()}"
    return {"sheet": address, "columns": COLUMNS, "shape": list(images.shape)}


def resized(images: Pixels, size: Sequence[int]) -> Pixels:
    """Images of the size of thumbnails."""
    if images.shape[1:3] == tuple(size):
        return images
    small: Pixels = np.rint(tf.image.resize(images, size, "area").numpy()).astype(np.uint8)
    return small


def decoded_beforehand(evaluated: Evaluated, served: Served) -> tuple[Codes, Pixels]:
    """Codes [n, code] of the images, of the plane and along the dimensions, with their decoded images."""
    moved, layers = traversed(evaluated)
    known = np.concatenate([evaluated.arrays["mean"], plane(evaluated)])
    parts = [decode(served, known)]
    for layer in np.unique(layers):
        codes = moved[layers == layer]
        parts.append(decode(served, served.resample(codes, int(layer), 0, 0.0) if layer else codes))
    order = np.argsort(layers, kind="stable")
    return np.concatenate([known, moved[order]]), np.concatenate(parts)


def decode(served: Served, codes: Codes) -> Pixels:
    """Decoded images, in batches."""
    parts = [served.decode(codes[start : start + BATCH]) for start in range(0, len(codes), BATCH)]
    return np.concatenate(parts) if parts else served.decode(codes)


def plane(evaluated: Evaluated) -> Codes:
    """Codes [GRID², code] of a grid in the first two dimensions or the plane of the principal axes, if there is one."""
    about, mean, arrays = evaluated.about, evaluated.arrays["mean"], evaluated.arrays
    inferred = about["inferred_dim"]
    if not about["continuous"]:
        return mean[:0]
    if "pca/axes" in arrays:
        centre, axes = arrays["pca/mean"], arrays["pca/axes"]
    else:
        centre, axes = np.zeros(inferred, np.float32), np.eye(min(inferred, 2), inferred, dtype=np.float32)
    points = (mean[:, :inferred] - centre) @ axes.T
    low, high = points.min(axis=0), points.max(axis=0)
    border = MARGIN * (high - low)
    sides = [np.linspace(*ends, GRID) for ends in zip(low - border, high + border, strict=True)]
    places = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, len(axes))
    codes = np.tile(arrays["centre"], (len(places), 1)).astype(np.float32)
    codes[:, :inferred] = centre + places @ axes
    return codes


def traversed(evaluated: Evaluated) -> tuple[Codes, NDArray[np.int64]]:
    """Codes [n, code] along the dimensions that tell most, from the centre of the prior, and the layer of each."""
    about, mean, arrays = evaluated.about, evaluated.arrays["mean"], evaluated.arrays
    if not about["continuous"]:
        return mean[:0], np.zeros(0, np.int64)
    layer_of = np.repeat(np.arange(len(about["layers"]) or 1), list(about["layers"].values()) or about["code_dim"])
    scores = arrays["information"][: about["code_dim"] - about["class_dim"]]
    chosen = np.argsort(-scores, kind="stable")[:DIMENSIONS]
    codes = np.tile(arrays["centre"], (len(chosen), STEPS, 1)).astype(np.float32)
    for row, dimension in enumerate(chosen):
        low, high = np.quantile(mean[:, dimension], [TAIL, 1 - TAIL], method="nearest")
        reach = REACH * (high - low) / 2
        codes[row, :, dimension] = (low + high) / 2 + np.linspace(-reach, reach, STEPS)
    return codes.reshape(-1, codes.shape[-1]), np.repeat(layer_of[chosen], STEPS)
