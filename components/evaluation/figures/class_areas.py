"""The areas that the classes take up in latent space."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from vaeflow.components.evaluation.aggregated import drawn_codes
from vaeflow.components.evaluation.drawing.fonts import lettering
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import INK, PALETTE, label, plot, set_title, shown
from vaeflow.components.evaluation.metrics.evenness import Region, regions
from vaeflow.components.evaluation.needs import LABELS, REAL_CODES, SEVERAL_DIMENSIONS, SEVERAL_IMAGES
from vaeflow.components.evaluation.projections import principal_components
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Labels

MAX_NAMED = 20
"""Maximum number of classes whose names are shown."""
AXES = ("first latent dimension", "second latent dimension")
COMPONENTS = ("first principal component", "second principal component")
CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 100)), np.sin(np.linspace(0, 2 * np.pi, 100))])

Points = NDArray[np.float32]


def draw(study: Study) -> Picture | None:
    """The classes of the codes that evenness is measured on; None if fewer than two of them have a volume."""
    found, drawn = study.once(regions), drawn_codes(study)
    if len(found) < 2 or not np.isfinite([region.log_volume for region in found]).all():
        return None
    flat = drawn.codes.shape[1] == 2
    points = drawn.codes if flat else principal_components(drawn.codes)
    return class_areas(found, points, drawn.labels, study.once(lettering).names, AXES if flat else COMPONENTS)


def class_areas(
    found: Sequence[Region], points: Points, labels: Labels, names: Sequence[str], axes: tuple[str, str]
) -> Picture:
    """Ellipses of the classes of points [n, 2], and the log volumes of their ellipsoids in the whole space."""
    figure, (plane, bars) = plot(height=0.9 + max(2.2, 0.16 * min(len(found), MAX_NAMED)), columns=2)
    for region in found:
        _draw_ellipse(plane, points[labels == region.label], _color(region))
    label(plane, *axes)
    set_title(plane, "Areas of the classes")
    _draw_volumes(bars, found, names)
    classes = len(np.unique(labels[labels >= 0]))
    left_out = f" Of {classes} classes, {len(found)} have enough images to be measured." if len(found) < classes else ""
    return Picture(
        name="class_areas",
        caption="The codes of each class, drawn from the posteriors of test images: ellipses one standard deviation "
        "around their means in the plane, and the volumes of the ellipsoids in the whole space, relative to their mean "
        f"log, with standard errors. Equal bars mean equal areas.{left_out}",
        alt=f"Ellipses of {len(found)} classes, and a bar for the volume of each.",
        figure=figure,
    )


def _draw_ellipse(axis: Axes, points: Points, color: str) -> None:
    """The points one standard deviation from the mean."""
    values, vectors = np.linalg.eigh(np.cov(points, rowvar=False))
    x, y = points.mean(axis=0)[:, np.newaxis] + vectors @ (np.sqrt(np.maximum(values, 0))[:, np.newaxis] * CIRCLE)
    axis.fill(x, y, facecolor=color, alpha=0.25, linewidth=0)
    axis.plot(x, y, color=color, linewidth=1.2)


def _draw_volumes(axis: Axes, found: Sequence[Region], names: Sequence[str]) -> None:
    volumes = np.array([region.log_volume for region in found])
    errors = [region.error for region in found]
    colors, lines = list(map(_color, found)), {"ecolor": INK, "linewidth": 1}
    axis.barh(range(len(found)), volumes - volumes.mean(), 0.7, xerr=errors, color=colors, error_kw=lines)
    axis.invert_yaxis()
    named = len(found) <= MAX_NAMED
    axis.set_yticks(
        range(len(found)) if named else [], [shown(names[region.label]) for region in found] if named else []
    )
    label(axis, "log volume, relative")
    set_title(axis, "Volumes")


def _color(region: Region) -> str:
    return PALETTE[region.label % len(PALETTE)]


DRAWING = Drawing(draw, needs=(LABELS, SEVERAL_IMAGES, REAL_CODES, SEVERAL_DIMENSIONS))
