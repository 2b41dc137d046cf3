"""Watches a folder, and changes the versions that are served as it changes."""

import asyncio
import logging
import time
from concurrent.futures import Executor
from pathlib import Path

from vaeflow.models.errors import InputError
from vaeflow.serving.limits import Limits
from vaeflow.serving.models import Model, Models
from vaeflow.serving.served_folder import ServedModel, served_models
from vaeflow.serving.version import State, Version

_log = logging.getLogger(__name__)
Files = tuple[tuple[str, int, int], ...]


class Watcher:
    """Keeps `models` like the folder.

    A new version is loaded and warmed up while the old one answers, and the old one is closed after its last request.
    A version that cannot be loaded is tried again when its files change.
    """

    def __init__(self, folder: Path, models: Models, limits: Limits, threads: Executor) -> None:
        self._folder = folder
        self._models = models
        self._limits = limits
        self._threads = threads
        self._failed: dict[Path, Files] = {}
        self._unloading: set[asyncio.Task[None]] = set()
        self._problems: set[str] = set()

    async def run(self, seconds: float) -> None:
        """Look for changes again and again, with a pause of this length."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.update()
            except InputError as error:
                self._warn({str(error)})

    async def update(self) -> None:
        """Load and unload what has changed. Raises `InputError` if it cannot be known which models there are.

        A model of which the folder cannot be read stays as it is, and does not keep the others from changing.
        """
        found = await asyncio.to_thread(served_models, self._folder)
        problems = set()
        for name, served in found.items():
            try:
                await self._update(self._models.by_name.setdefault(name, Model(name)), served)
            except (InputError, OSError) as error:
                problems.add(f"{name}: {error}")
        self._warn(problems)
        for name in self._models.by_name.keys() - found.keys():
            for version in self._models.by_name.pop(name).available.values():
                self._unload(name, version)

    async def close(self) -> None:
        """Unload everything, after the last requests."""
        for model in self._models.by_name.values():
            for version in model.available.values():
                self._unload(model.name, version)
        await asyncio.gather(*self._unloading)

    def _warn(self, problems: set[str]) -> None:
        """Tell each problem once, not every second."""
        for problem in sorted(problems - self._problems):
            _log.warning("%s", problem)
        self._problems = problems

    async def _update(self, model: Model, served: ServedModel) -> None:
        chosen = await asyncio.to_thread(served.chosen)
        for number, folder in chosen.items():
            if number not in model.available and await self._changed(folder):
                await self._load(model, number, folder)
        model.labels = {
            label: number for label, number in served.config.version_labels.items() if number in model.available
        }
        if chosen and not chosen.keys() & model.available.keys():
            return  # nothing could take over
        for number, version in model.available.items():
            if number not in chosen:
                self._unload(model.name, version)

    async def _changed(self, folder: Path) -> bool:
        """Whether the version has not failed to load yet, or has other files since."""
        return folder not in self._failed or self._failed[folder] != await asyncio.to_thread(_files, folder)

    async def _load(self, model: Model, number: int, folder: Path) -> None:
        started, files = time.perf_counter(), await asyncio.to_thread(_files, folder)
        version = model.versions[number] = Version(number, folder, self._limits, self._threads)
        try:
            await version.load()
        except Exception as error:
            self._failed[folder] = files
            _log.error("%s version %d cannot be loaded: %s", model.name, number, str(error).partition("\n")[0])
            return
        self._failed.pop(folder, None)
        _log.info("%s version %d is served after %.1f s", model.name, number, time.perf_counter() - started)

    def _unload(self, name: str, version: Version) -> None:
        version.state = State.UNLOADING
        _log.info("%s version %d is no longer served", name, version.number)
        task = asyncio.create_task(version.unload())
        self._unloading.add(task)
        task.add_done_callback(self._unloading.discard)


def _files(folder: Path) -> Files:
    """What shows whether files have changed: their sizes and times."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((str(path), status.st_size, status.st_mtime_ns) for path, status in found)
