"""Linear interpolation between test images in latent space."""

import numpy as np
import tensorflow as tf

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.style import image_plot
from vaeflow.components.evaluation.needs import GENERATIVE, SEVERAL_IMAGES
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images, Labels

PAIRS = 6
STEPS = 10


def draw(study: Study) -> Picture:
    """Interpolations between images of the sample, of different classes if they are known."""
    model, sample = study.subject.network, study.measured.sample
    starts, ends = np.array(pairs(sample.labels, PAIRS)).T
    mean = sample.measures["mean"]
    step = np.linspace(0, 1, STEPS, dtype=np.float32)[:, np.newaxis]
    codes = mean[starts, np.newaxis] * (1 - step) + mean[ends, np.newaxis] * step
    x = model.observe(tf.constant(sample.images([*starts, *ends]))).numpy()
    return interpolations(x[: len(starts)], model.decode(tf.constant(codes)).numpy(), x[len(starts) :])


def pairs(labels: Labels, limit: int) -> list[tuple[int, int]]:
    """At most `limit` disjoint pairs of rows, each with the next row of another label if there is one."""
    left = list(range(len(labels)))
    found: list[tuple[int, int]] = []
    while len(left) > 1 and len(found) < limit:
        first = left.pop(0)
        second = next((row for row in left if labels[row] != labels[first]), left[0])
        left.remove(second)
        found.append((first, second))
    return found


def interpolations(starts: Images, between: Images, ends: Images) -> Picture:
    """One row per pair: the first image [rows, h, w, c], decoded images [rows, steps, h, w, c], the second image."""
    sheet = np.concatenate([starts[:, np.newaxis], between, ends[:, np.newaxis]], axis=1)
    columns = ("input", *[""] * between.shape[1], "input")
    return Picture(
        name="interpolations",
        caption="From one test image (far left) to another (far right): images decoded at equal steps along the line "
        "between their posterior means.",
        alt=f"{len(starts)} rows of images, each morphing from one test image into another.",
        figure=image_plot(sheet, "Interpolation between test images", columns=columns),
    )


DRAWING = Drawing(draw, needs=(GENERATIVE, SEVERAL_IMAGES))
