"""Going on from what a step made with a smaller value of one field, such as a training with fewer epochs.

The shorter execution is found by the cache key that it would have now: everything but the field is the same.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from vaeflow.models.config import Config
from vaeflow.pipeline.entities import StoredArtifact
from vaeflow.pipeline.plan import Extension, Step, with_fields
from vaeflow.pipeline.summary import runs_in
from vaeflow.pipeline.workspace import Workspace

log = logging.getLogger(__name__)


def go_on(step: Step, config: Config, key: Callable[[Config], str], workspace: Workspace, staging: Path) -> None:
    """Fill the folder of a step that has not begun with what its longest shorter execution left, if there is one.

    `key` gives the step's cache key for a whole configuration. Nothing is collected as garbage meanwhile. If the step
    cannot go on, a message says why.
    """
    extension = step.extension
    if extension is None or extension.has_begun(staging):
        return
    with workspace.collector_lock():
        shorter = _longest_shorter(step, extension, config, key, workspace)
        if shorter is None:
            return
        found = f"{shorter.artifact.path.name}, the same with fewer {extension.field}"
        if obstacle := extension.obstacle(getattr(config, step.name)):
            log.info("%s: starts anew, not from %s: %s", step.name, found, obstacle)
            return
        extension.take_over(shorter.artifact, staging)
    log.info("%s: goes on from %s", step.name, found)


def _longest_shorter(
    step: Step, extension: Extension, config: Config, key: Callable[[Config], str], workspace: Workspace
) -> StoredArtifact | None:
    """The artifact with the largest value of the field below ours, of the values that earlier runs had."""
    ours = getattr(getattr(config, step.name), extension.field)
    recorded = {run.config.get(step.name, {}).get(extension.field) for run in runs_in(workspace)}
    values = [value for value in recorded if isinstance(value, int) and value < ours]
    for value in sorted(values, reverse=True):
        shorter = key(with_fields(config, step.name, {extension.field: value}))
        stored = workspace.store.find(shorter, step.makes, digests=True)
        if stored is not None and extension.has_begun(stored.artifact.path):
            return stored
    return None
