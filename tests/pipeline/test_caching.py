"""What is made again and what is not, for real: the command line on a copy of the package, which is edited."""

import json

import pytest

from vaeflow.pipeline.execution import Context
from vaeflow.pipeline.plan import PLAN
from vaeflow.pipeline.recipes import load

STEPS = [step.name for step in PLAN]


def steps_of(command, run="latest"):
    """The steps of a run, as `show` tells them."""
    return {step["step"]: step for step in json.loads(command("show", run, "--json").stdout)["steps"]}


def digests(command, run="latest"):
    return {name: step["artifact"]["digest"] for name, step in steps_of(command, run).items()}


def states_after_a_run(command, *options):
    done = command("run", "small.yaml", *options)
    assert done.returncode == 0, done.stderr
    return {name: step["state"] for name, step in steps_of(command).items()}


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("models/family/vade/model.py", "class VaDE(", "EDITED = 1\n\n\nclass VaDE("),
        ("models/family/vae/model.py", '"""', '"""Edited. '),
    ],
)
def test_editing_another_family_or_a_docstring_leaves_everything_cached(package, edited_vaeflow, file, before, after):
    text = (package / file).read_text()
    assert before in text
    (package / file).write_text(text.replace(before, after, 1))
    assert states_after_a_run(edited_vaeflow) == dict.fromkeys(STEPS, "cached")
    (package / file).write_text(text)


def test_editing_the_family_makes_the_training_and_what_follows_again_with_the_same_content(package, edited_vaeflow):
    before = digests(edited_vaeflow, "small-1")
    with open(package / "models/family/vae/model.py", "a") as file:
        file.write("EDITED = 1\n")
    states = states_after_a_run(edited_vaeflow)
    assert states == {
        "ingest": "cached",
        "preprocess": "cached",
        "train": "done",
        "evaluate": "done",
        "export": "done",
    }
    assert digests(edited_vaeflow) == before


def test_a_model_that_is_trained_anew_has_the_evaluation_and_the_export_that_were_made_of_the_first(finished):
    before = digests(finished, "small-1")
    assert set(states_after_a_run(finished, "--no-cache", "--until", "train").values()) == {"done"}
    assert digests(finished) == {step: before[step] for step in ("ingest", "preprocess", "train")}

    _, _, _, evaluate, export = PLAN
    context = Context(finished.folder / "runs", load(str(finished.folder / "small.yaml")).config)
    made = {step.step: step for step in context.store.executions(json.loads(finished("show", "latest", "--json").stdout)["run"])}
