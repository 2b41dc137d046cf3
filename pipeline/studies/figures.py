"""Figures of several evaluations side by side, on common axes where what evaluate keeps is enough to draw them again."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vaeflow.components.evaluation.drawing.fonts import letter, set_fonts
from vaeflow.components.evaluation.drawing.picture import Picture
from vaeflow.components.evaluation.drawing.scatter import Colouring
from vaeflow.components.evaluation.figures.kl_per_dimension import kl_per_dimension
from vaeflow.components.evaluation.figures.latent_plane import latent_plane
from vaeflow.components.evaluation.figures.loss_curves import loss_curves
from vaeflow.models.diagnostics import active
from vaeflow.pipeline.summary import RunSummary


class Evaluated:
    """The files that a run keeps of its training and its evaluation."""

    def __init__(self, run: RunSummary) -> None:
        self._folders = {step.step: Path(step.artifact.path) for step in run.steps if step.artifact}
        self.model: Mapping[str, Any] = run.config["train"]["model"]
        self.class_names = letter(run.classes)

    @property
    def figures(self) -> Path:
        """The folder of its figures."""
        return self._folders["evaluate"] / "figures"

    @cached_property
    def embeddings(self) -> Mapping[str, NDArray[Any]]:
        """The posteriors of the test images: `mean` and `stddev` [n, code], and `labels` [n] if there are any."""
        with np.load(self._folders["evaluate"] / "embeddings.npz") as archive:
            return dict(archive)

    @cached_property
    def results(self) -> Mapping[str, Any]:
        """The content of `metrics.json`."""
        return self._read("evaluate", "metrics.json")

    @cached_property
    def history(self) -> Mapping[str, Any]:
        """What training recorded."""
        return self._read("train", "history.json")

    def _read(self, step: str, name: str) -> Any:
        return json.loads((self._folders[step] / name).read_text(encoding="utf-8"))


def _plane(run: Evaluated) -> Picture:
    colours = Colouring(run.embeddings.get("labels"), run.class_names.names)
    prior = run.model.get("prior", {}).get("name")
    return latent_plane(run.embeddings["mean"][:, :2], colours, prior == "standard_normal")


def _kl(run: Evaluated) -> Picture | None:
    if run.results["active_units_by_layer"]:  # grouped by layers, whose names are those of this model
        return None
    return kl_per_dimension(np.array(run.results["kl_per_dimension"]), active(run.embeddings["mean"]))


def _curves(run: Evaluated) -> Picture:
    bound = "elbo" in run.results["metrics"]
    return loss_curves(run.history["epochs"], run.history["best_epoch"], bound=bound)


REDRAWN: Mapping[str, Callable[[Evaluated], Picture | None]] = {
    "latent_plane": _plane,
    "kl_per_dimension": _kl,
    "loss_curves": _curves,
}
"""The figures that are drawn again, on common axes, each from the files of a run."""


def side_by_side(name: str, runs: Sequence[Evaluated]) -> list[bytes | None]:
    """The figure of this name of each run as PNG, on common axes where that is possible; None where there is none."""
    files = [run.figures / f"{name}.png" for run in runs]
    pictures = [REDRAWN[name](run) if file.exists() and name in REDRAWN else None for run, file in zip(runs, files, strict=True)]
    share_axes([picture.figure for picture in pictures if picture])
    return [
        _png(picture.figure, run.class_names.families) if picture else file.read_bytes() if file.exists() else None
        for picture, run, file in zip(pictures, runs, files, strict=True)
    ]


def share_axes(figures: Sequence[Figure]) -> None:
    """Give axes that show the same the same limits: those in the same place with the same title, up to a colon."""
    same: dict[tuple[int, str], list[Axes]] = {}
    for figure in figures:
        for place, axis in enumerate(figure.axes):
            same.setdefault((place, axis.get_title("left").partition(":")[0]), []).append(axis)
    for axes in same.values():
        horizontal, vertical = ([axis.get_xlim() for axis in axes], [axis.get_ylim() for axis in axes])
        for axis in axes:
            axis.set(xlim=_widest(horizontal), ylim=_widest(vertical))


def _widest(limits: Sequence[tuple[float, float]]) -> tuple[float, float]:
    low, high = zip(*limits, strict=True)
    return min(low), max(high)


def _png(figure: Figure, families: Sequence[str]) -> bytes:
    set_fonts(figure, families)
    file = io.BytesIO()
    figure.savefig(file, bbox_inches="tight", format="png")
    return file.getvalue()
