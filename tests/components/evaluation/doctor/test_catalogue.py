"""The records of all findings, and the table made from them."""

from pathlib import Path

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.doctor.catalogue import SYMPTOMS, table
from vaeflow.components.evaluation.figures import FIGURES

CONTRIBUTING = Path(__file__).parents[4] / "CONTRIBUTING.md"


def test_no_metric_and_no_figure_has_the_name_of_a_finding():
    names = [*SYMPTOMS, *METRICS, *FIGURES, "findings"]
    assert len(set(names)) == len(names)


def test_titles_are_given_once():
    assert len({symptom.title for symptom in SYMPTOMS.values()}) == len(SYMPTOMS)


def test_the_contributing_guide_has_the_table():
    assert table() in CONTRIBUTING.read_text()
