import numpy as np
import pytest

from vaeflow.components.evaluation.drawing.scatter import MAX_CLASSES, Colouring, add_legend, scatter
from vaeflow.components.evaluation.drawing.style import WIDTH, plot

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(40, 2)).astype(np.float32)


def draw(points, labels, names):
    figure, (axis,) = plot(height=4)
    colours = Colouring(labels, names)
    add_legend(figure, scatter(axis, points, colours), colours, beside=True)
    return figure, axis, colours


def in_legend(figure) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize(
    ("labels", "names", "coloured"),
    [
        (None, [], False),
        (np.arange(40) % 3, ["a", "b", "long name"], True),
        (np.arange(40) % 3 - 1, ["a", "b", "c"], True),
        (np.arange(40) % 26, [chr(ord("a") + i) for i in range(26)], True),
        (np.arange(40), [str(i) for i in range(MAX_CLASSES + 1)], False),
    ],
)
def test_the_legend_names_the_classes_that_are_coloured(labels, names, coloured):
    figure, axis, colours = draw(POINTS, labels, names)
    assert colours.meaning.endswith("the class.") == coloured
    present = [] if labels is None else [names[i] for i in np.unique(labels[labels >= 0])]
    assert [name for name in in_legend(figure) if name != "unknown"] == (present if coloured else [])
    assert ("unknown" in in_legend(figure)) == (labels is not None and labels.min() < 0)
    assert sum(len(dots.get_offsets()) for dots in axis.collections) == 40


def test_no_two_classes_look_the_same():
    dots = list(Colouring(np.arange(MAX_CLASSES), [str(i) for i in range(MAX_CLASSES)]).classes())
    assert len({(one.color, one.marker) for one in dots}) == len(dots) == MAX_CLASSES


def test_more_classes_than_can_be_told_apart_are_said_not_to_be_coloured():
    names = [str(i) for i in range(MAX_CLASSES + 1)]
    assert f"More than {MAX_CLASSES} classes" in Colouring(np.arange(40), names).meaning


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("classes", [3, 10, 40])
@pytest.mark.parametrize("length", [2, 8, 24])
def test_names_of_any_number_and_length_leave_the_plane_its_room(beside, classes, length):
    figure, (axis,) = plot(height=4)
    colours = Colouring(np.arange(40) % classes, ["x" * length] * classes)
    add_legend(figure, scatter(axis, POINTS, colours), colours, beside=beside)
    figure.draw_without_rendering()
    assert axis.get_position().width * figure.get_figwidth() > 0.5 * WIDTH
    assert axis.get_position().height * figure.get_figheight() > 3
    assert len(in_legend(figure)) == classes
    whole = figure.get_tightbbox()
    assert whole.x0 >= -0.01
    assert whole.x1 <= WIDTH + 0.01


def test_names_are_drawn_as_they_are(tmp_path):
    names = ["$x_{$", "_hidden", "a name that is much too long for a legend", "\\$"]
    figure, _, _ = draw(POINTS, np.arange(40) % 4, names)
    figure.savefig(tmp_path / "figure.png")
    shown = [name.replace(r"\$", "$") for name in in_legend(figure)]
    assert shown == ["$x_{$", "_hidden", "a name that …or a legend", "\\$"]


def test_short_names_are_written_at_the_medians_unless_they_would_cover_each_other():
    labels, names = np.arange(40) % 4, ["a", "b", "c", "long name"]
    centres = np.array([[0, 0], [9, 0], [0, 9], [9, 9]], np.float32)[labels]
    _, axis, _ = draw(centres + 0.1 * POINTS, labels, names)
    places = {text.get_text(): text.get_position() for text in axis.texts}
    assert places.keys() == {"a", "b", "c"}
    np.testing.assert_allclose(places["b"], np.median((centres + 0.1 * POINTS)[labels == 1], axis=0), rtol=1e-6)
    _, collapsed, _ = draw(centres * 0, labels, names)
    assert not collapsed.texts
