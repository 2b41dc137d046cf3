"""Figures of several evaluations side by side, on common axes where they can be drawn again from files of evaluate."""

import io
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vaeflow.components.evaluation.drawing.fonts import letter, set_fonts
from vaeflow.components.evaluation.drawing.picture import Picture
from vaeflow.components.evaluation.drawing.scatter import Colouring
from vaeflow.components.evaluation.figures.kl_per_dimension import kl_per_dimension
from vaeflow.components.evaluation.figures.latent_plane import latent_plane, magnify
from vaeflow.components.evaluation.figures.loss_curves import loss_curves
from vaeflow.models.arrays import Codes
from vaeflow.models.diagnostics import active
from vaeflow.pipeline.studies.evaluated import Evaluated


def _plane(run: Evaluated) -> Picture:
    prior = run.model.get("prior", {}).get("name")
    return latent_plane(*_points(run), prior == "standard_normal")


def _magnify_plane(run: Evaluated, figure: Figure) -> None:
    magnify(figure.axes[0], *_points(run))


def _points(run: Evaluated) -> tuple[Codes, Colouring]:
    return run.embeddings["mean"][:, :2], Colouring(run.embeddings.get("labels"), letter(run.classes).names)


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
ADDED: Mapping[str, Callable[[Evaluated, Figure], None]] = {"latent_plane": _magnify_plane}
"""What is added to some of them once their axes are common."""


def side_by_side(name: str, runs: Sequence[Evaluated]) -> list[bytes | None]:
    """The figure of this name of each run as PNG, on common axes where that is possible; None where there is none."""
    again = REDRAWN.get(name)
    pictures = [again(run) if again and run.picture(name) else None for run in runs]
    share_axes([picture.figure for picture in pictures if picture])
    for run, picture in zip(runs, pictures, strict=True):
        if picture and name in ADDED:
            ADDED[name](run, picture.figure)
    return [_image(name, run, picture) for run, picture in zip(runs, pictures, strict=True)]


def _image(name: str, run: Evaluated, picture: Picture | None) -> bytes | None:
    if picture is not None:
        set_fonts(picture.figure, letter(run.classes).families)
        return png(picture.figure)
    file = run.picture(name)
    return file.read_bytes() if file else None


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


def png(figure: Figure) -> bytes:
    """The figure as a PNG file."""
    file = io.BytesIO()
    figure.savefig(file, bbox_inches="tight", format="png")
    return file.getvalue()
