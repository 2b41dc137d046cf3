"""The labels that training may use. Importable without TensorFlow, and by evaluate without the rest of training."""

from pydantic import Field, PositiveInt

from vaeflow.models.config import Config


class DataConfig(Config):
    """Labels of the training split that training may use.

    If `labels` is set, all other labels are hidden: they become -1 before any part of training sees them. The labels
    of the validation split are then hidden too, except from a model that is conditional on the label.
    """

    labels: PositiveInt | None = Field(
        None, description="Number of labels to keep, the same number of each class; by default all."
    )
    label_seed: int = Field(0, ge=0, lt=2**31, description="Seed of the choice of labels to keep.")
    labelled_per_batch: PositiveInt | None = Field(
        None,
        description="Number of labelled images at the start of each batch in the main phase; the others are drawn from "
        "all images, without their labels. By default, and before the main phase, batches are drawn from all images.",
    )
