"""Names in a folder of models as TF Serving expects it: `<model base path>/<version>/`, and its configuration."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

DECODER = "decoder"
ROLES = (DECODER, "encoder")
BOTH = " ".join(ROLES)
# Not a number, so that TF Serving does not load it as a version.
INCOMING = ".incoming"
LOCK = ".publish.lock"


def served_names(name: str, roles: Iterable[str] = ROLES) -> dict[str, str]:
    """The name of each served model, by its role."""
    return {role: f"{name}-{role}" for role in roles}


def roles_of(properties: Mapping[str, Any]) -> tuple[str, ...]:
    """The roles of the models of an export with these properties: both, or of a model without a decoder its encoder.

    An older version exported both, and recorded nothing of it.
    """
    return tuple(str(properties.get("roles", BOTH)).split())


def models_config(names: Iterable[str]) -> str:
    """The content of TF Serving's `--model_config_file`, for models mounted in /models."""
    entries = "".join(
        f'  config {{\n    name: "{name}"\n    base_path: "/models/{name}"\n    model_platform: "tensorflow"\n  }}\n'
        for name in names
    )
    return f"model_config_list {{\n{entries}}}\n"


def config_file(root: Path, name: str) -> Path:
    """The file in `root` with TF Serving's configuration of the models called `name`."""
    return root / f"{name}.config"
