"""A training that ended while the model was still improving."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.remedies import longer
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.needs import PIXEL_LIKELIHOOD
from vaeflow.components.evaluation.spread import DEVIATIONS
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case

WINDOW = 0.1
"""Share of the epochs, the last ones, whose steps are compared: in those of a learning rate that falls along a cosine,
nothing changes any more, and so many more epochs are worth trying."""
MIN_STEPS = 3


class Progress(NamedTuple):
    """Validation objective after each epoch with the final weights of all terms, in nats, and what can be told apart.

    `standard_error` is that of the bound on the test images: a smaller gain is not visible in the results.
    """

    objectives: Sequence[float]
    standard_error: float


def gather(case: "Case") -> Progress | None:
    """The epochs of the main phase after all schedules, if training used all epochs and they can be compared."""
    history, bound = case.history, case.bound
    main = history["epochs"][history["pretraining"] :]
    if bound is None or not history["comparable"] or len(main) < case.training.epochs:
        return None
    return Progress([epoch["val_objective"] for epoch in main[history["warm_up"] :]], bound.standard_error)


def find(progress: Progress) -> str:
    """The gain in the last epochs, if it exceeds both its own noise and the error of the results."""
    steps = [after - before for before, after in pairwise(progress.objectives)]
    last = steps[-max(MIN_STEPS, round(WINDOW * len(progress.objectives))) :]
    if len(last) < MIN_STEPS:
        return ""
    noise = stdev(last) / sqrt(len(last))
    if not (fmean(last) > DEVIATIONS * noise and sum(last) > progress.standard_error):
        return ""
    return (
        f"The validation objective rose by {sum(last):.3g} nats in the last {len(last)} of {len(progress.objectives)} "
        f"epochs, by {fmean(last):.3g} ± {noise:.2g} in each; the standard error of the bound is "
        f"{progress.standard_error:.2g} nats."
    )


def remedies(progress: Progress, training: TrainConfig) -> Iterator[Change]:
    """More epochs."""
    yield longer(training)


SYMPTOM = Symptom(
    name="still_improving",
    title="Still improving when training ended",
    sign=f"the validation objective rose in the last {WINDOW:.0%} of the epochs by more than the standard error of the "
    "bound, and the mean step is above twice its standard error",
    meaning="Training used all of its epochs, and more of them would have improved the model.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(PIXEL_LIKELIHOOD,),
)
