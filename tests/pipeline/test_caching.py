"""Which steps run again after an edit of the code: the command line on a copy of the package.

The quick suite compares the digests of the code (`test_fingerprint.py`).
"""

import json
from contextlib import contextmanager

import pytest

from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.fingerprint import cache_key
from vaeflow.pipeline.plan import PLAN, select
from vaeflow.pipeline.recipes import load
from vaeflow.pipeline.workspace import Workspace

pytestmark = pytest.mark.full

STEPS = [step.name for step in select(PLAN, PipelineConfig())]


@contextmanager
def edited(file, before, after):
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
    try:
        yield
    finally:
        file.write_text(text)


def run(command, *options):
    done = command("run", "small.yaml", *options)
    assert done.returncode == 0, done.stderr
    return steps_of(command, "latest")


def steps_of(command, run):
    return {step["step"]: step for step in json.loads(command("show", run, "--json").stdout)["steps"]}


def states(steps):
    return {name: step["state"] for name, step in steps.items()}


def digests(steps):
    return {name: step["artifact"]["digest"] for name, step in steps.items()}


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("models/family/vade/model.py", "@keras", "EDITED = 1\n\n\n@keras"),
        ("models/family/vae/model.py", '"""', '"""Edited. '),
    ],
)
def test_editing_another_family_or_a_docstring_leaves_everything_cached(package, edited_vaeflow, file, before, after):
    with edited(package / file, before, after):
        assert states(run(edited_vaeflow)) == dict.fromkeys(STEPS, "cached")


def test_editing_the_family_runs_its_steps_again_and_deterministic_training_gives_the_same_digests(
    package, edited_vaeflow
):
    with edited(package / "models/family/vae/model.py", "@keras", "EDITED = 1\n\n\n@keras"):
        steps = run(edited_vaeflow, "--until", "train")
    assert states(steps) == {"ingest": "cached", "preprocess": "cached", "train": "done"}
    before = digests(steps_of(edited_vaeflow, "small-1"))
    assert digests(steps) == {step: before[step] for step in steps}


def test_a_deterministic_run_without_the_cache_gives_the_same_digests(edited_vaeflow):
    steps = run(edited_vaeflow, "--no-cache")
    assert states(steps) == dict.fromkeys(STEPS, "done")
    assert digests(steps) == digests(steps_of(edited_vaeflow, "small-1"))


def test_the_evaluation_of_a_deterministic_model_is_found_after_the_model_is_trained_again(edited_vaeflow):
    before = digests(steps_of(edited_vaeflow, "small-1"))
    again = digests(run(edited_vaeflow, "--no-cache", "--until", "train"))
    assert again == {step: before[step] for step in ("ingest", "preprocess", "train")}

    (evaluate,) = (step for step in PLAN if step.name == "evaluate")
    config = load(str(edited_vaeflow.folder / "small.yaml")).config
    key = cache_key(evaluate, config, [(before | again)[step.__name__] for step in evaluate.needs])
    found = Workspace(edited_vaeflow.folder / "runs").store.find(key, evaluate.makes)
    assert found is not None
    assert found.digest == before["evaluate"]
