"""The formats of a comparison."""

import csv
import io
import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from vaeflow.components.evaluation.catalogue import SECTIONS
from vaeflow.pipeline.comparison.as_csv import to_csv
from vaeflow.pipeline.comparison.as_html import to_html
from vaeflow.pipeline.comparison.as_json import to_json
from vaeflow.pipeline.comparison.as_latex import escaped, to_latex
from vaeflow.pipeline.comparison.as_text import blocks
from vaeflow.pipeline.comparison.layout import MOST_METRICS, lay_out, verdict
from vaeflow.pipeline.comparison.records import Comparison, Difference, Estimate, Row, Table
from vaeflow.pipeline.comparison.standard_error import StandardError

ROWS = (
    Row("a_b", ("a_b-1", "a_b-2"), {"train.epochs": "7", "ingest.source": "folder:<x> & 50% y"}),
    Row("c-1", ("c-1",), {"train.epochs": "50", "ingest.source": ""}),
)
TABLE = Table(
    metrics=("elbo", "kl", "active_units"),
    conditions={"test images": "toy, digest 0a", "likelihood": "probability of black and white pixels"},
    apart=("likelihood",),
    cells={
        "a_b": {"elbo": Estimate(-100.123, 2, 1.5, 3.0), "active_units": Estimate(2.5, 2, 0.5)},
        "c-1": {"elbo": Estimate(-104.0, 1, None, 4.0), "kl": Estimate(math.nan, 1), "active_units": Estimate(3.0, 1)},
    },
    best={"elbo": "a_b"},
    differences=(Difference("c-1", "a_b", "elbo", 1000, -3.877, StandardError(0.25), None),),
)
OTHER = Table(("elbo",), {"likelihood": "density of pixels in [0, 1]"}, ("likelihood",), {"c-1": {}}, {}, ())
COMPARISON = Comparison(ROWS, (TABLE, OTHER), ("a and b: expected the same test images.",))


def test_text_has_a_deviation_over_runs_after_plus_minus_and_the_error_of_a_single_run_in_parentheses():
    rows = {block.title: block.rows for block in blocks(Comparison(ROWS, (TABLE,), ()))}
    assert rows["Likelihood"] == (
        ("recipe", "runs", "elbo ↑", "kl"),
        ("a_b", "2", "-100.12 ± 1.50 *", "–"),
        ("c-1", "1", "-104.00 (4.00)", "undefined"),
    )
    assert rows["Use of the code"][1:] == (("a_b", "2", "2.5 ± 0.5"), ("c-1", "1", "3"))
    assert rows["Differences from a_b, paired on 1,000 test images"][1:] == (
        ("c-1", "ELBO", "-3.877", "0.250", "unknown", "worse"),
    )


def test_more_metrics_of_a_section_than_fit_on_paper_go_on_in_another_grid():
    metrics = [metric.name for family in SECTIONS["Distributions of images"] for metric in family.metrics]
    table = replace(TABLE, metrics=tuple(metrics), differences=())
    (sheet,) = lay_out(Comparison(ROWS, (table,), ())).sheets
    assert [grid.title for grid in sheet.grids][:2] == ["Distributions of images", "Distributions of images, continued"]
    assert [column.name for grid in sheet.grids for column in grid.columns[2:]] == metrics
    assert max(len(grid.columns) for grid in sheet.grids) == 2 + MOST_METRICS


def test_text_names_what_keeps_the_protocols_apart():
    titles = [block.title for block in blocks(COMPARISON)]
    assert "likelihood: probability of black and white pixels" in titles
    assert "likelihood: density of pixels in [0, 1]" in titles
    (notes,) = (block.lines for block in blocks(COMPARISON) if block.title == "Not compared")
    assert notes == COMPARISON.notes


def test_recipes_have_their_fields_in_columns_unless_there_are_more_fields_than_rows():
    few = Comparison((Row("a-1", ("a-1",), {"x": "1"}), Row("b-1", ("b-1",), {"x": "2"})), (), ())
    assert [[cell.text for cell in row] for row in lay_out(few).recipes.rows] == [["a-1", "1"], ["b-1", "2"]]
    many = [[cell.text for cell in row] for row in lay_out(COMPARISON).recipes.rows]
    assert many[0] == ["runs", "a_b-1, a_b-2", "c-1"]
    assert many[1] == ["train.epochs", "7", "50"]


@pytest.mark.parametrize(
    ("metric", "difference", "said"),
    [
        ("elbo", 3.0, "better"),
        ("elbo", -3.0, "worse"),
        ("bits_per_dim", 3.0, "worse"),
        ("kl", 3.0, "higher"),
        ("elbo", 1.9, "within noise"),
    ],
)
def test_the_verdict_on_a_difference_depends_on_which_way_is_better(metric, difference, said):
    assert verdict(Difference("a", "b", metric, 9, difference, StandardError(1.0), None)) == said


def test_signs_are_explained_only_where_they_occur():
    assert len(lay_out(COMPARISON).legend) == 5
    alone = Comparison(ROWS, (OTHER,), ())
    assert lay_out(alone).legend == ()


def test_json_has_all_numbers_and_null_for_what_is_not_finite():
    content = json.loads(to_json(COMPARISON), parse_constant=pytest.fail)
    first, _ = content["tables"]
    assert first["cells"]["a_b"]["elbo"]["mean"] == -100.123
    assert first["cells"]["c-1"]["kl"]["mean"] is None
    assert first["cells"]["a_b"]["elbo"]["standard_error"] == pytest.approx(math.hypot(3, 1.5 / math.sqrt(2)))
    assert first["differences"][0]["verdict"] == "worse"
    assert first["differences"][0]["training_error"] is None
    assert content["rows"][0]["runs"] == ["a_b-1", "a_b-2"]


def test_csv_has_a_line_for_each_metric_of_each_row_with_its_own_protocol():
    lines = list(csv.DictReader(io.StringIO(to_csv(COMPARISON))))
    assert [(line["row"], line["metric"]) for line in lines] == [
        ("a_b", "elbo"),
        ("a_b", "active_units"),
        ("c-1", "elbo"),
        ("c-1", "kl"),
        ("c-1", "active_units"),
    ]
    elbo, units = lines[:2]
    assert (float(elbo["mean"]), elbo["best"], elbo["ingest.source"]) == (-100.123, "best", "folder:<x> & 50% y")
    assert elbo["protocol"] == "test images: toy, digest 0a; likelihood: probability of black and white pixels"
    assert units["protocol"] == "test images: toy, digest 0a"
    assert (lines[2]["reference"], lines[2]["verdict"]) == ("a_b", "worse")
    assert lines[3]["mean"] == ""


def test_latex_has_balanced_tables_and_no_character_with_a_meaning():
    page = to_latex(COMPARISON)
    assert page.count(r"\begin{tabular}") == page.count(r"\end{tabular}") == page.count(r"\toprule") > 2
    assert r"folder:\textless{}x\textgreater{} \& 50\% y" in page
    assert r"a\_b & 2 & \textbf{$-$100.12 $\pm$ 1.50} & -- \\" in page
    for tabular in re.findall(r"\\begin{tabular}{(.*?)}(.*?)\\end{tabular}", page, re.DOTALL):
        columns, body = tabular
        rows = [line for line in body.splitlines() if line.endswith(r"\\")]
        assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {len(columns)}
    assert escaped(r"a\b^{c}~#$") == r"a\textbackslash{}b\textasciicircum{}\{c\}\textasciitilde{}\#\$"
    assert escaped('λ = −2 Σ "x"') == r"$\lambda$ = $-$2 $\Sigma$ ''x''"


class Outline(HTMLParser):
    """The tags of a page, checked for balance, and its text."""

    def __init__(self):
        super().__init__()
        self.open, self.tables, self.links, self.text = [], 0, [], []

    def handle_starttag(self, tag, attributes):
        self.tables += tag == "table"
        self.links += [value for name, value in attributes if name in ("src", "href")]
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("name", ["[64] units", "*"])
def test_latex_takes_no_name_for_the_argument_of_the_command_before_it(name):
    comparison = Comparison((Row(name, (name,), {}),), (replace(TABLE, cells={name: {}}, best={}, differences=()),), ())
    lines = [line.strip() for line in to_latex(comparison).splitlines()]
    assert any(line.startswith("{}" + escaped(name)) for line in lines)
    assert not any(line.startswith(name[0]) for line in lines)


def test_the_page_is_whole_escaped_and_self_contained():
    outline = Outline()
    outline.feed(to_html(COMPARISON))
    assert outline.open == []
    assert outline.links == []
    assert outline.tables == sum(len(sheet.grids + sheet.differences) for sheet in lay_out(COMPARISON).sheets) + 1
    text = " ".join("".join(outline.text).split())
    assert "folder:<x> & 50% y" in text
    assert "−100.12 ± 1.50 ★" in text
    assert "Likelihood: probability of black and white pixels" in text
    assert "expected the same test images" in text


def test_a_table_of_a_single_row_stands_upright_on_the_page():
    alone = replace(TABLE, cells={"a_b": TABLE.cells["a_b"]}, best={}, differences=())
    assert [sheet.single for sheet in lay_out(Comparison(ROWS, (TABLE, alone), ())).sheets] == [False, True]
    page = to_html(Comparison(ROWS, (alone,), ()))
    upright = page[page.index('<table class="upright">') :]
    head, *lines = (re.findall(r"<t[hd].*?</t[hd]>", line, re.DOTALL) for line in upright.split("</tr>"))
    shown = [[" ".join(re.sub("<.*?>", "", cell).split()) for cell in line] for line in (head, *lines)]
    assert shown[:4] == [
        ["recipe", "a_b"],
        ["runs", "2"],
        ["ELBO&nbsp;↑ nats per image", "−100.12 ± 1.50"],
        ["KL divergence nats per image", "–"],
    ]


def test_a_protocol_that_sheets_have_in_common_is_said_once():
    same = replace(TABLE, conditions={**TABLE.conditions, "likelihood": "another"})
    assert lay_out(Comparison(ROWS, (TABLE, same, OTHER), ())).protocols == ("Test images: toy, digest 0a",)
