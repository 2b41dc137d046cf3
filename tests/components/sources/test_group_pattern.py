"""Groups in ids, in the dialect RE2, compared with Python's `re` where the two agree."""

import re

import pytest
from pydantic import ValidationError

from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.group_pattern import find_groups

IDS = ["cat/p12_a.png", "p7", "", "müller_3/(x).png", "a]b", "[p5]"]


def by_python(pattern, identifier):
    found = re.search(pattern, identifier)
    return found and next(part for part in (*found.groups(), found[0]) if part is not None)


@pytest.mark.parametrize(
    "pattern",
    [
        r"p\d+",
        r"p(\d+)",
        r"(x)|p(\d+)",
        r"(x)|p\d",
        r"p(\d*)(_?)",
        r"^(\d*)p",
        r"(?P<patient>p(?P<number>\d))",
        r"(?i)P(\d)",
        r"([^/]+)/",
        r"\((.)\)",
        r"[(](.)",
        r"[](](.)",
        r"[^](]([])])",
        r"\\|[\](]p(5)",
        r"(?:p)(\d)",
        r"((p)(\d))",
    ],
)
def test_groups_are_those_of_the_first_parentheses_that_take_part(pattern):
    assert find_groups(pattern, IDS) == [by_python(pattern, identifier) for identifier in IDS]


def test_what_only_re2_knows_is_read_too():
    assert find_groups(r"[[:alpha:](]+\Q(\E|(\pL+)_", IDS) == [None, None, None, "müller", None, None]


def test_a_pattern_that_backtracks_forever_in_other_dialects_finds_nothing_at_once():
    pattern = IngestConfig(group_pattern="(a+)+$").group_pattern
    assert find_groups(pattern, [40 * "a" + "!", "aa"]) == [None, "aa"]


@pytest.mark.parametrize("pattern", [r"(?=p)\d", r"(?<!p)\d", r"(p)\1", r"(?P<a>p)(?P=a)", "a)(b", "a{1001}"])
def test_what_re2_does_not_know_is_refused_with_the_dialect(pattern):
    with pytest.raises(ValidationError, match="is not a regular expression of RE2, which has no look-around"):
        IngestConfig(group_pattern=pattern)
