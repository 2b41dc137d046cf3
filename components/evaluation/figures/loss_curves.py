"""The training that made the model."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from vaeflow.components.evaluation.figures.drawing import Drawing, Picture
from vaeflow.components.evaluation.figures.style import BLUE, FAINT, INK, RED, entitle, label, plot
from vaeflow.components.evaluation.needs import A_BOUND
from vaeflow.components.evaluation.study import Study

BOUND = {"elbo": "ELBO", "log_likelihood": "Log-likelihood", "kl": "KL divergence"}
LOSS = {"objective": "Objective", "log_likelihood": "Log-likelihood"}
"""What is shown of a model whose terms make no bound."""


def draw(study: Study) -> Picture:
    """As train recorded it."""
    history = study.subject.read_json("history.json")
    return loss_curves(history["epochs"], history["best_epoch"], bound=A_BOUND.met_by(study.subject))


def loss_curves(epochs: Sequence[Mapping[str, float]], best_epoch: int, *, bound: bool = True) -> Picture:
    """The bound and its terms by epoch, on training and validation images, with the epoch that was kept."""
    terms = BOUND if bound else _different(LOSS, epochs)
    figure, axes = plot(height=2.5, columns=len(terms))
    number = [epoch["epoch"] for epoch in epochs]
    marker = "o" if len(epochs) == 1 else None
    for axis, (term, title) in zip(axes, terms.items(), strict=True):
        axis.plot(number, [epoch[term] for epoch in epochs], color=BLUE, marker=marker, label="training")
        validation = [epoch[f"val_{term}"] for epoch in epochs]
        axis.plot(number, validation, color=RED, marker=marker, label="validation")
        axis.axvline(best_epoch, color=FAINT, linewidth=1, linestyle="--", zorder=0)
        axis.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        _focus(axis, [epoch[key] for epoch in epochs for key in (term, f"val_{term}")])
        label(axis, "epoch", "nats per image" if axis is axes[0] else "")
        entitle(axis, title)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2, frameon=False, fontsize=9, labelcolor=INK)
    return Picture(
        name="loss_curves",
        caption=f"{'The ELBO and its two terms' if bound else 'The objective'} while training; the dashed line is "
        f"epoch {best_epoch}, whose weights were kept. The first, steep epochs may lie outside the frame.",
        alt="Line charts by epoch, each with a training and a validation curve.",
        figure=figure,
    )


def _different(terms: Mapping[str, str], epochs: Sequence[Mapping[str, float]]) -> dict[str, str]:
    """The terms that were recorded, each but the first only where it says something else than that one."""
    first = next(iter(terms))
    recorded = {name: title for name, title in terms.items() if name in epochs[0]}
    return {name: title for name, title in recorded.items() if name == first or epochs[-1][name] != epochs[-1][first]}


def _focus(axis: Axes, values: Sequence[float]) -> None:
    """Cut the extremes of the first epochs, which would press the rest into a flat line."""
    low, high = np.nanquantile(values, [0.05, 0.95])
    if len(values) > 20 and high > low:
        axis.set_ylim(low - 0.15 * (high - low), high + 0.15 * (high - low))


DRAWING = Drawing(draw)
