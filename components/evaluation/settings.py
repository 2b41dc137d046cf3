"""Settings of the measurement. Importable without TensorFlow, and by the metrics, which `EvaluateConfig` imports."""

from collections.abc import Iterable
from typing import Any, get_args

from pydantic import Field

from vaeflow.components.evaluation.anomaly_source import AnomalySource
from vaeflow.components.evaluation.projection_names import Projection, trustworthiness_of
from vaeflow.models.config import Config
from vaeflow.models.quantities import Images, Repeats, Samples, Seed, Units
from vaeflow.models.scoring import ScoreName


def _or_text(schema: dict[str, Any]) -> None:
    """Let the JSON schema of a field accept the text that stands for its section."""
    schema["anyOf"].append({"type": "string"})


class Settings(Config):
    """Settings of the measurement of a model."""

    importance_samples: Samples = Field(
        100, description="Number of importance samples per image of the log-likelihood estimate."
    )
    sample: Images = Field(
        10_000,
        ge=2,
        description="Maximum number of test images used for costly metrics and the figures; they are drawn with the "
        "seed. Measures of disentanglement use as many images of all splits.",
    )
    skip: tuple[str, ...] = Field(
        (),
        max_length=1_000,
        description="Names of metrics, figures and findings to leave out, such as [iw_log_likelihood, projections].",
    )
    projections: tuple[Projection, ...] = Field(
        ("pca", "tsne"),
        max_length=len(get_args(Projection)),
        description="Projections of codes with more than two dimensions that are drawn and measured; umap needs the "
        "extra vaeflow[umap], and compiles for about 10 s.",
    )
    clustering_seeds: Repeats = Field(5, description="Number of k-means runs, each with its own seed.")
    clusters: Units | None = Field(
        None, description="k of k-means; by default the number of classes that occur, or 10 without labels."
    )
    neighbours: Units = Field(5, description="k of the nearest-neighbour classifier on the posterior means.")
    probe_images: Images = Field(10_000, description="Maximum number of training images used to fit the classifiers.")
    classify_grey: bool = Field(
        False,
        description="Whether the model's own classifier, also the exported one, sees the grey values of images whose "
        "pixels training binarised: they are the probabilities of white.",
    )
    label_draws: Repeats = Field(
        5,
        description="Number of draws of train.data.labels labels, on each of which the few-label classifiers are "
        "fitted.",
    )
    generated_images: Images = Field(
        2_000,
        description="Number of generated images, of a model that is given the class, with which a classifier is "
        "trained beside its labelled images.",
    )
    augmentation_seeds: Repeats = Field(
        3, description="Number of trainings of these classifiers, each with its own seed and generated images."
    )
    anomalies: AnomalySource | None = Field(
        None,
        description="Source of images that are anomalies, in the form of ingest.source, instead of the images of "
        "classes that preprocess.normal leaves out; or a section with other fields of ingest too.",
        json_schema_extra=_or_text,
    )
    anomaly_images: Images = Field(
        1_000,
        description="Maximum number of test images, and of anomalies, on which anomaly scores are compared.",
    )
    score: ScoreName | None = Field(
        None,
        description="Anomaly score that is exported with its threshold, as `score` of the encoder; by default "
        "reconstruction_error, if the model has a decoder.",
    )
    false_alarms: float = Field(
        0.01, ge=0, lt=1, description="Share of the validation images above the threshold of the exported score."
    )
    batch_size: Images = Field(250, description="Number of images per batch.")
    seed: Seed = Field(0, description="Seed of all noise, the sample, k-means and the figures.")

    @property
    def left_out(self) -> frozenset[str]:
        """Names of the metrics and figures that are left out."""
        return left_out(self.skip, self.projections)


def left_out(skip: Iterable[str], projections: Iterable[str]) -> frozenset[str]:
    """Names of the metrics and figures in `skip`, and of the metrics of projections that are not made."""
    others = {*get_args(Projection)} - {*projections}
    return frozenset(skip) | {trustworthiness_of(projection) for projection in others}
