"""Maximum mean discrepancy between the aggregated posterior and a distribution of codes. Gretton et al. 2012."""

import math
from typing import TYPE_CHECKING

from vaeflow.components.evaluation.aggregated import drawn_codes
from vaeflow.components.evaluation.code_sources import FITTED_PRIOR, PRIOR, STANDARD_NORMAL, CodeSource
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import GENERATIVE, REAL_CODES, SEVERAL_IMAGES
from vaeflow.components.evaluation.spread import Spread
from vaeflow.components.evaluation.u_statistics import mean_discrepancy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes

COMPARED = (STANDARD_NORMAL, FITTED_PRIOR, PRIOR)
MAX_CODES = 1_000
"""Maximum number of codes of each distribution: every pair is compared."""


def _metric(source: CodeSource) -> Metric:
    needs = (GENERATIVE, SEVERAL_IMAGES, REAL_CODES, *(need for need in source.needs if need is not REAL_CODES))
    title = f"MMD² of the codes to {'' if source is STANDARD_NORMAL else 'the '}{source.title}"
    return Metric(f"mmd_{source.name}", title, "0 for equal distributions", decimals=4, needs=needs, costly=True)


METRICS = tuple(map(_metric, COMPARED))


def compute(study: "Study") -> dict[str, Spread]:
    """The discrepancies from every distribution that the model has."""
    codes = drawn_codes(study).codes[:MAX_CODES]
    return {
        metric.name: discrepancy(codes, source.draw(study, len(codes)))
        for source, metric in zip(COMPARED, METRICS, strict=True)
        if not metric.unmet_need(study.subject)
    }


def discrepancy(x: "Codes", y: "Codes") -> Spread:
    """MMD² of codes x and y, both [n, d], with its standard error; it can be below 0."""
    import numpy as np

    if len(x) < 2:
        return Spread(math.nan, math.nan)
    scale = 2 * float(y.var(axis=0, dtype=np.float64).sum())
    return mean_discrepancy(*(inverse_multiquadric(a, b, scale) for a, b in ((x, x), (y, y), (x, y))))


def inverse_multiquadric(x: "Codes", y: "Codes", scale: float) -> "NDArray[np.float64]":
    """Kernel C / (C + ‖x - y‖²) of codes [n, d] and [m, d]: [n, m]. Tolstikhin et al. 2018, §4.

    Its tails see codes that lie far away. C is the mean squared distance of two codes of the prior, 2d for N(0, I), and
    not that of the model's codes, so that models can be compared.
    """
    import numpy as np
    from scipy.spatial.distance import cdist

    scale = max(scale, float(np.finfo(np.float32).tiny))
    kernel: NDArray[np.float64] = scale / (scale + cdist(x, y, "sqeuclidean"))
    return kernel


def note(study: "Study") -> str:
    """The kernel, its scale and the number of codes."""
    n = min(MAX_CODES, len(study.measured.sample))
    return (
        f"MMD² compares {n} codes drawn from the posteriors of test images with as many of the prior, by the kernel "
        "C / (C + ‖z - z′‖²), where C is the mean squared distance of two codes of the prior. It is 0 on average for "
        "equal distributions, and then as often below 0 as above."
    )


FAMILY = Family(METRICS, compute=compute, note=note)
