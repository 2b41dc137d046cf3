import numpy as np
import pytest
from matplotlib.figure import Figure

from vaeflow.components.evaluation.drawing.style import MAX_NAME_LENGTH, image_plot, shown, tile


def test_images_keep_their_places_and_pixels_on_the_sheet():
    images = np.random.default_rng(0).random((2, 3, 5, 4, 1)).astype(np.float32)
    sheet = tile(images)
    assert sheet.image.shape == (2 * 5 + 1, 3 * 4 + 2, 1)
    np.testing.assert_array_equal(sheet.image[6:11, 5:9], images[1, 1])
    assert (sheet.image[5] == 1).all()
    assert sheet.rows == [2.0, 8.0]
    assert sheet.columns == [1.5, 6.5, 11.5]


@pytest.mark.parametrize("shape", [(1, 1, 8, 8, 1), (2, 12, 28, 28, 3), (9, 2, 40, 5, 1), (2, 9, 5, 40, 3)])
def test_grey_and_colour_sheets_of_any_proportion_are_drawn(shape, tmp_path):
    figure = image_plot(np.zeros(shape, np.float32), "title", ["row"] * shape[0], ["column"] * shape[1])
    figure.savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 0


@pytest.mark.parametrize("name", ["cat", "$x_{$", "$", "$$", r"\$a$", r"a\$b\\$c"])
def test_a_name_is_drawn_literally(name):
    figure = Figure()
    text = figure.text(0.5, 0.5, shown(name))
    literal = figure.text(0.5, 0.5, name, parse_math=False)
    figure.draw_without_rendering()
    assert text.get_window_extent().bounds == literal.get_window_extent().bounds


def test_long_names_that_differ_in_their_ends_are_told_apart():
    assert shown("Sooty Albatross, adult", 12) != shown("Sooty Albatross, young", 12)


def test_a_name_is_short_and_on_one_line():
    assert shown("x" * 300 + "y") == "x" * 12 + "…" + "x" * 10 + "y"
    assert len(shown("x" * 300)) == MAX_NAME_LENGTH
    assert shown("x" * MAX_NAME_LENGTH) == "x" * MAX_NAME_LENGTH
    assert shown("a\tb\nc") == r"a\tb\nc"
