"""The text of a recipe: plain data within bounds, or one line that names the file and the line."""

import math

import pytest

from vaeflow.models.errors import InputError
from vaeflow.pipeline.recipe_text import DEEPEST, LONGEST_TEXT, MOST_VALUES, parse

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("012", 12),
        ("-3", -3),
        ("0x1F", 31),
        ("0o17", 15),
        ("1e-4", 1e-4),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.inf", -math.inf),
        ("!!str 3", "3"),
        ("!!int 3", 3),
        ("'3'", "3"),
        ("yes", "yes"),
        ("{null: 1, 3: 2}", {"null": 1, "3": 2}),
        ("{a: &x {b: 1, c: 2}, d: {<<: *x, b: 3}}", {"a": {"b": 1, "c": 2}, "d": {"b": 3, "c": 2}}),
        (
            "{a: [&x {b: 1}, &y {b: 2, c: 3}], d: {<<: [*x, *y]}}",
            {"a": [{"b": 1}, {"b": 2, "c": 3}], "d": {"b": 1, "c": 3}},
        ),
    ],
)
def test_values_are_those_of_the_core_schema(text, value):
    assert parse(text, "a.yaml") == value


@pytest.mark.parametrize(
    "text",
    [
        "2024-13-45",
        "2024-12-05",
        "2024-12-05T10:00:00",
        "0x_",
        "0b_",
        "1:30",
        "190:20:30",
        "._",
        "~nouser/x",
        "9" * 5000,
    ],
)
def test_what_is_no_number_of_the_core_schema_is_text(text):
    assert parse(f"a: {text}", "a.yaml") == {"a": text}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n!!int abc", "a.yaml, line 2: expected !!int, got 'abc'."),
        ("a: folder: x", "a.yaml, line 1: mapping values are not allowed here; text that contains ': ' needs quotes."),
        ("a:\n\tb: 1", "a.yaml, line 2: found character '\\t' that cannot start any token; indent with spaces"),
        ("a: {b: 1", "a.yaml, line 1: expected ',' or '}', but got '<stream end>'; a bracket or a quote"),
        ("{}\n---\n{}", "a.yaml, line 2: expected a single document in the stream but found another document."),
        ("!!int " + 5000 * "9", "a.yaml, line 1: expected !!int, got '9999"),
        ("!!float abc", "a.yaml, line 1: expected !!float, got 'abc'."),
        ("!!bool abc", "a.yaml, line 1: expected !!bool, got 'abc'."),
        ("!!timestamp abc", "a.yaml, line 1: '!!timestamp' is not a type of value that a recipe has."),
        ("!!binary é", "a.yaml, line 1: '!!binary' is not a type"),
        ("!!set {a}", "a.yaml, line 1: '!!set' is not a type"),
        ("!!python/object:os.system {}", "a.yaml, line 1: '!!python/object:os.system' is not a type"),
        ("!!seq {a: b}", "a.yaml, line 1: '!!seq' is not a type"),
        ('"\\UFFFFFFFF"', "a.yaml, line 1: an escape or a directive that YAML does not have."),
        ("{a: 1, a: 2}", "a.yaml, line 1: 'a' is given twice."),
        ("{[a]: 1}", "a.yaml, line 1: expected the name of a field before ':', got a list or a section."),
        ("{a: &x {b: 1}, c: &y {b: 2}, d: {<<: *x, <<: *y}}", "a.yaml, line 1: '<<' is given twice."),
        ("{<<: 3}", "a.yaml, line 1: expected a section, or a list of sections, after '<<:'."),
        ("&a [*a]", "a.yaml, line 1: an alias inside the value that it stands for."),
        ("&a {<<: *a}", "a.yaml, line 1: an alias inside the value that it stands for."),
        (3000 * "[", f"a.yaml, line 1: expected at most {DEEPEST} lists and sections inside each other, got more."),
        ("\n".join(" " * i + "a:" for i in range(200)), f"a.yaml, line {DEEPEST}: expected at most {DEEPEST} lists"),
        ("a: &a0 x\n" + "".join(f"b{i}: &a{i + 1} [*a{i}]\n" for i in range(30)), f"expected at most {DEEPEST} lists"),
        (f"[{'a, ' * MOST_VALUES}]", f"a.yaml, line 1: expected at most {MOST_VALUES} values, got more."),
        (BOMB, f"expected at most {MOST_VALUES} values, got more."),
        (LONGEST_TEXT * "a" + "a", f"a.yaml: expected at most {LONGEST_TEXT} characters, got more."),
    ],
)  # fmt: skip
def test_everything_else_is_refused_in_one_short_line(text, message):
    with pytest.raises(InputError) as raised:
        parse(text, "a.yaml")
    assert message in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1
    assert len(str(raised.value)) < 300
