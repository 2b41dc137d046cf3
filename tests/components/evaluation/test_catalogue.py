"""The records of all metrics, and the table made from them."""

from pathlib import Path

import pytest

from vaeflow.components.evaluation.catalogue import FAMILIES, METRICS, table
from vaeflow.components.evaluation.figures import FIGURES
from vaeflow.components.evaluation.gallery import DRAWINGS

CONTRIBUTING = Path(__file__).parents[3] / "CONTRIBUTING.md"


def test_every_name_and_title_is_given_once():
    metrics = [metric for family in FAMILIES for metric in family.metrics]
    assert len({metric.name for metric in metrics}) == len({metric.title for metric in metrics}) == len(metrics)
    assert list(METRICS.values()) == metrics


def test_every_file_of_a_figure_is_in_the_gallery_and_no_metric_has_its_name():
    assert {drawing.name for drawing in DRAWINGS} == set(FIGURES)
    assert not set(FIGURES) & set(METRICS)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.metrics[0].name)
def test_every_family_measures_or_computes(family):
    assert family.measure or family.compute


def test_contributing_has_the_table_of_metrics():
    assert table() in CONTRIBUTING.read_text(encoding="utf-8"), (
        "Replace the table in CONTRIBUTING.md by the output of: python -m vaeflow.components.evaluation.catalogue"
    )
