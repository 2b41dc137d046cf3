"""Mutated recipes: each is a configuration that can be stored, or is refused in a few short lines."""

import random

import pytest

from vaeflow.components.sources.fingerprint import fingerprint
from vaeflow.models.errors import InputError
from vaeflow.pipeline import recipes
from vaeflow.pipeline.config import PipelineConfig

TEXTS = [entry.read_text(encoding="utf-8") for entry in recipes.RECIPES.packaged().values()]
SCALARS = [
    *("", "~", "null", "yes", "=", "<<", "*", "&a", "*a", "!", "!!int", "!!null x", "!!timestamp 2024-13-45", "|"),
    *("0", "-1", "1e400", "-.inf", ".nan", "0x_", "0o9", "1_000", "190:20:30", "2024-13-45", "9" * 5000, "%", "? a"),
    *('"\\ud800"', '"\\0"', '"\\UFFFFFFFF"', '"\\x7f"', "'", '"', "~nouser/x", "folder:~nouser/x", "npz:/dev/null"),
    *("[]", "{}", "[[]]", "{a: 1}", "[1, 2]", "{name: vae}", "{name: [1]}", "{name: {a: b}}", "[" * 3000, "- a"),
    *("{a: " * 3000, "x" * 100_000, "0x" + "f" * 60, "&b [x, x]", "[&c [x, x], *c]", "{<<: {a: 1}}", "a: b: c"),
    *("👾", "\u2028", "\ufeff", "\x85"),
]  # fmt: skip
SPECIAL = "\x00\t\n\r !\"#%&'*,-.0:<=>?@[]`eaxy{|}~é\u2028👾"


def some_line(draw, lines):
    return draw.randrange(len(lines))


def replace_a_value(draw, lines):
    index = some_line(draw, lines)
    lines[index] = f"{lines[index].partition(':')[0]}: {draw.choice(SCALARS)}"


def replace_characters(draw, lines):
    index = some_line(draw, lines)
    line = lines[index]
    for _ in range(draw.randint(1, 4)):
        place = draw.randint(0, len(line))
        line = line[:place] + draw.choice(SPECIAL) + line[place + draw.randint(0, 2) :]
    lines[index] = line


def change_the_indentation(draw, lines):
    index = some_line(draw, lines)
    lines[index] = " " * draw.randint(0, 8) + lines[index].lstrip()


def drop_repeat_or_swap_lines(draw, lines):
    first, second = some_line(draw, lines), some_line(draw, lines)
    lines[first:first] = draw.choice([[], [lines[second]], lines[second : second + 4]])
    del lines[some_line(draw, lines) : second]


def cut_off(draw, lines):
    text = "\n".join(lines)
    lines[:] = text[: draw.randint(0, len(text))].split("\n")


MUTATIONS = [replace_a_value, replace_characters, change_the_indentation, drop_repeat_or_swap_lines, cut_off]


def mutated(seed):
    """A packaged recipe with one to three mutations, and sometimes a part of another one."""
    draw = random.Random(seed)
    lines = draw.choice(TEXTS).splitlines()
    for _ in range(draw.randint(1, 3)):
        draw.choice(MUTATIONS)(draw, lines)
        lines = lines or [""]
    return "\n".join(lines) + draw.choice(["", "\n" + draw.choice(TEXTS)])


def fields():
    """Dotted names of fields, also of those that belong to different alternatives of a section."""
    definitions = PipelineConfig.model_json_schema()["$defs"].values()
    names = sorted({field for contents in definitions for field in contents["properties"]})
    sections = [
        "ingest",
        "preprocess",
        "train",
        "train.model",
        "train.model.network",
        "train.objective",
        "evaluate",
        "export",
    ]
    return [*sections, *names, *(f"{section}.{name}" for section in sections for name in names)]


FIELDS = fields()


def check(recipe, changes=()):
    try:
        config = recipes.load(str(recipe), changes).config
        assert PipelineConfig.model_validate_json(config.model_dump_json()) == config
        fingerprint(config.ingest)
    except InputError as error:
        lines = str(error).splitlines()
        assert 1 <= len(lines) <= 11
        assert all(len(line) < 1000 and line.isprintable() for line in lines)


def check_mutated(path, seed):
    path.write_text(mutated(seed), encoding="utf-8")
    check(path)


def check_changed(seed):
    draw = random.Random(seed)
    check(
        draw.choice(list(recipes.RECIPES.packaged())),
        [f"{draw.choice(FIELDS)}={draw.choice(SCALARS)}" for _ in range(2)],
    )


def test_a_mutated_recipe_is_read_or_refused(tmp_path):
    for seed in range(100):
        check_mutated(tmp_path / "a.yaml", seed)


def test_a_change_to_any_value_is_read_or_refused():
    for seed in range(50):
        check_changed(seed)


@pytest.mark.full
def test_two_thousand_mutated_recipes_and_changes_are_read_or_refused(tmp_path):
    for seed in range(2000):
        check_mutated(tmp_path / "a.yaml", seed)
        check_changed(seed)
