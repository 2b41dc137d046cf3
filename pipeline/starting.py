"""What a training starts from: the model of an earlier run, or one that is given by its path."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.home import expanded
from vaeflow.models.errors import InputError
from vaeflow.pipeline.entities import Run, StoredArtifact
from vaeflow.pipeline.outputs import whole_record
from vaeflow.pipeline.summary import LATEST, runs_in
from vaeflow.pipeline.trained import MODEL_FILE, TRAINED, found_run, given_file, model_file
from vaeflow.pipeline.workspace import Workspace


class Start(NamedTuple):
    """A model to start from: the file, the digest of its content, and its record if a run under this root made it.

    `name` is what it is recorded as: the id of the run, or the absolute path.
    """

    name: str
    file: Path
    digest: str
    stored: StoredArtifact | None = None


def find_start(given: str, root: Path) -> Start:
    """The model of the run with this id, of `latest`, or in the file or folder at this path.

    Raises `InputError` if there is none, or if the run's model is damaged.
    """
    try:
        path, workspace = expanded(given), Workspace(root)
    except ValueError as error:
        raise InputError(str(error)) from None
    if file := given_file(path):
        return Start(str(file.absolute()), file.absolute(), _digest(file))
    run = newest_trained(workspace) if given == LATEST else found_run(path, workspace)
    stored = whole_record(workspace, run, TRAINED)
    file = model_file(stored.artifact.path)
    return Start(run.id, file, _digest(file), stored)


def newest_trained(workspace: Workspace) -> Run:
    """The newest finished run that has a model and is no member of a study.

    So a run that was interrupted, or a study, starts from the same model when it is run again. Raises `InputError` if
    there is none.
    """
    for run in runs_in(workspace):
        if run.state == "done" and not run.study:
            executions = workspace.store.executions(run.id)
            if any(each.step == TRAINED.step and each.made for each in executions):
                return run
    raise InputError(f"{LATEST}: no finished run in {workspace.root}, outside of studies, has a {MODEL_FILE}.")


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}.") from None
