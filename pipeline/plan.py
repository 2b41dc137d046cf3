"""The plan: the steps of a run and what each step needs, as data that every runner reads."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_type_hints

from vaeflow.components.artifacts import Artifact
from vaeflow.components.evaluate import evaluate
from vaeflow.components.export import export
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.sources.fingerprint import fingerprint as source_fingerprint
from vaeflow.components.train import train
from vaeflow.models.errors import InputError
from vaeflow.pipeline.choices import MODEL, SOURCE, Choice
from vaeflow.pipeline.names import did_you_mean

StepFunction = Callable[..., Artifact]


@dataclass(frozen=True)
class Step:
    """A step function `run(config, *inputs, output=..., [beam_args=...])`, and the step functions that make its inputs.

    The step's name, its section of the configuration and the kind of artifact that it makes follow from the function.
    """

    run: StepFunction
    needs: tuple[StepFunction, ...] = ()
    resumes: bool = False
    """Whether it resumes from what a killed execution left in the output folder, rather than from an empty one."""
    fingerprint: Callable[[Any], str] | None = None
    """Takes the step's section and identifies what the result depends on outside vaeflow, such as a source's files."""
    chooses: Choice | None = None
    """Alternatives in vaeflow of which the step's code includes only the one that the configuration selects."""

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
        return "beam_args" in inspect.signature(self.run).parameters


Plan = Sequence[Step]

PLAN: Plan = (
    Step(ingest, chooses=SOURCE, fingerprint=source_fingerprint),
    Step(preprocess, needs=(ingest,)),
    Step(train, needs=(preprocess,), chooses=MODEL, resumes=True),
    Step(evaluate, needs=(preprocess, train), chooses=MODEL),
    Step(export, needs=(train, evaluate), chooses=MODEL),
)


def until(plan: Plan, name: str) -> Plan:
    """The step called `name` and all steps that it needs. Raises `InputError` if there is no such step."""
    names = [step.name for step in plan]
    if name not in names:
        raise InputError(f"--until {name}: no such step.{did_you_mean(name, names)} Steps: {', '.join(names)}.")
    wanted = {name}
    for step in reversed(plan):
        if step.name in wanted:
            wanted.update(needed.__name__ for needed in step.needs)
    return tuple(step for step in plan if step.name in wanted)
