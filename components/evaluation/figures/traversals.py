"""Traversals: single latent dimensions moved through the values that codes take, everything else held."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import image_plot
from vaeflow.components.evaluation.metrics.active_units import layers
from vaeflow.components.evaluation.metrics.bounds import KL_TERMS
from vaeflow.components.evaluation.needs import CONTINUOUS_CODES, GENERATIVE
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes, Images
from vaeflow.models.base import LatentVariableModel

MAX_DIMENSIONS = 10
TEST_IMAGES = 2
STEPS = 5
TAIL = 0.025
"""Share of the codes of test images that are below the lowest value, and above the highest."""

Scores = NDArray[np.float64]


class Dimension(NamedTuple):
    """A latent dimension: its place in the code, its layer from 0 at the bottom, and its name beside the figure."""

    place: int
    layer: int
    name: str


def draw(study: Study) -> Picture:
    """Traversals of the dimensions that tell most about an image, from the prior's centre and from test images."""
    model = study.subject.network
    scores, measure, form = information(study)
    dimensions = list(choose(scores, layers(model), form))
    moved = traverse(starts(study), study.codes, dimensions)
    return traversals(decode(model, moved, dimensions), dimensions, measure)


def information(study: Study) -> tuple[Scores, str, str]:
    """How much each inferred dimension tells about an image, with its name and its number format: the KL divergence.

    If the model has none for each dimension, the variance of the posterior mean stands for it.
    """
    moments, inferred = study.measured.moments, study.subject.network.inferred_dim
    if KL_TERMS in moments and len(moments[KL_TERMS].mean) == inferred:
        return moments[KL_TERMS].mean, "KL in nats", ".2f"
    return moments["mean"].variance[:inferred], "variance of the mean", ".2g"


def choose(scores: Scores, layers: Mapping[str, int], form: str) -> Iterator[Dimension]:
    """The ten dimensions with the highest scores, or as many of each of several layers, the lowest layer first."""
    start, most = 0, max(1, MAX_DIMENSIONS // len(layers))
    for layer, (name, size) in enumerate(layers.items()):
        places = start + np.argsort(-scores[start : start + size], kind="stable")[:most]
        for place in places.tolist():
            yield Dimension(place, layer, f"{name}{', ' if name else ''}{place}: {scores[place]:{form}}")
        start += size


def starts(study: Study) -> Codes:
    """The centre of the prior, which is its sample at temperature 0, and codes of test images: [starts, code]."""
    centre = study.subject.network.sample_codes(1, tf.constant([study.settings.seed, 3]), temperature=0.0).numpy()
    return np.concatenate([centre, study.measured.sample.measures["mean"][:TEST_IMAGES]])


def traverse(begin: Codes, codes: Codes, dimensions: Sequence[Dimension]) -> Codes:
    """Codes [dimensions, starts, steps, code] that go from a low to a high quantile of `codes` [n, inferred]."""
    moved = np.tile(begin[:, np.newaxis], (len(dimensions), 1, STEPS, 1)).astype(np.float32)
    for row, dimension in enumerate(dimensions):
        low, high = np.quantile(codes[:, dimension.place], [TAIL, 1 - TAIL])
        moved[row, :, :, dimension.place] = np.linspace(low, high, STEPS)
    return moved


def decode(model: LatentVariableModel, moved: Codes, dimensions: Sequence[Dimension]) -> Images:
    """Mean images [dimensions, starts, steps, h, w, c]; the layers below a moved dimension follow the prior."""
    rows = [model.decode(model.descend(tf.constant(row), to.layer)) for row, to in zip(moved, dimensions, strict=True)]
    return tf.stack(rows).numpy()


def traversals(images: Images, dimensions: Sequence[Dimension], measure: str) -> Picture:
    """One row per dimension, and one block of columns per start, of images [dimensions, starts, steps, h, w, c]."""
    blank = np.ones_like(images[:, 0, :1])
    blocks = [part for block in images.swapaxes(0, 1) for part in (block, blank)][:-1]
    names = ["prior's centre", *[f"test image {number}" for number in range(1, images.shape[1])]]
    columns = ["", *[name if column == STEPS // 2 else "" for name in names for column in range(STEPS + 1)]]
    figure = image_plot(
        np.concatenate(blocks, axis=1), f"Traversals, by {measure}", [to.name for to in dimensions], columns[1:-1]
    )
    layered = dimensions[-1].layer > 0
    return Picture(
        name="traversals",
        caption="Each row moves one latent dimension and holds all others, starting at the centre of the prior and at "
        f"the codes of test images. From left to right, it goes from the {TAIL:.1%} to the {1 - TAIL:.1%} quantile of "
        f"the codes of test images. Shown are the dimensions {'of each layer ' if layered else ''}with the largest "
        f"{measure}, which follows their number."
        + (" The layers below the moved one are at their prior means, given the layers above." if layered else ""),
        alt=f"{len(dimensions)} rows of images, each changing with one latent dimension from left to right.",
        figure=figure,
    )


DRAWING = Drawing(draw, needs=(GENERATIVE, CONTINUOUS_CODES))
