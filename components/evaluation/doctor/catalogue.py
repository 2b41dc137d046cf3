"""All findings of the doctor, in the order in which they are shown: causes before their effects.

`python -m vaeflow.components.evaluation.doctor.catalogue` prints them as a Markdown table.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from vaeflow.components.evaluation.doctor import (
    collapse,
    dead_symbols,
    far_codes,
    few_effective_samples,
    few_images,
    ignored_code,
    no_better_than_chance,
    overfitting,
    unfinished,
    uninformed,
    vanished_components,
    variance_floor,
)
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.finding import Finding

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case

_ALL: tuple[Symptom[Any], ...] = (
    collapse.SYMPTOM,
    ignored_code.SYMPTOM,
    uninformed.SYMPTOM,
    dead_symbols.SYMPTOM,
    vanished_components.SYMPTOM,
    far_codes.SYMPTOM,
    variance_floor.SYMPTOM,
    overfitting.SYMPTOM,
    unfinished.SYMPTOM,
    few_effective_samples.SYMPTOM,
    few_images.SYMPTOM,
    no_better_than_chance.SYMPTOM,
)
SYMPTOMS: Mapping[str, Symptom[Any]] = MappingProxyType({symptom.name: symptom for symptom in _ALL})


def diagnose(case: "Case") -> tuple[Finding, ...]:
    """All findings in a case, without those that its settings leave out."""
    looked_for = (symptom for name, symptom in SYMPTOMS.items() if name not in case.study.settings.left_out)
    findings = (symptom.diagnose(case) for symptom in looked_for)
    return tuple(finding for finding in findings if finding is not None)


def table() -> str:
    """All findings as a Markdown table."""
    lines = ["| finding | shown as | needs | found if |", "|---|---|---|---|"]
    lines += [_row(symptom) for symptom in SYMPTOMS.values()]
    return "\n".join(lines)


def _row(symptom: Symptom[Any]) -> str:
    needs = ", ".join(need.title for need in symptom.needs)
    return f"| `{symptom.name}` | {symptom.title} | {needs} | {symptom.sign} |"


if __name__ == "__main__":
    print(table())
