"""Configuration of the autoencoder. Importable without TensorFlow."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from vaeflow.models.config import Config
from vaeflow.models.model_config import GenerativeConfig
from vaeflow.models.priors.config import FittedPrior, MixtureFit
from vaeflow.models.quantities import PositiveWeight


class L1Sparsity(Config):
    """An L1 penalty on rectified codes, which makes most of them exactly 0."""

    name: Literal["l1"]
    weight: PositiveWeight = Field(1.0, description="Weight of the code's L1 norm, in nats.")


class KLSparsity(Config):
    """A penalty that keeps the mean activation of sigmoid units near a target. Ng 2011, «Sparse autoencoder», §3."""

    name: Literal["kl"]
    weight: PositiveWeight = Field(1.0, description="Weight of KL(target || mean activation), summed over the units.")
    target: float = Field(0.05, gt=0, lt=1, description="Target mean activation ρ of every unit.")


Sparsity = Annotated[L1Sparsity | KLSparsity, Field(discriminator="name")]


class GaussianCorruption(Config):
    """Gaussian noise on every pixel, clipped to [0, 1]."""

    name: Literal["gaussian"]
    stddev: float = Field(0.5, gt=0, le=100, description="Standard deviation, in units where the image spans [0, 1].")


class MaskingCorruption(Config):
    """A random fraction of the values becomes 0. Vincent et al. 2008, §2.3."""

    name: Literal["masking"]
    fraction: float = Field(0.25, gt=0, le=1, description="Expected fraction of an image's values.")


class SaltAndPepperCorruption(Config):
    """A random fraction of the values becomes 0 or 1, with equal probability. Vincent et al. 2010, §3.3."""

    name: Literal["salt_and_pepper"]
    fraction: float = Field(0.25, gt=0, le=1, description="Expected fraction of an image's values.")


Corruption = Annotated[
    GaussianCorruption | MaskingCorruption | SaltAndPepperCorruption,
    Field(discriminator="name"),
]


class AutoencoderConfig(GenerativeConfig):
    """The autoencoder: plain, sparse (Ng 2011) or denoising (Vincent et al. 2008, 2010)."""

    has_kl: ClassVar[bool] = False
    bounds_likelihood: ClassVar[bool] = False
    alters_bound: ClassVar[tuple[str, ...]] = ("corruption",)
    alters_objective: ClassVar[tuple[str, ...]] = ("sparsity",)
    fits_prior: ClassVar[bool] = True
    only_these: ClassVar[str] = "its encoder gives one code, not a distribution of codes to draw samples from"

    name: Literal["autoencoder"] = "autoencoder"
    sparsity: Sparsity | None = Field(None, description="Penalty that makes codes sparse.")
    corruption: Corruption | None = Field(None, description="Noise that the model is trained to remove.")
    prior: FittedPrior = Field(
        MixtureFit(), description="Prior that is fitted to the codes after training, to sample from."
    )

    @property
    def noise(self) -> str:
        if self.corruption is None:
            return ""
        return ", ".join(f"{field} {value}" for field, value in self.corruption).removeprefix("name ")

    @property
    def prior_components(self) -> int | None:
        return self.prior.components if isinstance(self.prior, MixtureFit) else None

    @property
    def prior_title(self) -> str:
        return self.prior.title
