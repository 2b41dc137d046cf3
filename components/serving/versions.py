"""Names and versions of models as TF Serving expects them: `<model base path>/<version>/`."""

import errno
import filecmp
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from vaeflow.components.artifacts import ServingModel
from vaeflow.models.errors import InputError, RunError

ROLES = ("decoder", "encoder")
FIRST_VERSION = 1
# Not a number, so that TF Serving does not load it as a version.
INCOMING = ".incoming"


class Published(NamedTuple):
    """The newest version of models in a folder, and whether it was added now or was already there."""

    folder: Path
    name: str
    version: int
    added: bool

    def __str__(self) -> str:
        if self.added:
            return f"added version {self.version} of {self.name} to {self.folder}"
        return f"version {self.version} of {self.name} in {self.folder} is already this one"


def served_names(name: str) -> dict[str, str]:
    """The name of each served model, by its role."""
    return {role: f"{name}-{role}" for role in ROLES}


def saved_models(exported: ServingModel) -> dict[str, Path]:
    """The folders of the exported SavedModels, by the names under which they are served.

    Raises `InputError` if one of them is missing.
    """
    names = served_names(str(exported.properties["name"]))
    folders = {name: exported.path / role / str(FIRST_VERSION) for role, name in names.items()}
    for folder in folders.values():
        if not (folder / "saved_model.pb").is_file():
            raise InputError(f"{folder}: expected a SavedModel, but there is no saved_model.pb.")
    return folders


def models_config(names: Iterable[str]) -> str:
    """The content of TF Serving's `--model_config_file`, for models mounted in /models."""
    entries = "".join(
        f'  config {{\n    name: "{name}"\n    base_path: "/models/{name}"\n    model_platform: "tensorflow"\n  }}\n'
        for name in names
    )
    return f"model_config_list {{\n{entries}}}\n"


def publish_to(root: Path, exported: ServingModel) -> Published:
    """Make the exported models the newest version in `root`, with the same number for all, unless they already are.

    Also writes `<name>.config`, TF Serving's configuration of these models. Each copy is completed in a hidden folder
    and then renamed, so that a server that watches `root` never loads an incomplete version. A lock serialises
    concurrent calls. Raises `InputError` if `root` cannot be written, and `RunError` if the disk is full.
    """
    name = str(exported.properties["name"])
    sources = {root / served: folder for served, folder in saved_models(exported).items()}
    with _writing_to(root):
        for base_path in sources:
            base_path.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".publish.lock"):
            _write_config(root, name)
            newest = max((version for base_path in sources for version in _versions(base_path)), default=0)
            if all(_is_copy(base_path / str(newest), source) for base_path, source in sources.items()):
                return Published(root, name, newest, added=False)
            _add_version(sources, newest + 1)
            return Published(root, name, newest + 1, added=True)


@contextmanager
def _writing_to(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind = RunError if error.errno == errno.ENOSPC else InputError
        raise kind(f"Cannot publish to {root}: {error.strerror or error}.") from error


def _write_config(root: Path, name: str) -> None:
    incoming = root / f".{name}{INCOMING}"
    incoming.write_text(models_config(served_names(name).values()))
    incoming.replace(root / f"{name}.config")


def _versions(base_path: Path) -> Iterator[int]:
    return (int(folder.name) for folder in base_path.iterdir() if folder.name.isdecimal())


def _is_copy(copy: Path, source: Path) -> bool:
    """Whether both have the same files, byte by byte: equal weights in another program may give other answers."""
    files = _files(source)
    return files == _files(copy) and all(filecmp.cmp(source / file, copy / file, shallow=False) for file in files)


def _files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def _add_version(sources: Mapping[Path, Path], version: int) -> None:
    _discard_incoming(sources)
    try:
        for base_path, source in sources.items():
            _copy(source, base_path / INCOMING)
        for base_path in sources:
            os.rename(base_path / INCOMING, base_path / str(version))
    finally:
        _discard_incoming(sources)


def _copy(source: Path, target: Path) -> None:
    for file in _files(source):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, target / file)


def _discard_incoming(base_paths: Iterable[Path]) -> None:
    """Remove incomplete copies, also those of a process that was killed."""
    for base_path in base_paths:
        shutil.rmtree(base_path / INCOMING, ignore_errors=True)
