"""Noisy images, what the model makes of them, and the clean images."""

import tensorflow as tf

from vaeflow.components.evaluation.figures.drawing import Drawing, Picture
from vaeflow.components.evaluation.figures.sheets import below_each_other, first_images
from vaeflow.components.evaluation.figures.style import image_plot
from vaeflow.components.evaluation.needs import NOISE_REMOVAL
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

SHOWN = 24


def draw(study: Study) -> Picture:
    """The first images of the sample."""
    model = study.subject.network
    x, given = first_images(study, SHOWN)
    noisy = model.corrupt(x, tf.constant([study.settings.seed, 2]))
    return denoised(noisy.numpy(), model.reconstruct(noisy, given).numpy(), x.numpy())


def denoised(noisy: Images, reconstructed: Images, clean: Images) -> Picture:
    """Test images [n, h, w, c] with noise in rows, each row followed by the denoised and by the clean ones."""
    sheet = below_each_other((noisy, reconstructed, clean))
    return Picture(
        name="denoised",
        caption="Test images with the noise that the model was trained to remove; below each what the model makes of "
        "it, and the clean image.",
        alt=f"{len(sheet) // 3 * sheet.shape[1]} noisy test images, each above its denoised and its clean version.",
        figure=image_plot(sheet, "Noise removal", ("noisy", "denoised", "clean") * (len(sheet) // 3)),
    )


DRAWING = Drawing(draw, needs=(NOISE_REMOVAL,))
