"""The plan: the steps of a run and what each needs, as data that every runner reads."""

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
    """A step function `run(config, *inputs, output=..., [beam_args=...])`, and the steps that make its inputs.

    Its name, its section of the configuration and the kind of artifact it makes all follow from the function.
    """

    run: StepFunction
    needs: tuple[StepFunction, ...] = ()
    resumes: bool = False
    """Whether it goes on from what a killed execution left in its output folder; any other starts from an empty one."""
    fingerprint: Callable[[Any], str] | None = None
    """Of its section: what the result depends on outside of vaeflow, such as the files of a source."""
    chooses: Choice | None = None
    """Of which alternatives in vaeflow its code uses only the one that the configuration names."""

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.run.__name__

    @property
    def makes(self) -> type[Artifact]:
        """The kind of artifact that it returns."""
        kind: type[Artifact] = get_type_hints(self.run)["return"]
        return kind

    @property
    def takes_beam_args(self) -> bool:
        """Whether its work is a Beam pipeline of its own, which may run on the engine that the user names."""
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
    """The step called `name` and all that it needs. Raises `InputError` for an unknown name."""
    names = [step.name for step in plan]
    if name not in names:
        raise InputError(f"--until {name}: no such step.{did_you_mean(name, names)} Steps: {', '.join(names)}.")
    wanted = {name}
    for step in reversed(plan):
        if step.name in wanted:
            wanted.update(needed.__name__ for needed in step.needs)
    return tuple(step for step in plan if step.name in wanted)
