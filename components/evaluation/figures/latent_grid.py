"""A two-dimensional latent space, decoded on a grid."""

import numpy as np
import tensorflow as tf

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import image_plot
from vaeflow.components.evaluation.needs import TWO_DIMENSIONS
from vaeflow.components.evaluation.study import Study

SIDE = 18
PRIOR_SAMPLES = 20_000
MARGIN = 0.025
"""Probability of the prior that the grid leaves out at each end of a dimension."""


def draw(study: Study) -> Picture:
    """Images decoded at quantiles of the prior, which are estimated from samples, as every prior has these."""
    model = study.subject.network
    samples = model.sample_codes(PRIOR_SAMPLES, tf.constant([study.settings.seed, 1])).numpy()
    first, second = np.quantile(samples, np.linspace(MARGIN, 1 - MARGIN, SIDE), axis=0).T
    codes = np.stack(np.meshgrid(first, second[::-1]), axis=-1).astype(np.float32)
    return Picture(
        name="latent_grid",
        caption="The two-dimensional latent space: images decoded at equally spaced quantiles of the prior. The first "
        "dimension increases to the right, the second upwards.",
        alt="A grid of decoded images that change smoothly from cell to cell.",
        figure=image_plot(model.decode(tf.constant(codes)).numpy(), "The latent space, decoded"),
    )


DRAWING = Drawing(draw, needs=(TWO_DIMENSIONS,))
