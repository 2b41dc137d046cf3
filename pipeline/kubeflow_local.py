"""Run a compiled pipeline on this machine: `python -m vaeflow.pipeline.kubeflow_local PIPELINE.yaml`.

It has a process of its own, because kfp takes over standard output and the root logger while it runs.
"""

import json
import sys
import warnings
from pathlib import Path

from kfp import components, local

OUTPUTS_FILE = "outputs.json"


def main(pipeline: Path) -> None:
    """Write the artifacts to folders beside the file, and their paths and properties to `outputs.json`."""
    # kfp guesses from the name of the image that it does not contain Python.
    warnings.filterwarnings("ignore", message="You may be attemp", category=RuntimeWarning)
    local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=str(pipeline.parent))
    outputs = components.load_component_from_file(str(pipeline))().outputs
    found = {name: {"path": artifact.path, "properties": artifact.metadata} for name, artifact in outputs.items()}
    (pipeline.parent / OUTPUTS_FILE).write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
