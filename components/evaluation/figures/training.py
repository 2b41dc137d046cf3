"""Figures of the training that made the model."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from vaeflow.components.evaluation.figures.style import BLUE, FAINT, INK, RED, Picture, entitle, label, plot

TERMS = {"elbo": "ELBO", "log_likelihood": "Log-likelihood", "kl": "KL divergence"}


def loss_curves(epochs: Sequence[Mapping[str, float]], best_epoch: int) -> Picture:
    """The bound and its terms by epoch, on training and validation images, with the epoch that was kept."""
    figure, axes = plot(height=2.5, columns=len(TERMS))
    number = [epoch["epoch"] for epoch in epochs]
    marker = "o" if len(epochs) == 1 else None
    for axis, (term, title) in zip(axes, TERMS.items(), strict=True):
        axis.plot(number, [epoch[term] for epoch in epochs], color=BLUE, marker=marker, label="training")
        validation = [epoch[f"val_{term}"] for epoch in epochs]
        axis.plot(number, validation, color=RED, marker=marker, label="validation")
        axis.axvline(best_epoch, color=FAINT, linewidth=1, linestyle="--", zorder=0)
        axis.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        _focus(axis, [epoch[key] for epoch in epochs for key in (term, f"val_{term}")])
        label(axis, "epoch", "nats per image" if term == "elbo" else "")
        entitle(axis, title)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2, frameon=False, fontsize=9, labelcolor=INK)
    return Picture(
        name="loss_curves",
        caption=f"The ELBO and its two terms while training; the dashed line is epoch {best_epoch}, whose weights were "
        "kept for the best ELBO on the validation images. The first, steep epochs may lie outside the frame.",
        alt="Three line charts by epoch, each with a training and a validation curve.",
        figure=figure,
    )


def _focus(axis: Axes, values: Sequence[float]) -> None:
    """Cut the extremes of the first epochs, which would press the rest into a flat line."""
    low, high = np.nanquantile(values, [0.05, 0.95])
    if len(values) > 20 and high > low:
        axis.set_ylim(low - 0.15 * (high - low), high + 0.15 * (high - low))
