"""Load studies: a packaged name or a YAML file gives a validated configuration."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from vaeflow.models.errors import InputError
from vaeflow.pipeline.recipe_text import check_text
from vaeflow.pipeline.shelf import Shelf, file_name, read_settings
from vaeflow.pipeline.studies.config import StudyConfig
from vaeflow.pipeline.validation import problems
from vaeflow.pipeline.values import shortened

STUDIES = Shelf("studies", "study")
QUICK = "quick"
LONGEST_NAME = 100
"""Maximum length of a study's name in bytes, which is part of the names of files, with those of its variants."""


class Study(NamedTuple):
    """A study, and its name, from which its folder and the ids of its runs are made.

    A quick one has one seed and a tenth of the epochs. `changes` are those of the command line, for all members.
    """

    name: str
    config: StudyConfig
    changes: Sequence[str] = ()
    quick: bool = False


def load(name: str) -> Study:
    """A packaged study, or one in a YAML file. Raises `InputError`, with one line per problem, if it is invalid."""
    source = STUDIES.find(name)
    stem = file_name(Path(source.name).stem).strip(".").lstrip("-")
    if not 0 < len(stem.encode()) <= LONGEST_NAME:
        raise InputError(
            f"{shortened(name)}: expected a file with a name of letters or digits, of at most {LONGEST_NAME} bytes."
        )
    if stem.endswith(f"-{QUICK}"):
        raise InputError(
            f"{shortened(name)}: expected a name that does not end in -{QUICK}, as that of a quick study does."
        )
    return Study(stem, validated(read_settings(source, name)))


def validated(settings: dict[str, Any]) -> StudyConfig:
    """The configuration with these settings. Raises `InputError`, with one line per problem, if they are invalid."""
    check_text(settings)
    try:
        return StudyConfig.model_validate(settings)
    except ValidationError as error:
        raise InputError("\n".join(problems(error, StudyConfig, settings))) from None


def changed(study: Study, *, changes: Sequence[str] = (), seeds: int | None = None, quick: bool = False) -> Study:
    """The study with changes of all its members, another number of seeds, or as a quick one, which has one seed."""
    if quick and seeds not in (None, 1):
        raise InputError(f"--seeds {seeds}: expected none or 1 besides --quick, with which a study has one seed.")
    if seeds is not None:
        minutes = study.config.minutes and study.config.minutes * seeds / study.config.seeds
        settings = {**study.config.model_dump(exclude_unset=True), "seeds": seeds, "minutes": minutes or None}
        study = study._replace(config=validated(settings))
    if quick:
        config = study.config.model_copy(update={"seeds": 1})
        study = study._replace(name=f"{study.name}-{QUICK}", config=config, quick=True)
    return study._replace(changes=(*study.changes, *changes))
