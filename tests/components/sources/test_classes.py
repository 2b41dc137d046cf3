"""Names and numbers of classes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaeflow.components.sources.classes import check_names, in_natural_order, number_classes
from vaeflow.components.sources.source import UNKNOWN
from vaeflow.models.errors import InputError

MISSING = ["NA", "n/a", "N/A", "#N/A", "<NA>", "null", "NULL", "missing", "?", "None", "NaT"]
MISSING += ["N.A.", "n.a", "-", "--", ".", "undefined", "not labelled", "no_label", "unlabeled_images", "unsup"]
MISSING += ["\u22121", "-9", "-999", "-128", "-32768", "-2147483648"]
MISSING += ["#DIV/0!", "#NAME?", "#NV", "#WERT!", "#ÜBERLAUF!"]  # errors of formulas


def test_an_empty_label_is_unknown_and_shifts_no_class():
    classes = number_classes(["cat", "", "dog", "  ", "cat"])
    assert classes.names == ("cat", "dog")
    assert classes.numbers == [0, UNKNOWN, 1, UNKNOWN, 0]


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        (["10", "1", "2"], ["1", "2", "10"]),
        (["page 10", "page 9", "cover"], ["cover", "page 9", "page 10"]),
        (["-10", "-2", "3"], ["-10", "-2", "3"]),
        (["0.5", "0.25", "10"], ["0.25", "0.5", "10"]),
        (["0,5", "0,25", "10,0"], ["0,25", "0,5", "10,0"]),
        (["01", "1", "0"], ["0", "01", "1"]),
        (["dög", "cat", "emu"], ["cat", "dög", "emu"]),
        (["x" + "1" * 5000, "x2"], ["x2", "x" + "1" * 5000]),
    ],
)
def test_names_are_ordered_as_a_reader_expects(names, ordered):
    assert in_natural_order(names) == ordered


@given(st.sets(st.integers(0, 10**20)))
def test_whole_numbers_are_ordered_by_value(numbers):
    assert in_natural_order(map(str, numbers)) == list(map(str, sorted(numbers)))


@given(st.permutations(["a1", "1a", "a", "", "2", "10", "a10", "a2b", "10.5"]))
def test_the_order_does_not_depend_on_the_order_of_the_labels(names):
    assert in_natural_order(names) == in_natural_order(sorted(names))


@pytest.mark.parametrize(
    "name",
    [
        "cat\ndog",
        "a\tb",
        "a\x1b[31m",
        "a\x85b",
        "a\u2028b",
        "\ud800",
        "\0",
        "ca\u200bt",
        "\ufeffcat",
        "cat\u200d",
        "c\u00adat",
        "\u202ecat",
        "\ufe0fcat",
        "\u3164",
        "cat\u2800",
    ],
)
def test_a_name_with_invisible_characters_is_refused_and_shown_escaped(name):
    with pytest.raises(
        InputError, match=r"class names without control characters and other invisible ones, got '[ -~]+'$"
    ):
        number_classes(["dog", name])


@pytest.mark.parametrize(
    "pair",
    [
        ("cat", "cat "),
        ("cat", "\u00a0cat"),
        ("caf\u00e9", "cafe\u0301"),
        ("hot dog", "hot\u00a0 dog"),
        ("cat", "ca\u200ct"),
    ],
)
def test_names_that_look_the_same_are_refused(pair):
    with pytest.raises(InputError, match=r"got '.*' and '.*'"):
        check_names(pair)


@pytest.mark.parametrize("name", ["می\u200cخواهم", "👩\u200d❤\ufe0f\u200d👨", "❤\ufe0f"])
def test_joiners_inside_words_and_emoji_are_allowed(name):
    assert number_classes([name, "cat"]).names[1] == name


def test_white_space_around_names_does_no_harm_if_they_stay_distinct():
    assert number_classes([" cat", " dog", "big cat"]).names == ("big cat", "cat", "dog")


@pytest.mark.parametrize("label", ["-1", "-1.0", "unlabelled", "Unlabeled", "UNKNOWN", "NaN", *MISSING])
def test_a_label_that_may_mean_unknown_is_refused_until_the_configuration_says(label):
    with pytest.raises(
        InputError, match=rf"ingest\.unlabelled: the label '{re.escape(label)}' may mean an unknown class, or be"
    ):
        number_classes([label, "a"])
    assert number_classes([label, "a"], unlabelled=True) == (("a",), [UNKNOWN, 0])
    assert set(number_classes([label, "a"], unlabelled=False).names) == {label, "a"}


@pytest.mark.parametrize(
    "pair", [("Cat", "cat"), ("hot Dog", "Hot dog"), ("1", "1.0"), ("01", "1"), ("-0", "0.00"), ("0,5", "0.5")]
)
def test_variants_of_one_name_are_refused_with_both(pair):
    with pytest.raises(InputError, match=r"differ in more than case or .* number is written, got ") as refused:
        number_classes([*pair, "emu"])
    assert all(repr(name) in str(refused.value) for name in pair)


def test_letters_and_large_numbers_are_different_classes():
    names = ["a", "A", str(2**53), str(2**53 + 1)]
    assert set(number_classes(names).names) == set(names)
    assert number_classes(["NaN", "nan", "a"], unlabelled=True) == (("a",), [UNKNOWN, UNKNOWN, 0])
