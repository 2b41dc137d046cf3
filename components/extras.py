"""Packages that only some work needs, and that are extras of vaeflow. Importable without any of them."""

from importlib.util import find_spec

from vaeflow.models.errors import InputError

PACKAGES = {
    "search": ("optuna",),
    "serving": ("starlette", "uvicorn", "tensorflow_serving"),
    "umap": ("umap",),
}
"""The packages of each extra, of which one may be missing."""


def check_installed(extra: str, *, needed_for: str) -> None:
    """Check that the packages of an extra are installed. Raises `InputError` if one is not."""
    if missing := [package for package in PACKAGES[extra] if find_spec(package) is None]:
        install = f"pip install 'vaeflow[{extra}]'"
        raise InputError(f"{needed_for} needs a package that is not installed, {missing[0]}: {install}")
