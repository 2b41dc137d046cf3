"""Learning curves of the training."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import BLUE, FAINT, INK, RED, label, plot, set_title
from vaeflow.components.evaluation.needs import A_BOUND
from vaeflow.components.evaluation.study import Study

BOUND = {"elbo": "ELBO", "log_likelihood": "Log-likelihood", "kl": "KL divergence"}
LOSS = {"objective": "Objective", "log_likelihood": "Log-likelihood"}
"""Terms that are shown for a model without a bound."""
CURVES = {"": ("training", BLUE), "val_": ("validation", RED)}
"""Names and colours by the prefix of the terms."""


def draw(study: Study) -> Picture | None:
    """Curves of the history that train recorded; None if it has no epochs."""
    history = study.subject.read_json("history.json")
    if not history["epochs"]:
        return None
    return loss_curves(history["epochs"], history["best_epoch"], bound=A_BOUND.met_by(study.subject))


def loss_curves(epochs: Sequence[Mapping[str, float]], best_epoch: int, *, bound: bool = True) -> Picture:
    """Objective and terms by epoch, for training and validation, with a line at the best epoch."""
    terms = BOUND if bound else _different(LOSS, epochs)
    curves = dict(CURVES)
    if not any(epoch[f"val_{next(iter(terms))}"] for epoch in epochs):
        del curves["val_"]  # of a model of classes, where validation images have none
    figure, axes = plot(height=2.5, columns=len(terms))
    number = [epoch["epoch"] for epoch in epochs]
    marker = "o" if len(epochs) == 1 else None
    for axis, (term, title) in zip(axes, terms.items(), strict=True):
        for prefix, (name, color) in curves.items():
            axis.plot(number, [epoch[prefix + term] for epoch in epochs], color=color, marker=marker, label=name)
        axis.axvline(best_epoch, color=FAINT, linewidth=1, linestyle="--", zorder=0)
        axis.xaxis.set_major_locator(MaxNLocator(4, integer=True, min_n_ticks=1))
        _focus(axis, [epoch[prefix + term] for epoch in epochs for prefix in curves])
        label(axis, "epoch", "nats per image" if axis is axes[0] else "")
        set_title(axis, title)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2, frameon=False, fontsize=9, labelcolor=INK)
    return Picture(
        name="loss_curves",
        caption=f"{'The ELBO and its two terms' if bound else 'The objective'} during training. The dashed line marks "
        f"epoch {best_epoch}, whose weights were kept. The first, steep epochs may lie outside the frame."
        + ("" if "val_" in curves else " Validation images had no labels, without which nothing is measured on them."),
        alt=f"Line charts by epoch, with curves of {' and '.join(name for name, _ in curves.values())}.",
        figure=figure,
    )


def _different(terms: Mapping[str, str], epochs: Sequence[Mapping[str, float]]) -> dict[str, str]:
    """The recorded terms, without those whose last value equals that of the first term."""
    first = next(iter(terms))
    recorded = {name: title for name, title in terms.items() if name in epochs[0]}
    return {name: title for name, title in recorded.items() if name == first or epochs[-1][name] != epochs[-1][first]}


def _focus(axis: Axes, values: Sequence[float]) -> None:
    """Cut off the extreme values of the first epochs, next to which all others would look flat."""
    low, high = np.nanquantile(values, [0.05, 0.95])
    if len(values) > 20 and high > low:
        axis.set_ylim(low - 0.15 * (high - low), high + 0.15 * (high - low))


DRAWING = Drawing(draw)
