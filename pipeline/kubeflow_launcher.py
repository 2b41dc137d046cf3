"""Call a step function inside a component's container, with Kubeflow's artifacts converted to vaeflow's."""

import json
import logging
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from pydantic import ValidationError

from vaeflow.models.config import Config
from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.config import BeamConfig
from vaeflow.pipeline.failures import one_line
from vaeflow.pipeline.plan import StepFunction
from vaeflow.pipeline.validation import problems

if TYPE_CHECKING:
    from kfp import dsl

log = logging.getLogger(__name__)

Section = TypeVar("Section", bound=Config)

# Marks vaeflow's own lines among those of Kubeflow and TensorFlow.
MARK = "[vaeflow]"
DONE = ": done"


def launch(
    step: StepFunction, config: str, output: "dsl.Artifact", beam: str | None = None, **inputs: "dsl.Artifact"
) -> None:
    """Call a step with its section of the configuration, as JSON, and with artifacts that Kubeflow has made local.

    A step that is a Beam pipeline also takes the section `beam`, as JSON; its workers are checked first.
    `InputError` and `RunError` end the process with one line and no traceback.
    """
    _log_to_stdout()
    log.info("%s: started", step.__name__)
    try:
        _call(step, config, output, beam, inputs)
    except Exception as error:
        log.error("%s failed: %s", step.__name__, one_line(error))
        if isinstance(error, InputError | RunError):
            sys.exit(1)
        raise
    log.info("%s%s", step.__name__, DONE)


def show(evaluation: "dsl.Artifact", metrics: "dsl.Metrics", report: "dsl.HTML") -> None:
    """Pass the metrics and the report to Kubeflow's user interface."""
    folder = Path(evaluation.path)
    for name, value in json.loads((folder / "metrics.json").read_text())["metrics"].items():
        number = value["mean"] if isinstance(value, dict) else value
        if number is not None:  # null in JSON stands for a number that is not finite
            metrics.log_metric(name, number)
    shutil.copyfile(folder / "report.html", report.path)


def _call(
    step: StepFunction, config: str, output: "dsl.Artifact", beam: str | None, inputs: dict[str, "dsl.Artifact"]
) -> None:
    kinds: dict[str, Any] = get_type_hints(step)
    section = _section(kinds["config"], config)
    artifacts = {name: kinds[name](Path(given.path), given.metadata) for name, given in inputs.items()}
    folder = Path(output.path)
    folder.mkdir(parents=True)
    made = step(section, **artifacts, output=folder, **_beam_args(beam, folder))
    output.metadata.update(made.properties)


def _beam_args(beam: str | None, folder: Path) -> dict[str, tuple[str, ...]]:
    if beam is None:
        return {}
    args = _section(BeamConfig, beam).args
    if args:
        from vaeflow.components.workers import check_workers

        check_workers(args, folder)
    return {"beam_args": args}


def _section(kind: type[Section], config: str) -> Section:
    """Parse a section, which the user may have edited on submission. Raises `InputError` if it is invalid."""
    try:
        settings = json.loads(config)
    except (ValueError, RecursionError) as error:  # also for a number of too many digits and for too many brackets
        raise InputError(f"expected the configuration as JSON: {error}.") from None
    try:
        return kind.model_validate(settings)
    except ValidationError as error:
        raise InputError("; ".join(problems(error, kind, settings))) from None


def _log_to_stdout() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter(f"{MARK} %(levelname)s %(message)s"))
    ours = logging.getLogger("vaeflow")
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    ours.propagate = False
