"""Check what the workers of an engine need, before any work: the folder of the runs, and the same software."""

import hashlib
import platform
import socket
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import apache_beam as beam
from apache_beam.runners.runner import PipelineState

from vaeflow import components, models
from vaeflow.components.beam_options import has_workers_elsewhere
from vaeflow.components.engine import new_pipeline
from vaeflow.components.job_failures import reason
from vaeflow.models.errors import InputError

PACKAGES = ("apache-beam", "keras", "numpy", "pillow", "tensorflow", "tensorflow-datasets", "tensorflow-probability")
"""The packages on which the bytes of artifacts depend, or the exchange of data between workers."""

PROBES = 8
START_SECONDS = 600


class Software(NamedTuple):
    """The versions of Python and of packages, and a digest of vaeflow's code."""

    python: str
    packages: dict[str, str]
    code: str


class UnfitWorkerError(Exception):
    """A worker lacks what the work needs. The message says which worker, and what."""


def check_workers(beam_args: Sequence[str], folder: Path) -> None:
    """Run a tiny job on the engine, in which workers examine themselves. Does nothing for a runner of this process.

    Raises `InputError` if the workers cannot see `folder`, have other software, or do not start.
    """
    pipeline = new_pipeline(beam_args)
    if not has_workers_elsewhere(pipeline.options):
        return
    with _probe(folder) as probe:
        _ = (
            pipeline
            | "List probes" >> beam.Create([probe] * PROBES)
            | "Spread probes" >> beam.Reshuffle()
            | "Examine workers" >> beam.Map(examine, software())
        )
        _run(pipeline)


def examine(probe: Path, expected: Software) -> None:
    """Examine the worker that calls this. Raises `UnfitWorkerError` if it is not fit for the work."""
    worker = f"a worker on {socket.gethostname()}"
    if not probe.is_file():
        raise UnfitWorkerError(f"{worker} cannot see {probe.parent}: expected a folder that all workers share.")
    found = software()
    if found.python != expected.python:
        raise UnfitWorkerError(f"{worker} has Python {found.python}, expected {expected.python}.")
    for name, wanted in expected.packages.items():
        if found.packages[name] != wanted:
            raise UnfitWorkerError(f"{worker} has {name} {found.packages[name]}, expected {wanted}.")
    if found.code != expected.code:
        raise UnfitWorkerError(f"{worker} has other code of vaeflow, expected the same version.")


@cache  # a worker may get several probes, and all of the code is read
def software() -> Software:
    """The software of this process."""
    python = ".".join(platform.python_version_tuple()[:2])
    return Software(python, {name: _version(name) for name in PACKAGES}, _code())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _code() -> str:
    """Digest of the code of the packages that workers use."""
    digest = hashlib.sha256()
    for package in (models, components):
        folder = Path(package.__path__[0]).resolve()
        for file in sorted(folder.rglob("*.py")):
            digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


@contextmanager
def _probe(folder: Path) -> Iterator[Path]:
    probe = folder / f"probe-{uuid.uuid4().hex}"
    probe.touch()
    try:
        yield probe
    finally:
        probe.unlink()


def _run(pipeline: beam.Pipeline) -> None:
    try:
        result = pipeline.run()
        result.wait_until_finish(duration=START_SECONDS * 1000)
    except RuntimeError as error:
        raise InputError(f"the workers of the engine cannot be used: {reason(str(error)) or error}") from error
    if not PipelineState.is_terminal(result.state):
        result.cancel()
        raise InputError(f"the workers of the engine did not start within {START_SECONDS} s; see their logs.")
