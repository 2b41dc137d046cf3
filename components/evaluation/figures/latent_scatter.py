"""The images of the sample as points in latent space."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from vaeflow.components.evaluation.drawing.fonts import lettering
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import BLUE, FAINT, INK, PALETTE, label, plot, set_title, shown
from vaeflow.components.evaluation.needs import LABELS
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes, Labels

MAX_LETTERS = 3
"""Maximum length of a class name that is drawn among its points; longer names would cover them."""
HALO = [effects.withStroke(linewidth=4, foreground="white")]


class Plane(NamedTuple):
    """Points [n, 2], the labels of the two axes, and the meaning of the points in words."""

    points: NDArray[np.float32]
    axes: tuple[str, str]
    meaning: str


def draw(study: Study) -> Picture:
    """Posteriors of the sample, coloured by class if labels are known."""
    labels = study.labels if LABELS.met_by(study.subject) else None
    stddev = study.measured.sample.measures["stddev"][:, : study.codes.shape[1]]
    return latent_scatter(study.codes, stddev, labels, study.once(lettering).names)


def latent_scatter(mean: Codes, stddev: Codes, labels: Labels | None, names: Sequence[str]) -> Picture:
    """Posteriors [n, latent] as points in a plane, coloured by class if there are at most ten classes."""
    plane = project(mean, stddev)
    coloured = labels is not None and len(names) <= len(PALETTE)
    figure, (axis,) = plot(height=4.4)
    dots: dict[str, Any] = {"s": float(np.clip(8000 / len(mean), 4, 40)), "alpha": 0.7, "linewidths": 0}
    if labels is not None and coloured:
        classes = list(_classes(labels, names))
        drawn = [_draw_class(axis, plane.points[chosen], name, color, dots) for name, color, chosen in classes]
        _add_legend(figure, drawn, [name for name, _, _ in classes])
    else:
        axis.scatter(plane.points[:, 0], plane.points[:, 1], color=BLUE, **dots)
    label(axis, *plane.axes)
    set_title(axis, "Test images in latent space")
    return Picture(
        name="latent_scatter",
        caption=f"Each point is one test image: {plane.meaning}." + (" The colour is its class." if coloured else ""),
        alt="A scatter plot with one point per test image" + (", coloured and labelled by class." if coloured else "."),
        figure=figure,
    )


def project(mean: Codes, stddev: Codes) -> Plane:
    """The two latent dimensions, the first two principal components of more, or mean and deviation of a single one."""
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


def _classes(labels: Labels, names: Sequence[str]) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    if (labels < 0).any():
        yield "unknown", FAINT, labels < 0
    for number, name in enumerate(names):
        if (labels == number).any():
            yield name, PALETTE[number], labels == number


def _draw_class(axis: Axes, points: NDArray[np.float32], name: str, color: str, dots: Mapping[str, Any]) -> Artist:
    drawn: Artist = axis.scatter(points[:, 0], points[:, 1], color=color, **dots)
    if len(name) <= MAX_LETTERS:
        x, y = np.median(points, axis=0)
        axis.text(
            x, y, shown(name), ha="center", va="center", fontsize=12, weight="bold", color=color, path_effects=HALO
        )
    return drawn


def _add_legend(figure: Figure, drawn: Sequence[Artist], names: Sequence[str]) -> None:
    """Names are given one by one, because Matplotlib leaves labels that begin with an underscore out of a legend."""
    frame = {"loc": "outside right upper", "frameon": False, "handletextpad": 0}
    figure.legend(drawn, list(map(shown, names)), fontsize=9, labelcolor=INK, **frame)


DRAWING = Drawing(draw)
