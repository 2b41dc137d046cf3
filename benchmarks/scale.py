"""How time and memory grow with the number of images: every step on sets of several sizes.

All measurements are kept in scale.json, by set and step. `--table` writes docs/scale.md and its picture from this file
without measuring.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from memory import run_watched
from rich.console import Console
from rounds import SCRIPTS, conditions
from scale_page import render
from scale_picture import draw

HERE = Path(__file__).parent
MEASURED = HERE / "scale.json"
PAGE = HERE.parent / "docs" / "scale.md"
PICTURE = HERE.parent / "docs" / "scale.png"

IN_MEMORY = 2**16  # train.memory_budget in MiB


class Kind(NamedTuple):
    """What the steps do with a kind of images; `streamed` is the train.memory_budget in MiB with which they are."""

    preprocess: dict[str, Any]
    likelihood: str
    streamed: int


KINDS = {
    "digits": Kind({"image_size": 28, "colour": "grey", "binarise": "dynamic"}, "bernoulli", streamed=16),
    "photographs": Kind({"image_size": 64, "colour": "rgb"}, "gaussian", streamed=256),
}
SETS = ("digits:100000", "digits:300000", "digits:1000000", "photographs:100000")


def main(
    sets: Annotated[list[str] | None, typer.Argument(help=f"KIND:IMAGES; default: {' '.join(SETS)}.")] = None,
    folder: Annotated[Path, typer.Option(help="Folder for the images and what is made of them.")] = Path("runs/scale"),
    table: Annotated[bool, typer.Option("--table", help="Only write the page, without measuring.")] = False,
) -> None:
    """Measure every step on the sets, and write the page of all measurements."""
    for name in () if table else sets or SETS:
        kind, _, images = name.partition(":")
        if kind not in KINDS or not images.isdecimal():
            raise typer.BadParameter(f"expected {' or '.join(KINDS)}, a colon and a number of images, got {name!r}")
        keep(kind, int(images), measure(kind, int(images), folder / name.replace(":", "-")))
    measurements = json.loads(MEASURED.read_text())
    draw(measurements, PICTURE)
    PAGE.write_text(render(measurements), encoding="utf-8")
    Console().print(f"{PAGE} written")


def measure(kind: str, images: int, folder: Path) -> dict[str, Any]:
    """Make a set of images and run every step on it. The folder is deleted at the end."""
    print(f"{images:,} {kind}: {conditions()}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    archive = folder / "images.npz"
    try:
        run_watched(SCRIPTS / "images.py", kind, str(images), str(archive))
        steps = {step: _measure_step(step, folder, config) for step, config in configurations(kind, archive).items()}
        return {"cores": os.cpu_count(), "source_bytes": archive.stat().st_size, "steps": steps}
    finally:
        shutil.rmtree(folder)


def configurations(kind: str, archive: Path) -> dict[str, dict[str, Any]]:
    """The configuration of each step: that of the recipe mnist5k, but for two epochs and any kind of images."""
    preprocess, likelihood, streamed = KINDS[kind]
    network = {"name": "dense", "hidden": [400]}
    model = {"name": "vae", "latent_dim": 16, "network": network, "likelihood": {"name": likelihood}}
    train = {"model": model, "epochs": 2}
    return {
        "ingest": {"source": f"npz:{archive}"},
        "preprocess": preprocess,
        "train": train | {"memory_budget": IN_MEMORY},
        "train_streamed": train | {"memory_budget": streamed},
        "features": {},
        "evaluate": {},
        "export": {},
    }


def _measure_step(step: str, folder: Path, config: dict[str, Any]) -> dict[str, float]:
    finished = run_watched(SCRIPTS / "step.py", step, str(folder), json.dumps(config))
    measured: dict[str, float] = json.loads(finished.output.splitlines()[-1])
    written = sum(file.stat().st_size for file in (folder / step).rglob("*") if file.is_file())
    measured |= {"peak_bytes": finished.peak, "written_bytes": written}
    print(f"  {step}: {measured['seconds']:.1f} s, {finished.peak / 1e6:,.0f} MB", flush=True)
    return measured


def keep(kind: str, images: int, measurement: dict[str, Any]) -> None:
    """Add the measurements of a set to the file, or replace them."""
    measurements = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
    measurements.setdefault(kind, {})[str(images)] = measurement
    MEASURED.write_text(json.dumps(measurements, indent=1) + "\n")


if __name__ == "__main__":
    typer.run(main)
