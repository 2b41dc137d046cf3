"""`explorer.npz`: the images of the sample, small enough for a page on which one walks through the latent space."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from pydantic import BaseModel

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.figures import projections, traversals
from vaeflow.components.evaluation.measuring.sample import Indices, draw_indices
from vaeflow.components.evaluation.measuring.selection import select
from vaeflow.components.evaluation.projections import MIN_IMAGES, differ, principal_axes, projected
from vaeflow.components.evaluation.study import Study
from vaeflow.components.images.examples import stream_identities
from vaeflow.models.arrays import Codes, Pixels

FILE = "explorer.npz"
MAX_CODE_VALUES = 2**23
"""Maximum number of values in the codes of all images: 32 MiB of float32."""
MAX_PIXEL_VALUES = 2**24
"""Maximum number of values in the thumbnails of all images."""
MAX_SIDE = 64
BATCH = 256


class Term(BaseModel):
    """A number of each image, as it is shown."""

    name: str
    title: str
    unit: str
    decimals: int


class About(BaseModel):
    """What a page says of the model and its images, and what it can do with them."""

    source: str
    split: str = "test"
    test_images: int
    """Number of images of the test split, of which those in the file were drawn with `seed`."""
    seed: int
    image_shape: tuple[int, int, int]
    code_dim: int
    inferred_dim: int
    """Number of leading dimensions that are inferred from the image."""
    class_dim: int
    """Number of trailing dimensions that are a class."""
    layers: Mapping[str, int]
    """Sizes of the layers of the code, the lowest first."""
    continuous: bool
    conditional: bool
    generates_classes: bool
    standard_normal_prior: bool
    prior: str
    classes: tuple[str, ...]
    information: str
    """What `information` [inferred] measures of each dimension, with its unit."""
    terms: tuple[Term, ...]


def save_explorer(study: Study, folder: Path) -> None:
    """Write ids, labels, posterior means, centre of the prior, projections, thumbnails and numbers of each image.

    These are images of the sample: all of them, unless their codes would be too large.
    """
    everything = study.measured.sample.measures
    count = max(1, MAX_CODE_VALUES // study.subject.code_dim)
    rows = draw_indices(len(study.measured.sample), count, study.settings.seed)
    terms = [name for name, values in everything.items() if values.ndim == 1 and name in METRICS]
    scores, measure, _ = traversals.information(study)
    arrays: dict[str, NDArray[Any]] = {
        "about": np.array(about(study, terms, measure).model_dump_json()),
        "ids": identifiers(study, rows),
        "labels": study.labels[rows].astype(np.int32),
        "mean": everything["mean"][rows],
        "centre": traversals.starts(study)[0],
        "information": scores.astype(np.float32),
        "thumbnails": thumbnails(study, rows),
        **{f"points/{name}": points for name, points in placed(study, rows).items()},
        **axes(study),
        **{f"terms/{name}": everything[name][rows].astype(np.float32) for name in terms},
    }
    np.savez_compressed(folder / FILE, allow_pickle=False, **arrays)


def about(study: Study, terms: list[str], measure: str) -> About:
    """The description of the model and the sample."""
    subject, model = study.subject, study.subject.network
    return About(
        source=str(subject.examples.properties.get("source", "")),
        test_images=subject.images,
        seed=study.settings.seed,
        image_shape=model.image_shape,
        code_dim=model.code_dim,
        inferred_dim=model.inferred_dim,
        class_dim=model.data.num_classes if model.generates_classes else 0,
        layers=model.code_groups,
        continuous=model.config.continuous,
        conditional=model.conditional,
        generates_classes=model.generates_classes,
        standard_normal_prior=model.config.standard_normal_prior,
        prior=model.config.prior_title,
        classes=tuple(subject.label_names),
        information=measure,
        terms=tuple(_term(name) for name in terms),
    )


def _term(name: str) -> Term:
    metric = METRICS[name]
    return Term(name=name, title=metric.title, unit=metric.unit, decimals=metric.decimals)


def identifiers(study: Study, rows: Indices) -> NDArray[np.str_]:
    """Ids [n] of images in the given rows of the sample."""
    ids = [""] * len(rows)
    places = {index: place for place, index in enumerate(study.measured.sample.indices[rows].tolist())}
    stream = stream_identities(study.subject.examples, "test").as_numpy_iterator()
    for index, (identifier, _) in enumerate(stream):  # of which there may be many more than in the sample
        if index in places:
            ids[places[index]] = identifier.decode()
    return np.array(ids, np.str_)


def thumbnails(study: Study, rows: Indices) -> Pixels:
    """Images uint8 [n, side, side, c] as the model sees them, made smaller if they are large or many."""
    model, size = study.subject.network, thumbnail_size(study.subject.network.image_shape, len(rows))

    def shrink(images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        small = tf.image.resize(model.observe(images), size, "area")
        return tf.cast(tf.round(255 * tf.clip_by_value(small, 0, 1)), tf.uint8)

    indices = study.measured.sample.indices[rows]
    batches = select(study.subject.examples, "test", indices).batch(BATCH)
    return np.concatenate([shrink(*batch).numpy() for batch in batches])


def thumbnail_size(image_shape: tuple[int, int, int], count: int) -> tuple[int, int]:
    """Height and width of each of `count` thumbnails, in the proportions of the images."""
    height, width, channels = image_shape
    room = math.sqrt(MAX_PIXEL_VALUES / (count * channels * height * width))
    scale = min(1.0, MAX_SIDE / max(height, width), room)
    return max(1, int(height * scale)), max(1, int(width * scale))


def placed(study: Study, rows: Indices) -> Mapping[str, Codes]:
    """Points [n, 2] of each projection that has no inverse; NaN for images that were not projected."""
    if not projections.DRAWING.available(study):
        return {}
    found, places = study.once(projected), {}
    for name, points in found.points.items():
        if name != "pca":
            places[name] = np.full((len(study.codes), 2), np.nan, np.float32)
            places[name][found.rows] = points
    return {name: points[rows] for name, points in places.items()}


def axes(study: Study) -> Mapping[str, Codes]:
    """The mean code [inferred] and the first two principal axes [2, inferred], which lead from the plane to codes."""
    codes = study.codes
    if codes.shape[1] <= 2 or len(codes) < MIN_IMAGES or not differ(codes):
        return {}
    found = principal_axes(codes)
    return {"pca/mean": found.mean_.astype(np.float32), "pca/axes": found.components_.astype(np.float32)}
