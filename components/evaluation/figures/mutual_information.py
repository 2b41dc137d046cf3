"""The mutual information of each code dimension with each factor."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.evaluation.disentanglement.mutual_information import BINS, entropies, mutual_information
from vaeflow.components.evaluation.disentanglement.points import Points, encoded_points
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import INK, label, plot, set_title, shown
from vaeflow.components.evaluation.needs import FACTORS, MIN_FACTORS
from vaeflow.components.evaluation.study import Study

MAX_DIMENSIONS = 32
"""Maximum number of dimensions that are shown: those that tell most about some factor."""
MAX_NUMBERED = 12
"""Maximum number of dimensions whose cells show their numbers."""


def draw(study: Study) -> Picture | None:
    """The matrix of the points that the measures of disentanglement draw from; None if no two factors vary in them."""
    points = study.once(encoded_points)
    return matrix_of(points) if len(points.names) >= MIN_FACTORS else None


def matrix_of(points: Points) -> Picture:
    """The matrix of all points."""
    return matrix(mutual_information(points) / entropies(points.factors), points.names)


def matrix(shares: NDArray[np.float64], names: Sequence[str]) -> Picture:
    """Mutual information [d, k] as a share of the entropy of the factor, with the dimensions beside each other."""
    told = np.argsort(-shares.max(axis=1), kind="stable")[:MAX_DIMENSIONS]
    dims = np.sort(told)
    rows = shares[dims].T
    figure, (axis,) = plot(height=1.2 + 0.4 * len(names))
    axis.imshow(rows, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axis.spines[:].set_visible(False)
    axis.set_yticks(range(len(names)), list(map(shown, names)))
    step = -(-len(dims) // MAX_NUMBERED)
    axis.set_xticks(range(0, len(dims), step), [str(dim) for dim in dims[::step]])
    axis.tick_params(length=0)
    if len(dims) <= MAX_NUMBERED:
        for row, column in np.ndindex(rows.shape):
            color = "white" if rows[row, column] > 0.5 else INK
            axis.text(column, row, f"{rows[row, column]:.2f}", ha="center", va="center", fontsize=8, color=color)
    label(axis, "latent dimension", "factor")
    set_title(axis, "Mutual information of dimensions and factors")
    fewer = f" Shown are the {len(dims)} of {len(shares)} dimensions that tell most." if len(dims) < len(shares) else ""
    return Picture(
        name="mutual_information",
        caption=f"Mutual information of each dimension of the posterior means, in {BINS} bins of equal width, with "
        "each factor that generated the images, as a share of the factor's entropy. In a disentangled code, each row "
        f"has one dark cell, in a column of its own; the gap to the next darkest is what MIG averages.{fewer}",
        alt="A matrix of factors by latent dimensions; most is told "
        + ", ".join(
            f"about {name} by dimension {shares[:, factor].argmax()} ({shares[:, factor].max():.2f})"
            for factor, name in enumerate(names)
        )
        + ".",
        figure=figure,
    )


DRAWING = Drawing(draw, needs=(FACTORS,))
