"""The KL divergence of each latent dimension."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import BLUE, FAINT, label, plot, set_title
from vaeflow.components.evaluation.metrics.active_units import active
from vaeflow.components.evaluation.metrics.bounds import KL_TERMS
from vaeflow.components.evaluation.needs import A_BOUND
from vaeflow.components.evaluation.study import Study

Nats = NDArray[np.float64]

MAX_NUMBERED = 16
"""Maximum number of latent dimensions whose numbers are shown on the axis."""
NAMES_IN_ROW = 9
"""Number of names of layers for which there is room below all bars."""


def draw(study: Study) -> Picture | None:
    """Bars of the mean over all test images, by layer if there are several; None if the KL is not per dimension."""
    model, kl = study.subject.network, study.mean(KL_TERMS)
    if len(kl) != model.code_dim:
        return None
    if model.code_groups:
        return kl_per_layer(kl, active(study), model.code_groups)
    return kl_per_dimension(kl, active(study))


def kl_per_dimension(kl: Nats, active: NDArray[np.bool_]) -> Picture:
    """Bars of the mean KL divergence [latent] in nats, in descending order; inactive units are grey."""
    order = np.argsort(-kl)
    figure, (axis,) = plot(height=2.6)
    colors = [BLUE if active[unit] else FAINT for unit in order]
    axis.bar(range(len(kl)), kl[order], color=colors, width=0.8)
    shown = range(0, len(kl), math.ceil(len(kl) / MAX_NUMBERED))
    axis.set_xticks(shown, [str(order[place]) for place in shown])
    label(axis, "latent dimension", "KL in nats")
    set_title(axis, f"KL divergence per latent dimension: {active.sum()} of {len(kl)} active")
    return Picture(
        name="kl_per_dimension",
        caption="KL divergence from the prior for each latent dimension, averaged over the test split: how much it "
        "tells about an image. Grey dimensions are inactive: their posterior mean hardly varies.",
        alt=f"A bar for each of {len(kl)} latent dimensions, {active.sum()} of them active.",
        figure=figure,
    )


def kl_per_layer(kl: Nats, active: NDArray[np.bool_], layers: Mapping[str, int]) -> Picture:
    """Bars as in `kl_per_dimension`, grouped by the layers of a hierarchy: sizes by name, the lowest layer first."""
    figure, (axis,) = plot(height=2.6)
    gap, least = math.ceil(len(kl) / MAX_NUMBERED), math.ceil(len(kl) / max(NAMES_IN_ROW - len(layers), 2))
    names, places, first, begin = [], [], 0, 0
    for name, size in layers.items():
        units = first + np.argsort(-kl[first : first + size])
        bars = begin + max(least - size, 0) / 2 + np.arange(size)
        first, begin = first + size, begin + max(size, least) + gap
        axis.bar(bars, kl[units], color=[BLUE if active[unit] else FAINT for unit in units], width=0.8)
        names.append(f"{name}\n{active[units].sum()} of {size}\n{kl[units].sum():.1f} nats")
        places.append(float(bars.mean()))
    axis.set_xticks(places, names)
    label(axis, "", "KL in nats")
    set_title(axis, f"KL divergence per latent dimension: {active.sum()} of {len(kl)} active")
    return Picture(
        name="kl_per_dimension",
        caption="KL divergence for each latent dimension of each layer, averaged over the test split, and number of "
        "active dimensions per layer. Grey dimensions are inactive: their posterior mean hardly varies.",
        alt="A bar for each latent dimension, by layer: "
        + "; ".join(name.replace("\n", ", ", 1).replace("\n", " active, ") for name in names),
        figure=figure,
    )


DRAWING = Drawing(draw, needs=(A_BOUND,), measures=(KL_TERMS,))
