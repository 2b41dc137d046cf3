import numpy as np

from vaeflow.components.evaluation.figures.classification import class_counts, classification


def test_images_of_unknown_class_are_not_counted():
    counts = class_counts(np.array([0, 1, 1, -1]), np.array([0, 0, 1, 1]), ("a", "b"))
    np.testing.assert_array_equal(counts, [[1, 0], [1, 1]])


def test_names_are_drawn_as_they_are(tmp_path):
    figure = classification(np.eye(2, dtype=np.int64), ["$x_{$", "b"]).figure
    figure.savefig(tmp_path / "figure.png")
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == [r"\$x_{\$", "b"]
