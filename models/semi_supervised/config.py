"""What the models with a class among their codes are configured by. Importable without TensorFlow."""

from pydantic import Field, PositiveInt

from vaeflow.models.model_config import ModelConfig
from vaeflow.models.networks.config import Activation, DenseNormalisation


class ClassConfig(ModelConfig):
    """The base of the models in which a label joins features or codes."""

    hidden: tuple[PositiveInt, ...] = Field(
        (200,), min_length=1, description="Units of the layers in which features, codes and labels come together."
    )
    activation: Activation = Field("relu", description="Of those layers.")
    normalisation: DenseNormalisation = Field("none", description="Of those layers, before the activation.")


class SemiSupervisedConfig(ClassConfig):
    """The base of the models that learn a classifier from some labels and all images. Kingma et al. 2014."""

    alpha: float = Field(
        0.1,
        ge=0,
        description="Weight of the classification loss: that of the mean of -log q(y|x) over labelled images, beside "
        "the mean bound over all images. It is the α of Kingma et al. 2014, eq. 9, over the number of images.",
    )


class AuxiliaryConfig(SemiSupervisedConfig):
    """The base of the models with a second latent a, which z and y in q depend on. Maaløe et al. 2016."""

    auxiliary_dim: PositiveInt = Field(50, description="Dimensions of the second latent a.")
