import math

import pytest

from vaeflow.components.evaluation.report.page import flat, text


@pytest.mark.parametrize(
    ("value", "shown"), [(-98.5, "−98.5"), (3.0, "3"), (math.nan, "undefined"), (-math.inf, "undefined")]
)
def test_numbers_are_shown_for_readers(value, shown):
    assert text(value) == shown


def test_a_nested_configuration_becomes_dotted_names():
    assert flat({"a": 1, "b": {"c": [2], "d": {"e": None}}}) == {"a": "1", "b.c": "[2]", "b.d.e": "None"}
