"""All figures of an evaluation, drawn from the model and what was measured with it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.metrics.cluster import contingency_matrix

from vaeflow.components import progress
from vaeflow.components.evaluation.assessment import Assessment
from vaeflow.components.evaluation.attributes import STEPS as ATTRIBUTE_STEPS
from vaeflow.components.evaluation.attributes import move
from vaeflow.components.evaluation.classification import class_counts, predictions
from vaeflow.components.evaluation.figures.clusters import classification, confusion
from vaeflow.components.evaluation.figures.detail import attributes, sharpness
from vaeflow.components.evaluation.figures.images import (
    denoised,
    interpolations,
    latent_grid,
    prior_samples,
    reconstructions,
)
from vaeflow.components.evaluation.figures.latent import kl_per_dimension, kl_per_layer, latent_scatter
from vaeflow.components.evaluation.figures.style import Picture
from vaeflow.components.evaluation.figures.training import loss_curves
from vaeflow.components.evaluation.metrics import central
from vaeflow.components.evaluation.probes import Embedded
from vaeflow.components.evaluation.sharpness import Sharpness
from vaeflow.components.evaluation.subject import Subject
from vaeflow.components.images.examples import Split, known_labels
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.diagnostics import active

RECONSTRUCTED = 36
DENOISED = 24
GENERATED = 96
COMPARED = 25
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
    yield draw_reconstructions(model, test)
    if model.denoises:
        yield draw_denoised(model, test, seed)
    yield prior_samples(model.generate(GENERATED, tf.constant([seed, 0])).numpy())
    yield draw_sharpness(subject, assessment, seed)
    inferred = measures["mean"][:, : model.inferred_dim]
    spread = measures["stddev"][:, : model.inferred_dim]
    yield latent_scatter(inferred, spread, test.labels, subject.label_names)
    if model.code_dim == 2:
        yield draw_latent_grid(model, seed)
    if len(test.images) > 1:
        yield draw_interpolations(model, test, measures["mean"])
    if model.bounds_likelihood and measures["kl_per_dimension"].shape[1] == model.code_dim:
        yield draw_kl(model, measures["kl_per_dimension"].mean(axis=0), active(measures["mean"]))
    if assessment.train is not None:
        yield from draw_attributes(subject, assessment.train, measures["mean"])
    if test.labels is not None:
        yield draw_confusion(test.labels, assessment.clusters, subject.label_names)
        if model.classifies:
            counts = class_counts(test.labels, predictions(measures), subject.label_names)
            yield classification(counts, subject.label_names)
    history = subject.read_json("history.json")
    yield loss_curves(history["epochs"], history["best_epoch"], bound=model.bounds_likelihood)


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


def draw_reconstructions(model: LatentVariableModel, test: Split) -> Picture:
    """The first images beside what the model makes of them."""
    x = model.observe(tf.constant(test.images[:RECONSTRUCTED]))
    labels = model.given(tf.constant(known_labels(test)[:RECONSTRUCTED], tf.int32))
    return reconstructions(x.numpy(), model.reconstruct(x, labels).numpy())


def draw_denoised(model: LatentVariableModel, test: Split, seed: int) -> Picture:
    """The first images with noise, what the model makes of them, and as they were."""
    x = model.observe(tf.constant(test.images[:DENOISED]))
    labels = model.given(tf.constant(known_labels(test)[:DENOISED], tf.int32))
    noisy = model.corrupt(x, tf.constant([seed, 2]))
    return denoised(noisy.numpy(), model.reconstruct(noisy, labels).numpy(), x.numpy())


def draw_latent_grid(model: LatentVariableModel, seed: int) -> Picture:
    """The latent plane decoded between quantiles of the prior, which are estimated: any prior can be sampled."""
    samples = model.sample_codes(PRIOR_SAMPLES, tf.constant([seed, 1])).numpy()
    first, second = np.quantile(samples, np.linspace(MARGIN, 1 - MARGIN, GRID), axis=0).T
    codes = np.stack(np.meshgrid(first, second[::-1]), axis=-1).astype(np.float32)
    return latent_grid(model.decode(tf.constant(codes)).numpy())


def draw_kl(model: LatentVariableModel, kl: Array, active_units: NDArray[np.bool_]) -> Picture:
    """Where the information about an image is: in which dimensions, of which layers."""
    if model.code_groups:
        return kl_per_layer(kl, active_units, model.code_groups)
    return kl_per_dimension(kl, active_units)


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


def draw_sharpness(subject: Subject, assessment: Assessment, seed: int) -> Picture:
    """Test images, reconstructions and samples side by side, with the sharpness of each kind."""
    model, test, metrics = subject.network, subject.test, central(assessment.results.metrics)
    x = model.observe(tf.constant(test.images[:COMPARED]))
    labels = model.given(tf.constant(known_labels(test)[:COMPARED], tf.int32))
    samples = model.generate(len(x), tf.constant([seed, 0]))
    measured = Sharpness(*(metrics[f"sharpness_{kind}"] for kind in Sharpness._fields))
    return sharpness(x.numpy(), model.reconstruct(x, labels).numpy(), samples.numpy(), measured)


def draw_attributes(subject: Subject, train: Embedded, mean: Array) -> Iterator[Picture]:
    """Test images moved along attribute vectors, where there are two classes to tell apart."""
    model, test = subject.network, subject.test
    moved = move(train, Embedded(mean, known_labels(test)))
    if moved is not None:
        x = model.observe(tf.constant(test.images[moved.places])).numpy()
        names = [subject.label_names[label] for label in moved.classes]
        decoded = model.decode(tf.constant(moved.codes)).numpy()
        yield attributes(x, decoded, names, [f"{step:g}" for step in ATTRIBUTE_STEPS], len(train.labels))
