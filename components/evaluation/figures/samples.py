"""Images decoded from codes of every source, each by its name, with the share that is as near to data as data are."""

from typing import NamedTuple

import numpy as np

from vaeflow.components.evaluation.code_sources import HELD_OUT
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.sheets import COLUMNS
from vaeflow.components.evaluation.drawing.style import image_plot
from vaeflow.components.evaluation.metrics.empty_space import (
    LEVEL,
    NEAR,
    available_sources,
    decoded,
    shares,
)
from vaeflow.components.evaluation.needs import GENERATIVE, SEVERAL_IMAGES
from vaeflow.components.evaluation.spread import Spread
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

ROWS = 2


class Panel(NamedTuple):
    """Images [rows, columns, h, w, c] of one source, its title, and its share near data in per cent."""

    title: str
    images: Images
    share: Spread


def draw(study: Study) -> Picture:
    """Reconstructions of test images, and mean images of codes of all sources that the model has."""
    found, count = study.once(shares), ROWS * COLUMNS
    reconstructed = decoded(study, study.measured.sample.measures["mean"][HELD_OUT][:count])
    panels = [Panel("reconstructions", sheet(reconstructed), Spread(LEVEL, 0))]
    for source in available_sources(study):
        images = decoded(study, source.draw(study, count))
        panels.append(Panel(source.title, sheet(images), found[NEAR.format(source.name)]))
    return samples(panels, study.subject.config.prior_title)


def sheet(images: Images) -> Images:
    """Images [n, h, w, c] → [rows, columns, h, w, c], with white ones in place of those that are missing."""
    sheet = np.ones((ROWS * COLUMNS, *images.shape[1:]), np.float32)
    sheet[: len(images)] = images
    return sheet.reshape(ROWS, COLUMNS, *images.shape[1:])


def samples(panels: list[Panel], prior: str) -> Picture:
    """One panel below the other; `prior` is the distribution in words that the model itself samples codes from."""
    names = [name for panel in panels for name in (panel.title, _percent(panel.share))]
    return Picture(
        name="samples",
        caption="Mean images decoded from reconstructed test images and from codes of each source, with the share that "
        f"is as near to data as {LEVEL} % of data are. Low shares are gaps, in which the decoder was never trained. "
        f"The model's own samples, also those of the exported decoder, come from {prior}.",
        alt="Rows of decoded images by the source of their codes: "
        + ", ".join(f"{panel.title} {_percent(panel.share)} near data" for panel in panels)
        + ".",
        figure=image_plot(np.concatenate([panel.images for panel in panels]), "Where codes come from", names),
    )


def _percent(share: Spread) -> str:
    """The share with its standard error, if it has one."""
    return f"{share.mean:.0f} ± {share.std:.0f} %" if share.std else f"{share.mean:.0f} %"


DRAWING = Drawing(draw, needs=(GENERATIVE, SEVERAL_IMAGES))
