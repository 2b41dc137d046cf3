"""The measuring itself: from a model and a test split to numbers, clusters and the verdict."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

from vaeflow.components import progress
from vaeflow.components.evaluation.classification import few_label_errors, percent_wrong, predictions
from vaeflow.components.evaluation.clustering import Clustering, Labels, Latents, agreement, cluster
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.encoding import Arrays, encode
from vaeflow.components.evaluation.measures import Bounds, embedding
from vaeflow.components.evaluation.metrics import Protocol, Results, Value, bounds, central, over_seeds, standard_errors
from vaeflow.components.evaluation.probes import Embedded, probe
from vaeflow.components.evaluation.sharpness import measure_sharpness
from vaeflow.components.evaluation.subject import Subject
from vaeflow.components.evaluation.verdict import judge
from vaeflow.components.images.examples import load_labels
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.diagnostics import active, active_by_group
from vaeflow.models.errors import RunError

CLUSTERS_WITHOUT_LABELS = 10
NO_BOUND = (
    "What this model maximises is no bound on the likelihood of an image, so that no ELBO, no KL divergence and "
    "nothing made of them is given; its reconstruction log-likelihood must not be compared with a bound."
)


class Assessment(NamedTuple):
    """The results, and what they came from: measures [n, ...] and the clusters [n] of the first k-means run.

    `train` are the training images that taught the classifiers, where there are labels.
    """

    results: Results
    measures: Arrays
    clusters: Labels
    train: Embedded | None


def assess(config: EvaluateConfig, subject: Subject, scratch: Path, beam_args: Sequence[str] = ()) -> Assessment:
    """Measure everything on the test split; `scratch` is a folder that every Beam worker sees."""
    encode_split = partial(
        encode, subject.examples, subject.model_file, batch_size=config.batch_size, scratch=scratch, beam_args=beam_args
    )
    measures = encode_split("test", Bounds(config.importance_samples, config.seed))
    mean = measures["mean"]
    if not np.isfinite(mean).all():
        raise RunError("The model encodes test images to values that are not finite: it cannot be evaluated.")
    if subject.network.classifies and subject.test.labels is not None:
        measures["classification_error"] = percent_wrong(predictions(measures), subject.test.labels)
    inferred = mean[:, : subject.network.inferred_dim]
    runs = cluster_over_seeds(config, subject, inferred)
    metrics: dict[str, Value] = {
        **bounds(measures, subject.test.images[0].size, subject.network.data_log_scale),
        "active_units": float(active(inferred).sum()),
        **over_seeds([run.scores for run in runs]),
        **measure_sharpness(subject.network, subject.test, config.batch_size, config.seed).metrics(),
    }
    train = None
    if subject.test.labels is not None:
        train = embed_training_images(encode_split, config, subject)
        test = Embedded(inferred, subject.test.labels).known()
        metrics |= probe(train.first(inferred.shape[1]), test, config.neighbours)
        metrics |= few_label_errors(subject, test, config.label_draws, config.batch_size)
        if subject.network.clusters:
            metrics |= agreement(subject.test.labels, measures["clusters"], "cluster")
    results = Results(
        metrics=metrics,
        kl_per_dimension=tuple(measures["kl_per_dimension"].mean(axis=0, dtype=np.float64))
        if subject.network.bounds_likelihood
        else (),
        active_units_by_layer=active_by_group(mean, subject.network.code_groups),
        protocol=protocol(config, subject, measures, num_clusters=runs[0].clusters.max() + 1, train=train),
        verdict=judge(config.requirements, central(metrics)),
    )
    return Assessment(results, measures, runs[0].clusters, train)


def cluster_over_seeds(config: EvaluateConfig, subject: Subject, mean: Latents) -> list[Clustering]:
    """k-means of the posterior means from each seed."""
    k = config.clusters or len(subject.label_names) or CLUSTERS_WITHOUT_LABELS
    seeds = range(config.seed, config.seed + config.clustering_seeds)
    runs = []
    with progress.bar("Clustering", len(seeds)) as advance:
        for seed in seeds:
            runs.append(cluster(mean, subject.test.labels, k, seed))
            advance(1)
    return runs


def embed_training_images(encode_split: Callable[..., Arrays], config: EvaluateConfig, subject: Subject) -> Embedded:
    """The training images that the classifiers learn from: the first in the split whose class is known."""
    mean = encode_split("train", embedding, limit=config.probe_images)["mean"]
    labels = cast("Labels", load_labels(subject.examples, "train"))  # labels in one split are labels in all
    return Embedded(mean, labels[: len(mean)]).known()


def protocol(
    config: EvaluateConfig, subject: Subject, measures: Arrays, num_clusters: int, train: Embedded | None
) -> Protocol:
    """What has to be said beside the numbers."""
    return Protocol(
        dataset=str(subject.examples.properties.get("source", "not recorded")),
        split="test",
        images=len(subject.test.images),
        likelihood=subject.network.config.likelihood.name,
        binarisation=subject.transform.observation.binarise,
        binarisation_seed=subject.transform.observation.seed,
        importance_samples=config.importance_samples if subject.network.bounds_likelihood else 0,
        standard_error=standard_errors(measures),
        seed=config.seed,
        clusters=num_clusters,
        clustering_seeds=config.clustering_seeds,
        neighbours=config.neighbours,
        probe_images=0 if train is None else len(train.labels),
        labels=subject.known_labels.labels,
        label_seed=subject.known_labels.label_seed,
        label_draws=0 if subject.known_labels.labels is None else config.label_draws,
        remarks=remarks(subject.network),
    )


def remarks(model: LatentVariableModel) -> tuple[str, ...]:
    """The model's own, after the reason for what is not measured."""
    if model.bounds_likelihood:
        return model.remarks
    return (NO_BOUND, *model.remarks)
