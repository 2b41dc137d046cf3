"""Runs read from their root, and compared."""

import pytest

from vaeflow.pipeline.comparison.comparing import compare
from vaeflow.pipeline.comparison.evaluated import read_run
from vaeflow.pipeline.comparison.repetitions import repetitions
from vaeflow.pipeline.summary import find_run


@pytest.fixture
def read(evaluations):
    """`read(*runs)` → the evaluations of runs."""
    return lambda *runs: [read_run(evaluations.workspace, find_run(evaluations.workspace, run), run) for run in runs]


@pytest.fixture
def compared(read):
    """`compared(*runs, metrics=...)` → their comparison."""
    return lambda *runs, metrics=(): compare(repetitions(read(*runs)), metrics)
