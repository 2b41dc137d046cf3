"""A model that is over-fitted: much of what it learned is not true of other images."""

from collections.abc import Iterator
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.remedies import smaller_network
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.needs import A_BOUND, PIXEL_LIKELIHOOD
from vaeflow.components.evaluation.spread import DEVIATIONS
from vaeflow.components.training.config import TrainConfig
from vaeflow.models.model_config import GenerativeConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case

MAX_LOST = 0.25
"""A quarter. Models of a few thousand images lose a tenth to a sixth, those of MNIST a hundredth."""


class Bounds(NamedTuple):
    """Bounds in nats per image: on training and validation images, and of a model without a code on training images.

    `standard_error` is that of the bound on the validation images.
    """

    title: str
    train: float
    validation: float
    code_free: float
    standard_error: float


def gather(case: "Case") -> Bounds | None:
    """The bounds at the epoch whose weights were kept; None without any epoch."""
    from vaeflow.components.evaluation.doctor.code_free import code_free_bound
    from vaeflow.components.images.examples import num_examples

    history, subject, bound = case.history, case.study.subject, case.bound
    if not history["epochs"] or bound is None:
        return None
    kept = history["epochs"][history["best_epoch"] - 1]
    term = "elbo" if A_BOUND.met_by(subject) else "log_likelihood"
    images = num_examples(subject.examples, "validation")
    error = bound.standard_error * sqrt(subject.images / images)
    return Bounds(bound.title, kept[term], kept[f"val_{term}"], code_free_bound(subject, measured="train"), error)


def find(bounds: Bounds) -> str:
    """The two bounds, if much of the gain over a model without a code is lost between them, by more than chance."""
    lost, gain = bounds.train - bounds.validation, bounds.train - bounds.code_free
    if gain <= 0 or not lost > max(DEVIATIONS * bounds.standard_error, MAX_LOST * gain):
        return ""
    gained = f"{gain:.3g} nats gained over a model without a code"
    share = (
        f"{lost / gain:.0%} of the {gained} are lost"
        if lost <= gain
        else f"{lost:.3g} are lost, more than the {gained}"
    )
    on_both = f"{bounds.train:.2f} on training images and {bounds.validation:.2f} on validation images"
    return f"{bounds.title} {on_both}: {share}."


def remedies(bounds: Bounds, training: TrainConfig) -> Iterator[Change]:
    """A smaller model."""
    yield smaller_network(training)
    if isinstance(training.model, GenerativeConfig):
        yield Change("train.model.latent_dim", max(1, training.model.latent_dim // 2))


SYMPTOM = Symptom(
    name="over_fitted",
    title="Over-fitted",
    sign=f"more than {MAX_LOST:.0%} of what the bound on training images gains over a model without a code is lost on "
    "validation images",
    meaning="The model has learned the training images by heart rather than what images have in common. More images "
    "help most.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(PIXEL_LIKELIHOOD,),
)
