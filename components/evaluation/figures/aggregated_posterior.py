"""Place and spread of the codes by dimension, and the correlations between dimensions, next to N(0, I)."""

from math import sqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from vaeflow.components.evaluation.aggregated import drawn_codes
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import BLUE, FAINT, INK, label, plot, set_title
from vaeflow.components.evaluation.metrics.aggregated_posterior import correlations, moments
from vaeflow.components.evaluation.needs import GENERATIVE, REAL_CODES, SEVERAL_IMAGES
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes


def draw(study: Study) -> Picture:
    """Codes drawn from the posteriors of the sample."""
    return aggregated_posterior(drawn_codes(study).codes)


def aggregated_posterior(codes: Codes) -> Picture:
    """Mean and standard deviation of codes [n, d] by dimension, and their correlations if there are several."""
    mean, covariance = moments(codes)
    figure, axes = plot(height=2.7, columns=min(2, len(mean)))
    _draw_intervals(axes[0], mean, np.sqrt(np.diag(covariance)))
    if len(mean) > 1:
        _draw_correlations(axes[1], correlations(covariance))
    return Picture(
        name="aggregated_posterior",
        caption=f"The aggregated posterior, from one code for each of {len(codes)} test images. Left: mean and "
        "standard deviation of each dimension; N(0, I) would fill the grey band."
        + (" Right: correlations between dimensions, blue below 0 and red above." if len(mean) > 1 else ""),
        alt=f"Means from {mean.min():.2g} to {mean.max():.2g} and standard deviations from "
        f"{sqrt(np.diag(covariance).min()):.2g} to {sqrt(np.diag(covariance).max()):.2g} in {len(mean)} dimensions.",
        figure=figure,
    )


def _draw_intervals(axis: Axes, mean: NDArray[np.float64], stddev: NDArray[np.float64]) -> None:
    axis.axhspan(-1, 1, color=FAINT, alpha=0.25, linewidth=0)
    axis.axhline(0, color=FAINT, linewidth=1)
    axis.errorbar(range(len(mean)), mean, stddev, fmt="o", color=BLUE, markersize=3, linewidth=1.2)
    axis.set_xlim(-0.7, len(mean) - 0.3)
    axis.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
    label(axis, "latent dimension", "mean ± deviation")
    set_title(axis, "Place and spread")


def _draw_correlations(axis: Axes, correlation: NDArray[np.float64]) -> None:
    shown = axis.imshow(correlation, cmap="RdBu_r", vmin=-1, vmax=1)
    axis.spines[:].set_visible(False)
    for numbers in (axis.xaxis, axis.yaxis):
        numbers.set_major_locator(MaxNLocator(4, integer=True, min_n_ticks=1))
    bar = axis.figure.colorbar(shown, ax=axis, ticks=[-1, 0, 1])
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=9, color=FAINT, labelcolor=INK)
    label(axis, "latent dimension")
    set_title(axis, "Correlation")


DRAWING = Drawing(draw, needs=(GENERATIVE, SEVERAL_IMAGES, REAL_CODES))
