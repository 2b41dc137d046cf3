"""A comparison as JSON, with numbers in full; a margin is half the width of a 95 % confidence interval."""

import json
import math
from dataclasses import asdict
from typing import Any

from vaeflow.pipeline.comparison.layout import verdict
from vaeflow.pipeline.comparison.records import Comparison, Difference, Estimate, Table


def to_json(comparison: Comparison) -> str:
    """Indented JSON. Numbers that are not finite are null."""
    content = {
        "rows": [asdict(row) for row in comparison.rows],
        "tables": [_table(table) for table in comparison.tables],
        "notes": comparison.notes,
    }
    return json.dumps(_finite(content), indent=2, ensure_ascii=False, allow_nan=False)


def _table(table: Table) -> dict[str, Any]:
    cells = {
        row: {metric: _estimate(estimate) for metric, estimate in estimates.items()}
        for row, estimates in table.cells.items()
    }
    differences = [_difference(difference) for difference in table.differences]
    return {**asdict(table), "cells": cells, "differences": differences}


def _estimate(estimate: Estimate) -> dict[str, Any]:
    error = estimate.standard_error
    return {**asdict(estimate), "standard_error": error and error.value, "margin": error and error.margin}


def _difference(difference: Difference) -> dict[str, Any]:
    training = difference.training_error
    return {
        **asdict(difference),
        "image_error": difference.image_error.value,
        "training_error": training and training.value,
        "error": difference.error.value,
        "margin": difference.error.margin,
        "beyond_noise": difference.beyond_noise,
        "verdict": verdict(difference),
    }


def _finite(value: Any) -> Any:
    match value:
        case dict():
            return {name: _finite(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_finite(inner) for inner in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value
