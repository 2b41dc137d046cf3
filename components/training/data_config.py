"""The labels that training may use. Importable without TensorFlow, and by evaluate without the rest of training."""

from pydantic import Field

from vaeflow.models.config import Config
from vaeflow.models.quantities import Images, Seed


class DataConfig(Config):
    """Labels of the training split that training may use.

    If `labels` is set, all other labels are hidden: they become -1 before any part of training sees them. The labels
    of the validation split are then hidden too, except from a model that is conditional on the label: its bound is
    measured with them, but they do not choose the epoch that is kept. A model that learns from labelled images alone
    sees no other image of the training split, in as many steps per epoch.
    """

    labels: Images | None = Field(
        None, description="Number of labels to keep, the same number of each class; by default all."
    )
    label_seed: Seed = Field(0, description="Seed of the choice of labels to keep.")
    labelled_per_batch: Images | None = Field(
        None,
        description="Number of labelled images at the start of each batch in the main phase; the others are drawn from "
        "all images, without their labels. By default, and before the main phase, batches are drawn from all images.",
    )
