"""The members of a study: one run for each variant and seed."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from vaeflow.components.closest import did_you_mean
from vaeflow.models.errors import InputError
from vaeflow.pipeline import plan, recipes
from vaeflow.pipeline.comparison.recipe_fields import text
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.entities import Membership
from vaeflow.pipeline.recipe_changes import value_of
from vaeflow.pipeline.recipes import Recipe
from vaeflow.pipeline.shelf import file_name
from vaeflow.pipeline.studies.config import MOST_MEMBERS, StudyConfig
from vaeflow.pipeline.studies.fields import RECIPE, check_field, overlap, short_names
from vaeflow.pipeline.studies.study import Study
from vaeflow.pipeline.values import shortened

LAST_STEP = "evaluate"
NEITHER_REQUIRED_NOR_PUBLISHED = ("evaluate.require={}", "publish.to=null")
LONGEST_VARIANT = 120
"""Maximum length of the name of a variant in bytes, which is part of the names of files."""
QUICKER = 10
"""By how much the epochs of a quick study are divided."""


VARIANT = "variant"
BEST = "best"
"""The only variant of a search."""


@dataclass(frozen=True)
class Variant:
    """One combination of what a study varies: the fields that it sets, and what it is called.

    `labels` are its own name, as `variant`, if the study names variants, and the values of varied fields, as text.
    """

    labels: Mapping[str, str]
    fields: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name in tables and in the ids of runs, with short names of varied fields."""
        short = short_names(self.labels)
        return " ".join(text if label == VARIANT else f"{short[label]}={text}" for label, text in self.labels.items())


def variants(config: StudyConfig) -> list[Variant]:
    """All combinations of variants and of values of varied fields, in the order of the study.

    Raises `InputError` if there are too many, if a name is too long, or if several have the same one.
    """
    named = config.variants or {BEST if config.search else "": {}}
    count = len(named) * prod(map(len, config.vary.values()))
    if count * config.seeds > MOST_MEMBERS:
        raise InputError(f"expected at most {MOST_MEMBERS} runs, got {count} variants with {config.seeds} seeds each.")
    found = [
        variant_of(name, {**config.set, **own}, dict(zip(config.vary, values, strict=True)))
        for (name, own), values in product(named.items(), product(*config.vary.values()))
    ]
    _check_names([variant.name for variant in found])
    return found


def _check_names(names: Sequence[str]) -> None:
    files = [file_name(name) for name in names]
    for place, (name, file) in enumerate(zip(names, files, strict=True)):
        if len(file.encode()) > LONGEST_VARIANT:
            raise InputError(f"{shortened(name)}: expected a name of at most {LONGEST_VARIANT} bytes; use variants.")
        if file in files[:place]:
            raise InputError(f"{name}: expected another name, which no other variant has as the name of a file.")


def variant_of(name: str, fields: Mapping[str, Any], varied: Mapping[str, Any]) -> Variant:
    """A variant that sets the fields, and is called by its name, if it has one, and by the values of varied ones."""
    labels = {field: _text(value) for field, value in varied.items()}
    return Variant({VARIANT: name, **labels} if name else labels, {**fields, **varied})


def _text(value: Any) -> str:
    """A value in the name of a variant: a section is called by its name."""
    match value:
        case {"name": str(name)} | str(name):
            return name
        case _:
            return text(value)


def members(study: Study) -> list[Recipe]:
    """The recipes of a study's runs, variant by variant.

    Raises `InputError`, with the variant, if one of them is invalid or the same as another one, and if a change is one
    of what the study varies.
    """
    for change in study.changes:
        _check_change(change, study.config)
    seeds = study.config.seeds_of_runs
    found = [member_of(study, variant, seed) for variant in variants(study.config) for seed in seeds]
    if study.quick:  # a tenth of different numbers of epochs may be the same, the whole numbers may not
        members(study._replace(quick=False))
    else:
        _check_different(found)
    return found


def _check_different(members: Sequence[Recipe]) -> None:
    """Refuse variants whose names say that something differs between them, where nothing does."""
    known: dict[str, Membership] = {}
    for member in members:
        sections = {step.name for step in steps(member)}  # a member exports nothing, for example
        other = known.setdefault(member.config.model_dump_json(include=sections), member.membership)
        if other != member.membership:
            raise InputError(
                f"{member.membership.variant}: expected another recipe than {other.variant} has; they do not differ."
            )


def chosen(members: Sequence[Recipe], only: Collection[str]) -> list[Recipe]:
    """The members of the variants named in `only`, or all if it is empty. Raises `InputError` for an unknown name."""
    names = list(dict.fromkeys(member.membership.variant for member in members))
    for name in only:
        if name not in names:
            raise InputError(
                f"--only {name}: no such variant.{did_you_mean(name, names)} Variants: {'; '.join(names)}."
            )
    return [member for member in members if not only or member.membership.variant in only]


def steps(member: Recipe, until: str = LAST_STEP) -> plan.Plan:
    """The steps of a member: those of an ordinary run, up to its evaluation or an earlier step."""
    return plan.select(plan.PLAN, member.config, until)


def check(member: Recipe, root: Path) -> None:
    """Check what can be known before any work. Raises `InputError`, with the member, if it is known to fail."""
    try:
        plan.check(steps(member), member.config, root)
        plan.starts(steps(member), member.config, root)
    except InputError as error:
        raise InputError(f"{member.membership}: {error}") from None


def _check_change(change: str, config: StudyConfig) -> None:
    """Refuse a change of the command line that would undo what distinguishes the variants, or what a study decides."""
    field, _, value = (part.strip() for part in change.partition("="))
    own = {*config.vary, *(name for fields in config.variants.values() for name in fields)} - {RECIPE}
    for varied in sorted(own):
        if overlap(field, varied):
            raise InputError(f"--set {field}: the study varies {varied}; choose variants with --only.")
    for searched in config.search.ranges if config.search else ():
        if overlap(field, searched):
            raise InputError(f"--set {field}: the study searches {searched}; change its range in the study.")
    try:
        check_field(field, value_of(change, value))
    except ValueError as error:
        raise InputError(f"--set {error}.") from None


def member_of(study: Study, variant: Variant, seed: int) -> Recipe:
    """The recipe of a variant with a seed. Raises `InputError`, with the variant, if it is invalid."""
    fields = {**variant.fields}
    recipe = fields.pop(RECIPE, study.config.recipe)
    changes = [*(f"{field}={json.dumps(value, ensure_ascii=False)}" for field, value in fields.items()), *study.changes]
    try:
        config = _load(recipe, changes, seed, quick=study.quick)
    except InputError as error:
        raise InputError(f"{variant.name}: {error}") from None
    name = f"{study.name}.{file_name(variant.name)}.seed={seed}"
    return Recipe(name, config, Membership(study.name, variant.name, seed))


def _load(recipe: str, changes: Sequence[str], seed: int, *, quick: bool) -> PipelineConfig:
    """The configuration with the seed, and with another draw of labels for each seed where few are known."""
    changes = [*changes, *NEITHER_REQUIRED_NOR_PUBLISHED, f"train.seed={seed}"]
    config = recipes.load(recipe, changes).config
    more = [f"train.data.label_seed={seed}"] if config.train.data.labels is not None else []
    if quick:
        more.append(f"train.epochs={-(-config.train.epochs // QUICKER)}")
    return recipes.load(recipe, [*changes, *more]).config if more else config
