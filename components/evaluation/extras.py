"""Packages that only some evaluations need, and that are extras of vaeflow. Importable without any of them."""

from collections.abc import Iterable
from importlib.util import find_spec

from vaeflow.components.evaluation.projection_names import Projection
from vaeflow.models.errors import InputError


def check_installed(projections: Iterable[Projection]) -> None:
    """Check that the packages of the projections are installed. Raises `InputError` if one is not."""
    if "umap" in projections and find_spec("umap") is None:
        raise InputError(
            "evaluate.projections: umap needs a package that is not installed: pip install 'vaeflow[umap]'"
        )
