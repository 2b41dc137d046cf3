"""Configuration of models whose code includes a class. Importable without TensorFlow."""

from typing import ClassVar

from pydantic import Field

from vaeflow.models.model_config import GenerativeConfig
from vaeflow.models.networks.config import Activation, DenseNormalisation
from vaeflow.models.quantities import Units, Weight, Widths


class ClassConfig(GenerativeConfig):
    """Base of models that combine a label with features or codes."""

    needs_classes: ClassVar[bool] = True
    codes_class: ClassVar[bool] = True

    hidden: Widths = Field(
        (200,), min_length=1, description="Number of units in each layer that combines features, codes and labels."
    )
    activation: Activation = Field("relu", description="Activation of the `hidden` layers.")
    normalisation: DenseNormalisation = Field(
        "none", description="Normalisation of the `hidden` layers, before the activation."
    )


class SemiSupervisedConfig(ClassConfig):
    """Base of models that learn a classifier from some labels and all images. Kingma et al. 2014."""

    classifies: ClassVar[bool] = True
    alters_objective: ClassVar[tuple[str, ...]] = ("alpha",)
    only_these: ClassVar[str] = (
        "it is trained on two bounds, with the class where it is known and summed over all classes elsewhere, and on a "
        "classification loss"
    )

    summed_classes: Units | None = Field(
        None,
        description="Number of most probable classes of an image without a label over which training sums the bound; "
        "one of the others is drawn, and stands for them without bias (Liu et al. 2019). By default all are summed; "
        "fewer take less time. Needs data.labelled_per_batch.",
    )
    alpha: Weight = Field(
        0.1,
        description="Weight of the classification loss, the mean of -log q(y|x) over labelled images, relative to the "
        "mean bound over all images: α of Kingma et al. 2014, eq. 9, divided by the number of images.",
    )


class AuxiliaryConfig(SemiSupervisedConfig):
    """Base of models with a second latent a, on which z and y depend in q. Maaløe et al. 2016."""

    auxiliary_dim: Units = Field(50, description="Number of dimensions of the second latent a.")
