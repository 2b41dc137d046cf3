"""The scores of normal test images and of anomalies, by image."""

from collections.abc import Collection, Mapping
from functools import partial
from math import prod
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from vaeflow.components.evaluation.anomalies import scores as known
from vaeflow.components.evaluation.anomalies.regret import likelihood_regret
from vaeflow.components.evaluation.anomalies.scores import SCORES, Score
from vaeflow.components.evaluation.embedded import training_codes
from vaeflow.components.evaluation.importance_weighting import importance_weighted
from vaeflow.components.evaluation.measuring.batch import Batch, Measures, posterior_means
from vaeflow.components.evaluation.measuring.encoding import Encoded
from vaeflow.components.evaluation.needs import unmet_need
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes
from vaeflow.models.diagnostics import bits_per_dim
from vaeflow.models.distances import Gaussian, fit_gaussian
from vaeflow.models.observation import LEVELS

Scores = Mapping[str, NDArray[np.float32]]


class Scored(NamedTuple):
    """The scores [images] of normal test images and of anomalies, by the name of the score."""

    normal: Scores
    anomalous: Scores


def available_scores(study: Study) -> list[Score]:
    """The scores that the model has."""
    return [score for score in SCORES if not unmet_need(score.needs, study.subject)]


def score_images(study: Study) -> Scored:
    """The available scores of at most `anomaly_images` images of both kinds; call through `Study.once`."""
    names = {score.name for score in available_scores(study)}
    limit, measures = study.settings.anomaly_images, (partial(measure_images, names),)
    with study.encode("test", measures, limit=limit) as encoded:
        normal = _scores(study, encoded, names)
    with study.encode_anomalies(measures, limit=limit) as encoded:
        anomalous = _scores(study, encoded, names)
    return Scored(normal, anomalous)


def _scores(study: Study, encoded: Encoded, names: set[str]) -> dict[str, NDArray[Any]]:
    codes = encoded.whole("mean")[:, : study.subject.inferred_dim]
    measured = {name: encoded.whole(name) for name in names - set(_OF_CODES)}
    return measured | {name: of(study, codes) for name, of in _OF_CODES.items() if name in names}


def measure_images(names: Collection[str], batch: Batch) -> Measures:
    """The codes, and the scores with these names that are no distances of codes, as if no class was known.

    A model that is given the class would otherwise tell whether it is known, and whether training has had it.
    """
    unlabelled = batch.unlabelled()
    measures = (posterior_means, *(measure for measure, given in _MEASURES if not given.isdisjoint(names)))
    return {name: values for measure in measures for name, values in measure(unlabelled).items()}


def _reconstruction(batch: Batch) -> Measures:
    return {known.RECONSTRUCTION_ERROR.name: tf.reduce_mean(batch.model.errors(batch.x, batch.given), axis=(1, 2))}


def _bounds(batch: Batch) -> Measures:
    """−ELBO and −log p(x) in nats per image, and the latter without what PNG needs for the image, in bits."""
    samples, model = batch.settings.importance_samples, batch.model
    estimate = importance_weighted(model, batch.x, samples, batch.seeds[1], labels=batch.given).log_likelihood
    dimensions = prod(model.image_shape)
    bits = bits_per_dim(estimate, dimensions, model.data_log_scale)
    return {
        known.NEGATIVE_ELBO.name: -batch.elbo.total,
        known.NEGATIVE_LOG_LIKELIHOOD.name: -estimate,
        known.COMPLEXITY_CORRECTED.name: bits - complexity(batch.x) / dimensions,
    }


def complexity(x: tf.Tensor) -> tf.Tensor:
    """Length in bits of each image x [batch, h, w, c] in [0, 1] as PNG, [batch]: L(x) of Serrà et al. 2020."""
    levels = tf.cast(tf.round(x * LEVELS), tf.uint8)
    files = tf.map_fn(tf.io.encode_png, levels, fn_output_signature=tf.string)
    return 8 * tf.cast(tf.strings.length(files), tf.float32)


def _regret(batch: Batch) -> Measures:
    return {
        known.LIKELIHOOD_REGRET.name: likelihood_regret(batch.model, batch.x, batch.seeds[1], batch.given),
    }


def normal_codes(study: Study) -> Gaussian:
    """The normal distribution with the mean and the covariance of the training codes; call through `Study.once`."""
    return fit_gaussian(_training(study))


def _training(study: Study) -> Codes:
    """The part of the training codes that is inferred from the image: a given class has no distance."""
    return study.once(training_codes).mean[:, : study.subject.inferred_dim]


def _mahalanobis(study: Study, codes: Codes) -> NDArray[np.float32]:
    return study.once(normal_codes).distance(codes).numpy()


def _nearest(study: Study, codes: Codes) -> NDArray[np.float32]:
    train = _training(study)
    neighbours = min(study.settings.neighbours, len(train))
    distances, _ = NearestNeighbors(n_neighbors=neighbours).fit(train).kneighbors(codes)
    return distances[:, -1].astype(np.float32)


_OF_CODES = {known.MAHALANOBIS.name: _mahalanobis, known.NEAREST_NEIGHBOUR.name: _nearest}
_MEASURES = (
    (_reconstruction, {known.RECONSTRUCTION_ERROR.name}),
    (
        _bounds,
        {known.NEGATIVE_ELBO.name, known.NEGATIVE_LOG_LIKELIHOOD.name, known.COMPLEXITY_CORRECTED.name},
    ),
    (_regret, {known.LIKELIHOOD_REGRET.name}),
)
"""Measures of a batch, with the scores that they give."""
