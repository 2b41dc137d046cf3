"""Versions of exported models in a folder that TF Serving watches."""

import filecmp
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from vaeflow.components.artifacts import ServingModel
from vaeflow.components.file_kinds import FILE, FOLDER, is_loop, kind_at
from vaeflow.components.printable import printable
from vaeflow.components.removal import remove
from vaeflow.components.serving.names import INCOMING, LOCK, config_file, models_config, roles_of, served_names
from vaeflow.components.serving.publishable import check_publishable, publishing_to
from vaeflow.models.errors import InputError

FIRST_VERSION = 1
LAST_VERSION = 2**63 - 1


class Published(NamedTuple):
    """The newest version of models in a folder, and whether it was added now or was already there."""

    folder: Path
    name: str
    version: int
    added: bool

    def __str__(self) -> str:
        folder = printable(str(self.folder))
        if self.added:
            return f"added version {self.version} of {self.name} to {folder}"
        return f"version {self.version} of {self.name} in {folder} is already this one"


def saved_models(exported: ServingModel) -> dict[str, Path]:
    """The folders of the exported SavedModels, by the names under which they are served.

    Raises `InputError` if one of them is missing.
    """
    names = served_names(str(exported.properties["name"]), roles_of(exported.properties))
    folders = {name: exported.path / role / str(FIRST_VERSION) for role, name in names.items()}
    for folder in folders.values():
        if not (folder / "saved_model.pb").is_file():
            raise InputError(f"{folder}: expected a SavedModel, but there is no saved_model.pb.")
    return folders


def publish_to(root: Path, exported: ServingModel) -> Published:
    """Make the exported models the newest version in `root`, with the same number for all, unless they already are.

    Also writes `<name>.config`, TF Serving's configuration of these models, if none names them yet. Each copy is
    completed in a hidden folder and then renamed, so that a server that watches `root` never loads an incomplete
    version. A lock serialises concurrent calls. Raises `InputError` if something is in the way or `root` cannot be
    written, and `RunError` if the disk is full.
    """
    name = str(exported.properties["name"])
    sources = {root / served: folder for served, folder in saved_models(exported).items()}
    check_publishable(root, name)
    with publishing_to(root):
        for base_path in sources:
            base_path.mkdir(parents=True, exist_ok=True)
        with FileLock(root / LOCK):
            _write_config(root, name, [base_path.name for base_path in sources])
            newest = max((version for base_path in sources for version in versions(base_path)), default=0)
            if all(_is_copy(base_path / str(newest), source) for base_path, source in sources.items()):
                return Published(root, name, newest, added=False)
            _add_version(sources, newest + 1)
            return Published(root, name, newest + 1, added=True)


def _write_config(root: Path, name: str, models: Sequence[str]) -> None:
    """Unless the file names these models already: labels of versions and policies may have been added to it."""
    if _names(config_file(root, name), models):
        return
    incoming = root / f".{name}{INCOMING}"
    remove(incoming)
    incoming.write_text(models_config(models))
    incoming.replace(config_file(root, name))


def _names(config: Path, models: Iterable[str]) -> bool:
    """Whether a configuration of TF Serving has an entry for each of the models, in protobuf's text format."""
    text = config.read_text(errors="replace") if config.is_file() else ""
    return all(re.search(rf"""\bname:\s*["']{re.escape(model)}["']""", text) for model in models)


def versions(base_path: Path) -> Iterator[int]:
    """The versions in a folder: the names that TF Serving reads as numbers."""
    return iter(version_folders(base_path))


def version_folders(base_path: Path) -> dict[int, Path]:
    """The folders of the versions in a folder."""
    numbered = (path for path in base_path.iterdir() if re.fullmatch("[0-9]{1,19}", path.name))
    return {int(path.name): path for path in numbered if int(path.name) <= LAST_VERSION}


def _is_copy(copy: Path, source: Path) -> bool:
    """Whether a copy has the files of the source, byte by byte: equal weights in another program may answer otherwise.

    Files that were added to the copy do not count, such as requests to warm up the server.
    """
    return all(
        (copy / file).is_file() and filecmp.cmp(source / file, copy / file, shallow=False) for file in _files(source)
    )


def _files(source: Path) -> list[Path]:
    """The files of a SavedModel, also those behind links to folders, by their paths relative to it."""
    return [file.relative_to(source) for file in _files_in(source)]


def _files_in(folder: Path) -> Iterator[Path]:
    """The files in a folder, none of which is hidden, as are those of file managers.

    Raises `InputError` for anything else than a file or a folder: an incomplete model must not be served.
    """
    for path in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        kind = kind_at(path)
        if kind == FOLDER and is_loop(path):
            kind = "a link to a folder that contains it"
        if kind == FOLDER:
            yield from _files_in(path)
        elif kind == FILE:
            yield path
        else:
            raise InputError(f"{path}: expected a file of a SavedModel, got {kind}.")


def _add_version(sources: Mapping[Path, Path], version: int) -> None:
    if version > LAST_VERSION:
        taken = " and ".join(str(base_path) for base_path in sources)
        raise InputError(f"{taken}: expected room for a newer version, but {LAST_VERSION}, the last one, is taken.")
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
    """Remove incomplete copies, also those of a process that was killed, and whatever else is in their place."""
    for base_path in base_paths:
        remove(base_path / INCOMING)
