"""Runs as users name them: by id in the root, and with their folder in another one."""

from pathlib import Path
from typing import NamedTuple

from vaeflow.models.errors import InputError
from vaeflow.pipeline.commands.options import given_path
from vaeflow.pipeline.entities import Run
from vaeflow.pipeline.summary import find_run
from vaeflow.pipeline.workspace import Workspace


class Located(NamedTuple):
    """A run in a root, and what messages and pages call it."""

    workspace: Workspace
    run: Run
    name: str


def located(name: str, root: Path) -> Located:
    """The run called `name`: its id or `latest`, with the folder of its root if that is not `root`.

    Raises `InputError` if there is no such run.
    """
    folder, slash, run = name.rpartition("/")
    if not run:
        raise InputError(f"RUN: expected the id of a run, or 'latest', got '{name}'.")
    workspace = Workspace(given_path("RUN", folder or slash) if slash else root)
    found = find_run(workspace, run)
    return Located(workspace, found, f"{folder}{slash}{found.id}")
