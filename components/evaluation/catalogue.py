"""All metrics of evaluate, in the order in which they are shown. Importable without TensorFlow.

`python -m vaeflow.components.evaluation.catalogue` prints them as a Markdown table.
"""

from collections.abc import Mapping
from types import MappingProxyType

from vaeflow.components.evaluation.metrics import (
    active_units,
    aggregated_posterior,
    anomalies,
    augmentation,
    beta_vae_score,
    bounds,
    classification,
    clustering,
    codebook,
    dci,
    denoising,
    discrepancy,
    empty_space,
    evenness,
    factor_vae_score,
    few_labels,
    frechet,
    kernel_distance,
    manifold,
    mig,
    own_clusters,
    probes,
    reconstruction,
    sap,
    sharpness,
    silhouette,
    trustworthiness,
)
from vaeflow.components.evaluation.metrics.metric import Family, Metric

SECTIONS: Mapping[str, tuple[Family, ...]] = MappingProxyType(
    {
        "Classification": (classification.FAMILY,),
        "Likelihood": (bounds.FAMILY,),
        "Reconstructions": (reconstruction.FAMILY, denoising.FAMILY),
        "Use of the code": (active_units.FAMILY, codebook.FAMILY),
        "Clusters": (clustering.FAMILY, own_clusters.FAMILY, silhouette.FAMILY),
        "Projections": (trustworthiness.FAMILY,),
        "Labels from the code": (probes.FAMILY, few_labels.FAMILY),
        "Disentanglement": (mig.FAMILY, sap.FAMILY, dci.FAMILY, factor_vae_score.FAMILY, beta_vae_score.FAMILY),
        "Samples": (sharpness.FAMILY, empty_space.FAMILY),
        "Distributions of images": (kernel_distance.FAMILY, frechet.FAMILY, manifold.FAMILY),
        "Aggregated posterior": (aggregated_posterior.FAMILY, discrepancy.FAMILY),
        "Classes in the latent space": (evenness.FAMILY,),
        "Anomalies": (anomalies.FAMILY,),
        "Augmentation": (augmentation.FAMILY,),
    }
)
"""Families by the heading under which the report shows them."""
FAMILIES: tuple[Family, ...] = tuple(family for families in SECTIONS.values() for family in families)
METRICS: Mapping[str, Metric] = MappingProxyType(
    {metric.name: metric for family in FAMILIES for metric in family.metrics}
)


def table() -> str:
    """All metrics as a Markdown table."""
    lines = [
        "| metric | shown as | unit | better | needs | computed from | depends on |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(metric) for metric in METRICS.values()]
    return "\n".join(lines)


def _row(metric: Metric) -> str:
    needs, depends_on = (", ".join(each.title for each in some) for some in (metric.needs, metric.depends_on))
    cells = (f"`{metric.name}`", metric.title, metric.unit, metric.arrow, needs, metric.origin, depends_on)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(table())
