"""Standard errors that know how many values they were estimated from."""

import math
from typing import NamedTuple

CONFIDENCE = 0.95


class StandardError(NamedTuple):
    """A standard error with its degrees of freedom; infinite if it is known as well as if it were given."""

    value: float
    degrees: float = math.inf

    @property
    def margin(self) -> float:
        """Half the width of the 95 % confidence interval, from Student's t distribution."""
        from scipy.special import ndtri, stdtrit  # takes too long to import for commands that compare nothing

        probability = (1 + CONFIDENCE) / 2
        return self.value * float(
            ndtri(probability) if math.isinf(self.degrees) else stdtrit(self.degrees, probability)
        )


def combined(*parts: StandardError) -> StandardError:
    """Standard error of a sum of independent parts, with effective degrees of freedom.

    Welch 1947, "The generalization of 'Student's' problem when several different population variances are involved";
    the degrees of freedom are those of Satterthwaite 1946.
    """
    variance = sum(part.value**2 for part in parts)
    uncertainty = sum(part.value**4 / part.degrees for part in parts)
    return StandardError(math.sqrt(variance), variance**2 / uncertainty if uncertainty else math.inf)
