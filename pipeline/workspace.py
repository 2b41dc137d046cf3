"""The root folder of a user's runs: its layout, its locks, and how artifacts are published atomically."""

import logging
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from vaeflow.components.removal import is_real_folder, remove
from vaeflow.pipeline.store import Store

log = logging.getLogger(__name__)

FOLDERS = ("artifacts", "staging", "trash", "damaged", "locks", "logs")


class Workspace:
    """The folders under a root. Nothing is written before `prepare`."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def prepare(self) -> None:
        """Create the folders and the metadata store where they are missing; migrate an older store.

        Raises `InputError`, and creates nothing, if there is a file in the place of the store that is no store.
        """
        self.store.check()
        for folder in FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        with self._lock("metadata"):
            self.store.create()

    @property
    def store(self) -> Store:
        """The metadata store of the root."""
        return Store(self.root / "metadata.sqlite")

    def log(self, run: str) -> Path:
        """The log file of a run."""
        return self.root / "logs" / f"{run}.log"

    def published(self, step: str, key: str) -> Path:
        """The folder of a step's finished artifact."""
        return self.root / "artifacts" / folder_name(step, key)

    def staging(self, step: str, key: str) -> Path:
        """The folder that a step writes to. It depends on the key alone, so that a killed execution can be resumed."""
        return self.root / "staging" / folder_name(step, key)

    def run_lock(self, run: str) -> FileLock:
        """The lock that a run holds while it is alive. The operating system releases it when the process ends."""
        return self._lock(f"run-{run}")

    def search_lock(self, study: str) -> FileLock:
        """The lock that a search holds while it is alive, so that no other process runs the same trials."""
        return self._lock(f"search-{study}")

    def results_lock(self, study: str) -> FileLock:
        """The lock held while the results of a study are written, so that two processes do not write them at once."""
        return self._lock(f"results-{study}")

    def collector_lock(self) -> FileLock:
        """The lock held during garbage collection, so that two collections do not remove the same folders."""
        return self._lock("collection")

    def artifact_lock(self, step: str, key: str) -> FileLock:
        """The lock held while an artifact is made or set aside."""
        return self._lock(folder_name(step, key))

    def _lock(self, name: str) -> FileLock:
        return FileLock(self.root / "locks" / f"{name}.lock", thread_local=False)

    @contextmanager
    def exclusive(self, step: str, key: str) -> Iterator[None]:
        """Hold the exclusive right to make an artifact; wait if another run is making it."""
        lock = self.artifact_lock(step, key)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            log.info("%s: another run is making the same artifact; waiting for it", step)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def open_staging(self, step: str, key: str, *, resumes: bool) -> Path:
        """Prepare the folder that a step writes to: empty, or as a killed execution left it if the step resumes."""
        staging, published = self.staging(step, key), self.published(step, key)
        for place in (published, staging):
            if os.path.lexists(place) and not is_real_folder(place):
                log.warning(
                    "%s: expected a folder at %s. Moved what is there to %s", step, place, self.set_aside(place)
                )
        if published.exists():  # by an execution that was killed before it recorded the artifact
            remove(staging)
            published.rename(staging)
        if not resumes:
            remove(staging)
        staging.mkdir(exist_ok=True)
        return staging

    def discard_staging(self, step: str, key: str, *, resumes: bool) -> None:
        """Free the disk after a failure, unless the step can resume from what it wrote."""
        if not resumes:
            shutil.rmtree(self.staging(step, key), ignore_errors=True)

    def publish(self, step: str, key: str) -> Path:
        """Move the finished artifact from staging to its final folder, in one rename: it is never visible in part."""
        return self.staging(step, key).rename(self.published(step, key))

    def entries(self, place: str) -> list[Path]:
        """What is inside `place`, which is one of `FOLDERS`: folders, unless something else was put there."""
        return sorted((self.root / place).glob("*"))

    def set_aside(self, folder: Path) -> Path:
        """Move a damaged artifact, or what is in its place, out of the way, in one rename; return its new place."""
        (self.root / "damaged").mkdir(exist_ok=True)
        return folder.rename(self.root / "damaged" / f"{folder.name}-{uuid.uuid4().hex}")

    def move_to_trash(self, folder: Path) -> Path:
        """Move a folder that no run uses to the trash, in one rename, and remove its lock."""
        (self.root / "locks" / f"{folder.name}.lock").unlink(missing_ok=True)
        return folder.rename(self.root / "trash" / f"{folder.name}-{uuid.uuid4().hex}")


def folder_name(step: str, key: str) -> str:
    """The name of an artifact's folder and of its lock."""
    return f"{step}-{key[:12]}"
