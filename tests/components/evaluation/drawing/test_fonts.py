"""Class names in figures, of scripts that the fonts of the machine have or do not have."""

import io
from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from vaeflow.components.evaluation.drawing import fonts
from vaeflow.components.evaluation.drawing.fonts import DEFAULT, letter, set_fonts
from vaeflow.components.evaluation.drawing.scatter import Colouring
from vaeflow.components.evaluation.drawing.style import shown
from vaeflow.components.evaluation.figures.latent_line import latent_line

FOREIGN = ["猫", "ねこ", "고양이", "😀", "قط", "แมว", "cat 猫", "ꙮ"]


def characters(family: str) -> set[str]:
    return {chr(code) for code in get_font(findfont(FontProperties(family=family))).get_charmap()}


def drawn(names: Sequence[str], families: Sequence[str]) -> bytes:
    """A figure of the names. Matplotlib warns of glyphs that are missing, and warnings are errors."""
    figure, picture = Figure(), io.BytesIO()
    for name in names:
        figure.text(0.1, 0.5, shown(name))
        figure.text(0.1, 0.5, shown(name), weight="bold")
    set_fonts(figure, families)
    figure.savefig(picture)
    return picture.getvalue()


def test_usual_names_are_kept_in_the_usual_font(caplog: pytest.LogCaptureFixture):
    names = ("cat", "Katze groß", "γάτα", "кошка", "a\tb", "$x$")
    assert letter(names) == (names, (DEFAULT,))
    assert not caplog.text


def test_what_the_usual_font_lacks_is_taken_from_others(caplog: pytest.LogCaptureFixture):
    lacking = sorted(characters("STIXGeneral") - characters(DEFAULT))
    name = next(char for char in lacking if char.isprintable() and "\u2000" < char < "\ue000")
    lettered = letter(["cat", name])
    assert lettered.names == ("cat", name)
    assert lettered.families[0] == DEFAULT
    assert len(lettered.families) == 2
    assert drawn(lettered.names, lettered.families) != drawn(["cat", "dog"], lettered.families)
    assert not caplog.text


def test_figures_of_any_names_are_drawn_without_a_warning_of_matplotlib():
    names, families = letter(FOREIGN)
    random = np.random.default_rng(0)
    points = random.normal(size=(40, 2)).astype(np.float32)
    picture = latent_line(points[:, :1], points[:, 1:] ** 2, Colouring(np.arange(40) % len(names), names))
    set_fonts(picture.figure, families)
    picture.figure.savefig(io.BytesIO())
    assert drawn(names, families)


def test_what_no_font_has_is_replaced_by_the_number_with_one_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    only = [font for font in fonts.fontManager.ttflist if font.name == DEFAULT]
    monkeypatch.setattr(fonts.fontManager, "ttflist", only)
    assert letter(["猫", "cat", "cat 犬"]) == (("#0", "cat", "#2"), (DEFAULT,))
    (record,) = caplog.records
    assert "all characters of 2 class names: figures show their numbers, such as #0" in record.getMessage()
