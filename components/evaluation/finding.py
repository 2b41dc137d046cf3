"""What the doctor finds, as stored in `metrics.json`. Importable without TensorFlow and without the doctor."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong with a model or its numbers: the numbers that show it, what it means, and what to try.

    `change` is a setting such as "train.epochs=100", or empty if the model has none that would help.
    """

    name: str
    title: str
    evidence: str
    meaning: str
    change: str
