"""What the page asks of a model, checked where it arrives."""

from typing import Annotated, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from vaeflow.models.errors import InputError

MAX_IMAGES = 4096
INT32 = 2**31

Count = Annotated[int, Field(ge=1, le=MAX_IMAGES)]
Seed = Annotated[int, Field(ge=-INT32, lt=INT32)]
Temperature = Annotated[FiniteFloat, Field(ge=0, le=100)]
Class = Annotated[int, Field(ge=0, lt=INT32)]


class Request(BaseModel):
    """Base class of all requests."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Codes(Request):
    """Codes [n, code]."""

    z: Annotated[list[list[FiniteFloat]], Field(min_length=1, max_length=MAX_IMAGES)]

    @property
    def codes(self) -> NDArray[np.float32]:
        """The codes as an array. Raises `InputError` if they are not all of one size."""
        if len({len(code) for code in self.z}) > 1:
            raise InputError("z: expected codes of the same size")
        return np.array(self.z, np.float32)


class Decode(Codes):
    """Codes, and the class of all images if it is not that in the codes."""

    label: Class | None = None


class Sample(Request):
    """How many images to draw from the prior."""

    n: Count
    seed: Seed
    temperature: Temperature = 1.0
    label: Class | None = None


class Resample(Codes):
    """Codes of which the layers below one are drawn anew."""

    layer: Class
    seed: Seed
    temperature: Temperature = 1.0


R = TypeVar("R", bound=Request)


def read(kind: type[R], body: bytes) -> R:
    """The request in a JSON body. Raises `InputError` that names the first wrong field."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(f"{field}: {first['msg']}" if field else first["msg"]) from None
