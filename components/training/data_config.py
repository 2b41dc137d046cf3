"""Which labels training may know. Importable without TensorFlow, and by evaluate without the rest of training."""

from pydantic import Field, PositiveInt

from vaeflow.models.config import Config


class DataConfig(Config):
    """What training may know of the training split's labels.

    With `labels` every other label is hidden: it becomes -1 before anything of training sees it. Those of the
    validation split are then hidden too, as they are labels like any other, except from a model that is conditional
    on the label.
    """

    labels: PositiveInt | None = Field(
        None, description="Labelled images that are kept, as many of each class; by default all."
    )
    label_seed: int = Field(0, ge=0, lt=2**31, description="Of which labels are kept.")
    labelled_per_batch: PositiveInt | None = Field(
        None,
        description="So many images of each batch, its first ones, come from those with a label, in turn; the "
        "others come from all images, without their labels. By default and before the main phase all are alike.",
    )
