"""A latent space of two dimensions, decoded."""

import numpy as np
import tensorflow as tf

from vaeflow.components.evaluation.figures.drawing import Drawing, Picture
from vaeflow.components.evaluation.figures.style import image_plot
from vaeflow.components.evaluation.needs import A_PLANE
from vaeflow.components.evaluation.study import Study

SIDE = 18
PRIOR_SAMPLES = 20_000
MARGIN = 0.025
"""The grid leaves out this much of the prior at each end."""


def draw(study: Study) -> Picture:
    """Images between quantiles of the prior, which are estimated: any prior can be sampled."""
    model = study.subject.network
    samples = model.sample_codes(PRIOR_SAMPLES, tf.constant([study.settings.seed, 1])).numpy()
    first, second = np.quantile(samples, np.linspace(MARGIN, 1 - MARGIN, SIDE), axis=0).T
    codes = np.stack(np.meshgrid(first, second[::-1]), axis=-1).astype(np.float32)
    return Picture(
        name="latent_grid",
        caption="The whole two-dimensional latent space: images decoded at equally spaced quantiles of the prior, "
        "the first dimension growing to the right and the second upwards.",
        alt="A grid of decoded images that change smoothly from place to place.",
        figure=image_plot(model.decode(tf.constant(codes)).numpy(), "The latent space, decoded"),
    )


DRAWING = Drawing(draw, needs=(A_PLANE,))
