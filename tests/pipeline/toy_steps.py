"""Small real steps for tests of the runner, in their own module so that their code does not include the plan."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from vaeflow.components import progress
from vaeflow.components.artifacts import Artifact, ServingModel
from vaeflow.components.serving.config import PublishConfig
from vaeflow.components.training.history import History, OnEpoch, Pruned
from vaeflow.models.config import Config
from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.config import BeamConfig


class Numbers(Artifact):
    """`numbers.txt`."""


class Squares(Artifact):
    """`squares.txt`."""


class Total(Artifact):
    """`total.txt`, made in two stages, of which the first is kept; `logs/` contains the time of day."""

    digest_excludes = ("logs",)


class NumbersConfig(Config):
    count: int = 3


class SquaresConfig(Config):
    power: int = 2


class TotalConfig(Config):
    trouble: str = ""
    seconds: float = 0
    start_from: str | None = None
    parts: int = 2
    """The first of which is kept, and is the same for any number, unless `annealed`."""
    annealed: bool = False


class ExportConfig(Config):
    program: str = "one"


class ToyConfig(Config):
    numbers: NumbersConfig = NumbersConfig()
    squares: SquaresConfig = SquaresConfig()
    total: TotalConfig = TotalConfig()
    export: ExportConfig = ExportConfig()
    publish: PublishConfig = PublishConfig()
    beam: BeamConfig = BeamConfig()


def numbers(config: NumbersConfig, *, output: Path, beam_args: tuple[str, ...] = ()) -> Numbers:
    (output / "numbers.txt").write_text(" ".join(map(str, range(config.count))))
    return Numbers(output, {"count": config.count, "beam_args": " ".join(beam_args)})


def squares(config: SquaresConfig, numbers: Numbers, *, output: Path) -> Squares:
    values = [int(text) ** config.power for text in (numbers.path / "numbers.txt").read_text().split()]
    (output / "squares.txt").write_text(" ".join(map(str, values)))
    return Squares(output)


def total(
    config: TotalConfig,
    numbers: Numbers,
    squares: Squares,
    *,
    output: Path,
    start: Path | None = None,
    on_epoch: OnEpoch | None = None,
) -> Total:
    resumed = (output / "half.txt").exists()
    (output / "half.txt").write_text("half")
    (output / "logs").mkdir(exist_ok=True)
    (output / "logs" / "time.txt").write_text(str(time.time()))
    with progress.bar("Adding") as advance:
        advance(1)
        time.sleep(config.seconds)
    if on_epoch:
        on_epoch(History([{"epoch": 1}]))
    if not resumed:
        _get_into(config.trouble, output)
    values = [int(text) for text in (squares.path / "squares.txt").read_text().split()]
    if start:
        values.append(int(start.read_text()))
    (output / "total.txt").write_text(str(sum(values)))
    return Total(output, {"total": sum(values), "resumed": resumed})


def prune(history: History) -> None:
    raise Pruned(len(history.epochs))


def obstacle(config: TotalConfig) -> str:
    return "the first part depends on all" if config.annealed else ""


def has_begun(output: Path) -> bool:
    return (output / "half.txt").exists()


def take_over(shorter: Total, output: Path) -> None:
    shutil.copyfile(shorter.path / "half.txt", output / "half.txt")


def foresee_total(config: Any, artifact: Artifact) -> None:
    if config.total.trouble == "foreseen" and isinstance(artifact, Numbers):
        raise InputError("total.trouble: expected none, got one that numbers show")


def export(config: ExportConfig, *, output: Path) -> ServingModel:
    for role in ("decoder", "encoder"):
        (output / role / "1").mkdir(parents=True)
        (output / role / "1" / "saved_model.pb").write_text(f"{role} {config.program}")
    return ServingModel(output, {"name": "toy"})


def _get_into(trouble: str, output: Path) -> None:
    match trouble:
        case "bug":
            raise KeyError("a bug\nwith a second line")
        case "input":
            raise InputError("total.trouble: expected none, got some")
        case "run":
            raise RunError("the loss became NaN")
        case "disk":
            with open("/dev/full", "w") as full:
                full.write("x")
        case "child":
            with subprocess.Popen(["sleep", "600"]) as child:
                (output / "child.pid").write_text(str(child.pid))
        case "kill":
            os.kill(os.getpid(), 9)
