"""The page of a study: one self-contained HTML file."""

from collections.abc import Iterator, Mapping, Sequence
from os.path import relpath
from pathlib import Path
from typing import NamedTuple

from vaeflow.components.evaluation.gallery import DRAWINGS
from vaeflow.components.pages import data_uri, template
from vaeflow.pipeline.comparison.as_html import TABLE_FILTERS
from vaeflow.pipeline.comparison.layout import lay_out
from vaeflow.pipeline.comparison.records import Comparison
from vaeflow.pipeline.studies import search_charts
from vaeflow.pipeline.studies.charts import charts
from vaeflow.pipeline.studies.evaluated import Evaluated
from vaeflow.pipeline.studies.figures import side_by_side
from vaeflow.pipeline.studies.found import Found
from vaeflow.pipeline.studies.members import variants
from vaeflow.pipeline.studies.running import Outcome
from vaeflow.pipeline.studies.study import Study


class Shown(NamedTuple):
    """A picture on the page."""

    source: str
    alt: str
    caption: str = ""


class Link(NamedTuple):
    """A link to the report of a run."""

    name: str
    report: str


def page(
    study: Study,
    runs: Sequence[Evaluated],
    failed: Sequence[Outcome],
    comparison: Comparison,
    folder: Path,
    found: Found | None = None,
) -> str:
    """The page, to be written into `folder`, from the finished and the failed members, and what a search has found."""
    seed = study.config.seeds_of_runs[0]
    shown = {run.membership.variant: run for run in runs if run.membership.seed == seed}
    return template(Path(__file__).with_name("page.html"), **TABLE_FILTERS).render(
        title=study.name,
        study=study,
        failed=failed,
        missing=0 if found else len(variants(study.config)) * study.config.seeds - len(runs) - len(failed),
        layout=lay_out(comparison),
        charts=[Shown(data_uri(chart.png), chart.alt) for chart in charts(study, comparison)],
        figures=dict(_figures(study.config.show or [drawing.name for drawing in DRAWINGS], shown)),
        seed=seed,
        found=found,
        trial_charts=[Shown(data_uri(chart.png), chart.alt) for chart in search_charts.charts(found)] if found else [],
        runs=[_link(run, folder) for run in runs],
    )


def _figures(names: Sequence[str], runs: Mapping[str, Evaluated]) -> Iterator[tuple[str, list[Shown]]]:
    """The pictures of each figure that some variant has, by its title."""
    for name in names:
        pngs = dict(zip(runs, side_by_side(name, list(runs.values())), strict=True))
        title = titled(name)
        pictures = [Shown(data_uri(png), f"{title} of {variant}", variant) for variant, png in pngs.items() if png]
        if pictures:
            yield title, pictures


def titled(name: str) -> str:
    """The name of a figure as a title."""
    words = name.replace("kl_", "KL ").replace("_", " ")
    return words[0].upper() + words[1:]


def _link(run: Evaluated, folder: Path) -> Link:
    return Link(f"{run.membership}: {run.run}", relpath(run.evaluation / "report.html", folder))
