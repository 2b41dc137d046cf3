"""Place and spread of the aggregated posterior, next to N(0, I).

An autoencoder's codes may lie anywhere, with any scale. The KL term of a VAE pulls each posterior, and so their
mixture q(z) = 1/N Σ q(z | xₙ), towards the prior. Hoffman & Johnson 2016; Makhzani et al. 2016.
"""

import math
from typing import TYPE_CHECKING

from vaeflow.components.evaluation.aggregated import MAX_CODES, drawn_codes
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import GENERATIVE, REAL_CODES, SEVERAL_DIMENSIONS, SEVERAL_IMAGES
from vaeflow.components.evaluation.spread import Spread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes

RESAMPLES = 50
"""Number of bootstrap samples of the images for the standard errors."""

NEEDS = (GENERATIVE, SEVERAL_IMAGES, REAL_CODES)
CENTRE = Metric(
    "aggregate_centre",
    "Centre of the codes",
    "root mean square over dimensions; 0 in N(0, I)",
    needs=NEEDS,
    costly=True,
)
SCALE = Metric(
    "aggregate_scale", "Scale of the codes", "root mean square of deviations; 1 in N(0, I)", needs=NEEDS, costly=True
)
SKEW = Metric(
    "aggregate_skew", "Skew of the codes", "mean magnitude over dimensions; 0 in N(0, I)", needs=NEEDS, costly=True
)
CORRELATION = Metric(
    "aggregate_correlation",
    "Correlation of the codes",
    "mean magnitude over pairs of dimensions; 0 in N(0, I)",
    needs=(*NEEDS, SEVERAL_DIMENSIONS),
    costly=True,
)
GAUSSIAN_KL = Metric(
    "aggregate_kl", "KL of a normal fitted to the codes", "nats from N(0, I)", needs=NEEDS, costly=True
)


def compute(study: "Study") -> dict[str, Spread]:
    """The numbers, for codes drawn from the aggregated posterior."""
    return place_and_spread(drawn_codes(study).codes, study.settings.seed)


def place_and_spread(codes: "Codes", seed: int) -> dict[str, Spread]:
    """The numbers of codes [n, d], by metric, with their deviations over bootstrap samples of the codes."""
    import numpy as np

    random = np.random.default_rng(seed)
    samples = (codes[random.integers(len(codes), size=len(codes))] for _ in range(RESAMPLES))
    found = numbers(codes)
    with np.errstate(invalid="ignore"):  # the KL divergence of a flat normal is infinite
        deviations = np.std([list(numbers(sample).values()) for sample in samples], axis=0)
    return {name: Spread(value, float(std)) for (name, value), std in zip(found.items(), deviations, strict=True)}


def numbers(codes: "Codes") -> dict[str, float]:
    """The numbers of codes [n, d], by metric."""
    import numpy as np

    mean, covariance = moments(codes)
    return {
        CENTRE.name: float(np.sqrt(np.mean(mean**2))),
        SCALE.name: float(np.sqrt(np.mean(np.diag(covariance)))),
        SKEW.name: float(np.mean(np.abs(skewness(codes)))),
        CORRELATION.name: mean_correlation(correlations(covariance)),
        GAUSSIAN_KL.name: gaussian_kl(mean, covariance) if len(codes) > len(mean) else float("inf"),
    }


def moments(codes: "Codes") -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Mean [d] and covariance [d, d] of codes [n, d], by maximum likelihood.

    Drawing a code from each posterior adds E Var(z | x) to Var E(z | x), as the law of total variance requires,
    whatever the family of the posterior.
    """
    import numpy as np

    return codes.mean(axis=0, dtype=np.float64), np.atleast_2d(np.cov(codes, rowvar=False, bias=True, dtype=np.float64))


def skewness(codes: "Codes") -> "NDArray[np.float64]":
    """Skewness E((z - Ez)³) / σ³ of each dimension of codes [n, d]; 0 where all codes are equal."""
    import numpy as np

    deviation = codes - codes.mean(axis=0, dtype=np.float64)
    stddev = deviation.std(axis=0)
    return np.divide((deviation**3).mean(axis=0), stddev**3, out=np.zeros_like(stddev), where=stddev > 0)


def correlations(covariance: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Correlations [d, d] from a covariance; 0 with dimensions that do not vary."""
    import numpy as np

    stddev = np.sqrt(np.diag(covariance))
    scale = np.outer(stddev, stddev)
    return np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)


def mean_correlation(correlation: "NDArray[np.float64]") -> float:
    """Mean magnitude off the diagonal of correlations [d, d]; 0 for a single dimension."""
    import numpy as np

    pairs = np.abs(correlation[np.triu_indices(len(correlation), 1)])
    return float(pairs.mean()) if len(pairs) else 0.0


def gaussian_kl(mean: "NDArray[np.float64]", covariance: "NDArray[np.float64]") -> float:
    """KL(N(m, S) || N(0, I)) = ½ (tr S + mᵀm - d - log det S) in nats; infinite if S is singular."""
    import numpy as np

    sign, log_det = np.linalg.slogdet(covariance)
    return float((np.trace(covariance) + mean @ mean - len(mean) - log_det) / 2) if sign > 0 else float("inf")


def note(study: "Study") -> str:
    """What is measured, and what is left for codes that are N(0, I)."""
    n, d = min(MAX_CODES, len(study.measured.sample)), study.subject.code_dim
    return (
        f"Centre, scale, skew, correlation and KL divergence are those of codes drawn from the posteriors of {n} test "
        "images, one each; their ± is the standard deviation over bootstrap samples of the images. By chance, the KL "
        f"divergence of as many codes of N(0, I) is about {d * (d + 3) / (4 * n):.2g} nats, and the mean magnitude of "
        f"their correlations {math.sqrt(2 / (math.pi * n)):.2g}."
    )


FAMILY = Family((CENTRE, SCALE, SKEW, CORRELATION, GAUSSIAN_KL), compute=compute, note=note)
