"""The plan: the steps of a run and what each step needs, as data that every runner reads."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from vaeflow.components.artifacts import Artifact
from vaeflow.components.closest import did_you_mean
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.anomaly_source import FIELD
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.export import export
from vaeflow.components.feature_learning.pretrained import fingerprint as weights_fingerprint
from vaeflow.components.features import features
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.publish import publish
from vaeflow.components.serving.config import PublishConfig
from vaeflow.components.sources.fingerprint import fingerprint as source_fingerprint
from vaeflow.components.sources.renaming import fields_of
from vaeflow.components.train import train
from vaeflow.components.training import going_on
from vaeflow.models.config import Config
from vaeflow.models.errors import InputError
from vaeflow.pipeline.choices import ANOMALIES, MODEL, SOURCE, Choice
from vaeflow.pipeline.preconditions import (
    classes_to_choose_from,
    folder_to_publish_to,
    installed_projections_and_anomalies,
    labels_of_dataset,
    labels_to_learn_from,
    required_metrics,
)
from vaeflow.pipeline.starting import Start, find_start

StepFunction = Callable[..., Artifact]
START_FIELD = "start_from"
"""The field of a section that names what its step starts from."""


@dataclass(frozen=True)
class Extension:
    """How a step goes on from the artifact that it made with a smaller value of `field` and otherwise the same."""

    field: str
    obstacle: Callable[[Any], str]
    """Takes the step's section, and returns why the step cannot go on; empty if it can."""
    has_begun: Callable[[Path], bool]
    """Whether a folder has something to resume from."""
    take_over: Callable[[Any, Path], None]
    """Copies what the step resumes from, of the earlier artifact, into the folder of the step."""


@dataclass(frozen=True)
class Step:
    """A step function `run(config, *inputs, output=…)`, and the step functions that make its inputs.

    It may also take `beam_args`, `start` and `on_epoch`. The step's name, its section of the configuration and the kind
    of artifact that it makes follow from the function.
    """

    run: StepFunction
    needs: tuple[StepFunction, ...] = ()
    cached: bool = True
    """Whether a run reuses the artifact of an identical earlier execution, rather than execute the step every time."""
    compared_in_full: bool = False
    """Whether an artifact is reused only if the digests of its files match, not their sizes alone."""
    resumes: bool = False
    """Whether it resumes from what a killed execution left in the output folder, rather than from an empty one."""
    extension: Extension | None = None
    """How it goes on from what it made with a smaller value of a field."""
    start: Callable[[str, Path], Start] | None = None
    """Finds what the section's `start_from` names, if it does; also takes the folder of all runs.

    The content of what is found is part of the step's key, its name is not, and the step function gets it as `start`.
    """
    fingerprint: Callable[[Any], str] | None = None
    """Takes the step's section and identifies what the result depends on outside vaeflow, such as a source's files."""
    chooses: tuple[Choice, ...] = ()
    """Alternatives in vaeflow of which the step's code includes only the one that the configuration selects."""

    foresees: Callable[[Any, Artifact], None] | None = None
    """Takes the whole configuration and an input of an earlier step, and raises `InputError` if it will not suit."""

    omitted: Callable[[Any], str] | None = None
    """Takes the step's section, and returns why a run omits the step; empty if it does not."""

    precondition: Callable[[Any], None] | None = None
    """Takes the whole configuration, and raises `InputError` if it is known before any work that the step will fail."""
    local_precondition: Callable[[Any, Path], None] | None = None
    """The same, for what depends on the machine that runs the step; also takes the folder of all runs."""

    @property
    def name(self) -> str:
        """The name of the step function."""
        return self.run.__name__

    @property
    def makes(self) -> type[Artifact]:
        """The kind of artifact that the step makes."""
        kind: type[Artifact] = get_type_hints(self.run)["return"]
        return kind

    @property
    def takes_beam_args(self) -> bool:
        """Whether the step is itself a Beam pipeline, which can run on the engine that the user selects."""
        return self.takes("beam_args")

    def takes(self, argument: str) -> bool:
        """Whether the step function has an argument with this name."""
        return argument in inspect.signature(self.run).parameters

    def omission(self, config: Config) -> str:
        """Why a run with the whole configuration `config` omits the step; empty if it does not."""
        return self.omitted(getattr(config, self.name)) if self.omitted else ""


Plan = Sequence[Step]


def _nowhere_to_publish(config: PublishConfig) -> str:
    return "" if config.to else "publish.to is not set"


def anomalies_fingerprint(config: EvaluateConfig) -> str:
    """The files of the source of anomalies, if there is one."""
    if config.anomalies is None:
        return ""
    with fields_of(FIELD):
        return source_fingerprint(config.anomalies)


PLAN: Plan = (
    Step(ingest, chooses=(SOURCE,), fingerprint=source_fingerprint),
    Step(preprocess, needs=(ingest,), precondition=classes_to_choose_from),
    Step(
        train,
        needs=(preprocess,),
        chooses=(MODEL,),
        resumes=True,
        extension=Extension("epochs", going_on.obstacle, going_on.has_begun, going_on.take_over),
        start=find_start,
        precondition=labels_to_learn_from,
        foresees=labels_of_dataset,
    ),
    Step(features, needs=(preprocess,), fingerprint=weights_fingerprint),
    Step(
        evaluate,
        needs=(preprocess, train, features),
        chooses=(MODEL, *ANOMALIES),
        fingerprint=anomalies_fingerprint,
        precondition=required_metrics,
        local_precondition=installed_projections_and_anomalies,
    ),
    Step(export, needs=(train, evaluate), chooses=(MODEL,), compared_in_full=True),
    Step(
        publish,
        needs=(export,),
        cached=False,
        omitted=_nowhere_to_publish,
        local_precondition=folder_to_publish_to,
    ),
)


def select(plan: Plan, config: Config, until: str | None = None) -> Plan:
    """The steps that a run with this configuration executes; with `until`, only this step and all that it needs.

    Raises `InputError` if there is no such step or the configuration omits it.
    """
    asked = tuple(step for step in plan if not step.omission(config))
    return asked if until is None else needed(asked, _named(plan, until, config))


def check(plan: Plan, config: Config, root: Path | None = None) -> None:
    """Check the preconditions of the steps that hold on every machine.

    With `root`, the folder of all runs on this machine, check also those that depend on the machine.

    Raises `InputError` if one of them is not met.
    """
    for step in plan:
        if step.precondition is not None:
            step.precondition(config)
        if step.local_precondition is not None and root is not None:
            step.local_precondition(config, root)


def starts(plan: Plan, config: Config, root: Path) -> dict[str, Start]:
    """What the steps start from, by the name of the step. Raises `InputError`, with the field, if it is not found."""
    found = {}
    for step in plan:
        name = getattr(getattr(config, step.name), START_FIELD, None)
        if step.start is not None and name is not None:
            try:
                found[step.name] = step.start(name, root)
            except InputError as error:
                raise InputError(f"{step.name}.{START_FIELD}: {error}") from None
    return found


def with_fields(config: Config, section: str, fields: Mapping[str, Any]) -> Config:
    """The whole configuration with other values of the fields of a section."""
    return config.model_copy(update={section: getattr(config, section).model_copy(update=fields)})


def _named(plan: Plan, name: str, config: Config) -> str:
    names = [step.name for step in plan]
    if name not in names:
        raise InputError(f"--until {name}: no such step.{did_you_mean(name, names)} Steps: {', '.join(names)}.")
    if omission := plan[names.index(name)].omission(config):
        raise InputError(f"--until {name}: {omission}.")
    return name


def needed(plan: Plan, name: str) -> Plan:
    """The step with this name and all steps that it needs, directly or not."""
    wanted = {name}
    for step in reversed(plan):
        if step.name in wanted:
            wanted.update(needed.__name__ for needed in step.needs)
    return tuple(step for step in plan if step.name in wanted)
