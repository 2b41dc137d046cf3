"""Resources that a step requests from a Kubernetes cluster, in the notation that both Kubernetes and kfp take."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from vaeflow.models.config import Config
from vaeflow.models.notation import Notation


def _written(quantity: object) -> object:
    """A quantity that YAML reads as a number, such as 4, as text."""
    if isinstance(quantity, bool) or not isinstance(quantity, int | float):
        return quantity
    return str(int(quantity) if quantity == quantity // 1 else quantity)


POSITIVE = "(?=.*[1-9])"
"""What follows has a digit other than 0."""
Cpu = Annotated[
    str,
    BeforeValidator(_written),
    Notation(
        rf"{POSITIVE}(\d{{1,9}}|\d{{0,9}}\.\d{{1,3}}|\d{{1,12}}m)", "a positive number of CPU cores such as 4 or 500m"
    ),
]
Memory = Annotated[
    str,
    BeforeValidator(_written),
    Notation(rf"{POSITIVE}\d{{1,18}}([EPTGM]i?|Ki)?", "a positive amount of memory such as 8Gi or 500M"),
]
ResourceName = Annotated[
    str,
    Field(max_length=317),
    Notation(
        "([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?",
        "the name of a resource such as nvidia.com/gpu",
    ),
]


class Resources(Config):
    """Resources that a step requests from the cluster. Fields that are not set use the cluster's defaults."""

    cpu: Cpu | None = Field(None, description="CPU cores in Kubernetes notation, such as '4' or '500m'.")
    memory: Memory | None = Field(None, description="Memory in Kubernetes notation, such as '8Gi'.")
    accelerator: ResourceName | None = Field(
        None, description="Resource name of the accelerator, such as 'nvidia.com/gpu'."
    )
    accelerator_count: int = Field(1, ge=1, le=10_000, description="Number of accelerators.")
