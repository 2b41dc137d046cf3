"""The output of a command: unfinished parts beside it, then one file, or a folder of parts if it is large."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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
        """Raises `InputError` if the format is unknown, or if there is something at the path."""
        self.path = path
        self._format = format_of(path)
        self._unfinished = path.with_name(f".{path.name}.unfinished")
        if os.path.lexists(path):
            raise InputError(f"-o {path}: exists already; remove it, or choose another name.")

    @property
    def parts(self) -> Path:
        """The folder of the parts."""
        return self._unfinished / _PARTS

    @property
    def quarantine(self) -> Path:
        """The list of images that cannot be read."""
        return self.path.with_name(f"{self.path.stem}.quarantine.jsonl")

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
            raise InputError(f"-o {self.path}: cannot be written: {error.strerror or error}.") from None
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
