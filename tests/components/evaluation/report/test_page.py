import json
import math
import re
from html.parser import HTMLParser

import pytest

from vaeflow.components.evaluation.catalogue import METRICS, SECTIONS
from vaeflow.components.evaluation.report.page import flat, interval, text
from vaeflow.components.evaluation.spread import Interval


class Page(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page(toy_evaluation):
    return Page((toy_evaluation.path / "report.html").read_text())


def test_the_report_holds_everything_itself(page, toy_evaluation):
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(images) == len(list((toy_evaluation.path / "figures").iterdir()))
    assert all(image["src"].startswith("data:image/png;base64,") and image["alt"] for image in images)
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "iframe")]


def test_the_report_tells_verdict_metrics_protocol_configuration_versions_and_lineage(page):
    shown = ("Failed", "k-means accuracy", "Active units", "20 importance samples", "Static", "importance_samples")
    for words in shown:
        assert words.lower() in page.text.lower()
    for words in ("network.hidden", "tensorflow", "model.keras, SHA-256", "observation.binarise"):
        assert words in page.text


def test_the_report_says_which_way_is_better(page, toy_evaluation):
    arrows = [attributes["aria-label"] for tag, attributes in page.tags if attributes.get("role") == "img"]
    measured = json.loads((toy_evaluation.path / "metrics.json").read_text())["metrics"]
    expected = [
        f"{metric.better} is better" for metric in METRICS.values() if metric.name in measured and metric.better
    ]
    assert arrows == expected


def test_the_report_says_which_network_compares_images(toy_evaluation):
    page = (toy_evaluation.path / "report.html").read_text()
    assert (
        page.count("compared in 64 features of a convolutional classifier, trained on 0 labelled training images") == 1
    )


def test_metrics_are_under_the_headings_of_their_families_and_no_heading_is_empty(toy_evaluation):
    parts = re.split(r"<h3>(.*?)</h3>", (toy_evaluation.path / "report.html").read_text())
    counts = {heading: part.count('<div class="tile">') for heading, part in zip(parts[1::2], parts[2::2], strict=True)}
    measured = json.loads((toy_evaluation.path / "metrics.json").read_text())["metrics"]
    names = {title: [m.name for family in some for m in family.metrics] for title, some in SECTIONS.items()}
    expected = {title: len(measured.keys() & set(some)) for title, some in names.items()}
    assert counts == {title: count for title, count in expected.items() if count}


def test_the_report_shows_every_finding_with_what_is_worth_trying(page, toy_evaluation):
    findings = json.loads((toy_evaluation.path / "metrics.json").read_text())["findings"]
    assert "few_test_images" in {finding["name"] for finding in findings}
    for finding in findings:
        assert all(finding[part] in page.text for part in ("title", "evidence", "meaning"))
        assert f"--set {finding['change']}" in page.text


def test_the_report_gives_the_level_by_chance_of_scores_that_compare_clusters_with_classes(page):
    assert len(re.findall(r"by chance −?0\.\d{3} ± 0\.\d{3}", page.text)) == 3
    assert "200 permutations of the labels" in page.text
    assert "200 bootstrap samples" in page.text


def test_the_report_states_the_conventions_of_ssim_and_bits_per_dimension(page):
    flowed = " ".join(page.text.split())
    assert "Gaussian window of 8×8 pixels with σ = 1.5" in flowed
    assert "divided by 64 dimensions and ln 2, for pixels that are 0 or 1" in flowed
    assert re.search(r"Bits per dimension ↓ \d\.\d{3} ± \d\.\d{3}", flowed)


def test_the_report_shows_names_with_special_characters_as_they_are(page):
    assert "folder:<my> & 'yours'" in page.text
    assert all(name in page.text for name in ("$x_{$", "<b>3</b>", "4" * 300))


def test_the_report_counts_copies_across_splits_and_classes_and_groups_across_splits(page):
    assert "3 images have the same pixels as an image in another split" in page.text
    assert "2 images have the same pixels as an image of another class" in page.text
    assert "2 images belong to a group that is in several splits, so some of these numbers are too good" in page.text


@pytest.mark.parametrize(
    ("value", "shown"), [(-98.5, "−98.5"), (3.0, "3"), (math.nan, "undefined"), (-math.inf, "undefined")]
)
def test_numbers_are_shown_for_readers(value, shown):
    assert text(value) == shown


def test_a_nested_configuration_becomes_dotted_names():
    assert flat({"a": 1, "b": {"c": [2], "d": {"e": None}}}) == {"a": "1", "b.c": "[2]", "b.d.e": "None"}


def test_an_interval_follows_its_value_in_brackets():
    assert interval(Interval(0.9, 0.02, 0.8604, 0.93), ".3f") == "[0.860, 0.930]"
