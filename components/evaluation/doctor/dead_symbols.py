"""Symbols of a codebook that no image uses. Van den Oord et al. 2017; Łańcucki et al. 2020."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.needs import A_CODEBOOK
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.doctor.case import Case

MAX_DEAD = 0.25
"""A quarter of the codebook. A few vectors that are never the nearest cost little."""
MIN_EXPECTED = 10
"""Number of times that each symbol would be used if all were used equally. With fewer, some are missing by chance."""


class Uses(NamedTuple):
    """Number of uses of each symbol on the test images, [symbols]."""

    counts: "NDArray[np.float64]"


def gather(case: "Case") -> Uses | None:
    """The counts, if they are measured."""
    from vaeflow.components.evaluation.metrics.codebook import COUNTS

    moments = case.study.measured.moments
    return Uses(moments[COUNTS].mean * moments[COUNTS].count) if COUNTS in moments else None


def find(uses: Uses) -> str:
    """The number of symbols that are never used, if there are many."""
    symbols = len(uses.counts)
    dead = symbols - used(uses)
    if dead <= MAX_DEAD * symbols or uses.counts.sum() < MIN_EXPECTED * symbols:
        return ""
    return f"{dead} of {symbols} symbols are not used once in {round(uses.counts.sum()):,} places of the test images."


def used(uses: Uses) -> int:
    """Number of symbols that are used."""
    return int((uses.counts > 0).sum())


def remedies(uses: Uses, training: TrainConfig) -> Iterator[Change]:
    """A codebook that starts among the codes of a trained encoder; otherwise a smaller one."""
    if not getattr(training.model, "continuous_epochs", True):
        yield Change("train.model.continuous_epochs", 5)
    yield Change("train.model.codebook_size", max(2, used(uses)))


SYMPTOM = Symptom(
    name="dead_symbols",
    title="Dead symbols",
    sign=f"more than {MAX_DEAD:.0%} of the symbols are never used, where {MIN_EXPECTED} uses of each are expected",
    meaning="These vectors of the codebook are never the nearest, so that they get no gradient and stay where they "
    "are. The code has less capacity than its size suggests.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(A_CODEBOOK,),
)
