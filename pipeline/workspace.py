"""The folder that holds everything of a user's runs: where each thing lies, and how a result gets there whole."""

import logging
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from vaeflow.pipeline.store import Store

log = logging.getLogger(__name__)

FOLDERS = ("artifacts", "staging", "trash", "locks", "logs")


class Workspace:
    """The places under one root. Nothing is written until `prepare`."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def prepare(self) -> None:
        """Make the folders and the metadata store, as far as they are not there."""
        for folder in FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        with self._lock("metadata"):
            self.store.create()

    @property
    def store(self) -> Store:
        """The metadata of the runs in this root."""
        return Store(self.root / "metadata.sqlite")

    def log(self, run: str) -> Path:
        """The log file of a run."""
        return self.root / "logs" / f"{run}.log"

    def published(self, step: str, key: str) -> Path:
        """Where the finished artifact of a step lies."""
        return self.root / "artifacts" / folder_name(step, key)

    def staging(self, step: str, key: str) -> Path:
        """Where a step writes. The same key gives the same folder, so that a killed execution can be taken up again."""
        return self.root / "staging" / folder_name(step, key)

    def run_lock(self, run: str) -> FileLock:
        """Held by a run as long as it lives: the operating system drops it when the process dies, however it dies."""
        return self._lock(f"run-{run}")

    def collector_lock(self) -> FileLock:
        """Held by whoever removes garbage: two would remove the same."""
        return self._lock("collection")

    def _lock(self, name: str) -> FileLock:
        return FileLock(self.root / "locks" / f"{name}.lock", thread_local=False)

    @contextmanager
    def sole_maker(self, step: str, key: str) -> Iterator[None]:
        """Hold the right to make an artifact, for which another run may have to be waited."""
        lock = self._lock(folder_name(step, key))
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
        """The folder for a step to write: empty, or as a killed execution left it if the step resumes."""
        staging, published = self.staging(step, key), self.published(step, key)
        if published.exists():  # by an execution that was killed before it could record that
            shutil.rmtree(staging, ignore_errors=True)
            published.rename(staging)
        if not resumes:
            shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(exist_ok=True)
        return staging

    def give_up_staging(self, step: str, key: str, *, resumes: bool) -> None:
        """After a failure: free the disk, unless the step can go on from what it wrote."""
        if not resumes:
            shutil.rmtree(self.staging(step, key), ignore_errors=True)

    def publish(self, step: str, key: str) -> Path:
        """Move the staged artifact, now complete, to its place: in one rename, so that it is never there by half."""
        return self.staging(step, key).rename(self.published(step, key))

    def folders(self, place: str) -> list[Path]:
        """The folders that lie in one of `FOLDERS`."""
        return sorted(path for path in (self.root / place).glob("*") if path.is_dir())

    def throw_away(self, folder: Path) -> Path:
        """Move a folder that no run is using to the trash, in one rename; its lock goes too."""
        (self.root / "locks" / f"{folder.name}.lock").unlink(missing_ok=True)
        return folder.rename(self.root / "trash" / f"{folder.name}-{uuid.uuid4().hex}")


def folder_name(step: str, key: str) -> str:
    """What the folders and the lock of one artifact are called."""
    return f"{step}-{key[:12]}"
