"""The peak memory of a command and of all processes that it starts."""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

import psutil

INTERVAL = 0.1  # seconds between two looks


class Finished(NamedTuple):
    """The output of a command, and its peak memory in bytes."""

    output: str
    peak: int


def run_watched(script: Path, *arguments: str) -> Finished:
    """Run a Python script in a new process. Memory is the proportional set size: shared pages are counted once."""
    command = [sys.executable, str(script), *arguments]
    peak = 0
    # Files, because a process waits for the reader of a full pipe.
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        while process.poll() is None:
            peak = max(peak, memory(process.pid))
            time.sleep(INTERVAL)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{errors.read()}")
        return Finished(output.read(), peak)


def memory(pid: int) -> int:
    """The bytes of memory of a process and of its descendants."""
    try:
        root = psutil.Process(pid)
        return sum(map(_own, [root, *root.children(recursive=True)]))
    except psutil.NoSuchProcess:
        return 0


def _own(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:  # it has just ended
        return 0
