"""Ways to project codes to a plane, by name. Importable without pydantic, so that the command line starts quickly."""

from typing import Literal

Projection = Literal["pca", "tsne", "umap"]


def trustworthiness_of(projection: str) -> str:
    """The name of the metric that is the trustworthiness of a projection."""
    return f"{projection}_trustworthiness"
