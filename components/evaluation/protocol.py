"""The protocol of an evaluation: what a reader needs to know about its numbers."""

from collections.abc import Collection, Mapping

from vaeflow.components.artifacts import Property
from vaeflow.components.evaluation.anomalies.detection import DRAWS
from vaeflow.components.evaluation.disentanglement.points import encoded_points
from vaeflow.components.evaluation.embedded import labelled_training_images
from vaeflow.components.evaluation.metrics import (
    anomalies,
    augmentation,
    clustering,
    frechet,
    kernel_distance,
    manifold,
    probes,
    silhouette,
)
from vaeflow.components.evaluation.metrics.bounds import EFFECTIVE_SHARE, IW_LOG_LIKELIHOOD
from vaeflow.components.evaluation.metrics.metric import Family
from vaeflow.components.evaluation.needs import A_BOUND, A_CLASSIFIER, FACTORS, FEW_LABELS, GENERATIVE
from vaeflow.components.evaluation.results import Protocol
from vaeflow.components.evaluation.study import Study
from vaeflow.components.evaluation.subject import Subject
from vaeflow.components.feature_learning.record import read_record
from vaeflow.models.model_config import GenerativeConfig

NO_BOUND = (
    "The objective of this model is no bound on the likelihood of an image: ELBO, KL divergence and everything "
    "derived from them are left out, and its reconstruction log-likelihood must not be compared with a bound."
)

NO_DECODER = (
    "This model has no decoder and no prior: likelihoods, reconstructions, samples and comparisons of the codes with a "
    "prior are left out. Its codes are the features in front of its last layer."
)

IN_FEATURES = (kernel_distance.FAMILY, frechet.FAMILY, manifold.FAMILY)
"""The families that compare images in features of the network."""


def describe(study: Study, families: Collection[Family], standard_error: Mapping[str, float]) -> Protocol:
    """The protocol of a study, with the notes of `families`."""
    settings, subject = study.settings, study.subject
    observation, known = subject.transform.observation, subject.known_labels
    clustered = clustering.FAMILY in families or silhouette.FAMILY in families
    return Protocol(
        dataset=str(subject.examples.properties.get("source", "not recorded")),
        split="test",
        images=subject.images,
        copies_across_splits=_count(subject, "copies_across_splits"),
        contradicting_labels=_count(subject, "contradicting_labels"),
        groups_across_splits=_count(subject, "groups_across_splits"),
        sample=len(study.measured.sample),
        skipped=settings.skip,
        likelihood=subject.config.likelihood.name if isinstance(subject.config, GenerativeConfig) else "",
        binarisation=observation.binarise,
        binarisation_seed=observation.seed,
        classifies_grey=settings.classify_grey and A_CLASSIFIER.met_by(subject),
        importance_samples=settings.importance_samples if IW_LOG_LIKELIHOOD.name in standard_error else 0,
        effective_share=float(study.mean(EFFECTIVE_SHARE)) if IW_LOG_LIKELIHOOD.name in standard_error else None,
        standard_error=standard_error,
        seed=settings.seed,
        clusters=clustering.num_clusters(study) if clustered else 0,
        clustering_seeds=settings.clustering_seeds,
        neighbours=settings.neighbours,
        probe_images=len(study.once(labelled_training_images).labels) if probes.FAMILY in families else 0,
        labels=known.labels,
        label_seed=known.label_seed,
        label_draws=settings.label_draws if FEW_LABELS.met_by(subject) else 0,
        points=len(study.once(encoded_points).codes) if _uses_factors(families) else 0,
        anomalies=f"{subject.anomalies.title}, {settings.anomaly_images:,} images" if subject.anomalies else "",
        augmentation=augmentation.in_words(study) if augmentation.FAMILY in families else "",
        bootstrap_draws=DRAWS if anomalies.FAMILY in families else 0,
        pixels=pixels(subject.examples.properties),
        features=read_record(subject.features) if any(family in IN_FEATURES for family in families) else None,
        notes=tuple(note for family in families if family.note and (note := family.note(study))),
        remarks=remarks(subject),
    )


def pixels(properties: Mapping[str, Property]) -> str:
    """Black, white and range of the stored pixels, in words; empty if an older version has not recorded them."""
    if "range" not in properties:
        return ""
    return "Stored pixels: black {black}, white {white}, found {range}.".format_map(properties)


def _uses_factors(families: Collection[Family]) -> bool:
    return any(FACTORS in metric.needs for family in families for metric in family.metrics)


def _count(subject: Subject, name: str) -> int | None:
    count = subject.examples.properties.get(name)
    return None if count is None else int(count)


def remarks(subject: Subject) -> tuple[str, ...]:
    """The model's remarks, after the reason why bounds, or all that needs a decoder, are left out, if they are."""
    own = tuple(subject.network.remarks)
    if not GENERATIVE.met_by(subject):
        return (NO_DECODER, *own)
    return own if A_BOUND.met_by(subject) else (NO_BOUND, *own)
