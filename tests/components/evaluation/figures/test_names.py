import numpy as np
import pytest
from matplotlib.figure import Figure

from vaeflow.components.evaluation.figures.confusion import confusion
from vaeflow.components.evaluation.figures.latent_scatter import latent_scatter
from vaeflow.components.evaluation.figures.names import MAX_LENGTH, drawn

NAMES = ["$x_{$", "_1", r"\$2$", "a\tb", "x" * 300, "-"]


@pytest.mark.parametrize("name", ["cat", "$x_{$", "$", "$$", r"\$a$", r"a\$b\\$c"])
def test_a_name_is_drawn_literally(name):
    figure = Figure()
    text = figure.text(0.5, 0.5, drawn(name))
    literal = figure.text(0.5, 0.5, name, parse_math=False)
    figure.draw_without_rendering()
    assert text.get_window_extent().bounds == literal.get_window_extent().bounds


def test_a_long_name_is_cut():
    assert drawn("x" * 300) == "x" * (MAX_LENGTH - 1) + "…"
    assert drawn("x" * MAX_LENGTH) == "x" * MAX_LENGTH


def test_figures_show_any_name(tmp_path):
    codes = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
    scatter = latent_scatter(codes, codes, np.arange(60) % len(NAMES), NAMES).figure
    matrix = confusion(np.eye(len(NAMES), dtype=int), NAMES).figure
    for figure in (scatter, matrix):
        figure.savefig(tmp_path / "figure.png", bbox_inches="tight")
    (legend,) = scatter.legends
    shown = [drawn(name) for name in NAMES]
    assert [text.get_text() for text in legend.get_texts()] == shown
    assert [tick.get_text() for tick in matrix.axes[0].get_yticklabels()] == shown
