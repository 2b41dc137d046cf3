"""The verdict of an evaluation, as it is kept in `metrics.json`. Importable without TensorFlow and without metrics."""

import math
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

# JSON has no NaN: a number that is not finite is written as null.
Measured = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]


class Check(BaseModel):
    """One requirement compared with the value that was measured."""

    metric: str
    required: str
    value: Measured
    passed: bool

    def __str__(self) -> str:
        return f"{self.metric} is {self.value:.5g}, required {self.required}"


class Verdict(BaseModel):
    """Passed when every check passed, so also when nothing was required."""

    passed: bool
    checks: tuple[Check, ...]
