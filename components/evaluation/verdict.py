"""The verdict of an evaluation, as stored in `metrics.json`. Importable without TensorFlow and without the metrics."""

import math
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

# JSON has no NaN: numbers that are not finite are written as null.
Measured = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]


class Check(BaseModel):
    """One requirement compared with the measured value."""

    metric: str
    required: str
    value: Measured
    passed: bool
    found: tuple[str, ...] = ()
    """Titles of the findings, if these are what is required not to be."""

    def __str__(self) -> str:
        value = "; ".join(self.found) if self.found else f"{self.value:.5g}"
        return f"{self.metric} is {value}, required {self.required}"


class Verdict(BaseModel):
    """Passed if every check passed, and therefore also if nothing was required."""

    passed: bool
    checks: tuple[Check, ...]
