"""What is known before any work to make a step fail: each raises `InputError` that names the field."""

from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from vaeflow.components.evaluation.needs import ANY_FACTORS, Prospect
from vaeflow.components.evaluation.requirements import check_available
from vaeflow.components.images.factors import Factor
from vaeflow.components.serving.publishable import check_outside, check_publishable
from vaeflow.components.sources.config import NO_LABELS, IngestConfig
from vaeflow.components.sources.location import parse
from vaeflow.components.sources.sprites_grid import SHAPES, SpritesGrid
from vaeflow.components.training.label_counts import labels_per_class
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
        _as_many_of_each_class(config)
        return
    off = f"but ingest.labels is '{NO_LABELS}'."
    if config.train.model.needs_classes:
        raise InputError(f"train.model.name: {config.train.model.name} learns from labels, {off}")
    if config.train.data.labels is not None:
        raise InputError(f"train.data.labels: expected labels to keep {config.train.data.labels} of them, {off}")


def _as_many_of_each_class(config: PipelineConfig) -> None:
    """The classes of embedded images are known; those of others are only once they are ingested."""
    from vaeflow.components.sources.embedded import DIGITS

    if config.train.data.labels is None:
        return
    match parse(config.ingest.source).kind:
        case "mnist5k" | "digits":
            labels_per_class(config.train.data.labels, DIGITS)
        case "sprites":
            labels_per_class(config.train.data.labels, SHAPES)
        case "tfds" | "folder" | "npz":
            return
        case other:
            assert_never(other)


def required_metrics(config: PipelineConfig) -> None:
    """Evaluate needs a model and images that have the metrics in `evaluate.require`."""
    prospect = Prospect(
        config.train.model,
        config.train.data,
        labelled=config.ingest.labels != NO_LABELS,
        factors=_possible_factors(config.ingest),
        has_anomalies=bool(config.preprocess.normal) or config.evaluate.anomalies is not None,
    )
    check_available(config.evaluate.requirements, prospect)


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


def installed_projections(config: PipelineConfig, root: Path) -> None:
    """Evaluate needs the packages of the projections in `evaluate.projections`."""
    config.evaluate.check_extras()


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
