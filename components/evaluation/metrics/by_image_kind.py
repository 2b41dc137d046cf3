"""What the metrics of distributions of images have in common: one for each kind of images, against test images."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

from vaeflow.components.evaluation.image_kinds import KINDS, TRAINING_IMAGES, ImageKind, real_features
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import GENERATIVE, SEVERAL_IMAGES

if TYPE_CHECKING:
    from vaeflow.components.evaluation.study import Study
    from vaeflow.components.feature_learning.network import Features

V = TypeVar("V")


def metrics_by_kind(
    measure: str, title: str, unit: str, better: Literal["higher", "lower"], decimals: int = 3
) -> tuple[Metric, ...]:
    """The metric of each kind. Training images show what a perfect model would get: neither way is better for them."""
    return tuple(_metric(kind, measure, title, unit, better, decimals) for kind in KINDS)


def _metric(
    kind: ImageKind, measure: str, title: str, unit: str, better: Literal["higher", "lower"], decimals: int
) -> Metric:
    return Metric(
        name_of(measure, kind),
        f"{title} of {kind.title}",
        unit,
        decimals,
        needs=(GENERATIVE, SEVERAL_IMAGES, *kind.needs),
        costly=True,
        depends_on=kind.depends_on,
        better=None if kind is TRAINING_IMAGES else better,
    )


def name_of(measure: str, kind: ImageKind) -> str:
    """The name of the metric of a kind."""
    return f"{measure}_{kind.name}"


def of_each_kind(
    study: "Study", metrics: Sequence[Metric], distance: "Callable[[Features, Features], V]"
) -> dict[str, V]:
    """The distance of every kind from test images whose metric, in the order of the kinds, is available."""
    available = Family(tuple(metrics)).available(study.subject, study.settings.left_out)
    return {
        metric.name: distance(study.once(real_features), study.once(kind.features))
        for kind, metric in zip(KINDS, metrics, strict=True)
        if metric in available
    }
