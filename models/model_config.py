"""The base of all model configurations. Importable without TensorFlow."""

from typing import ClassVar

from pydantic import Field

from vaeflow.models.config import Config
from vaeflow.models.likelihoods.config import BernoulliLikelihood, Likelihood
from vaeflow.models.networks.config import DenseNetwork, Network
from vaeflow.models.quantities import Units


class ModelConfig(Config):
    """Base class of all model configurations."""

    generative: ClassVar[bool] = False
    """Whether it is a model of images, with a prior and a decoder; if not, it has codes that nothing decodes."""

    objectives: ClassVar[tuple[str, ...]] = ("elbo",)
    """Names of the objectives that the model can be trained with."""
    only_these: ClassVar[str]
    """Why the model cannot be trained with any other objective."""
    has_kl: ClassVar[bool] = True
    """Whether the model has a KL term for an objective to weight."""
    bounds_likelihood: ClassVar[bool] = True
    """Whether the model's `elbo` is a lower bound on log p(x), and not only a loss of the same form."""
    conditional: ClassVar[bool] = False
    """Whether the model is given the class of each image, in evaluation too: it models p(x | y)."""
    alters_bound: ClassVar[tuple[str, ...]] = ()
    """Fields that change what training measures as the terms of the bound."""
    alters_objective: ClassVar[tuple[str, ...]] = ()
    """Fields that define or weight the terms that the objective of training has besides the bound."""
    fits_pixels: ClassVar[bool] = True
    """Whether training maximises the likelihood of the pixels, so that what it bounds or is can be judged."""
    needs_classes: ClassVar[bool] = False
    """Whether the model learns from the classes of at least some images."""
    labelled_only: ClassVar[bool] = False
    """Whether training shows the model only images with a class that it may use, and nothing of the others."""
    classifies: ClassVar[bool] = False
    """Whether the model predicts the class of an image: `classify`."""
    has_clusters: ClassVar[bool] = False
    """Whether the model assigns images to its own clusters: `assign`."""
    quantises: ClassVar[bool] = False
    """Whether the model's codes are made of symbols from a codebook: `symbols` and `num_symbols`."""
    codes_class: ClassVar[bool] = False
    """Whether a class is part of the code."""
    fits_prior: ClassVar[bool] = False
    """Whether p(z) is fitted to the codes after training, and is N(0, I) until then."""
    continuous: ClassVar[bool] = True
    """Whether the latent variables are real numbers, so that each can be moved by itself."""

    name: str
    network: Network = Field(DenseNetwork(), description="Encoder; the decoder, if there is one, mirrors it.")

    @property
    def convolves(self) -> bool:
        """Whether the model contains convolutions, which are slow under XLA on a CPU."""
        return self.network.name != "dense"

    @property
    def noise(self) -> str:
        """The noise that the model is trained to remove, in words; empty if it is not trained to remove any."""
        return ""

    @property
    def denoises(self) -> bool:
        """Whether the model is trained to remove noise from images: `corrupt`."""
        return bool(self.noise)

    @property
    def prior_title(self) -> str:
        """The distribution of the codes that `generate` decodes, in words."""
        return "the model's prior"

    @property
    def standard_normal_prior(self) -> bool:
        """Whether p(z) is N(0, I)."""
        return False

    @property
    def prior_components(self) -> int | None:
        """Number of components of the mixture that p(z) is; None if it is none."""
        return None

    @property
    def factorised(self) -> bool:
        """Whether the code's dimensions are independent in both the posterior and the prior."""
        return False

    @property
    def optimisable_posterior(self) -> bool:
        """Whether q(z | x) is a diagonal normal of all that the decoder sees, whose parameters can be optimised."""
        return False

    @property
    def explicit_posterior(self) -> bool:
        """Whether log q(z | x) can be evaluated at any code z, and not only at samples of q."""
        return False


class GenerativeConfig(ModelConfig):
    """Base of the models of images: a prior of codes, and a distribution of the pixels given the code."""

    generative: ClassVar[bool] = True
    only_these: ClassVar[str] = "it is a model of images, and predicts no class by itself"

    latent_dim: Units = Field(16, description="Number of latent dimensions.")
    likelihood: Likelihood = Field(BernoulliLikelihood(), description="Distribution of the pixels given the code.")
