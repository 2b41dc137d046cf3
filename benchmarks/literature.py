"""Compare the models with published numbers: run the recipes of all rows on full MNIST and write LITERATURE.md.

All measurements are kept in literature.json, by row and seed. `--table` writes the table from this file without
measuring, and runs that are cached under the root are not repeated.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Annotated, Any, NamedTuple

import few_labels_curves
import few_labels_record
import typer
from markdown_text import markdown_paragraph, markdown_table
from rich.console import Console

HERE = Path(__file__).parent
MEASURED = HERE / "literature.json"
TABLE = HERE / "LITERATURE.md"
NOTES = HERE / "literature_notes.md"
"""What stands below the table: the protocol, and what has been changed."""

Measurements = dict[str, dict[str, dict[str, Any]]]
"""All measurements, by row and by draw of labels."""


INTRODUCTION = """
This table is made by `benchmarks/literature.py`, which runs the recipes on all of MNIST. The notes below it say how the
numbers were measured, and which settings were chosen after a test result had been seen.
"""


class Row(NamedTuple):
    """A row of the table: a recipe, the metric to compare, the published result and the target."""

    recipe: str
    model: str
    metric: str
    published: str = ""
    target: str = ""
    also: Sequence[str] = ()
    """Further metrics to show."""
    draws: int = 1
    """Number of draws of the known labels, with one run each."""


NLL, ERROR, SHARPNESS = "iw_log_likelihood", "classification_error", "sharpness_samples"
LAYERS = ("active_units_by_layer",)
OTHERS = ("sharpness_reconstructed", "sharpness_real")
ROWS = (
    Row("mnist_vae", "VAE, 784-200-200→50", NLL, "−86.76, Burda 2016: tanh, 3,280 epochs", "≥ −86.8"),
    Row("mnist_iwae", "the same as IWAE, k = 5", NLL, "−85.46, a reproduction of Burda 2016", "≥ −85.6"),
    Row(
        "mnist_planar",
        "the same VAE with planar flows",
        NLL,
        "−85.1 with 80 flows, −89.9 without, Rezende & Mohamed 2015",
        "better than without",
    ),
    Row("mnist_ladder", "Ladder VAE, 64-32-16-8-4", NLL, "−81.74, Sønderby 2016: 2,000 epochs", "≥ −83.5", LAYERS),
    Row("mnist_hierarchical", "the same layers, plain hierarchy", NLL, "", "fewer active upper units", LAYERS),
    Row("mnist_vamp", "VampPrior, static binarisation", NLL, "−85.79, pythae's reproduction", "≥ −86"),
    Row("mnist_m2", "M2, 100 labels", ERROR, "11.97 ± 1.71 %, Kingma 2014", "≤ 7 %", draws=3),
    Row("mnist_m1_m2", "M1+M2, 100 labels", ERROR, "3.33 ± 0.14 %, Kingma 2014", "≤ 4 %", draws=3),
    Row("mnist_m1_m2_long", "the same, trained as long as published", ERROR, "3.33 ± 0.14 %, Kingma 2014", "≤ 4.5 %"),
    Row("mnist_adgm", "ADGM, 100 labels", ERROR, "0.96 %, Maaløe 2016", "≤ 2 %", draws=3),
    Row("mnist_adgm_long", "ADGM on the paper's bound, 118,000 steps", ERROR, "0.96 %, Maaløe 2016", "≤ 3.5 %"),
    Row("mnist_sdgm", "SDGM, 100 labels", ERROR, "", "≤ 2 %", draws=3),
    Row(
        "mnist_sdgm_long",
        "SDGM on the paper's bound, 118,000 steps",
        ERROR,
        "3.1 % (2.3 to 4.3), rrastgoufard/sdgm, 8 runs, 120,000 steps",
        "≤ 3.5 %",
    ),
    Row("mnist_vade", "VaDE, 10 clusters", "cluster_accuracy", "0.9446, Jiang 2017", "≥ 0.85", ("kmeans_accuracy",)),
    Row("mnist_vae", "k-means on the codes of the VAE", "kmeans_accuracy", "", "below VaDE"),
    Row("mnist_convolutional", "convolutional VAE, grey", SHARPNESS, also=OTHERS),
    Row("mnist_dfc", "DFC-VAE, grey", SHARPNESS, "", "sharper than the VAE", OTHERS),
    Row("mnist_vae_gan", "VAE/GAN, grey", SHARPNESS, "", "sharper than the VAE", OTHERS),
)
DRAWS = {row.recipe: row.draws for row in ROWS}


def main(
    rows: Annotated[list[str] | None, typer.Argument(help="Recipes of the rows to measure. Default: all.")] = None,
    root: Annotated[Path, typer.Option(help="Folder that holds the runs.")] = Path("runs/literature"),
    table: Annotated[bool, typer.Option("--table", help="Only write the table, without measuring.")] = False,
) -> None:
    """Measure rows, and write the table of all measurements."""
    unknown = set(rows or ()) - DRAWS.keys()
    if unknown:
        raise typer.BadParameter(f"no such row: {', '.join(sorted(unknown))}; known: {', '.join(DRAWS)}")
    for recipe in () if table else rows or DRAWS:
        for draw in range(DRAWS[recipe]):
            keep(recipe, draw, measure(recipe, draw, root))
    TABLE.write_text(render(read()), encoding="utf-8")
    Console().print(f"{TABLE} written")


def measure(recipe: str, draw: int, root: Path) -> dict[str, Any]:
    """Run the recipe with a draw of labels and return its metrics, protocol and minutes of processor time."""
    print(f"{recipe}, draw {draw} of labels", flush=True)
    before = processor_seconds()
    vaeflow("run", recipe, "--root", str(root), "--set", f"train.data.label_seed={draw}", capture=False)
    minutes = (processor_seconds() - before) / 60
    run = json.loads(vaeflow("show", "latest", "--json", "--root", str(root)))
    # A long training was made by few_labels.py, and is only continued from its cache here.
    return {**summary(run), "processor_minutes": round(minutes + few_labels_record.spent(recipe, draw), 1)}


def processor_seconds() -> float:
    """Processor time of all commands run so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def vaeflow(*arguments: str, capture: bool = True) -> str:
    """Run a vaeflow command and return its output if `capture` is true."""
    command = [sys.executable, "-m", "vaeflow", *arguments]
    finished = subprocess.run(command, stdout=subprocess.PIPE if capture else None, text=True)
    if finished.returncode not in (0, 1) or (capture and finished.returncode):
        raise SystemExit(f"vaeflow {' '.join(arguments)} failed")
    return finished.stdout or ""


def summary(run: Mapping[str, Any]) -> dict[str, Any]:
    """What the table needs of a run, given the output of `vaeflow show --json`."""
    steps = {step["step"]: step for step in run["steps"]}
    evaluation = Path(steps["evaluate"]["artifact"]["path"])
    history = json.loads((Path(steps["train"]["artifact"]["path"]) / "history.json").read_text())
    results = json.loads((evaluation / "metrics.json").read_text())
    return {
        "metrics": {**results["metrics"], "active_units_by_layer": results["active_units_by_layer"]},
        "protocol": results["protocol"],
        "epochs": len(history["epochs"]),
        "best_epoch": history["best_epoch"],
    }


def read() -> Measurements:
    """Read all measurements from the file."""
    return json.loads(MEASURED.read_text()) if MEASURED.exists() else {}


def keep(recipe: str, draw: int, measurement: Mapping[str, Any]) -> None:
    """Add a measurement to the file, or replace it."""
    measurements = read()
    measurements.setdefault(recipe, {})[str(draw)] = dict(measurement)
    MEASURED.write_text(json.dumps(measurements, indent=1, sort_keys=True) + "\n")


def render(measurements: Measurements) -> str:
    """The page in Markdown: the table with every row, measured or not, the curves and the notes."""
    heads = ("model", "recipe", "measured", "target", "published", "protocol", "training")
    parts = [
        "# Comparison with the literature",
        markdown_paragraph(INTRODUCTION),
        markdown_table(heads, (cells(row, measurements.get(row.recipe, {})) for row in ROWS)),
        *few_labels_curves.section(),
        NOTES.read_text(encoding="utf-8"),
    ]
    return "\n\n".join(parts)


def cells(row: Row, runs: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The cells of a row, given its runs by draw of labels."""
    name = f"`{row.recipe}`"
    if not runs:
        return row.model, name, "not measured yet", row.target, row.published, "", ""
    measured = "; ".join(_measured(metric, runs) for metric in (row.metric, *row.also))
    return row.model, name, measured, row.target, row.published, _protocol(row, runs), _training(runs)


def _measured(metric: str, runs: Mapping[str, Mapping[str, Any]]) -> str:
    values = [_central(run["metrics"][metric]) for run in runs.values()]
    if isinstance(values[0], dict):
        return f"{_words(metric)} {', '.join(f'{value:g}' for value in values[0].values())}"
    spread = stdev(values) if len(values) > 1 else _standard_error(metric, next(iter(runs.values())))
    digits = 2 if metric in (NLL, ERROR) else 4
    deviation = "" if spread is None else f" ± {spread:.{digits}f}"
    unit = " %" if metric == ERROR else ""
    return f"{_words(metric)} {mean(values):.{digits}f}{deviation}{unit}".replace("-", "−")


def _words(metric: str) -> str:
    return {NLL: "log p(x)"}.get(metric, metric.replace("_", " "))


def _central(value: Any) -> Any:
    return value["mean"] if isinstance(value, dict) and "mean" in value else value


def _standard_error(metric: str, run: Mapping[str, Any]) -> float | None:
    return run["protocol"]["standard_error"].get(metric)


def _protocol(row: Row, runs: Mapping[str, Mapping[str, Any]]) -> str:
    protocol = next(iter(runs.values()))["protocol"]
    samples = f", {protocol['importance_samples']:,} importance samples" if row.metric == NLL else ""
    grey = ", classified grey" if protocol.get("classifies_grey") else ""
    draws = f"; draws of labels {', '.join(runs)}" if protocol["labels"] else ""
    images = f"{protocol['images']:,} test images, binarisation {protocol['binarisation']}"
    return f"{protocol['dataset']}, {images}{grey}{samples}; seed {protocol['seed']}{draws}"


def _training(runs: Mapping[str, Mapping[str, Any]]) -> str:
    epochs = " / ".join(sorted({str(run["epochs"]) for run in runs.values()}))
    # Of several draws, some take less because their first steps are cached.
    return f"{epochs} epochs, {max(run['processor_minutes'] for run in runs.values()):.0f} min"


if __name__ == "__main__":
    typer.run(main)
