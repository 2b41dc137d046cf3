"""What training maximises. Importable without TensorFlow."""

from collections.abc import Iterable
from math import ceil
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from vaeflow.models.config import Config, named
from vaeflow.models.model_config import ModelConfig


class Length(Config):
    """A part of training, from its first step on: so many optimizer steps, or epochs."""

    steps: PositiveInt | None = Field(None, description="Its length in optimizer steps; or give `epochs`.")
    epochs: PositiveFloat | None = Field(None, description="Its length in epochs; or give `steps`.")

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.steps is None) == (self.epochs is None):
            raise ValueError(f"needs one of steps and epochs, got {'neither' if self.steps is None else 'both'}")
        return self

    def in_steps(self, steps_per_epoch: int) -> int:
        """Its length in optimizer steps, at least one."""
        if self.steps is not None:
            return self.steps
        return max(1, round((self.epochs or 0.0) * steps_per_epoch))


class LinearWarmUp(Length):
    """The KL term's weight rises from 0 to its full value. Bowman et al. 2016; Sønderby et al. 2016, §3.3."""

    name: Literal["linear"] = "linear"


class CyclicalWarmUp(Length):
    """The KL term's weight rises from 0 again in each of several cycles, then keeps its full value. Fu et al. 2019."""

    name: Literal["cyclical"] = "cyclical"
    cycles: PositiveInt = Field(4, description="Cycles that share the length.")
    ramp: float = Field(0.5, gt=0, le=1, description="Part of each cycle in which the weight rises.")


WarmUp = Annotated[LinearWarmUp | CyclicalWarmUp, Field(discriminator="name"), named("linear")]


class Capacity(Length):
    """γ |KL - C| in place of the KL term, with C rising linearly from 0. Burgess et al. 2018, eq. 8."""

    nats: PositiveFloat = Field(25.0, description="C at the end: nats per image that the code is made to hold.")
    weight: PositiveFloat = Field(100.0, description="γ.")


def epochs_of(schedules: Iterable[Length | None], steps_per_epoch: int) -> int:
    """Epochs until the longest of these has ended; 0 without any."""
    lengths = [schedule.in_steps(steps_per_epoch) for schedule in schedules if schedule]
    return ceil(max(lengths, default=0) / steps_per_epoch)


class ObjectiveConfig(Config):
    """The base of every objective's configuration."""

    comparable_epochs: ClassVar[bool] = True
    """Whether its value on validation tells which epoch is best."""

    name: str
    samples: PositiveInt = Field(1, description="Codes drawn for each image; the bound is their mean.")

    def schedule_epochs(self, steps_per_epoch: int) -> int:
        """Epochs until every schedule has reached its end; patience begins to count then."""
        return 0

    def check(self, model: ModelConfig) -> None:
        """Refuse a model that cannot be trained for it, with `ValueError`."""
        if self.name not in model.objectives:
            raise ValueError(f"objective {self.name} is not for {model.name}, only {' or '.join(model.objectives)}")


class ElboConfig(ObjectiveConfig):
    """The evidence lower bound, with a weight β on its KL term. Kingma & Welling 2014; Higgins et al. 2017."""

    name: Literal["elbo"] = "elbo"
    beta: float = Field(1.0, ge=0, description="Weight of the KL term.")
    warm_up: WarmUp | None = Field(None, description="How the weight of the KL term rises from 0 to beta.")
    free_bits: float = Field(
        0.0,
        ge=0,
        description="Nats that each group of the KL term may hold at no cost, as the mean over a batch. "
        "Kingma et al. 2016, eq. 15.",
    )
    capacity: Capacity | None = Field(None, description="What the KL term is drawn to, instead of to 0.")

    @model_validator(mode="after")
    def _one_way_to_weigh(self) -> Self:
        others = [name for name in self._weights() if name != "capacity"]
        if self.capacity and others:
            raise ValueError(f"capacity takes the place of the weighted KL term; leave out {' and '.join(others)}")
        if self.beta == 0 and (self.warm_up or self.free_bits):
            raise ValueError("with beta 0 there is no KL term for warm_up or free_bits to act on")
        return self

    def _weights(self) -> list[str]:
        """Names of the fields by which the KL term is weighed otherwise than by 1."""
        fields = ("beta", "warm_up", "free_bits", "capacity")
        return [name for name in fields if getattr(self, name) != type(self).model_fields[name].default]

    def check(self, model: ModelConfig) -> None:
        """As the base's; and without a KL term there is nothing to weigh."""
        super().check(model)
        if self._weights() and not model.has_kl:
            raise ValueError(f"objective.{self._weights()[0]} weighs the KL term, and {model.name} has none")

    def schedule_epochs(self, steps_per_epoch: int) -> int:
        """As the base's."""
        return epochs_of((self.warm_up, self.capacity), steps_per_epoch)


class IwaeConfig(ObjectiveConfig):
    """The importance-weighted bound log 1/k Σ p(x, zᵢ) / q(zᵢ | x). Burda et al. 2016, eq. 8."""

    name: Literal["iwae"] = "iwae"
    samples: PositiveInt = Field(5, description="k, the codes drawn for each image.")
    warm_up: WarmUp | None = Field(
        None, description="How the weight of log p(z) - log q(z | x) in each log wᵢ rises from 0 to 1."
    )
    doubly_reparameterised: bool = Field(
        False, description="Gradients of the encoder whose noise does not grow with k. Tucker et al. 2019."
    )

    def schedule_epochs(self, steps_per_epoch: int) -> int:
        """As the base's."""
        return epochs_of((self.warm_up,), steps_per_epoch)

    def check(self, model: ModelConfig) -> None:
        """As the base's; and the doubly reparameterised gradient needs q's density as a function of the code."""
        super().check(model)
        if self.doubly_reparameterised and not model.explicit_posterior:
            raise ValueError(
                "objective.doubly_reparameterised needs a posterior whose density can be told at any code, such as "
                f"diagonal; this {model.name} has none"
            )


class BetaTcConfig(ObjectiveConfig):
    """The KL term in three parts with a weight each. Chen et al. 2018, eq. 4."""

    name: Literal["beta_tc"] = "beta_tc"
    alpha: float = Field(1.0, ge=0, description="Weight of the mutual information of image and code.")
    beta: float = Field(6.0, ge=0, description="Weight of the total correlation of the code's dimensions.")
    gamma: float = Field(1.0, ge=0, description="Weight of the KL divergence of each dimension by itself.")
    sampling: Literal["stratified", "weighted"] = Field(
        "stratified", description="Estimate of the aggregate posterior's density from a batch: unbiased, or Chen's."
    )

    def check(self, model: ModelConfig) -> None:
        """As the base's; and dimensions have to be independent in posterior and prior."""
        super().check(model)
        if not model.factorised:
            raise ValueError(
                "objective beta_tc needs a posterior and a prior with independent dimensions: diagonal, standard_normal"
            )


class FactorVaeConfig(ObjectiveConfig):
    """The ELBO minus γ times the total correlation that a discriminator tells. Kim & Mnih 2018, eq. 2."""

    comparable_epochs: ClassVar[bool] = False

    name: Literal["factor_vae"] = "factor_vae"
    gamma: float = Field(10.0, ge=0, description="Weight of the total correlation of the code's dimensions.")
    hidden: tuple[PositiveInt, ...] = Field((200, 200, 200), description="Units of the discriminator's layers.")


Objective = Annotated[
    ElboConfig | IwaeConfig | BetaTcConfig | FactorVaeConfig, Field(discriminator="name"), named("elbo")
]
