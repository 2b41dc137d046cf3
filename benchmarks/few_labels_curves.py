"""The section of LITERATURE.md about long trainings with few labels, and its picture."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import few_labels_record as record
from markdown_text import markdown_paragraph, markdown_table

from vaeflow.pipeline.comparison.layout import minus

PICTURE = Path(__file__).with_name("few_labels.png")
INDEPENDENT = {9_000: 10.4, 18_000: 7.2, 30_000: 5.6, 60_000: 4.1, 120_000: 3.1}
"""Mean error in percent, by optimizer steps, of the public SDGM of rrastgoufard/sdgm (GitHub) over 8 runs on the plain
bound: 500-500, learning rate 3e-4, α = 25 in our units."""
TEXT = """
Error on 20,000 training images whose labels the model does not see, on the plain bound of the papers. "Binarised" and
"grey" is what the classifier is given. Steps are those of the optimizer, for M1+M2 those of M1 and M2 together, and
processor time is that of the training alone. For comparison, an independent public SDGM (rrastgoufard/sdgm, 500-500,
learning rate 3e-4, 8 runs, test images) errs {independent}. Made by `benchmarks/few_labels.py`.
"""


def section() -> Iterator[str]:
    """The parts of the section in Markdown, with its picture drawn; none if nothing has been measured."""
    trainings = {
        f"{recipe}, draw {draw}": training
        for recipe, draws in record.read().items()
        for draw, training in draws.items()
        if training["measured"]
    }
    if not trainings:
        return
    draw(trainings, PICTURE)
    errors = [f"{error} % after {steps:,}" for steps, error in INDEPENDENT.items()]
    text = TEXT.format(independent=", ".join(errors[:-1]) + f" and {errors[-1]} steps")
    heads = ("training", "steps", "binarised", "grey", "validation bound", "processor time")
    rows = [_cells(name, training) for name, training in trainings.items()]
    yield "## Long trainings with few labels"
    yield markdown_paragraph(text)
    yield f"![Error by optimizer steps]({PICTURE.name})"
    yield markdown_table(heads, rows)


def _cells(name: str, training: record.Training) -> tuple[str, ...]:
    """A training at its last measurement."""
    last = list(training["measured"].values())[-1]
    hours = f"{training['processor_minutes'] / 60:.1f} h"
    errors = (f"{last['error'][key]:.2f} %" for key in ("binarised", "grey"))
    return name, f"{last['steps']:,}", *errors, minus(f"{last['val_elbo']:.1f}"), hours


def draw(trainings: Mapping[str, record.Training], path: Path) -> None:
    """Draw the errors over the steps, both axes logarithmic, with the independent curve beside them."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import ScalarFormatter

    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for name, training in trainings.items():
        measured: list[Mapping[str, Any]] = [*training["measured"].values()]
        steps = [measurement["steps"] for measurement in measured]
        errors = [measurement["error"]["binarised"] for measurement in measured]
        axes.plot(steps, errors, marker="o", label=name)
    axes.plot(
        [*INDEPENDENT], [*INDEPENDENT.values()], color="grey", linestyle="--", marker="s", label="independent SDGM"
    )
    axes.set(xscale="log", yscale="log", xlabel="optimizer steps", ylabel="error, %")
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_minor_formatter(ScalarFormatter())
    axes.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)
