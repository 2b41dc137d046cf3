"""Requirements on metrics, as given by `evaluate.require`. Importable without TensorFlow."""

import math
import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vaeflow.components.closest import did_you_mean
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.finding import Finding
from vaeflow.components.evaluation.needs import Known
from vaeflow.components.evaluation.verdict import Check, Verdict
from vaeflow.models.errors import InputError

COMPARISONS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
FINDINGS, NONE = "findings", "none"
"""The requirement that nothing is found: {findings: none}."""
EXPRESSION = re.compile(r"\s*(?P<operator>[<>]=?)\s*(?P<threshold>[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)\s*")


@dataclass(frozen=True)
class Requirement:
    """A threshold on one metric, or on the number of findings."""

    metric: str
    operator: str
    threshold: float

    @classmethod
    def parse(cls, metric: str, expression: str) -> "Requirement":
        """Parse a requirement such as ("elbo", ">= -120").

        Raises `ValueError` if the metric is unknown or the comparison is malformed.
        """
        if metric == FINDINGS:
            return cls._none(expression)
        if metric not in METRICS:
            raise ValueError(f"{metric}: no such metric. {_nearest(metric)}")
        match = EXPRESSION.fullmatch(expression)
        if match is None or not math.isfinite(float(match["threshold"])):
            raise ValueError(f'{metric}: expected a comparison with a number such as ">= -120", got "{expression}"')
        return cls(metric, match["operator"], float(match["threshold"]))

    @classmethod
    def _none(cls, expression: str) -> "Requirement":
        if expression.strip() != NONE:
            raise ValueError(f'{FINDINGS}: expected "{NONE}", got "{expression}"')
        return cls(FINDINGS, "<=", 0.0)

    def met_by(self, value: float) -> bool:
        """Whether the value meets the requirement; NaN and infinite values never do."""
        return math.isfinite(value) and COMPARISONS[self.operator](value, self.threshold)

    def __str__(self) -> str:
        return NONE if self.metric == FINDINGS else f"{self.operator} {self.threshold:g}"


def _nearest(metric: str) -> str:
    known = (*METRICS, FINDINGS)
    return did_you_mean(metric, known).lstrip() or f"Metrics: {', '.join(known)}"


def check_available(requirements: Iterable[Requirement], subject: Known) -> None:
    """Check the metrics of all requirements. Raises `InputError` if one is not available for the subject."""
    missing = {name: reason for name, metric in METRICS.items() if (reason := metric.unmet_need(subject))}
    for requirement in requirements:
        if requirement.metric in missing:
            raise InputError(
                f"evaluate.require: {requirement.metric} {missing[requirement.metric]}. "
                f"Available metrics: {', '.join(name for name in METRICS if name not in missing)}"
            )


def judge(
    requirements: Iterable[Requirement], values: Mapping[str, float], findings: Sequence[Finding] = ()
) -> Verdict:
    """Compare the values of the metrics, and the findings, with the requirements."""
    checks = tuple(_check(requirement, values, findings) for requirement in requirements)
    return Verdict(passed=all(check.passed for check in checks), checks=checks)


def _check(required: Requirement, values: Mapping[str, float], findings: Sequence[Finding]) -> Check:
    name = required.metric
    found = tuple(finding.title for finding in findings) if name == FINDINGS else ()
    value = float(len(findings)) if name == FINDINGS else values[name]
    return Check(metric=name, required=str(required), value=value, passed=required.met_by(value), found=found)
