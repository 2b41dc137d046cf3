"""The toy plan, in this process and in its own process, and the command line."""

import contextlib
import importlib.util
import io
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

import vaeflow as installed
from vaeflow.pipeline.cli import main

HERE = Path(__file__).parent


def load(name):
    """Load a module of this folder and make it importable by name, since Beam pickles its functions by reference."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def toy():
    """The module of the toy plan."""
    load("toy_steps")
    return load("toy_pipeline")


@pytest.fixture
def start_toy_run():
    """Start the toy plan in its own process, which is killed when the test ends: (root, trouble, seconds) → Popen."""
    started = []

    def start(root, trouble="", seconds=0.0):
        command = [sys.executable, str(HERE / "toy_pipeline.py"), str(root), trouble, str(seconds)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def evaluations(tmp_path):
    """Runs with evaluations that are written by hand, in the root `runs` of the test's folder."""
    from tests.pipeline.evaluations import Evaluations  # imports pyarrow

    return Evaluations(tmp_path / "runs")


RECIPE = """
description: Small enough for a test.
ingest: {source: digits}
preprocess: {image_size: 8, binarise: dynamic}
train: {model: {latent_dim: 2, network: {hidden: [16]}}, epochs: 1, deterministic: true}
features: {epochs: 1}
evaluate: {importance_samples: 2, clustering_seeds: 2}
"""


class CommandLine:
    """The `vaeflow` command in its own process, run in `folder`, from a copy of the package if one is given."""

    def __init__(self, folder, package=None):
        self.folder = folder
        self.environment = {**os.environ, **({"PYTHONPATH": str(package.parent)} if package else {})}

    def started(self, *arguments):
        """The process, which is running."""
        command = [sys.executable, "-m", "vaeflow", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, **pipes)

    def __call__(self, *arguments):
        process = self.started(*arguments)
        printed = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, *printed)

    def refusal(self, *arguments):
        """The same in this process, for input that is refused: importing TensorFlow again would take longest."""
        arguments = ["vaeflow", *map(str, arguments)]
        with contextlib.chdir(self.folder), pytest.MonkeyPatch.context() as changed, contextlib.ExitStack() as printed:
            changed.setattr(sys, "argv", arguments)
            stdout = printed.enter_context(contextlib.redirect_stdout(io.StringIO()))
            stderr = printed.enter_context(contextlib.redirect_stderr(io.StringIO()))
            with pytest.raises(SystemExit) as ended:
                main()
        return subprocess.CompletedProcess(arguments, ended.value.code, stdout.getvalue(), stderr.getvalue())


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A copy of the installed package that tests can edit."""
    copy = tmp_path_factory.mktemp("source") / "vaeflow"
    shutil.copytree(Path(installed.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def vaeflow(tmp_path):
    """The command line in an empty folder."""
    return CommandLine(tmp_path)


@pytest.fixture
def edited_vaeflow(finished, package, tmp_path):
    """The command line of the `package` copy, in a copy of the folder of `finished`."""
    shutil.copytree(finished.folder / "runs", tmp_path / "runs")
    shutil.copyfile(finished.folder / "small.yaml", tmp_path / "small.yaml")
    return CommandLine(tmp_path, package)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, worker_id):
    """The command line in a folder where `vaeflow run small.yaml` has finished; `printed` is the finished process.

    The first worker that needs the run makes it, and each module of tests uses a copy.
    """
    base = tmp_path_factory.getbasetemp()
    original = (base if worker_id == "master" else base.parent) / "finished_by_the_first_worker"
    with FileLock(f"{original}.lock"):
        if not original.exists():
            original.mkdir()
            (original / "small.yaml").write_text(RECIPE)
            (original / "printed.pickle").write_bytes(pickle.dumps(CommandLine(original)("run", "small.yaml")))
    folder = shutil.copytree(original, tmp_path_factory.mktemp("finished") / "copy")
    command = CommandLine(folder)
    command.printed = pickle.loads((folder / "printed.pickle").read_bytes())
    return command
