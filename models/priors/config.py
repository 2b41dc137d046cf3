"""Configurations of the priors. Importable without TensorFlow."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from vaeflow.models.config import Config, named
from vaeflow.models.quantities import Units


class StandardNormalPrior(Config):
    """N(0, I)."""

    title: ClassVar[str] = "N(0, I)"

    name: Literal["standard_normal"] = "standard_normal"


class MixturePrior(Config):
    """A mixture of diagonal normals, trained with the model."""

    title: ClassVar[str] = "a mixture of normals that was trained with the model"

    name: Literal["mixture"] = "mixture"
    components: Units = Field(10, description="Number of normals in the mixture.")


class VampPrior(Config):
    """The mean of the posteriors at trained pseudo-inputs. Tomczak & Welling 2018, eq. 9."""

    title: ClassVar[str] = "the VampPrior"

    name: Literal["vamp"] = "vamp"
    components: Units = Field(500, description="Number of pseudo-inputs, which are initialised to training images.")


class GaussianFit(Config):
    """A normal with a full covariance, fitted to the codes of training images after training."""

    title: ClassVar[str] = "a normal that was fitted to the codes after training"

    name: Literal["gaussian"] = "gaussian"


class MixtureFit(Config):
    """A mixture of normals with full covariances, fitted to the codes of training images after training."""

    title: ClassVar[str] = "a mixture of normals that was fitted to the codes after training"

    name: Literal["mixture"] = "mixture"
    components: Units = Field(10, description="Number of normals in the mixture.")


FittedPrior = Annotated[GaussianFit | MixtureFit, Field(discriminator="name"), named("mixture")]
Prior = Annotated[StandardNormalPrior | MixturePrior | VampPrior, Field(discriminator="name"), named("standard_normal")]
