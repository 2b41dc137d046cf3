"""All figures of an evaluation, drawn from the model and what was measured with it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.metrics.cluster import contingency_matrix

from vaeflow.components import progress
from vaeflow.components.evaluation.assessment import Assessment
from vaeflow.components.evaluation.figures.clusters import confusion
from vaeflow.components.evaluation.figures.images import interpolations, latent_grid, prior_samples, reconstructions
from vaeflow.components.evaluation.figures.latent import kl_per_dimension, latent_scatter
from vaeflow.components.evaluation.figures.style import Picture
from vaeflow.components.evaluation.figures.training import loss_curves
from vaeflow.components.evaluation.subject import Subject
from vaeflow.components.images.examples import Split
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.diagnostics import active

RECONSTRUCTED = 36
GENERATED = 96
INTERPOLATED = 6
STEPS = 10
GRID = 18
PRIOR_SAMPLES = 20_000
MARGIN = 0.025
"""The grid of the latent plane leaves out this much of the prior at each end."""

Array = NDArray[np.float32]
Labels = NDArray[np.int64]


def draw(subject: Subject, assessment: Assessment, seed: int) -> Iterator[Picture]:
    """Every figure that makes sense for this model and these images."""
    model, test, measures = subject.network, subject.test, assessment.measures
    yield draw_reconstructions(model, test.images[:RECONSTRUCTED])
    yield prior_samples(model.generate(GENERATED, tf.constant([seed, 0])).numpy())
    yield latent_scatter(measures["mean"], measures["stddev"], test.labels, subject.label_names)
    if model.latent_dim == 2:
        yield draw_latent_grid(model, seed)
    if len(test.images) > 1:
        yield draw_interpolations(model, test, measures["mean"])
    yield kl_per_dimension(measures["kl_per_dimension"].mean(axis=0), active(measures["mean"]))
    if test.labels is not None:
        yield draw_confusion(test.labels, assessment.clusters, subject.label_names)
    history = subject.read_json("history.json")
    yield loss_curves(history["epochs"], history["best_epoch"])


def save_pictures(pictures: Iterable[Picture], folder: Path) -> list[Picture]:
    """Write each as `<name>.png`."""
    folder.mkdir()
    drawn = []
    with progress.bar("Drawing figures") as advance:
        for picture in pictures:
            picture.figure.savefig(folder / f"{picture.name}.png", bbox_inches="tight")
            drawn.append(picture)
            advance(1)
    return drawn


def draw_reconstructions(model: LatentVariableModel, images: NDArray[np.uint8]) -> Picture:
    """Images beside what the model makes of them."""
    x = model.observe(tf.constant(images))
    return reconstructions(x.numpy(), model.reconstruct(x).numpy())


def draw_latent_grid(model: LatentVariableModel, seed: int) -> Picture:
    """The latent plane decoded between quantiles of the prior, which are estimated: any prior can be sampled."""
    samples = model.prior().sample(PRIOR_SAMPLES, seed=tf.constant([seed, 1])).numpy()
    first, second = np.quantile(samples, np.linspace(MARGIN, 1 - MARGIN, GRID), axis=0).T
    codes = np.stack(np.meshgrid(first, second[::-1]), axis=-1).astype(np.float32)
    return latent_grid(model.decode(tf.constant(codes)).numpy())


def draw_interpolations(model: LatentVariableModel, test: Split, mean: Array) -> Picture:
    """Straight lines in latent space between test images, of different classes where that is known."""
    starts, ends = np.array(pairs(len(test.images), test.labels, INTERPOLATED)).T
    step = np.linspace(0, 1, STEPS, dtype=np.float32)[:, np.newaxis]
    codes = mean[starts, np.newaxis] * (1 - step) + mean[ends, np.newaxis] * step
    x = model.observe(tf.constant(test.images[np.concatenate([starts, ends])])).numpy()
    return interpolations(x[: len(starts)], model.decode(tf.constant(codes)).numpy(), x[len(starts) :])


def pairs(count: int, labels: Labels | None, limit: int) -> list[tuple[int, int]]:
    """At most `limit` disjoint pairs of places, each with the next place of another class if there is one."""
    left = list(range(count))
    found: list[tuple[int, int]] = []
    while len(left) > 1 and len(found) < limit:
        first = left.pop(0)
        others = left if labels is None else [place for place in left if labels[place] != labels[first]]
        second = (others or left)[0]
        left.remove(second)
        found.append((first, second))
    return found


def draw_confusion(labels: Labels, clusters: Labels, names: Sequence[str]) -> Picture:
    """Known classes against the clusters of their images."""
    known = labels >= 0
    return confusion(
        contingency_matrix(labels[known], clusters[known]), [names[label] for label in np.unique(labels[known])]
    )
