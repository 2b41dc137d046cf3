"""The explorer of runs: their exported models, with what their evaluations keep for a page."""

from pathlib import Path

from vaeflow.pipeline.comparison.evaluated import EVALUATION
from vaeflow.pipeline.entities import Run
from vaeflow.pipeline.exported import decoder_of
from vaeflow.pipeline.outputs import whole_output
from vaeflow.pipeline.workspace import Workspace
from vaeflow.serving.explorer.app import Explored
from vaeflow.serving.explorer.evaluated import read_evaluated
from vaeflow.serving.explorer.served import Served


def explored(workspace: Workspace, run: Run, name: str) -> Explored:
    """A run's model and images, which the page calls `name`.

    Raises `InputError` if the run has no evaluation, no export or no decoder, or if they were removed or damaged since.
    """
    evaluation = whole_output(workspace, run, EVALUATION).path
    export: Path = decoder_of(workspace, run).parent
    return Explored(name, read_evaluated(evaluation), Served(export))
