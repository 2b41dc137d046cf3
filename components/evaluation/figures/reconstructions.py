"""Test images and their reconstructions."""

from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.drawing.sheets import first_images, interleave_rows
from vaeflow.components.evaluation.drawing.style import image_plot
from vaeflow.components.evaluation.needs import GENERATIVE
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

SHOWN = 36


def draw(study: Study) -> Picture:
    """The first images of the sample and their reconstructions."""
    x, given = first_images(study, SHOWN)
    return reconstructions(x.numpy(), study.subject.network.reconstruct(x, given).numpy())


def reconstructions(originals: Images, reconstructed: Images) -> Picture:
    """Rows of test images [n, h, w, c], each followed by a row of their reconstructions."""
    sheet = interleave_rows((originals, reconstructed))
    return Picture(
        name="reconstructions",
        caption="Test images as the model sees them; below each, the mean image decoded from its posterior mean.",
        alt=f"{len(sheet) // 2 * sheet.shape[1]} test images, each above its reconstruction.",
        figure=image_plot(sheet, "Reconstructions", ("input", "output") * (len(sheet) // 2)),
    )


DRAWING = Drawing(draw, needs=(GENERATIVE,))
