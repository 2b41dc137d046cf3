"""The files that a finished member of a study keeps of its training and its evaluation."""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vaeflow.pipeline.entities import Membership
from vaeflow.pipeline.summary import RunSummary


class Evaluated:
    """A finished member."""

    def __init__(self, membership: Membership, run: RunSummary) -> None:
        self.membership = membership
        self.run = run.run
        self.classes = run.classes
        self.model: Mapping[str, Any] = run.config["train"]["model"]
        self._folders = {step.step: Path(step.artifact.path) for step in run.steps if step.artifact}

    @property
    def training(self) -> Path:
        """The folder of its model."""
        return self._folders["train"]

    @property
    def evaluation(self) -> Path:
        """The folder of its evaluation."""
        return self._folders["evaluate"]

    def picture(self, name: str) -> Path | None:
        """The file of a figure; None if the evaluation has not drawn it."""
        file = self.evaluation / "figures" / f"{name}.png"
        return file if file.is_file() else None

    @cached_property
    def embeddings(self) -> Mapping[str, NDArray[Any]]:
        """The posteriors of the test images: `mean` and `stddev` [n, code], and `labels` [n] if there are any."""
        with np.load(self.evaluation / "embeddings.npz") as archive:
            return dict(archive)

    @cached_property
    def results(self) -> Mapping[str, Any]:
        """The content of `metrics.json`."""
        return _read(self.evaluation / "metrics.json")

    @cached_property
    def history(self) -> Mapping[str, Any]:
        """What training recorded."""
        return _read(self.training / "history.json")


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
