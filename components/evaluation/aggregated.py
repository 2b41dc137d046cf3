"""The aggregated posterior q(z) = 1/N Σ q(z | xₙ): codes drawn from it, one for each test image."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes, Labels

MAX_CODES = 2_000
"""Maximum number of codes whose pairs are compared or that are resampled."""


class Drawn(NamedTuple):
    """Codes [n, code] drawn from the posteriors of n images, and the classes [n] of these, -1 where unknown."""

    codes: "Codes"
    labels: "Labels"


def drawn_codes(study: "Study") -> Drawn:
    """A code of each of the first images of the sample. For an autoencoder, q(z | x) is one point, the code itself."""
    return Drawn(study.measured.sample.measures["draw"][:MAX_CODES], study.labels[:MAX_CODES])
