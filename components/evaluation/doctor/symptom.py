"""What the doctor looks for. Importable without TensorFlow and NumPy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from vaeflow.components.evaluation.doctor.changes import Change, first_accepted
from vaeflow.components.evaluation.finding import Finding
from vaeflow.components.evaluation.needs import Need, unmet_need

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case
    from vaeflow.components.training.config import TrainConfig

Evidence = TypeVar("Evidence")


@dataclass(frozen=True)
class Symptom(Generic[Evidence]):
    """One thing that may be wrong, how it is recognised and what to try.

    `sign` completes "found if". `gather` reads the evidence from a case, and returns None if there is none. `find`
    returns a sentence with the numbers that show the finding, or an empty text; numbers that are not finite show
    nothing. `remedies` are changes of the recipe,
    the most promising first; the first that the model accepts is shown.
    """

    name: str
    title: str
    sign: str
    meaning: str
    gather: "Callable[[Case], Evidence | None]"
    find: Callable[[Evidence], str]
    remedies: "Callable[[Evidence, TrainConfig], Iterable[Change]]"
    needs: tuple[Need, ...] = ()

    def diagnose(self, case: "Case") -> Finding | None:
        """The finding, or None if the case shows no sign of it or does not meet its needs."""
        if unmet_need(self.needs, case.study.subject):
            return None
        evidence = self.gather(case)
        shown = "" if evidence is None else self.find(evidence)
        if evidence is None or not shown:
            return None
        change = first_accepted(self.remedies(evidence, case.training), case.training)
        return Finding(self.name, self.title, shown, self.meaning, str(change or ""))
