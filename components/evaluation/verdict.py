"""The verdict: what `evaluate.require` asks of the metrics, and whether they meet it. Importable without TensorFlow."""

import difflib
import math
import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from vaeflow.components.evaluation.catalogue import METRICS

COMPARISONS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
EXPRESSION = re.compile(r"\s*(?P<operator>[<>]=?)\s*(?P<threshold>[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)\s*")


# JSON has no NaN: a number that is not finite is written as null.
Measured = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]


@dataclass(frozen=True)
class Requirement:
    """A threshold on one metric."""

    metric: str
    operator: str
    threshold: float

    @classmethod
    def parse(cls, metric: str, expression: str) -> "Requirement":
        """`"elbo", ">= -120"` → the requirement; a ValueError tells an unknown metric or a malformed comparison."""
        if metric not in METRICS:
            raise ValueError(f"{metric}: no such metric. {_nearest(metric)}")
        match = EXPRESSION.fullmatch(expression)
        if match is None:
            raise ValueError(f'{metric}: must be a comparison with a number such as ">= -120", got "{expression}"')
        return cls(metric, match["operator"], float(match["threshold"]))

    def met_by(self, value: float) -> bool:
        """Whether the value passes; what is not a finite number never does."""
        return math.isfinite(value) and COMPARISONS[self.operator](value, self.threshold)

    def __str__(self) -> str:
        return f"{self.operator} {self.threshold:g}"


def _nearest(metric: str) -> str:
    near = difflib.get_close_matches(metric, METRICS, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"Metrics: {', '.join(METRICS)}"


class Check(BaseModel):
    """One requirement held against the value that was measured."""

    metric: str
    required: str
    value: Measured
    passed: bool

    def __str__(self) -> str:
        return f"{self.metric} is {self.value:.5g}, required {self.required}"


class Verdict(BaseModel):
    """Passed when every check passed, so also when nothing was required."""

    passed: bool
    checks: tuple[Check, ...]


def judge(requirements: Iterable[Requirement], values: Mapping[str, float]) -> Verdict:
    """Hold every requirement against the metrics' values."""
    checks = tuple(
        Check(metric=r.metric, required=str(r), value=values[r.metric], passed=r.met_by(values[r.metric]))
        for r in requirements
    )
    return Verdict(passed=all(check.passed for check in checks), checks=checks)
