"""Values of metrics: a number, or mean and standard deviation over runs. Importable without TensorFlow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of a metric over several runs."""

    mean: float
    std: float


Value = float | Spread


def over_runs(runs: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """Mean and standard deviation of each score over the runs."""
    import numpy as np

    scores = {name: [run[name] for run in runs] for name in runs[0]}
    return {name: Spread(mean=float(np.mean(values)), std=float(np.std(values))) for name, values in scores.items()}


def central(value: Value) -> float:
    """The value itself, or its mean if there are several runs."""
    return value.mean if isinstance(value, Spread) else value
