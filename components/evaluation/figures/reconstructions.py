"""Test images and their reconstructions."""

from vaeflow.components.evaluation.figures.drawing import Drawing, Picture
from vaeflow.components.evaluation.figures.sheets import below_each_other, first_images
from vaeflow.components.evaluation.figures.style import image_plot
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Images

SHOWN = 36


def draw(study: Study) -> Picture:
    """The first images of the sample, and what the model makes of them."""
    x, given = first_images(study, SHOWN)
    return reconstructions(x.numpy(), study.subject.network.reconstruct(x, given).numpy())


def reconstructions(originals: Images, reconstructed: Images) -> Picture:
    """Test images [n, h, w, c] in rows, each row followed by its reconstructions."""
    sheet = below_each_other((originals, reconstructed))
    return Picture(
        name="reconstructions",
        caption="Test images as the model sees them, and below each the mean image decoded from its posterior mean.",
        alt=f"{len(sheet) // 2 * sheet.shape[1]} test images, each above its reconstruction.",
        figure=image_plot(sheet, "Reconstructions", ("input", "output") * (len(sheet) // 2)),
    )


DRAWING = Drawing(draw)
