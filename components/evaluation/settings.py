"""How a model is measured. Importable without TensorFlow, and by the metrics, which `EvaluateConfig` knows."""

from pydantic import Field, PositiveInt

from vaeflow.models.config import Config


class Settings(Config):
    """How a model is measured."""

    importance_samples: PositiveInt = Field(100, description="Samples per image of the log-likelihood estimate.")
    sample: int = Field(
        10_000,
        ge=2,
        description="Test images that costly metrics and the figures are made from, drawn with the seed; "
        "all of them where there are fewer.",
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
        description="Where training knew few labels: number of draws of as many labels, "
        "on each of which classifiers of the codes are fitted.",
    )
    batch_size: PositiveInt = 250
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of all noise, of the sample, of k-means and of the figures.")
