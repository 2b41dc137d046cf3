"""Values of metrics: one number, or the mean and the deviation of several runs. Importable without TensorFlow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """A metric over several runs: their mean and their standard deviation."""

    mean: float
    std: float


Value = float | Spread


def over_runs(runs: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """Mean and standard deviation of each score over the runs."""
    import numpy as np

    scores = {name: [run[name] for run in runs] for name in runs[0]}
    return {name: Spread(mean=float(np.mean(values)), std=float(np.std(values))) for name, values in scores.items()}


def central(value: Value) -> float:
    """The mean, where there are several runs."""
    return value.mean if isinstance(value, Spread) else value
