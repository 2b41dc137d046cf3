"""Configurations of the approximate posteriors. Importable without TensorFlow."""

from typing import Annotated, Literal

from pydantic import Field

from vaeflow.models.config import Config, named
from vaeflow.models.quantities import Layers, Units, Widths


class DiagonalPosterior(Config):
    """A normal with independent dimensions. Kingma & Welling 2014, eq. 9."""

    name: Literal["diagonal"] = "diagonal"


class FullCovariancePosterior(Config):
    """A normal with a full covariance, whose Cholesky factor the encoder computes. Kingma & Welling 2019, §2.5.1."""

    name: Literal["full_covariance"] = "full_covariance"


class PlanarPosterior(Config):
    """A diagonal normal transformed by planar flows. Rezende & Mohamed 2015, eq. 10."""

    name: Literal["planar"] = "planar"
    length: Layers = Field(10, description="Number of flows.")


class RadialPosterior(Config):
    """A diagonal normal transformed by radial flows. Rezende & Mohamed 2015, eq. 14."""

    name: Literal["radial"] = "radial"
    length: Layers = Field(10, description="Number of flows.")


class InverseAutoregressivePosterior(Config):
    """A diagonal normal transformed by inverse autoregressive flows. Kingma et al. 2016, algorithm 1."""

    name: Literal["iaf"] = "iaf"
    length: Layers = Field(2, description="Number of flows; every second one reverses the dimensions.")
    hidden: Widths = Field(
        (200,), min_length=1, description="Number of units in each hidden layer of a flow's autoregressive network."
    )
    context: Units = Field(64, description="Size of the context vector h that the encoder passes to the flows.")


FlowPosterior = PlanarPosterior | RadialPosterior | InverseAutoregressivePosterior
Posterior = Annotated[
    DiagonalPosterior | FullCovariancePosterior | FlowPosterior, Field(discriminator="name"), named("diagonal")
]
