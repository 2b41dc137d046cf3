"""The cluster, and the local run that runs on it are compared with."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.engines import classpath, flink

# A small run: what is compared are bytes, which do not depend on how well the model is trained.
SETTINGS = ("train.epochs=2", "train.deterministic=true", "evaluate.sample=500", "evaluate.require={}")
COMMAND_SECONDS = 400


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("engines")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory) -> Iterator[flink.Cluster]:
    try:
        class_path = classpath.class_path()
    except classpath.UnavailableError as error:
        # A registry that is down is no fault of a commit.
        unavailable = pytest.skip if os.environ.get("CI") else pytest.fail
        unavailable(f"No Flink: {error}")
    # So that the cluster is stopped even then.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with flink.running(class_path, tmp_path_factory.mktemp("flink")) as started:
        yield started


def command(root: Path, changes: Sequence[str] = (), beam_args: Sequence[str] = (), until: str = "evaluate"):
    """`vaeflow run mnist5k` as arguments of a process."""
    sets = [part for change in (*SETTINGS, *changes) for part in ("--set", change)]
    options = [f"--beam-arg={argument}" for argument in beam_args]
    return [sys.executable, "-m", "vaeflow", "run", "mnist5k", "--root", root, *sets, "--until", until, *options]


@pytest.fixture(scope="session")
def run():
    """`run(root, changes, beam_args, until)` runs the recipe to its end."""

    def run(*args, **options) -> subprocess.CompletedProcess:
        return subprocess.run(command(*args, **options), capture_output=True, text=True, timeout=COMMAND_SECONDS)

    return run


@pytest.fixture(scope="session")
def begin():
    """`begin(root, changes, beam_args, until)` starts a run and returns the process."""

    def begin(*args, **options) -> subprocess.Popen:
        return subprocess.Popen(command(*args, **options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    return begin


@pytest.fixture(scope="session")
def local_root(run, tmp_path_factory) -> Path:
    """The root of a run in one process."""
    root = tmp_path_factory.mktemp("local")
    done = run(root)
    assert done.returncode == 0, done.stderr
    return root
