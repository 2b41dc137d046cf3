"""A two-dimensional latent space, to scale: the codes beside the standard deviations of the prior."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.scatter import HALO, Colouring, add_legend, colouring, scatter
from vaeflow.components.evaluation.drawing.style import FAINT, INK, label, plot, set_title
from vaeflow.components.evaluation.needs import TWO_INFERRED
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes

RADII = (1, 2, 3)
"""Radii of the circles, in standard deviations."""
MARGIN = 1.1
LEGIBLE = 3
"""Extent of the plane, in radii of the largest circle, up to which all circles are named."""
SMALL = 6
"""How many times as far as a plane axes have to extend for it to be magnified: its codes are then beside `CORNER`."""
CORNER = (0.59, 0.07, 0.4, 0.4)
"""Left, bottom, width and height of the magnified plane, as fractions of the axes."""


def draw(study: Study) -> Picture:
    """Posterior means of the sample."""
    return latent_plane(study.codes, colouring(study, study.labels), study.subject.config.standard_normal_prior)


def latent_plane(codes: Codes, colours: Colouring, standard_normal_prior: bool) -> Picture:
    """Codes [n, 2] as points, with the origin in the centre, equal axes, and circles of 1, 2 and 3 standard deviations.

    The plane always shows all circles and all codes. So codes that ignore the image are a spot in the first circle, and
    those that no prior holds together extend far beyond the last.
    """
    figure, (axis,) = plot(height=4.4)
    add_legend(figure, _draw_plane(axis, codes, colours), colours, beside=True)
    label(axis, "first latent dimension", "second latent dimension")
    set_title(axis, "Test images in latent space")
    whose = "the prior" if standard_normal_prior else "N(0, I), for scale; the prior of this model is another"
    within = np.mean(np.hypot(*codes.T) <= RADII[-1])
    return Picture(
        name="latent_plane",
        caption=f"Each point is one test image: its posterior mean, with equal axes.{colours.meaning} The cross is the "
        f"origin, and the circles have radii of 1, 2 and 3 standard deviations of {whose}. {within:.0%} of the points "
        f"are in the largest circle.",
        alt=f"A scatter plot with one point per test image, {within:.0%} of them within three standard deviations of "
        "the origin.",
        figure=figure,
    )


def magnify(axis: Axes, codes: Codes, colours: Colouring) -> None:
    """Draw the plane of these codes again, in a corner of axes that extend so far that they are a spot there."""
    if axis.get_xlim()[1] < SMALL * _extent(codes):
        return
    corner = axis.inset_axes(CORNER)
    _draw_plane(corner, codes, colours)
    corner.tick_params(labelsize=7, length=2)
    axis.indicate_inset_zoom(corner, edgecolor=INK)


def _draw_plane(axis: Axes, codes: Codes, colours: Colouring) -> Sequence[Artist]:
    """The prior and the codes; returns the points of each class."""
    extent = _extent(codes)
    axis.set(aspect="equal", xlim=(-extent, extent), ylim=(-extent, extent))
    _draw_prior(axis)
    return scatter(axis, codes, colours)


def _extent(codes: Codes) -> float:
    return MARGIN * max(*RADII, float(np.abs(codes).max()))


def _draw_prior(axis: Axes) -> None:
    """The axes through the origin, and the circles with their names."""
    axis.axhline(0, color=FAINT, linewidth=0.6, zorder=0)
    axis.axvline(0, color=FAINT, linewidth=0.6, zorder=0)
    for radius in RADII:
        axis.add_patch(Circle((0, 0), radius, fill=False, edgecolor=INK, linewidth=0.8, linestyle="--", zorder=3))
    for radius in RADII if axis.get_xlim()[1] < LEGIBLE * RADII[-1] else RADII[-1:]:
        place = radius * math.sqrt(0.5)
        axis.text(place, place, f"{radius}σ", ha="center", va="center", fontsize=8, color=INK, path_effects=HALO)


DRAWING = Drawing(draw, needs=(TWO_INFERRED,))
