"""What a study ends with, in a folder of its own under the root: its page, its numbers, and the curves of its runs."""

import json
import os
from collections.abc import Mapping, Sequence
from os.path import relpath
from pathlib import Path
from typing import Any

from vaeflow.components.complete_files import appearing
from vaeflow.components.removal import is_real_folder
from vaeflow.models.errors import RunError
from vaeflow.pipeline.comparison.as_csv import to_csv
from vaeflow.pipeline.comparison.as_json import to_json
from vaeflow.pipeline.comparison.as_latex import to_latex
from vaeflow.pipeline.comparison.comparing import compare
from vaeflow.pipeline.comparison.evaluated import EvaluatedRun, read_run
from vaeflow.pipeline.comparison.records import Comparison
from vaeflow.pipeline.entities import Run
from vaeflow.pipeline.failures import writing_to
from vaeflow.pipeline.fingerprint import digest_of_code
from vaeflow.pipeline.logs import redirected_stderr
from vaeflow.pipeline.shelf import file_name
from vaeflow.pipeline.studies.evaluated import Evaluated
from vaeflow.pipeline.studies.found import Found
from vaeflow.pipeline.studies.running import Outcome
from vaeflow.pipeline.studies.study import Study
from vaeflow.pipeline.summary import runs_in, summary
from vaeflow.pipeline.workspace import Workspace

PAGE, NUMBERS, CSV, TEX = "index.html", "results.json", "results.csv", "results.tex"
BEST_RECIPE = "best.yaml"
"""What a search has found."""
CURVES = "tensorboard"
"""The folder for TensorBoard, with a link to the logs of each run."""


def save_results(study: Study, outcomes: Sequence[Outcome], root: Path, found: Found | None = None) -> Path:
    """Write the results of the finished runs, unless they are there already, and return their folder.

    Those of a search are the run of the best trial, and what else was found.
    Raises `RunError` if no run has finished.
    """
    finished = [outcome for outcome in outcomes if outcome.run]
    if not finished:
        raise RunError(f"{study.name}: no run has finished, so there is nothing to show.")
    workspace = Workspace(root)
    folder, origin = workspace.root / "studies" / study.name, _origin(study, outcomes, found)
    if not _are_current(folder, origin, [PAGE, CSV, TEX, *([BEST_RECIPE] if found else [])]):
        runs = {run.id: run for run in runs_in(workspace)}
        comparison = compare(_groups(finished, runs, workspace), study.config.compare)
        evaluated = [
            Evaluated(outcome.member.membership, summary(workspace, runs[outcome.run])) for outcome in finished
        ]
        failed = [outcome for outcome in outcomes if not outcome.run]
        with (
            writing_to(root),
            workspace.results_lock(study.name),
            redirected_stderr(Path(os.devnull)),  # what TensorFlow says when it is imported
        ):
            (folder / NUMBERS).unlink(missing_ok=True)
            _write(study, evaluated, failed, comparison, folder, found)
            numbers = {**origin, **json.loads(to_json(comparison))}
            _save(folder / NUMBERS, _as_json(numbers))  # last, so that results are complete where this file is
    return folder


def _origin(study: Study, outcomes: Sequence[Outcome], found: Found | None) -> dict[str, Any]:
    """All that results are made from: the study, its runs, what was found, and the code."""
    return {
        "study": study.name,
        "quick": study.quick,
        "changes": [*study.changes],
        "config": study.config.model_dump(mode="json"),
        "runs": {f"{outcome.member.membership}": outcome.run for outcome in outcomes if outcome.run},
        "failed": {f"{outcome.member.membership}": outcome.problem for outcome in outcomes if not outcome.run},
        **({"search": found.as_data()} if found else {}),
        "code": digest_of_code(save_results),
    }


def _are_current(folder: Path, origin: Mapping[str, Any], files: Sequence[str]) -> bool:
    """Whether the results in a folder are complete and were made from this."""
    try:
        numbers = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
        before = {part: numbers[part] for part in origin}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    there = all((folder / name).is_file() for name in files) and is_real_folder(folder / CURVES)
    return there and _as_json(before) == _as_json(origin)


def _groups(
    finished: Sequence[Outcome], runs: Mapping[str, Run], workspace: Workspace
) -> dict[str, list[EvaluatedRun]]:
    """The evaluated runs of each variant."""
    groups: dict[str, list[EvaluatedRun]] = {}
    for outcome in finished:
        run = read_run(workspace, runs[outcome.run], outcome.run)
        groups.setdefault(outcome.member.membership.variant, []).append(run)
    return groups


def _write(
    study: Study,
    runs: Sequence[Evaluated],
    failed: Sequence[Outcome],
    comparison: Comparison,
    folder: Path,
    found: Found | None,
) -> None:
    from vaeflow.pipeline.studies.page import page

    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / PAGE, page(study, runs, failed, comparison, folder, found))
    _save(folder / CSV, to_csv(comparison))
    _save(folder / TEX, to_latex(comparison))
    _link_curves(runs, folder / CURVES)
    if found:
        _save(folder / BEST_RECIPE, found.recipe)


def _as_json(numbers: Mapping[str, Any]) -> str:
    return json.dumps(numbers, indent=2, ensure_ascii=False)


def _save(file: Path, text: str) -> None:
    with appearing(file) as stream:
        stream.write(text.encode())


def _link_curves(runs: Sequence[Evaluated], folder: Path) -> None:
    """Link the logs of each run, by its variant and seed, which TensorBoard then shows as its name."""
    if not is_real_folder(folder):
        folder.unlink(missing_ok=True)
        folder.mkdir()
    for link in folder.iterdir():
        if link.is_symlink():
            link.unlink(missing_ok=True)
    for run in runs:
        link = folder / file_name(f"{run.membership.variant}.seed={run.membership.seed}")
        link.symlink_to(relpath(run.training / "logs", folder))
