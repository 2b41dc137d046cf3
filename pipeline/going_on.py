"""Going on from what an earlier run made with a smaller value of one field, such as a training with fewer epochs."""

import logging
from pathlib import Path
from typing import NamedTuple

from vaeflow.pipeline.context import Context
from vaeflow.pipeline.entities import Run, StoredArtifact
from vaeflow.pipeline.plan import Extension, Step
from vaeflow.pipeline.summary import runs_in

log = logging.getLogger(__name__)

NOT_AS_NOW = "it was made by other code or without the cache, or is damaged or removed"
Inputs = tuple[StoredArtifact, ...]


class Shorter(NamedTuple):
    """An earlier execution of the step with the same inputs and section, but for a smaller value of the field."""

    value: int
    key: str
    run: str

    def text(self, extension: Extension) -> str:
        """The execution in words."""
        return f"{self.run} ({extension.field}={self.value})"


def go_on(step: Step, context: Context, inputs: Inputs, staging: Path) -> None:
    """Fill the folder of a step that has not begun with what its longest shorter execution left, if there is one.

    If the step cannot go on from it, a message says why. No garbage is collected meanwhile.
    """
    extension = step.extension
    if extension is None or context.salt or extension.has_begun(staging):
        return
    with context.workspace.collector_lock():
        candidates = _candidates(step, extension, context, inputs)
        why = extension.obstacle(getattr(context.config, step.name))
        made = () if why else ((each, _as_made_now(each, step, extension, context, inputs)) for each in candidates)
        chosen, stored = next(((each, stored) for each, stored in made if stored), (None, None))
        if stored is not None:
            extension.take_over(stored.artifact, staging)
    if chosen is not None:
        log.info("%s: goes on from %s", step.name, chosen.text(extension))
    elif candidates:
        log.info("%s: starts anew, not from %s: %s", step.name, candidates[0].text(extension), why or NOT_AS_NOW)


def _candidates(step: Step, extension: Extension, context: Context, inputs: Inputs) -> list[Shorter]:
    """The shorter executions, one for each key, from the longest."""
    section = getattr(context.config, step.name).model_dump(mode="json")
    others = {name: value for name, value in section.items() if name != extension.field}
    found = {}
    for run in runs_in(context.workspace):
        recorded = dict(run.config.get(step.name, {}))
        value = recorded.pop(extension.field, None)
        if isinstance(value, int) and 0 < value < section[extension.field] and recorded == others:
            found.update({key: Shorter(value, key, run.id) for key in _keys(run, step, context, inputs)})
    return sorted(found.values(), reverse=True)


def _keys(run: Run, step: Step, context: Context, inputs: Inputs) -> list[str]:
    """The cache keys of the run's finished executions of the step with the same inputs."""
    store, digests = context.store, [stored.digest for stored in context.used(step, inputs)]
    finished = [each for each in store.executions(run.id) if each.step == step.name and each.made]
    return [each.key for each in finished if [row.digest for row in store.artifacts(each.id, "input")] == digests]


def _as_made_now(
    shorter: Shorter, step: Step, extension: Extension, context: Context, inputs: Inputs
) -> StoredArtifact | None:
    """The artifact of the execution, if it is what the step would make today, with something to resume from."""
    key = context.with_fields(step.name, {extension.field: shorter.value}).key(step, inputs)
    stored = context.store.find(key, step.makes, digests=True) if key == shorter.key else None
    return stored if stored is not None and extension.has_begun(stored.artifact.path) else None
