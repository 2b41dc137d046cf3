"""The family beside published numbers: runs the rows' recipes on full MNIST and writes LITERATURE.md.

Everything measured is kept in literature.json, row by row and seed by seed: `--table` writes the table from it
without measuring, and a run that is cached under the root costs nothing again.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from textwrap import wrap
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console

HERE = Path(__file__).parent
MEASURED = HERE / "literature.json"
TABLE = HERE / "LITERATURE.md"

Records = dict[str, dict[str, dict[str, Any]]]
"""What was measured, by row and by seed."""


INTRODUCTION = """
Made by `benchmarks/literature.py`, which runs the recipes. Every number is of the test split, on which nothing was
tuned or stopped. Some settings were changed after a first test result had been seen, and judged by other images: IWAE
was given its warm-up after -85.96 (its bound on validation agrees, -88.27 with and -88.61 without); VaDE begins with
a mixture of full covariance after 0.794 (on 10,000 training images it was 0.90 accurate, one along the axes 0.75 to
0.77); M1+M2 has a shorter schedule after 6.13 % with one draw (5.4 % on 10,000 training images whose labels it did
not see); the DFC-VAE has a larger weight, and it and the convolutional VAE longer trainings, after 0.039 and 0.052
for the sharpness of samples (that of the DFC-VAE on 1,192 validation images was 0.060 then); the VAE/GAN is trained as
long as that VAE after 0.087 with 8 epochs. Settings for few labels
were chosen with the labels of over a thousand validation images and of training images, far more than the 100 that
training saw; those of the VAE/GAN by the pictures and sharpness of runs on the 5,000 embedded digits. After ±: over
several draws of labels their standard deviation, of one run the standard error over the images. Likelihoods are log
p(x) in nats per image, estimated by importance sampling. Sharpness is the variance of the Laplacian. Minutes are of
processor time, for the whole run from images to served models, on a machine with 2 cores and no accelerator.
Published numbers come from other optimizers, numbers of epochs and splits.
"""


class Row(NamedTuple):
    """A recipe, the metric it is compared in, and who published what for it."""

    recipe: str
    model: str
    metric: str
    published: str = ""
    target: str = ""
    also: Sequence[str] = ()
    """Other metrics to show."""
    draws: int = 1
    """Of the labels that are known; each is a run."""


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
    Row("mnist_adgm", "ADGM, 100 labels", ERROR, "0.96 %, Maaløe 2016", "≤ 2 %", draws=3),
    Row("mnist_sdgm", "SDGM, 100 labels", ERROR, "", "≤ 2 %", draws=3),
    Row("mnist_vade", "VaDE, 10 clusters", "cluster_accuracy", "0.9446, Jiang 2017", "≥ 0.85", ("kmeans_accuracy",)),
    Row("mnist_vae", "k-means on the codes of the VAE", "kmeans_accuracy", "", "below VaDE"),
    Row("mnist_convolutional", "convolutional VAE, grey", SHARPNESS, also=OTHERS),
    Row("mnist_dfc", "DFC-VAE, grey", SHARPNESS, "", "sharper than the VAE", OTHERS),
    Row("mnist_vae_gan", "VAE/GAN, grey", SHARPNESS, "", "sharper than the VAE", OTHERS),
)
DRAWS = {row.recipe: row.draws for row in ROWS}


def main(
    rows: Annotated[list[str] | None, typer.Argument(help="Recipes of the rows to measure; all without one.")] = None,
    root: Annotated[Path, typer.Option(help="Where the runs are kept.")] = Path("runs/literature"),
    table: Annotated[bool, typer.Option("--table", help="Measure nothing, write the table.")] = False,
) -> None:
    """Measure rows, and write the table of all that was ever measured."""
    unknown = set(rows or ()) - DRAWS.keys()
    if unknown:
        raise typer.BadParameter(f"no such row: {', '.join(sorted(unknown))}; known: {', '.join(DRAWS)}")
    for recipe in () if table else rows or DRAWS:
        for draw in range(DRAWS[recipe]):
            keep(recipe, draw, measure(recipe, draw, root))
    TABLE.write_text(render(read()), encoding="utf-8")
    Console().print(f"{TABLE} written")


def measure(recipe: str, draw: int, root: Path) -> dict[str, Any]:
    """Run the recipe with a draw of labels; its metrics, protocol and minutes of processor time."""
    print(f"{recipe}, draw {draw} of labels", flush=True)
    before = processor_seconds()
    vaeflow("run", recipe, "--root", str(root), "--set", f"train.data.label_seed={draw}", capture=False)
    minutes = (processor_seconds() - before) / 60
    run = json.loads(vaeflow("show", "latest", "--json", "--root", str(root)))
    return {**summary(run), "processor_minutes": round(minutes, 1)}


def processor_seconds() -> float:
    """What the commands run so far have kept the cores busy for, all steps together."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def vaeflow(*arguments: str, capture: bool = True) -> str:
    """Run a command of vaeflow; what it prints, if that is to be read."""
    command = [sys.executable, "-m", "vaeflow", *arguments]
    finished = subprocess.run(command, stdout=subprocess.PIPE if capture else None, text=True)
    if finished.returncode not in (0, 1) or (capture and finished.returncode):
        raise SystemExit(f"vaeflow {' '.join(arguments)} failed")
    return finished.stdout or ""


def summary(run: Mapping[str, Any]) -> dict[str, Any]:
    """What the table needs of a run, as `vaeflow show --json` tells it."""
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


def read() -> Records:
    """All that was ever measured."""
    return json.loads(MEASURED.read_text()) if MEASURED.exists() else {}


def keep(recipe: str, draw: int, record: Mapping[str, Any]) -> None:
    """Add one measurement to the file, or replace it."""
    records = read()
    records.setdefault(recipe, {})[str(draw)] = dict(record)
    MEASURED.write_text(json.dumps(records, indent=1, sort_keys=True) + "\n")


def render(records: Records) -> str:
    """The table as Markdown: every row, measured or not."""
    heads = ("model", "recipe", "measured", "target", "published", "protocol", "training")
    lines = [
        "# The family beside the literature",
        "",
        *wrap(INTRODUCTION.strip(), 120),
        "",
        table_line(heads),
        table_line(["---"] * len(heads)),
        *(table_line(cells(row, records.get(row.recipe, {}))) for row in ROWS),
    ]
    return "\n".join(lines) + "\n"


def table_line(texts: Sequence[str]) -> str:
    """One line of a table in Markdown."""
    return f"| {' | '.join(texts)} |"


def cells(row: Row, runs: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """What the table says of a row that was run with these draws of labels."""
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
    draws = f"; draws of labels {', '.join(runs)}" if protocol["labels"] else ""
    return (
        f"{protocol['dataset']}, {protocol['images']:,} test images, binarisation {protocol['binarisation']}{samples}; "
        f"seed {protocol['seed']}{draws}"
    )


def _training(runs: Mapping[str, Mapping[str, Any]]) -> str:
    epochs = " / ".join(sorted({str(run["epochs"]) for run in runs.values()}))
    return f"{epochs} epochs, {mean(run['processor_minutes'] for run in runs.values()):.0f} min"


if __name__ == "__main__":
    typer.run(main)
