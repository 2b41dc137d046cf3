"""What is known before any work to make a step fail: each raises `InputError` that names the field."""

from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from vaeflow.components.artifacts import Artifact, Dataset
from vaeflow.components.evaluation.anomalies.exported import exported_score
from vaeflow.components.evaluation.anomaly_source import FIELD as ANOMALIES
from vaeflow.components.evaluation.needs import ANY_FACTORS, Prospect
from vaeflow.components.evaluation.requirements import check_available
from vaeflow.components.images.factors import Factor
from vaeflow.components.images.label_names import read_label_names
from vaeflow.components.preprocessing.normal import names_of_normal
from vaeflow.components.serving.publishable import check_outside, check_publishable
from vaeflow.components.sources.config import NO_LABELS, IngestConfig
from vaeflow.components.sources.location import parse, reading
from vaeflow.components.sources.opening import open_source
from vaeflow.components.sources.renaming import fields_of
from vaeflow.components.sources.sprites_grid import SHAPES, SpritesGrid
from vaeflow.components.training.label_counts import labels_per_class, no_labels
from vaeflow.models.errors import InputError
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.logs import quiet_libraries


def classes_to_choose_from(config: PipelineConfig) -> None:
    """Preprocess needs classes if it is told which are normal."""
    if config.preprocess.normal and config.ingest.labels == NO_LABELS:
        raise InputError(f"preprocess.normal: expected images with classes, but ingest.labels is '{NO_LABELS}'.")


def labels_to_learn_from(config: PipelineConfig) -> None:
    """Train needs labels if the model learns from them, or if some of them are to be kept: as many of each class."""
    if config.ingest.labels != NO_LABELS:
        if names := _known_classes(config):
            _as_many_of_each_class(config, names)
        return
    off = f"but ingest.labels is '{NO_LABELS}'."
    if config.train.model.needs_classes:
        raise InputError(f"train.model.name: {config.train.model.name} learns from labels, {off}")
    if config.train.data.labels is not None:
        raise InputError(f"train.data.labels: expected labels to keep {config.train.data.labels} of them, {off}")


def labels_of_dataset(config: PipelineConfig, artifact: Artifact) -> None:
    """The same of images whose classes are known only once they are ingested."""
    if isinstance(artifact, Dataset) and config.train.data.labels is not None:
        names = read_label_names(artifact.path)
        if names is None:
            raise no_labels(config.train.data.labels)
        _as_many_of_each_class(config, names)


def _as_many_of_each_class(config: PipelineConfig, names: Sequence[str]) -> None:
    """Check the number of labels to keep of the normal ones among these classes."""
    if config.train.data.labels is not None:
        labels_per_class(config.train.data.labels, names_of_normal(config.preprocess.normal, names))


def _known_classes(config: PipelineConfig) -> Sequence[str]:
    """The classes of embedded images; none of others, whose classes are known only once they are ingested."""
    from vaeflow.components.sources.embedded import DIGITS

    match parse(config.ingest.source).kind:
        case "mnist5k" | "digits":
            return DIGITS
        case "sprites":
            return SHAPES
        case "tfds" | "folder" | "npz":
            return ()
        case other:
            assert_never(other)


def required_metrics(config: PipelineConfig) -> None:
    """Evaluate needs a model and images that have the metrics in `evaluate.require`, and the score `evaluate.score`."""
    prospect = Prospect(
        config.train.model,
        config.train.data,
        labelled=config.ingest.labels != NO_LABELS,
        factors=_possible_factors(config.ingest),
        has_anomalies=bool(config.preprocess.normal) or config.evaluate.anomalies is not None,
    )
    check_available(config.evaluate.requirements, prospect)
    exported_score(config.evaluate.score, prospect)


def _possible_factors(config: IngestConfig) -> Sequence[Factor]:
    """The factors of the images, as far as the recipe says what they are."""
    match parse(config.source).kind:
        case "mnist5k" | "digits" | "folder":
            return ()
        case "sprites":
            return (config.grid or SpritesGrid()).factors
        case "tfds" | "npz":
            return ANY_FACTORS
        case other:
            assert_never(other)


def installed_projections_and_anomalies(config: PipelineConfig, root: Path) -> None:
    """Evaluate needs the packages of the projections in `evaluate.projections`, and the source of anomalies."""
    config.evaluate.check_extras()
    if config.evaluate.anomalies is not None:
        with fields_of(ANOMALIES), reading(config.evaluate.anomalies.source):
            open_source(config.evaluate.anomalies)


def folder_to_publish_to(config: PipelineConfig, root: Path) -> None:
    """Publish needs a folder on this machine that can be written, outside the folder of all runs."""
    if config.publish.to:
        check_outside(config.publish.to, root)
        check_publishable(config.publish.to, config.export.name)


def known_options(beam_args: Sequence[str]) -> None:
    """Beam's options have to be known. Without any, a run that is cached never imports Beam."""
    if beam_args:
        with quiet_libraries():
            from vaeflow.components.beam_options import parse

            parse(beam_args)
