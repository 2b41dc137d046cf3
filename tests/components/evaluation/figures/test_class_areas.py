import numpy as np
import pytest

from vaeflow.components.evaluation.aggregated import Drawn
from vaeflow.components.evaluation.figures.class_areas import class_areas
from vaeflow.components.evaluation.metrics.evenness import class_regions

RANDOM = np.random.default_rng(0)


def toy(classes: int) -> Drawn:
    labels = np.repeat(np.arange(classes), 40)
    codes = RANDOM.standard_normal((len(labels), 2)) @ [[2, 1], [0, 0.5]] * (1 + labels[:, np.newaxis])
    return Drawn(codes.astype(np.float32), labels)


def picture(drawn: Drawn):
    names = [f"class {label}" for label in range(100)]
    return class_areas(class_regions(drawn), drawn.codes, drawn.labels, names, ("first", "second"))


def test_an_ellipse_is_one_standard_deviation_from_the_mean_of_its_class():
    drawn = toy(2)
    for line, label in zip(picture(drawn).figure.axes[0].lines, (0, 1), strict=True):
        codes = drawn.codes[drawn.labels == label]
        deviation = line.get_xydata() - codes.mean(axis=0)
        distances = np.sum(deviation @ np.linalg.inv(np.cov(codes, rowvar=False)) * deviation, axis=1)
        np.testing.assert_allclose(distances, 1, rtol=1e-3)


def test_a_bar_is_the_log_of_the_volume_over_the_geometric_mean_of_all():
    drawn = toy(3)
    volumes = [
        np.log(np.linalg.det(np.cov(drawn.codes[drawn.labels == label], rowvar=False))) / 2 for label in range(3)
    ]
    bars = picture(drawn).figure.axes[1].patches
    np.testing.assert_allclose([bar.get_width() for bar in bars], volumes - np.mean(volumes), rtol=1e-4)


def test_the_caption_tells_that_classes_of_few_images_are_left_out():
    assert "Of " not in picture(toy(3)).caption
    whole = toy(3)
    few = Drawn(whole.codes[:82], whole.labels[:82])
    assert "Of 3 classes, 2 have enough images" in picture(few).caption


@pytest.mark.parametrize(("classes", "named"), [(3, 3), (25, 0)])
def test_many_classes_are_drawn_without_their_names(classes: int, named: int):
    figure = picture(toy(classes)).figure
    assert len(figure.axes[1].get_yticklabels()) == named
    figure.draw_without_rendering()
