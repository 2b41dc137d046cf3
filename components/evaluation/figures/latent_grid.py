"""A two-dimensional latent space, decoded on a grid, with the density of the codes behind it."""

import numpy as np
import tensorflow as tf
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import WIDTH, label, plot, set_title, tile
from vaeflow.components.evaluation.needs import GENERATIVE, TWO_DIMENSIONS
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes, Images

SIDE = 18
PRIOR_SAMPLES = 20_000
MARGIN = 0.025
"""Probability of the prior that the grid leaves out at each end of a dimension."""
FRAME = 0.2
"""Width of the border of each cell, in which the density is seen, as a fraction of the width of an image."""
LABELLED = 5
"""Number of rows and columns whose values are shown."""
SMOOTHING = 0.7
"""Standard deviation, in cells, of the normal that smooths the density."""

Axis = NDArray[np.float64]
Density = NDArray[np.float64]


def draw(study: Study) -> Picture:
    """Images decoded at quantiles of the prior, which are estimated from samples, as every prior has these."""
    model = study.subject.network
    samples = model.sample_codes(PRIOR_SAMPLES, tf.constant([study.settings.seed, 1])).numpy()
    first, second = np.quantile(samples, np.linspace(MARGIN, 1 - MARGIN, SIDE), axis=0).T
    codes = np.stack(np.meshgrid(first, second[::-1]), axis=-1).astype(np.float32)
    images, prior = model.decode(tf.constant(codes)).numpy(), study.subject.config.prior_title
    return latent_grid(images, study.codes, first, second, prior)


def density(codes: Codes, first: Axis, second: Axis) -> Density:
    """Share of codes [n, 2] in each cell of the grid with these centres: [rows, columns], the top row first."""
    counts, _, _ = np.histogram2d(codes[:, 0], codes[:, 1], bins=[edges(first), edges(second)])
    return counts.T[::-1] / len(codes)


def edges(centres: Axis) -> Axis:
    """The edges of cells, halfway between their centres [n]: [n + 1]."""
    between = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - between[0]], between, [2 * centres[-1] - between[-1]]])


def latent_grid(images: Images, codes: Codes, first: Axis, second: Axis, prior: str) -> Picture:
    """Images [rows, columns, h, w, c] decoded at the centres of cells, on the density of codes [n, 2].

    The cells are at quantiles of a prior that is given in words.
    """
    shares = density(codes, first, second)
    figure, (axis,) = plot(height=min(1.2, images.shape[2] / images.shape[3]) * WIDTH)
    draw_on_density(axis, images, gaussian_filter(shares, SMOOTHING))
    axis.set_xticks(*ticks(first))
    axis.set_yticks(*ticks(second[::-1]))
    label(axis, "first latent dimension", "second latent dimension")
    set_title(axis, "The latent space, decoded")
    return Picture(
        name="latent_grid",
        caption="The two-dimensional latent space: images decoded at equally spaced quantiles of "
        f"{prior}. The bluer the border of an image, the more test images have their code there; where it is white, "
        f"the model decodes what no test image is mapped to. {shares.sum():.0%} of the codes are in this part of the "
        "space.",
        alt=f"A grid of decoded images on the density of the codes; {np.mean(shares == 0):.0%} of its cells have none.",
        figure=figure,
    )


def ticks(centres: Axis) -> tuple[list[int], list[str]]:
    """Some cells of an axis, from its first to its last, and the codes at their centres as text."""
    cells = np.linspace(0, len(centres) - 1, LABELLED).astype(int).tolist()
    return cells, [f"{centres[cell]:.2g}".replace("-", "−") for cell in cells]


def draw_on_density(axis: Axes, images: Images, shares: Density) -> None:
    """Draw images [rows, columns, h, w, c] over cells [rows, columns]; the coordinates of the axis are cells."""
    rows, columns = shares.shape
    sheet, gaps = (tile(layer, FRAME).image for layer in (images, np.zeros_like(images[..., :1])))
    cell = np.array(sheet.shape[:2]) + max(1, round(FRAME * images.shape[3]))
    bottom, right = np.array([rows, columns]) * sheet.shape[:2] / cell
    axis.imshow(shares, cmap="Blues", aspect="auto", zorder=0)
    colours = np.broadcast_to(sheet, (*sheet.shape[:2], 3))
    inset_y, inset_x = (rows - bottom) / 2 - 0.5, (columns - right) / 2 - 0.5
    axis.imshow(
        np.concatenate([colours, 1 - gaps], axis=-1),
        extent=(inset_x, columns - 1 - inset_x, rows - 1 - inset_y, inset_y),
        aspect=images.shape[2] / images.shape[3],
    )
    axis.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)


DRAWING = Drawing(draw, needs=(GENERATIVE, TWO_DIMENSIONS))
