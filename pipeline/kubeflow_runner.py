"""The Kubeflow runner: compile the plan for a cluster, or run the compiled pipeline on this machine."""

import json
import logging
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from vaeflow.components import progress
from vaeflow.components.artifacts import Artifact
from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.failures import writing_to
from vaeflow.pipeline.kubeflow_launcher import DONE, MARK
from vaeflow.pipeline.plan import PLAN, check
from vaeflow.pipeline.preconditions import known_options

try:
    from kfp import compiler

    from vaeflow.pipeline import kubeflow_local
    from vaeflow.pipeline.kubeflow_pipeline import build_pipeline
except ImportError:
    raise InputError("Kubeflow support is not installed: pip install 'vaeflow[kubeflow]'.") from None

log = logging.getLogger(__name__)

SUFFIXES = (".yaml", ".yml")


def compile(config: PipelineConfig, output: Path) -> None:
    """Compile the pipeline to the YAML file `output`.

    Raises `InputError` if it is known that a step will fail, or if the file cannot be written.
    """
    if config.train.start_from is not None:
        raise InputError(
            "train.start_from: a pipeline for Kubeflow cannot start from a run or file of this machine: leave it out."
        )
    check(PLAN, config)
    known_options(config.beam.args)
    if output.suffix not in SUFFIXES:
        raise InputError(f"{output}: expected a file name that ends in {' or '.join(SUFFIXES)}.")
    pipeline = build_pipeline(config)
    try:
        compiler.Compiler().compile(pipeline, str(output))
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}.") from None


def run_local(config: PipelineConfig, root: Path) -> dict[str, Artifact]:
    """Run the compiled pipeline on this machine, each step in its own process, and return the artifacts by step.

    Everything is written to a new folder under `<root>/kubeflow`, with `pipeline.yaml` and `log.txt`, without a cache.
    Raises `RunError`, with the name of the step, if a step fails.
    """
    check(PLAN, config, root)
    folder = root.absolute() / "kubeflow" / datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    with writing_to(root):
        folder.mkdir(parents=True)
        compile(config, folder / "pipeline.yaml")
    _run(folder / "pipeline.yaml", folder / "log.txt")
    outputs = json.loads((folder / kubeflow_local.OUTPUTS_FILE).read_text())
    return {step.name: step.makes(Path(outputs[step.name]["path"]), outputs[step.name]["properties"]) for step in PLAN}


def _run(pipeline: Path, log_file: Path) -> None:
    command = [sys.executable, "-m", kubeflow_local.__name__, str(pipeline)]
    failure = "the Kubeflow pipeline failed"
    with (
        open(log_file, "w", encoding="utf-8") as transcript,
        progress.bar("Running the Kubeflow pipeline", len(PLAN)) as advance,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process,
    ):
        for line in process.stdout or ():
            transcript.write(line)
            _, ours, said = line.rstrip().partition(f"{MARK} ")
            level, _, message = said.partition(" ")
            if ours and level == "ERROR":
                failure = message
            elif ours:
                log.log(logging.getLevelNamesMapping()[level], message)
                advance(message.endswith(DONE))
    if process.returncode != 0:
        raise RunError(f"{failure}\nLog: {log_file}")
