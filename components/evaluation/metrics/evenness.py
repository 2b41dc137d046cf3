"""Evenness: how alike the classes are in the space that they take up, and how far they overlap."""

import math
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.aggregated import Drawn, drawn_codes
from vaeflow.components.evaluation.conditions import NEIGHBOURS
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import LABELS, REAL_CODES, SEVERAL_IMAGES
from vaeflow.components.evaluation.spread import Spread, over_images

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes

NEEDS = (LABELS, SEVERAL_IMAGES, REAL_CODES)
VOLUMES = Metric(
    "class_volume_spread",
    "Spread of the classes' areas",
    "standard deviation of log volumes",
    decimals=2,
    needs=NEEDS,
    costly=True,
)
DENSITIES = Metric(
    "class_density_spread",
    "Spread of the classes' densities",
    "standard deviation of log densities",
    decimals=2,
    needs=NEEDS,
    costly=True,
)
OVERLAP = Metric(
    "class_overlap",
    "Overlap of the classes",
    "0 apart, 1 the same",
    needs=NEEDS,
    costly=True,
    better="lower",
    depends_on=(NEIGHBOURS,),
)


class Region(NamedTuple):
    """The region of a class: its number, its number of images, and the log volume of its ellipsoid with its error."""

    label: int
    images: int
    log_volume: float
    error: float

    @property
    def log_density(self) -> float:
        """Log of the number of images per unit of volume."""
        return math.log(self.images) - self.log_volume


def compute(study: "Study") -> dict[str, Spread]:
    """The numbers, for codes drawn from the aggregated posterior of each class."""
    found = study.once(regions)
    errors = [region.error for region in found]
    return {
        VOLUMES.name: spread([region.log_volume for region in found], errors),
        DENSITIES.name: spread([region.log_density for region in found], errors),
        OVERLAP.name: overlap(drawn_codes(study), study.settings.neighbours),
    }


def regions(study: "Study") -> list[Region]:
    """The classes with more images than the code has dimensions; call through `Study.once`."""
    return class_regions(drawn_codes(study))


def class_regions(drawn: Drawn) -> list[Region]:
    """The regions of codes [n, d] by class; fewer than d + 1 images span no volume, so their class is left out."""
    import numpy as np

    labels, counts = np.unique(drawn.labels[drawn.labels >= 0], return_counts=True)
    return [
        Region(int(label), int(count), *log_volume(drawn.codes[drawn.labels == label]))
        for label, count in zip(labels, counts, strict=True)
        if count > drawn.codes.shape[1]
    ]


def log_volume(codes: "Codes") -> tuple[float, float]:
    """Log volume of {z: (z - m)ᵀ S⁻¹ (z - m) ≤ 1}, for codes [n, d] with mean m and covariance S; and its error.

    It is ½ log det S + d/2 log π - log Γ(d/2 + 1). The standard error is that of the mean influence of the codes on
    it, ½ ((z - m)ᵀ S⁻¹ (z - m) - d). Hampel 1974. If S is singular, the volume is 0.
    """
    import numpy as np

    n, d = codes.shape
    deviation = codes - codes.mean(axis=0, dtype=np.float64)
    covariance = deviation.T @ deviation / (n - 1)
    sign, log_det = np.linalg.slogdet(covariance)
    if sign <= 0:
        return -math.inf, math.nan
    distances = np.einsum("ni,ni->n", deviation, np.linalg.solve(covariance, deviation.T).T)
    unit = d / 2 * math.log(math.pi) - math.lgamma(d / 2 + 1)
    return float(log_det) / 2 + unit, float(distances.std()) / (2 * math.sqrt(n))


def spread(values: "list[float]", errors: "list[float]") -> Spread:
    """Standard deviation of values, with its error propagated from theirs; NaN for fewer than two, or infinite ones."""
    import numpy as np

    if len(values) < 2 or not np.isfinite(values).all():
        return Spread(math.nan, math.nan)
    deviation = np.array(values) - np.mean(values)
    std = float(np.sqrt(np.mean(deviation**2)))
    slopes = deviation / (len(values) * std) if std > 0 else np.zeros(len(values))
    return Spread(std, float(np.sqrt(np.sum((slopes * errors) ** 2))))


def overlap(drawn: Drawn, neighbours: int) -> Spread:
    """Share of the k nearest neighbours that are of another class, divided by the share if classes did not matter.

    Schilling 1986; Henze 1988. Codes [n, d] are compared by Euclidean distance. It assumes no shape of the classes,
    unlike the overlap of two normals. NaN for fewer than two classes.
    """
    import numpy as np
    from sklearn.neighbors import NearestNeighbors

    codes, labels = drawn.codes[drawn.labels >= 0], drawn.labels[drawn.labels >= 0]
    _, numbers, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if len(counts) < 2:
        return Spread(math.nan, math.nan)
    nearest = NearestNeighbors(n_neighbors=min(neighbours, len(codes) - 1)).fit(codes).kneighbors(return_distance=False)
    others: NDArray[np.float64] = (labels[nearest] != labels[:, np.newaxis]).mean(axis=1)
    by_chance = np.mean((len(labels) - counts[numbers]) / (len(labels) - 1))
    return over_images(others / by_chance)


def note(study: "Study") -> str:
    """What area, density and overlap are."""
    found = study.once(regions)
    noise = math.sqrt(sum(region.error**2 for region in found) / len(found)) if found else math.nan
    return (
        "The area of a class is the volume of the ellipsoid one standard deviation around its mean code, whose log "
        "spreads alike in any scale of the space; its density is its number of images per volume. Classes with at most "
        f"as many images as dimensions are left out. Equal classes would spread by about {noise:.2g}, by the choice of "
        f"the images. Overlap is the share of the {study.settings.neighbours} nearest codes that are of another class, "
        "divided by the share if classes did not matter."
    )


FAMILY = Family((VOLUMES, DENSITIES, OVERLAP), compute=compute, note=note)
