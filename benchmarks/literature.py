"""The family beside published numbers: runs the rows' recipes on full MNIST and writes LITERATURE.md.

Everything measured is kept in literature.json, row by row and seed by seed: `--table` writes the table from it
without measuring, and a run that is cached under the root costs nothing again.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console

HERE = Path(__file__).parent
MEASURED = HERE / "literature.json"
TABLE = HERE / "LITERATURE.md"

Records = dict[str, dict[str, dict[str, Any]]]
"""What was measured, by row and by seed."""


class Row(NamedTuple):
    """A recipe, the metric it is compared in, and who published what for it."""

    recipe: str
    model: str
    metric: str
    published: str
    target: str
    seeds: Sequence[int] = (0,)
    seed_field: str = "train.seed"
    also: Sequence[str] = ()
    """Other metrics to show."""


LABELS = "train.data.label_seed"
NLL = "iw_log_likelihood"
ROWS = (
    Row("mnist_vae", "VAE, 784-200-200→50", NLL, "86.76, Burda 2016 (tanh, 3,280 epochs)", "≤ 86.8"),
    Row("mnist_iwae", "the same, IWAE with k = 5", NLL, "85.46, xqding's reproduction of Burda 2016", "≤ 85.6"),
    Row(
        "mnist_planar",
        "the same VAE with planar flows",
        NLL,
        "85.1 with 80 planar flows, 89.9 without, Rezende & Mohamed 2015",
        "better than without",
    ),
    Row(
        "mnist_ladder",
        "Ladder VAE, latents 64-32-16-8-4",
        NLL,
        "81.74, Sønderby 2016",
        "≤ 83.5",
        also=("active_units_by_layer",),
    ),
    Row(
        "mnist_hierarchical",
        "the same layers without the ladder",
        NLL,
        "",
        "fewer active upper units than the ladder",
        also=("active_units_by_layer",),
    ),
    Row(
        "mnist_vamp",
        "VAE with a VampPrior, static binarisation",
        NLL,
        "85.79, pythae's reproduction of Tomczak & Welling 2018",
        "≤ 86",
    ),
    Row(
        "mnist_m2", "M2, 100 labels", "classification_error", "11.97 ± 1.71 %, Kingma 2014", "≤ 7 %", (0, 1, 2), LABELS
    ),
    Row(
        "mnist_m1_m2",
        "M1+M2, 100 labels",
        "classification_error",
        "3.33 ± 0.14 %, Kingma 2014",
        "≤ 4 %",
        (0, 1, 2),
        LABELS,
    ),
    Row("mnist_adgm", "ADGM, 100 labels", "classification_error", "0.96 %, Maaløe 2016", "≤ 2 %", (0, 1, 2), LABELS),
    Row(
        "mnist_vade",
        "VaDE, 10 clusters",
        "cluster_accuracy",
        "94.46 %, Jiang 2017",
        "≥ 85 %",
        also=("kmeans_accuracy",),
    ),
    Row(
        "mnist_blur",
        "convolutional VAE, grey",
        "sharpness_samples",
        "",
        "",
        also=("sharpness_real", "sharpness_reconstructed"),
    ),
    Row(
        "mnist_dfc",
        "DFC-VAE",
        "sharpness_samples",
        "",
        "sharper than the VAE",
        also=("sharpness_real", "sharpness_reconstructed"),
    ),
    Row(
        "mnist_vae_gan",
        "VAE/GAN",
        "sharpness_samples",
        "",
        "sharper than the VAE",
        also=("sharpness_real", "sharpness_reconstructed"),
    ),
)


def main(
    rows: Annotated[list[str] | None, typer.Argument(help="Recipes of the rows to measure; all without one.")] = None,
    root: Annotated[Path, typer.Option(help="Where the runs are kept.")] = Path("runs/literature"),
    table: Annotated[bool, typer.Option("--table", help="Measure nothing, write the table.")] = False,
) -> None:
    """Measure rows, and write the table of all that was ever measured."""
    known = {row.recipe: row for row in ROWS}
    unknown = set(rows or ()) - known.keys()
    if unknown:
        raise typer.BadParameter(f"no such row: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    for row in () if table else (known[name] for name in rows or known):
        for seed in row.seeds:
            keep(row.recipe, seed, measure(row, seed, root))
    TABLE.write_text(render(read()), encoding="utf-8")
    Console().print(f"{TABLE} written")


def measure(row: Row, seed: int, root: Path) -> dict[str, Any]:
    """Run the recipe with the seed; its metrics, protocol and minutes of training."""
    print(f"{row.recipe}, {row.seed_field}={seed}", flush=True)
    vaeflow("run", row.recipe, "--root", str(root), "--set", f"{row.seed_field}={seed}", capture=False)
    return summary(json.loads(vaeflow("show", "latest", "--json", "--root", str(root))))


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
        "metrics": results["metrics"],
        "protocol": results["protocol"],
        "epochs": len(history["epochs"]),
        "best_epoch": history["best_epoch"],
        "minutes": round(steps["train"]["seconds"] / 60, 1),
    }


def read() -> Records:
    """All that was ever measured."""
    return json.loads(MEASURED.read_text()) if MEASURED.exists() else {}


def keep(row: str, seed: int, record: Mapping[str, Any]) -> None:
    """Add one measurement to the file, or replace it."""
    records = read()
    records.setdefault(row, {})[str(seed)] = dict(record)
    MEASURED.write_text(json.dumps(records, indent=1, sort_keys=True) + "\n")


def render(records: Records) -> str:
    """The table as Markdown: every row, measured or not."""
    lines = [
        "# The family beside the literature",
        "",
        "Made by `benchmarks/literature.py`; every number is of the test split, on which nothing was chosen.",
        "After ±: over several seeds their standard deviation, of one seed the standard error over the images.",
        "Likelihoods are log p(x) in nats per image, by importance sampling. Published numbers come from other",
        "optimizers, epochs and splits.",
        "",
        "| model | recipe | measured | target | published | protocol | training |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_line(row, records.get(row.recipe, {})) for row in ROWS]
    return "\n".join(lines) + "\n"


def _line(row: Row, runs: Mapping[str, Mapping[str, Any]]) -> str:
    if not runs:
        return f"| {row.model} | `{row.recipe}` | not measured yet | {row.target} | {row.published} | | |"
    measured = "; ".join(_measured(metric, runs) for metric in (row.metric, *row.also))
    return " | ".join(
        (
            "",
            row.model,
            f"`{row.recipe}`",
            measured,
            row.target,
            row.published,
            _protocol(row, runs),
            _training(runs),
            "",
        )
    ).strip()


def _measured(metric: str, runs: Mapping[str, Mapping[str, Any]]) -> str:
    values = [_central(run["metrics"][metric]) for run in runs.values()]
    if isinstance(values[0], dict):
        return f"{metric} {', '.join(f'{name} {value:g}' for name, value in values[0].items())}"
    spread = stdev(values) if len(values) > 1 else _standard_error(metric, next(iter(runs.values())))
    deviation = "" if spread is None else f" ± {spread:.4g}"
    return f"{metric} {mean(values):.4g}{deviation}".replace("-", "−")


def _central(value: Any) -> Any:
    return value["mean"] if isinstance(value, dict) and "mean" in value else value


def _standard_error(metric: str, run: Mapping[str, Any]) -> float | None:
    return run["protocol"]["standard_error"].get(metric)


def _protocol(row: Row, runs: Mapping[str, Mapping[str, Any]]) -> str:
    protocol = next(iter(runs.values()))["protocol"]
    samples = f", {protocol['importance_samples']:,} importance samples" if row.metric == NLL else ""
    return (
        f"{protocol['dataset']}, {protocol['images']:,} test images, binarisation {protocol['binarisation']}{samples}; "
        f"{row.seed_field} {', '.join(runs)}"
    )


def _training(runs: Mapping[str, Mapping[str, Any]]) -> str:
    epochs = ", ".join(str(run["epochs"]) for run in runs.values())
    return f"{epochs} epochs, {mean(run['minutes'] for run in runs.values()):.0f} min"


if __name__ == "__main__":
    typer.run(main)
