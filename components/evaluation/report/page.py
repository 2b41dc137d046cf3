"""The report: one self-contained HTML file, readable offline and on a phone."""

import hashlib
import math
import platform
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from vaeflow.components.evaluation.catalogue import METRICS, SECTIONS
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.evaluation.drawing.picture import Picture
from vaeflow.components.evaluation.metrics.active_units import ACTIVE_UNITS
from vaeflow.components.evaluation.metrics.metric import THE_SAMPLE, Family, Metric
from vaeflow.components.evaluation.needs import GENERATIVE
from vaeflow.components.evaluation.requirements import FINDINGS
from vaeflow.components.evaluation.results import Results
from vaeflow.components.evaluation.spread import Agreement, Interval, Spread, Value
from vaeflow.components.evaluation.subject import Subject
from vaeflow.components.pages import data_uri, template

PACKAGES = ("vaeflow", "tensorflow", "keras", "tensorflow-probability", "apache-beam", "scikit-learn", "numpy")


class Tile(NamedTuple):
    """A metric with its value as text.

    `spread` is its standard error over images, its deviation over runs or its interval, and `chance` its level by
    chance, if it has one. `at_chance` tells whether it is not told apart from that.
    """

    metric: Metric
    value: str
    spread: str
    unit: str
    chance: str
    at_chance: bool


def save_report(
    output: Path, config: EvaluateConfig, subject: Subject, results: Results, pictures: Iterable[Picture]
) -> None:
    """Write `report.html` from the results and the pictures saved in `figures/`."""
    page = template(Path(__file__).with_name("report.html"), text=text, quoted=shlex.quote).render(
        title=f"{subject.config.name.upper()} on {results.protocol.dataset}",
        verdict=results.verdict,
        titles={FINDINGS: "Findings", **{name: metric.title for name, metric in METRICS.items()}},
        findings=results.findings,
        sections=grouped(results),
        costly=[METRICS[name].title for name in results.metrics if METRICS[name].origin == THE_SAMPLE],
        protocol=results.protocol,
        generative=GENERATIVE.met_by(subject),
        pictures=[
            (picture, data_uri((output / "figures" / f"{picture.name}.png").read_bytes())) for picture in pictures
        ],
        tables=tables(config, subject),
    )
    (output / "report.html").write_text(page, encoding="utf-8")


def grouped(results: Results) -> dict[str, list[Tile]]:
    """Tiles of the measured metrics under the headings of the catalogue, without headings that have none."""
    tiles = {title: list(_tiles(results, families)) for title, families in SECTIONS.items()}
    return {title: some for title, some in tiles.items() if some}


def _tiles(results: Results, families: Iterable[Family]) -> Iterator[Tile]:
    for family in families:
        yield from (_tile(results, metric) for metric in family.metrics if metric.name in results.metrics)


def _tile(results: Results, metric: Metric) -> Tile:
    value, form = results.metrics[metric.name], f".{metric.decimals}f"
    centre, spread = centre_and_spread(results, metric.name)
    uncertainty = interval(value, form) if isinstance(value, Interval) else deviation(spread, form)
    return Tile(
        metric=metric,
        value=text(centre, form),
        spread=uncertainty,
        unit=unit(results, metric.name),
        chance=by_chance(value, form),
        at_chance=isinstance(value, Agreement) and value.at_chance,
    )


def deviation(spread: float | None, form: str) -> str:
    """What follows a value; empty if it has no deviation."""
    return "" if spread is None or math.isnan(spread) else f"± {spread:{form}}"


def interval(value: Interval, form: str) -> str:
    """What follows a value that has an interval."""
    return f"[{text(value.low, form)}, {text(value.high, form)}]"


def by_chance(value: Value, form: str) -> str:
    """The level of a score by chance; empty if it has none."""
    if not isinstance(value, Agreement):
        return ""
    return f"{text(value.chance.mean, form)} {deviation(value.chance.std, form)}".rstrip()


def unit(results: Results, name: str) -> str:
    """The unit of a metric, and for active units also their number in each layer if there are several."""
    layers = results.active_units_by_layer if name == ACTIVE_UNITS.name else {}
    counts = ", ".join(f"{count} in {layer}" for layer, count in layers.items())
    return f"{METRICS[name].unit}: {counts}" if counts else METRICS[name].unit


def text(value: float, form: str = ".5g") -> str:
    """A number as text for the page."""
    return format(value, form).replace("-", "−") if math.isfinite(value) else "undefined"


def centre_and_spread(results: Results, name: str) -> tuple[float, float | None]:
    """The value of a metric with its standard deviation or standard error, None if there is neither."""
    value = results.metrics[name]
    if isinstance(value, Spread):
        return value.mean, value.std
    return value, results.protocol.standard_error.get(name)


def tables(config: EvaluateConfig, subject: Subject) -> dict[str, dict[str, str]]:
    """Tables with the origin of the result, by title: lineage, configurations and versions."""
    return {
        "Lineage": lineage(subject),
        **({"Classes": classes(subject.label_names)} if subject.label_names else {}),
        "Training": flat(subject.read_json("config.json")),
        "Preprocessing": flat(subject.transform.model_dump(mode="json")),
        "Evaluation": flat(config.model_dump(mode="json")),
        "Versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }


def lineage(subject: Subject) -> dict[str, str]:
    """The input artifacts, and a digest that identifies the model."""
    with subject.model_file.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "examples": subject.examples.path.name,
        **flat(subject.examples.properties, "examples."),
        "model": subject.model.path.name,
        **flat(subject.model.properties, "model."),
        "model.keras, SHA-256": digest,
        "features": subject.features.path.name,
        **flat(subject.features.properties, "features."),
        "weights": f"{subject.network.count_params():,}",
    }


def classes(names: Sequence[str]) -> dict[str, str]:
    """The classes by number."""
    return {str(number): name for number, name in enumerate(names)}


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """A nested mapping as a flat one of dotted names to text."""
    rows: dict[str, str] = {}
    for name, value in values.items():
        rows |= flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": f"{value}"}
    return rows
