"""Evaluated runs: the numbers of a run with their uncertainty, its recipe, and how they were measured."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from math import nan
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.artifacts import Evaluation, Examples
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.conditions import Circumstances
from vaeflow.components.evaluation.results import Protocol
from vaeflow.components.file_kinds import read_file
from vaeflow.components.images.splits import SPLITS
from vaeflow.components.images.statistics import STATISTICS_FILE
from vaeflow.components.preprocess import preprocess
from vaeflow.pipeline.comparison.recipe_fields import SEEDS, Fields, fields, recorded, shown
from vaeflow.pipeline.entities import Run, StoredArtifact
from vaeflow.pipeline.manifest import Manifest
from vaeflow.pipeline.outputs import Output, whole_output
from vaeflow.pipeline.recorded_metrics import Agreement, Evaluated, Spread, read_evaluated
from vaeflow.pipeline.workspace import Workspace

EVALUATION = Output(
    evaluate.__name__, Evaluation, "the evaluation", verb="evaluated", noun="model", main="metrics.json"
)


class Measured(NamedTuple):
    """A value with its standard error in one evaluation, over images and what else it covers; None if not known."""

    value: float
    error: float | None


@dataclass(frozen=True, eq=False)
class EvaluatedRun:
    """A run with its evaluation. `per_image` is the file with one row per test image."""

    name: str
    recipe: str
    fields: Fields
    metrics: Mapping[str, Measured]
    circumstances: Circumstances
    per_image: Path
    identity: str
    """Digest of the numbers: runs that reuse one evaluation have the same."""

    @property
    def seeds(self) -> tuple[str, ...]:
        """The seeds in which repetitions of the recipe differ."""
        return tuple(shown(self.fields, seed) for seed in SEEDS)


def read_run(workspace: Workspace, run: Run, name: str) -> EvaluatedRun:
    """Read the evaluation of a run, which messages and tables call `name`.

    Raises `InputError` if there is none, or if it was removed or damaged since.
    """
    evaluation = whole_output(workspace, run, EVALUATION)
    file = evaluation.path / EVALUATION.main
    content = read_evaluated(file)
    return EvaluatedRun(
        name=name,
        recipe=run.recipe,
        fields=fields(run.config),
        metrics=_measured(content),
        circumstances=_circumstances(workspace, run, content.protocol),
        per_image=evaluation.path / "per_image.parquet",
        identity=hashlib.sha256(file.read_bytes()).hexdigest(),
    )


def _measured(content: Evaluated) -> dict[str, Measured]:
    """The metrics that this version knows."""
    measured = {}
    for name in METRICS.keys() & content.metrics.keys():
        match content.metrics[name]:
            case Agreement() | Spread() as spread:
                measured[name] = Measured(_number(spread.mean), spread.std)
            case value:
                measured[name] = Measured(_number(value), content.protocol.standard_error.get(name))
    return measured


def _number(value: float | None) -> float:
    return nan if value is None else value


def _circumstances(workspace: Workspace, run: Run, protocol: Protocol) -> Circumstances:
    recipe, examples = recorded(run.config), _examples(workspace, run)
    model = None if recipe is None else recipe.train.model
    if examples is None:
        return Circumstances(protocol, model=model)
    digests = split_digests(examples.files) if examples.files else dict.fromkeys(SPLITS, examples.digest)
    return Circumstances(protocol, digests, model, _binary(examples.artifact.path / STATISTICS_FILE))


def _examples(workspace: Workspace, run: Run) -> StoredArtifact | None:
    for execution in workspace.store.executions(run.id):
        if execution.step == preprocess.__name__ and execution.made:
            return workspace.store.recorded(execution.key, Examples)
    return None


def _binary(statistics: Path) -> bool | None:
    """Whether all pixels of the test images are black or white; None if the file does not say it."""
    try:
        return bool(json.loads(read_file(statistics))["test"]["binary"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def split_digests(files: Manifest) -> dict[str, str]:
    """A digest of the images of each split, with their ids and labels, from the digests of its shards."""
    return {split: _digest(files, f"*-{split}.tfrecord-*") for split in SPLITS}


def _digest(files: Manifest, pattern: str) -> str:
    shards = sorted(name for name in files if fnmatch(name, pattern))
    return hashlib.sha256("".join(files[name].sha256 for name in shards).encode()).hexdigest()
