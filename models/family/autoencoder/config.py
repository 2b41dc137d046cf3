"""Configuration of the autoencoder. Importable without TensorFlow."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from vaeflow.models.config import Config
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.priors.config import FittedPrior, MixtureFit


class L1Sparsity(Config):
    """The absolute values of rectified codes cost: most of them become exactly 0."""

    name: Literal["l1"]
    weight: float = Field(1.0, gt=0, description="Nats per unit of the code's L1 norm.")


class KLSparsity(Config):
    """Each unit of sigmoid codes should be on for a part of the images only. Ng 2011, «Sparse autoencoder», §3."""

    name: Literal["kl"]
    weight: float = Field(1.0, gt=0, description="Weight of KL(target || mean activation), summed over the units.")
    target: float = Field(0.05, gt=0, lt=1, description="Mean activation ρ that every unit is drawn to.")


Sparsity = Annotated[L1Sparsity | KLSparsity, Field(discriminator="name")]


class GaussianCorruption(Config):
    """Normal noise on every pixel, then cut to what a pixel can be."""

    name: Literal["gaussian"]
    stddev: float = Field(0.5, gt=0, description="Standard deviation, in units where the image spans [0, 1].")


class MaskingCorruption(Config):
    """Some values become 0. Vincent et al. 2008, §2.3."""

    name: Literal["masking"]
    fraction: float = Field(0.25, gt=0, le=1, description="Of all values of an image.")


class SaltAndPepperCorruption(Config):
    """Some values become 0 or 1, as a fair coin falls. Vincent et al. 2010, §3.3."""

    name: Literal["salt_and_pepper"]
    fraction: float = Field(0.25, gt=0, le=1, description="Of all values of an image.")


Corruption = Annotated[
    GaussianCorruption | MaskingCorruption | SaltAndPepperCorruption,
    Field(discriminator="name"),
]


class AutoencoderConfig(ModelConfig):
    """The autoencoder: plain, sparse (Ng 2011) or denoising (Vincent et al. 2008, 2010)."""

    has_kl: ClassVar[bool] = False

    name: Literal["autoencoder"] = "autoencoder"
    sparsity: Sparsity | None = Field(None, description="What is asked of the codes beside being decodable.")
    corruption: Corruption | None = Field(None, description="The noise that training teaches to remove.")
    prior: FittedPrior = Field(MixtureFit(), description="What is fitted to the codes after training, to sample from.")
