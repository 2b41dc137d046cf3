"""Figures of the latent space: where the images lie, and which dimensions carry information."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from vaeflow.components.evaluation.figures.style import BLUE, FAINT, INK, PALETTE, Picture, entitle, label, plot

Array = NDArray[np.float32]
Labels = NDArray[np.int64]

MOST_NUMBERED = 16
"""So many latent dimensions carry their number on the axis."""
LONGEST_NAME = 3
"""So long may a class name be to stand among its points; a longer one would cover them."""
HALO = [effects.withStroke(linewidth=4, foreground="white")]


class Plane(NamedTuple):
    """Points [n, 2] to draw, the names of the two axes, and what the points are."""

    points: Array
    axes: tuple[str, str]
    meaning: str


def latent_scatter(mean: Array, stddev: Array, labels: Labels | None, names: Sequence[str]) -> Picture:
    """Posteriors [n, latent] as points in a plane, coloured by class where there are not more than ten."""
    plane = project(mean, stddev)
    coloured = labels is not None and len(names) <= len(PALETTE)
    figure, (axis,) = plot(height=4.4)
    dots: dict[str, Any] = {"s": float(np.clip(8000 / len(mean), 4, 40)), "alpha": 0.7, "linewidths": 0}
    if labels is not None and coloured:
        for name, color, chosen in _classes(labels, names):
            _draw_class(axis, plane.points[chosen], name, color, dots)
        figure.legend(loc="outside right upper", frameon=False, fontsize=9, labelcolor=INK, handletextpad=0)
    else:
        axis.scatter(plane.points[:, 0], plane.points[:, 1], color=BLUE, **dots)
    label(axis, *plane.axes)
    entitle(axis, "Test images in latent space")
    return Picture(
        name="latent_scatter",
        caption=f"Each point is one test image: {plane.meaning}." + (" The colour is its class." if coloured else ""),
        alt="A cloud of points, one a test image" + (", coloured and named by class." if coloured else "."),
        figure=figure,
    )


def project(mean: Array, stddev: Array) -> Plane:
    """The latent plane itself, its first two principal components, or of a single dimension mean and deviation."""
    latent_dim = mean.shape[1]
    if latent_dim == 1:
        axes = ("posterior mean", "posterior standard deviation")
        return Plane(np.concatenate([mean, stddev], axis=1), axes, "its posterior's mean and standard deviation")
    if latent_dim == 2 or len(mean) < 2:
        return Plane(mean[:, :2], ("first latent dimension", "second latent dimension"), "its posterior mean")
    with np.errstate(invalid="ignore"):  # a collapsed posterior has no variance to explain
        components = PCA(2).fit(mean)
    first, second = np.nan_to_num(components.explained_variance_ratio_)
    axes = (f"first principal component ({first:.0%})", f"second principal component ({second:.0%})")
    meaning = f"the first two principal components of its posterior mean in {latent_dim} dimensions"
    return Plane(components.transform(mean), axes, meaning)


def kl_per_dimension(kl: Array, active: NDArray[np.bool_]) -> Picture:
    """Bars of the mean KL [latent] in nats, the largest first; inactive units are pale."""
    order = np.argsort(-kl)
    figure, (axis,) = plot(height=2.6)
    colors = [BLUE if active[unit] else FAINT for unit in order]
    axis.bar(range(len(kl)), kl[order], color=colors, width=0.8)
    shown = range(0, len(kl), math.ceil(len(kl) / MOST_NUMBERED))
    axis.set_xticks(shown, [str(order[place]) for place in shown])
    label(axis, "latent dimension", "KL in nats")
    entitle(axis, f"KL divergence per latent dimension: {active.sum()} of {len(kl)} active")
    return Picture(
        name="kl_per_dimension",
        caption="How much each latent dimension tells about an image, on average over the test split. Grey dimensions "
        "are inactive: their posterior mean hardly moves from image to image.",
        alt=f"A bar for each of {len(kl)} latent dimensions, {active.sum()} of them active.",
        figure=figure,
    )


def kl_per_layer(kl: Array, active: NDArray[np.bool_], layers: Mapping[str, int]) -> Picture:
    """Bars as of `kl_per_dimension`, side by side for the layers of a hierarchy: sizes by name, the lowest first."""
    figure, (axis,) = plot(height=2.6)
    ends = np.cumsum(list(layers.values()))
    gap = math.ceil(len(kl) / MOST_NUMBERED)
    names, places = [], []
    for number, (name, size) in enumerate(layers.items()):
        units = np.arange(ends[number] - size, ends[number])
        units = units[np.argsort(-kl[units])]
        bars = ends[number] - size + number * gap + np.arange(size)
        axis.bar(bars, kl[units], color=[BLUE if active[unit] else FAINT for unit in units], width=0.8)
        names.append(f"{name}\n{active[units].sum()} of {size}\n{kl[units].sum():.1f} nats")
        places.append(float(bars.mean()))
    axis.set_xticks(places, names)
    label(axis, "", "KL in nats")
    entitle(axis, f"KL divergence per latent dimension: {active.sum()} of {len(kl)} active")
    return Picture(
        name="kl_per_dimension",
        caption="How much each latent dimension of each layer tells about an image, on average over the test split, "
        "and how many dimensions of a layer are active. Grey ones are not: their posterior mean hardly moves.",
        alt="A bar for each latent dimension, by layer: "
        + "; ".join(name.replace("\n", ", ", 1).replace("\n", " active, ") for name in names),
        figure=figure,
    )


def _classes(labels: Labels, names: Sequence[str]) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    if (labels < 0).any():
        yield "unknown", FAINT, labels < 0
    for number, name in enumerate(names):
        if (labels == number).any():
            yield name, PALETTE[number], labels == number


def _draw_class(axis: Axes, points: Array, name: str, color: str, dots: Mapping[str, Any]) -> None:
    axis.scatter(points[:, 0], points[:, 1], color=color, label=name, **dots)
    if len(name) <= LONGEST_NAME:
        x, y = np.median(points, axis=0)
        axis.text(x, y, name, ha="center", va="center", fontsize=12, weight="bold", color=color, path_effects=HALO)
