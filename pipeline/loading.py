"""The trained model of a run, for use in Python."""

import os
from pathlib import Path

from vaeflow.components.artifacts import Evaluation
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.settled import Settled, read_settled
from vaeflow.components.file_kinds import FILE
from vaeflow.components.home import expanded
from vaeflow.components.images.config import TRANSFORM_FILE, Transform
from vaeflow.components.images.transform import Function, pixels_to_examples
from vaeflow.components.training.compiling import compile_as_trained
from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError
from vaeflow.models.scoring import SCORE_FILE
from vaeflow.pipeline.manifest import visible_kind
from vaeflow.pipeline.outputs import Output, whole_output
from vaeflow.pipeline.trained import LONGEST_SHOWN, TRAINED, found_run, given_file, model_file
from vaeflow.pipeline.workspace import Workspace

EVALUATED = Output(evaluate.__name__, Evaluation, "the evaluation", verb="made", noun="evaluation", main=SCORE_FILE)


def load(run: str | os.PathLike[str], root: str | os.PathLike[str]) -> LatentVariableModel:
    """The model of a run under `root`, or in a file or folder: see `vaeflow.load`."""
    path = _path(run, "run", "the id of a run, or the path of a model.keras or its folder")
    workspace = Workspace(_path(root, "root", "the path of a folder"))
    given = given_file(path)
    file = given or model_file(whole_output(workspace, found_run(path, workspace), TRAINED).path)
    model = building.load(file)
    compile_as_trained(model, file.parent)
    model.transform = _transform(file.with_name(TRANSFORM_FILE))
    if not given:
        _settled(path, workspace).apply(model)
    return model


def _transform(file: Path) -> Function | None:
    """The transform of levels to the size and colour of the examples that a model was trained with, if it is beside it.

    Raises `InputError` if it cannot be read.
    """
    if visible_kind(file) != FILE:
        return None
    try:
        transform = Transform.model_validate_json(file.read_bytes())
    except ValueError:
        raise InputError(f"{file}: cannot be read: it is damaged, or of another version") from None
    return pixels_to_examples(transform.of_levels())


def _settled(path: Path, workspace: Workspace) -> Settled:
    """What the run's evaluation has settled; nothing if there is none, or not as the run made it."""
    try:
        evaluation = whole_output(workspace, found_run(path, workspace), EVALUATED)
    except InputError:  # which concerns only those who ask for a score or a class
        return Settled()
    return read_settled(evaluation.path)


def _path(given: object, name: str, expected: str) -> Path:
    text = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not (isinstance(text, str) and text):
        raise InputError(f"{name}: expected {expected}, got {given!r:.{LONGEST_SHOWN}}")
    try:
        return expanded(text)
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
