"""Trustworthiness: whether neighbours in a projection of the codes are neighbours in code space."""

import math
from typing import TYPE_CHECKING, get_args

from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import MORE_INFERRED
from vaeflow.components.evaluation.projection_names import Projection, trustworthiness_of
from vaeflow.components.evaluation.spread import Spread, over_images

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vaeflow.components.evaluation.study import Study

NEIGHBOURS = 5
TITLES: "Mapping[Projection, str]" = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}


def _trustworthiness(projection: Projection) -> Metric:
    return Metric(
        trustworthiness_of(projection),
        f"Trustworthiness of {TITLES[projection]}",
        f"of {NEIGHBOURS} neighbours in the plane",
        needs=(MORE_INFERRED,),
        costly=True,
        better="higher",
    )


def compute(study: "Study") -> dict[str, Spread]:
    """The trustworthiness of every projection; NaN if the codes cannot be projected."""
    measured = {trustworthiness_of(name): spread for name, spread in study.once(trust).items()}
    undefined = Spread(math.nan, math.nan)
    return {metric.name: measured.get(metric.name, undefined) for metric in FAMILY.metrics}


def trust(study: "Study") -> dict[Projection, Spread]:
    """Mean trustworthiness by projection, with its deviation over the images; call through `Study.once`."""
    from vaeflow.components.evaluation.projections import projected, trustworthiness

    found = study.once(projected)
    neighbours = min(NEIGHBOURS, (len(found.codes) - 1) // 2)
    return {name: over_images(trustworthiness(found.codes, plane, neighbours)) for name, plane in found.points.items()}


def note(study: "Study") -> str:
    """The settings of the projections, and what trustworthiness is."""
    from vaeflow.components.evaluation import projections

    images = len(study.once(projections.projected).codes)
    made = {
        "pca": "PCA",
        "tsne": f"t-SNE (perplexity {projections.PERPLEXITY})",
        "umap": f"UMAP ({projections.UMAP_NEIGHBOURS} neighbours)",
    }
    return (
        f"The posterior means of {images:,} images are projected by "
        f"{', '.join(made[name] for name in study.settings.projections)} with seed {study.settings.seed}. "
        f"Trustworthiness (Venna & Kaski 2001) is 1 if the {NEIGHBOURS} nearest neighbours of every image in the plane "
        "are the nearest in latent space too, and 0.5 on average for points in random order. Its ± is the standard "
        "deviation over bootstrap samples of the images."
    )


FAMILY = Family(tuple(map(_trustworthiness, get_args(Projection))), compute=compute, note=note)
