"""Bounds on the log-likelihood of images: the ELBO and the importance-weighted estimate."""

import math
from typing import TYPE_CHECKING

from vaeflow.components.evaluation.conditions import BINARISATION, GIVEN, IMPORTANCE_SAMPLES, OBSERVATION
from vaeflow.components.evaluation.importance_weighting import importance_weighted
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import A_BOUND

if TYPE_CHECKING:
    from vaeflow.components.evaluation.measuring.batch import Batch, Measures
    from vaeflow.components.evaluation.study import Study
    from vaeflow.components.evaluation.subject import Subject

NATS = "nats per image"
BOUNDED = (OBSERVATION, BINARISATION, GIVEN)
"""What decides of which probability or density there is a bound."""
ELBO = Metric("elbo", "ELBO", NATS, decimals=2, needs=(A_BOUND,), better="higher", headline=True, depends_on=BOUNDED)
KL = Metric("kl", "KL divergence", NATS, decimals=2, needs=(A_BOUND,), depends_on=(BINARISATION, GIVEN))
BITS_PER_DIM = Metric(
    "bits_per_dim",
    "Bits per dimension",
    "bits, from the ELBO",
    needs=(A_BOUND,),
    better="lower",
    headline=True,
    depends_on=BOUNDED,
)
IW_LOG_LIKELIHOOD = Metric(
    "iw_log_likelihood",
    "Importance-weighted log-likelihood",
    NATS,
    decimals=2,
    needs=(A_BOUND,),
    better="higher",
    headline=True,
    depends_on=(*BOUNDED, IMPORTANCE_SAMPLES),
)
KL_TERMS = "kl_terms"
EFFECTIVE_SHARE = "effective_share"


def measure(batch: "Batch") -> "Measures":
    """The bounds and the KL divergence of each image, the latter also per group as in `Elbo.kl_terms`."""
    from vaeflow.models.diagnostics import bits_per_dim

    elbo, model = batch.elbo.total, batch.model
    weighted = IW_LOG_LIKELIHOOD.name not in batch.settings.left_out
    return {
        ELBO.name: elbo,
        KL.name: batch.elbo.kl,
        BITS_PER_DIM.name: bits_per_dim(elbo, math.prod(model.image_shape), model.data_log_scale),
        KL_TERMS: batch.elbo.kl_terms,
        **(_estimates(batch) if weighted else {}),
    }


def _estimates(batch: "Batch") -> "Measures":
    samples = batch.settings.importance_samples
    found = importance_weighted(batch.model, batch.x, samples, batch.seeds[1], labels=batch.given)
    return {IW_LOG_LIKELIHOOD.name: found.log_likelihood, EFFECTIVE_SHARE: found.effective_share}


def note(study: "Study") -> str:
    """The number of importance samples, if they were drawn, and the convention of bits per dimension."""
    samples = (
        "The importance-weighted log-likelihood is estimated with "
        f"{study.settings.importance_samples} importance samples per image. "
    )
    return (
        f"{'' if IW_LOG_LIKELIHOOD.name in study.settings.skip else samples}Bits per dimension are the negative ELBO "
        f"divided by {math.prod(study.subject.network.image_shape):,} dimensions and ln 2, {_pixels(study.subject)}."
    )


def _pixels(subject: "Subject") -> str:
    """The pixels whose likelihood is measured, in words."""
    if subject.transform.observation.binarise != "none":
        return "for pixels that are 0 or 1: they cannot be compared with those of grey pixels"
    values = "for pixels k/255 of k = 0 to 255, without dequantisation"
    if subject.network.data_log_scale:
        return f"{values}: the density at k/255 times the width 1/256 of a grey level stands for a probability"
    return values


FAMILY = Family((ELBO, KL, BITS_PER_DIM, IW_LOG_LIKELIHOOD), measure, note=note)
