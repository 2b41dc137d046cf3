"""Names and versions of models as TF Serving expects them: `<model base path>/<version>/`."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from filelock import FileLock

from vaeflow.models.errors import RunError

# Not a number, so that TF Serving does not load it as a version.
INCOMING = ".incoming"


def models_config(names: Iterable[str]) -> str:
    """The content of TF Serving's `--model_config_file`, for models mounted in /models."""
    entries = "".join(
        f'  config {{\n    name: "{name}"\n    base_path: "/models/{name}"\n    model_platform: "tensorflow"\n  }}\n'
        for name in names
    )
    return f"model_config_list {{\n{entries}}}\n"


def publish(saved_models: Mapping[str, Path], root: Path) -> int:
    """Add a new version of each model to `root`, with the same number for all. Returns that number.

    Each copy is completed in a hidden folder and then renamed, so that a server that watches `root` never loads an
    incomplete version. A lock serialises concurrent exports. Raises `RunError` if `root` cannot be written.
    """
    base_paths = {root / name: source for name, source in saved_models.items()}
    try:
        for base_path in base_paths:
            base_path.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".publish.lock"):
            return _publish(base_paths)
    except OSError as error:
        raise RunError(f"export.publish_to: cannot write to {root}: {error.strerror or error}") from error


def _publish(base_paths: Mapping[Path, Path]) -> int:
    version = 1 + max((version for base_path in base_paths for version in _versions(base_path)), default=0)
    _discard_incoming(base_paths)
    try:
        for base_path, source in base_paths.items():
            shutil.copytree(source, base_path / INCOMING)
        for base_path in base_paths:
            os.rename(base_path / INCOMING, base_path / str(version))
    finally:
        _discard_incoming(base_paths)
    return version


def _discard_incoming(base_paths: Iterable[Path]) -> None:
    """Remove incomplete copies of this export or of one that was killed."""
    for base_path in base_paths:
        shutil.rmtree(base_path / INCOMING, ignore_errors=True)


def _versions(base_path: Path) -> list[int]:
    return [int(folder.name) for folder in base_path.iterdir() if folder.name.isdecimal()]
