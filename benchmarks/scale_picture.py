"""The picture of docs/scale.md: time per image and peak memory of every step, by number of images."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scale_growth import growth, steps_of


def draw(measurements: Mapping[str, Any], path: Path) -> None:
    """Draw the growth of the digits, with both axes logarithmic where values spread."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    sizes = measurements["digits"]
    figure, (times, memory) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for step in steps_of(sizes):
        found = growth(sizes, step)
        name = step.replace("_", ", ")
        times.plot([*found.microseconds], [*found.microseconds.values()], marker="o", label=name)
        memory.plot([*found.peaks], [peak / 1e6 for peak in found.peaks.values()], marker="o", label=name)
    times.set(xscale="log", yscale="log", xlabel="images", ylabel="µs per image", title="Time")
    memory.set(xscale="log", ylim=(0, None), xlabel="images", ylabel="MB", title="Peak memory of all processes")
    figure.legend(*memory.get_legend_handles_labels(), loc="outside right upper", fontsize="small")
    figure.savefig(path, dpi=120)
    plt.close(figure)
