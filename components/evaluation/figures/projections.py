"""Projections of the codes to a plane, each with its trustworthiness."""

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.scatter import Colouring, add_legend, colouring, scatter
from vaeflow.components.evaluation.drawing.style import WIDTH, label, plot, set_title
from vaeflow.components.evaluation.metrics.trustworthiness import TITLES, trust
from vaeflow.components.evaluation.needs import MORE_INFERRED
from vaeflow.components.evaluation.projection_names import Projection
from vaeflow.components.evaluation.projections import Projected, projected
from vaeflow.components.evaluation.spread import Spread
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes

PER_ROW = 2
"""Maximum number of projections in a row."""


def draw(study: Study) -> Picture | None:
    """Projections of the sample's posterior means; None if they cannot be projected."""
    found = study.once(projected)
    if not found.points:
        return None
    return projections(found, study.once(trust), colouring(study, found.labels), study.settings.seed)


def projections(found: Projected, trust: Mapping[Projection, Spread], colours: Colouring, seed: int) -> Picture:
    """The projections side by side, with their trustworthiness."""
    columns = min(len(found.points), PER_ROW)
    rows = math.ceil(len(found.points) / columns)
    figure, axes = plot(height=rows * (0.6 + WIDTH / columns), columns=columns, rows=rows)
    for empty in axes[len(found.points) :]:
        empty.remove()
    for axis, (name, points) in zip(axes, found.points.items(), strict=False):
        axis.set_box_aspect(1)
        drawn = scatter(axis, points, colours)
        _describe_axes(axis, name, points, found.codes)
        set_title(axis, f"{TITLES[name]}\ntrustworthiness {trust[name].mean:.3f}")
    add_legend(figure, drawn, colours, beside=False)
    names = [TITLES[name] for name in found.points]
    return Picture(
        name="projections",
        caption=f"Each point is one of {len(found.codes):,} test images: its posterior mean in "
        f"{found.codes.shape[1]} dimensions, projected by {', '.join(names)} with seed {seed}.{colours.meaning} "
        "Trustworthiness is 1 if neighbours in the plane are neighbours in latent space. t-SNE and UMAP show which "
        "images are neighbours; sizes of clusters and distances between them mean nothing there.",
        alt="Scatter plots with one point per test image: "
        + ", ".join(f"{TITLES[name]} with trustworthiness {trust[name].mean:.3f}" for name in found.points)
        + ".",
        figure=figure,
    )


def _describe_axes(axis: Axes, projection: Projection, points: Codes, codes: Codes) -> None:
    """The share of the variance of each principal component. The coordinates of other projections have no meaning."""
    if projection == "pca":
        first, second = points.var(axis=0) / np.var(codes, axis=0).sum()
        label(axis, f"first component ({first:.0%})", f"second component ({second:.0%})")
    else:
        axis.set(xticks=[], yticks=[])


DRAWING = Drawing(draw, needs=(MORE_INFERRED,))
