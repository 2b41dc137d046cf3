"""Settings of the measurement. Importable without TensorFlow, and by the metrics, which `EvaluateConfig` imports."""

from pydantic import Field, PositiveInt

from vaeflow.models.config import Config


class Settings(Config):
    """Settings of the measurement of a model."""

    importance_samples: PositiveInt = Field(
        100, description="Number of importance samples per image of the log-likelihood estimate."
    )
    sample: int = Field(
        10_000,
        ge=2,
        description="Maximum number of test images used for costly metrics and the figures; they are drawn with the "
        "seed.",
    )
    clustering_seeds: PositiveInt = Field(5, description="Number of k-means runs, each with its own seed.")
    clusters: PositiveInt | None = Field(
        None, description="k of k-means; by default the number of classes, or 10 without labels."
    )
    neighbours: PositiveInt = Field(5, description="k of the nearest-neighbour classifier on the posterior means.")
    probe_images: PositiveInt = Field(
        10_000, description="Maximum number of training images used to fit the classifiers."
    )
    label_draws: PositiveInt = Field(
        5,
        description="Number of draws of train.data.labels labels, on each of which the few-label classifiers are "
        "fitted.",
    )
    batch_size: PositiveInt = Field(250, description="Number of images per batch.")
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of all noise, the sample, k-means and the figures.")
