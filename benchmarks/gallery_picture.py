"""The picture of a study in docs/gallery.md: one figure of all variants side by side, or the charts of a search."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from vaeflow.pipeline.studies.evaluated import Evaluated
from vaeflow.pipeline.studies.figures import side_by_side
from vaeflow.pipeline.studies.found import best_of
from vaeflow.pipeline.studies.running import Outcome
from vaeflow.pipeline.studies.search_charts import charts
from vaeflow.pipeline.studies.search_config import SearchConfig
from vaeflow.pipeline.studies.searching import prepare
from vaeflow.pipeline.studies.study import Study
from vaeflow.pipeline.summary import runs_in, summary
from vaeflow.pipeline.workspace import Workspace

COLUMNS = 4
WIDTH = 12.0
"""Width in inches."""
COLOURS = 128
"""Number of colours that are kept, so that the file is small."""


def montage(outcomes: Sequence[Outcome], figure: str, root: Path, path: Path) -> None:
    """Save the figure of this name of the first seed of each variant, in rows of at most four."""
    workspace = Workspace(root)
    found = {run.id: run for run in runs_in(workspace)}
    runs = [
        Evaluated(outcome.member.membership, summary(workspace, found[outcome.run]))
        for outcome in outcomes
        if outcome.run and outcome.member.membership.seed == 0
    ]
    pngs = zip(runs, side_by_side(figure, runs), strict=True)
    save([(run.membership.variant, Image.open(io.BytesIO(png))) for run, png in pngs if png], path)


def charts_of_search(study: Study, config: SearchConfig, root: Path, path: Path) -> None:
    """Save the charts of a search that has ended."""
    search = prepare(study, config, root)
    best = best_of(search.trials.ended())
    if best:
        save([("", Image.open(io.BytesIO(chart.png))) for chart in charts(search.found(best))], path)


def save(pictures: Sequence[tuple[str, Image.Image]], path: Path) -> None:
    """Save titled pictures as one."""
    columns = min(COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    tallest = max(picture.height / picture.width for _, picture in pictures)
    whole = Figure(figsize=(WIDTH, rows * (WIDTH / columns * tallest + 0.35)), dpi=110, layout="constrained")
    for axis in (axes := [*whole.subplots(rows, columns, squeeze=False).flat]):
        axis.set_axis_off()
    for axis, (title, picture) in zip(axes, pictures, strict=False):
        axis.imshow(np.asarray(picture.convert("RGB")), interpolation="antialiased")
        axis.set_title(title.replace("$", r"\$"), fontsize=11)
    buffer = io.BytesIO()
    whole.savefig(buffer, format="png")
    Image.open(buffer).convert("RGB").quantize(COLOURS).save(path, optimize=True)
