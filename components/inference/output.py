"""The output of a command: unfinished parts beside it, then one file, or a folder of parts if it is large."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from vaeflow.components.complete_files import appearing
from vaeflow.components.inference.formats import WRITERS, format_of
from vaeflow.components.removal import remove
from vaeflow.models.errors import InputError

ONE_FILE_BYTES = 2**28
"""The output is one file if its parts together are at most this large, and otherwise a folder of them."""
_JOB, _PARTS = "job.json", "parts"


class Output:
    """The place `path` of the results, and the unfinished ones beside it."""

    def __init__(self, path: Path) -> None:
        """Raises `InputError` if the format is unknown."""
        self.path = path
        self._format = format_of(path)
        self._unfinished = path.with_name(f".{path.name}.unfinished")

    @contextmanager
    def reserved(self) -> Iterator[None]:
        """Keep the place from other processes until the end of the block.

        Raises `InputError` if one of them has it, if there is something at the path, or if nothing can be written.
        """
        file = self.path.with_name(f".{self.path.name}.lock")
        lock = FileLock(file)
        try:
            self.path.parent.stat()  # the lock would create the folder
            lock.acquire(timeout=0)
        except Timeout:
            raise InputError(
                f"-o {self.path}: another command is writing it; wait for its end, or choose another name."
            ) from None
        except OSError as error:
            raise self._not_written(error) from None
        try:
            if os.path.lexists(self.path):
                raise InputError(f"-o {self.path}: exists already; remove it, or choose another name.")
            yield
        finally:
            file.unlink(missing_ok=True)  # while no other process can hold it
            lock.release()

    def _not_written(self, error: OSError) -> InputError:
        return InputError(f"-o {self.path}: cannot be written: {error.strerror or error}.")

    @property
    def parts(self) -> Path:
        """The folder of the parts."""
        return self._unfinished / _PARTS

    @property
    def quarantine(self) -> Path:
        """The list of images that cannot be read, of this output alone: `codes.csv` has another one."""
        return self.path.with_name(f"{self.path.name}.quarantine.jsonl")

    def resume(self, job: Mapping[str, Any]) -> bool:
        """Prepare for a job. Returns whether there are parts of the same one, which are kept; all others are removed.

        Raises `InputError` if the folder cannot be written.
        """
        record = self._unfinished / _JOB
        try:
            if record.is_file() and record.read_text(encoding="utf-8") == json.dumps(job):
                return True
            remove(self._unfinished)
            self._unfinished.mkdir()
            self.parts.mkdir()
            record.write_text(json.dumps(job), encoding="utf-8")
        except OSError as error:
            raise self._not_written(error) from None
        return False

    def publish(self, parts: Sequence[Path], one_file_bytes: int) -> None:
        """Make the results of the finished parts, and remove these."""
        write = WRITERS[self._format]
        if sum(part.stat().st_size for part in parts) <= one_file_bytes:
            with appearing(self.path) as file:
                write(parts, file)
        else:
            folder = self._unfinished / "folder"
            remove(folder)
            folder.mkdir()
            for part in parts:
                with (folder / part.with_suffix(self._format).name).open("wb") as file:
                    write([part], file)
            folder.rename(self.path)
        shutil.rmtree(self._unfinished)
