"""A one-dimensional latent space: the mean and standard deviation of every posterior."""

import numpy as np

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.scatter import Colouring, add_legend, colouring, scatter
from vaeflow.components.evaluation.drawing.style import label, plot, set_title
from vaeflow.components.evaluation.needs import ONE_INFERRED
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes


def draw(study: Study) -> Picture:
    """Posteriors of the sample."""
    stddev = study.measured.sample.measures["stddev"][:, :1]
    return latent_line(study.codes, stddev, colouring(study, study.labels))


def latent_line(mean: Codes, stddev: Codes, colours: Colouring) -> Picture:
    """Posterior means [n, 1] against their standard deviations [n, 1]."""
    figure, (axis,) = plot(height=4.4)
    add_legend(figure, scatter(axis, np.concatenate([mean, stddev], axis=1), colours), colours, beside=True)
    label(axis, "posterior mean", "posterior standard deviation")
    set_title(axis, "Test images in latent space")
    return Picture(
        name="latent_line",
        caption=f"Each point is one test image: its posterior's mean and standard deviation.{colours.meaning}",
        alt="A scatter plot with one point per test image.",
        figure=figure,
    )


DRAWING = Drawing(draw, needs=(ONE_INFERRED,))
