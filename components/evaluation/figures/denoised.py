"""Noisy test images, their denoised versions, and the clean images."""

import tensorflow as tf

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.sheets import first_images, interleave_rows
from vaeflow.components.evaluation.drawing.style import image_plot
from vaeflow.components.evaluation.needs import NOISE_REMOVAL
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

SHOWN = 24


def draw(study: Study) -> Picture:
    """The first images of the sample, with noise."""
    model = study.subject.network
    x, given = first_images(study, SHOWN)
    noisy = model.corrupt(x, tf.constant([study.settings.seed, 2]))
    return denoised(noisy.numpy(), model.reconstruct(noisy, given).numpy(), x.numpy())


def denoised(noisy: Images, reconstructed: Images, clean: Images) -> Picture:
    """Rows of noisy images [n, h, w, c], each followed by a row of the denoised and a row of the clean ones."""
    sheet = interleave_rows((noisy, reconstructed, clean))
    return Picture(
        name="denoised",
        caption="Test images with the noise that the model was trained to remove; below each, its reconstruction and "
        "the clean image.",
        alt=f"{len(sheet) // 3 * sheet.shape[1]} noisy test images, each above its denoised and its clean version.",
        figure=image_plot(sheet, "Noise removal", ("noisy", "denoised", "clean") * (len(sheet) // 3)),
    )


DRAWING = Drawing(draw, needs=(NOISE_REMOVAL,))
