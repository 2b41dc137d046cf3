"""Configurations of the pixel likelihoods. Importable without TensorFlow."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from vaeflow.models.config import Config, named


class BernoulliLikelihood(Config):
    """Each pixel is black or white. Intended for binary images: see `preprocess.binarise`."""

    density: ClassVar[bool] = False
    """Whether the likelihood is a density on [0, 1], and not a probability."""

    name: Literal["bernoulli"] = "bernoulli"


class ContinuousBernoulliLikelihood(Config):
    """Each pixel is a grey value in [0, 1]. Loaiza-Ganem & Cunningham 2019."""

    density: ClassVar[bool] = True

    name: Literal["continuous_bernoulli"] = "continuous_bernoulli"


class GaussianLikelihood(Config):
    """Each pixel is a real number with Gaussian noise, in units where the image spans [0, 1]."""

    density: ClassVar[bool] = True

    name: Literal["gaussian"] = "gaussian"
    variance: Literal["fixed", "learned", "per_pixel"] = Field(
        "learned",
        description="fixed: `stddev` squared; learned: one for all pixels; per_pixel: one per pixel, from the decoder.",
    )
    stddev: float = Field(0.1, gt=0, le=100, description="Standard deviation when fixed; initial value when learned.")


Likelihood = Annotated[
    BernoulliLikelihood | ContinuousBernoulliLikelihood | GaussianLikelihood,
    Field(discriminator="name"),
    named("bernoulli"),
]


def measures_density(name: str) -> bool | None:
    """Whether the likelihood with this name is a density on [0, 1]; None if there is no such likelihood."""
    union, *_ = get_args(Likelihood)
    known = {kind.model_fields["name"].default: kind.density for kind in get_args(union)}
    return known.get(name)
