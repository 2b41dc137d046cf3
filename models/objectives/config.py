"""Configurations of the training objectives. Importable without TensorFlow."""

from collections.abc import Iterable
from math import ceil
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from vaeflow.models.config import Config, named
from vaeflow.models.model_config import ModelConfig
from vaeflow.models.quantities import PositiveWeight, Repeats, Samples, Steps, Weight, Widths


class Length(Config):
    """Length of the first part of training, in optimizer steps or in epochs."""

    steps: Steps | None = Field(None, description="Length in optimizer steps; alternative to `epochs`.")
    epochs: float | None = Field(None, gt=0, le=1_000_000, description="Length in epochs; alternative to `steps`.")

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.steps is None) == (self.epochs is None):
            raise ValueError(f"expected one of steps and epochs, got {'neither' if self.steps is None else 'both'}")
        return self

    def in_steps(self, steps_per_epoch: int) -> int:
        """The length in optimizer steps, at least 1."""
        if self.steps is not None:
            return self.steps
        return max(1, round((self.epochs or 0.0) * steps_per_epoch))


class LinearWarmUp(Length):
    """The weight of the KL term rises from 0 to its full value. Bowman et al. 2016; Sønderby et al. 2016, §3.3."""

    name: Literal["linear"] = "linear"


class CyclicalWarmUp(Length):
    """The weight of the KL term rises from 0 in each of several cycles, then keeps its full value. Fu et al. 2019."""

    name: Literal["cyclical"] = "cyclical"
    cycles: Repeats = Field(4, description="Number of cycles that share the length.")
    ramp: float = Field(0.5, gt=0, le=1, description="Fraction of each cycle in which the weight rises.")


WarmUp = Annotated[LinearWarmUp | CyclicalWarmUp, Field(discriminator="name"), named("linear")]


class Capacity(Length):
    """γ |KL - C| instead of the KL term, with C rising linearly from 0. Burgess et al. 2018, eq. 8."""

    nats: PositiveWeight = Field(25.0, description="Final value of C: capacity of the code, in nats per image.")
    weight: PositiveWeight = Field(100.0, description="γ, the weight of |KL - C|.")


def epochs_of(schedules: Iterable[Length | None], steps_per_epoch: int) -> int:
    """Number of epochs until the longest of the schedules ends; 0 if there is none."""
    lengths = [schedule.in_steps(steps_per_epoch) for schedule in schedules if schedule]
    return ceil(max(lengths, default=0) / steps_per_epoch)


class ObjectiveConfig(Config):
    """Base class of all objective configurations."""

    comparable_epochs: ClassVar[bool] = True
    """Whether its value on the validation split tells which epoch is best."""

    name: str

    def schedule_epochs(self, steps_per_epoch: int) -> int:
        """Number of epochs until every schedule has ended; patience starts to count then."""
        return 0

    def after_schedules(self) -> Self:
        """The objective as it is once every schedule has ended."""
        return self

    def check(self, model: ModelConfig) -> None:
        """Check the model. Raises `ValueError` if it cannot be trained with this objective."""
        if self.name not in model.objectives:
            raise ValueError(
                f"objective {self.name} is not for {model.name}: {model.only_these}; expected "
                f"{' or '.join(model.objectives)}"
            )


class BoundConfig(ObjectiveConfig):
    """Base of the objectives that average a bound over codes."""

    samples: Samples = Field(1, description="Number of codes drawn per image; the bound is averaged over them.")


class ElboConfig(BoundConfig):
    """The evidence lower bound, with a weight β on its KL term. Kingma & Welling 2014; Higgins et al. 2017."""

    name: Literal["elbo"] = "elbo"
    reconstruction_weight: Weight = Field(
        1.0, description="Weight of the log-likelihood of the reconstruction; with 0, only the KL term is trained."
    )
    beta: Weight = Field(1.0, description="Weight of the KL term.")
    warm_up: WarmUp | None = Field(None, description="Warm-up of the weight of the KL term from 0 to beta.")
    free_bits: Weight = Field(
        0.0,
        description="Nats per group of the KL term, averaged over a batch, that cost nothing. "
        "Kingma et al. 2016, eq. 15.",
    )
    capacity: Capacity | None = Field(
        None, description="Rising target for the KL divergence, which replaces the weighted KL term."
    )

    @model_validator(mode="after")
    def _one_way_to_weigh(self) -> Self:
        others = [name for name in self._weights() if name != "capacity"]
        if self.capacity and others:
            raise ValueError(f"capacity replaces the weighted KL term: leave out {' and '.join(others)}")
        if self.beta == 0 and (self.warm_up or self.free_bits):
            raise ValueError("with beta 0 there is no KL term for warm_up or free_bits to act on")
        return self

    def _weights(self) -> list[str]:
        """Names of the fields that change the KL term."""
        fields = ("beta", "warm_up", "free_bits", "capacity")
        return [name for name in fields if getattr(self, name) != type(self).model_fields[name].default]

    def check(self, model: ModelConfig) -> None:
        """Like the base class. Also raises `ValueError` if there is no KL term to weight."""
        super().check(model)
        if self._weights() and not model.has_kl:
            raise ValueError(f"objective.{self._weights()[0]} weights the KL term, but {model.name} has none")

    def schedule_epochs(self, steps_per_epoch: int) -> int:
        return epochs_of((self.warm_up, self.capacity), steps_per_epoch)

    def after_schedules(self) -> Self:
        capacity = self.capacity and self.capacity.model_copy(update={"steps": 0, "epochs": None})
        return self.model_copy(update={"warm_up": None, "capacity": capacity})


class IwaeConfig(ObjectiveConfig):
    """The importance-weighted bound log 1/k Σ p(x, zᵢ) / q(zᵢ | x). Burda et al. 2016, eq. 8."""

    name: Literal["iwae"] = "iwae"
    samples: Samples = Field(5, description="k, the number of codes drawn per image.")
    warm_up: WarmUp | None = Field(
        None, description="Warm-up of the weight of log p(z) - log q(z | x) in each log wᵢ from 0 to 1."
    )
    doubly_reparameterised: bool = Field(
        False, description="Whether to use encoder gradients whose noise does not grow with k. Tucker et al. 2019."
    )

    def schedule_epochs(self, steps_per_epoch: int) -> int:
        return epochs_of((self.warm_up,), steps_per_epoch)

    def after_schedules(self) -> Self:
        return self.model_copy(update={"warm_up": None})

    def check(self, model: ModelConfig) -> None:
        """Like the base class. Also raises `ValueError` if the gradient needs a density of q that is not explicit."""
        super().check(model)
        if self.doubly_reparameterised and not model.explicit_posterior:
            raise ValueError(
                "objective.doubly_reparameterised needs a posterior whose density can be evaluated at any code, such "
                f"as 'diagonal'; this {model.name} has none"
            )


class BetaTcConfig(BoundConfig):
    """The KL term decomposed into three parts, each with its own weight. Chen et al. 2018, eq. 4."""

    name: Literal["beta_tc"] = "beta_tc"
    alpha: Weight = Field(1.0, description="Weight of the mutual information between image and code.")
    beta: Weight = Field(6.0, description="Weight of the total correlation of the code.")
    gamma: Weight = Field(1.0, description="Weight of the dimension-wise KL divergence.")
    sampling: Literal["stratified", "weighted"] = Field(
        "stratified",
        description="Estimator of the aggregate posterior's density from a batch. stratified: unbiased; weighted: "
        "biased, Chen et al. 2018, eq. 5.",
    )

    def check(self, model: ModelConfig) -> None:
        """Like the base class. Also raises `ValueError` unless posterior and prior have independent dimensions."""
        super().check(model)
        if not model.factorised:
            raise ValueError(
                "objective beta_tc needs independent dimensions: posterior 'diagonal' and prior 'standard_normal'"
            )


class FactorVaeConfig(BoundConfig):
    """The ELBO minus γ times the total correlation, estimated by a discriminator. Kim & Mnih 2018, eq. 2."""

    comparable_epochs: ClassVar[bool] = False

    name: Literal["factor_vae"] = "factor_vae"
    gamma: Weight = Field(10.0, description="Weight of the total correlation of the code.")
    hidden: Widths = Field((200, 200, 200), description="Number of units in each hidden layer of the discriminator.")


class CrossEntropyConfig(ObjectiveConfig):
    """The log-probability of the class: the negative cross-entropy between labels and predictions."""

    name: Literal["cross_entropy"] = "cross_entropy"


Objective = Annotated[
    ElboConfig | IwaeConfig | BetaTcConfig | FactorVaeConfig | CrossEntropyConfig,
    Field(discriminator="name"),
    named("elbo"),
]
