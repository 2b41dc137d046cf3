import numpy as np

from vaeflow.components.evaluation.figures.samples import COLUMNS, ROWS, Panel, samples, sheet
from vaeflow.components.evaluation.spread import Spread


def test_every_source_is_named_beside_its_images_with_its_share_near_data():
    images = np.zeros((ROWS, COLUMNS, 4, 4, 1), np.float32)
    panels = [Panel("reconstructions", images, Spread(95, 0)), Panel("N(0, I)", images, Spread(7.6, 1.6))]
    picture = samples(panels, "the VampPrior")
    labels = [text.get_text() for text in picture.figure.axes[0].get_yticklabels()]
    assert labels == ["reconstructions", "95 %", "N(0, I)", "8 ± 2 %"]
    assert "come from the VampPrior" in picture.caption
    assert "N(0, I) 8 ± 2 % near data" in picture.alt


def test_images_that_are_missing_are_white():
    few = sheet(np.zeros((5, 2, 2, 1), np.float32))
    assert few.shape == (ROWS, COLUMNS, 2, 2, 1)
    assert (few.reshape(-1, 4)[:5] == 0).all()
    assert (few.reshape(-1, 4)[5:] == 1).all()
