"""The Beam runner, on the toy plan."""

import shutil

import pytest

from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.beam_runner import PrunedRun
from vaeflow.pipeline.summary import find_run, summary
from vaeflow.pipeline.workspace import Workspace


def states(root, run):
    workspace = Workspace(root)
    return {step.step: step.state for step in summary(workspace, find_run(workspace, run)).steps}


def artifacts(root, run):
    workspace = Workspace(root)
    return {step.step: step.artifact for step in summary(workspace, find_run(workspace, run)).steps}


def test_each_step_gets_the_artifacts_it_needs(toy, tmp_path):
    run = toy.toy_run(tmp_path, numbers={"count": 4})

    assert run == "toy-1"
    assert states(tmp_path, run) == {"numbers": "done", "squares": "done", "total": "done"}
    total = artifacts(tmp_path, run)["total"]
    assert total.properties["total"] == 0 + 1 + 4 + 9
    assert (tmp_path / total.path / "total.txt").read_text() == "14"
    assert list((tmp_path / "staging").iterdir()) == []


def test_an_input_that_will_not_suit_a_later_step_is_refused_before_that_is_reached(toy, tmp_path):
    with pytest.raises(InputError, match=r"squares failed in run toy-1: total\.trouble: .* that numbers show"):
        toy.toy_run(tmp_path, total={"trouble": "foreseen"})
    assert states(tmp_path, "toy-1")["numbers"] == "done"
    until = toy.toy_run(tmp_path, plan=toy.PLAN[:2], total={"trouble": "foreseen"})
    assert states(tmp_path, until)["squares"] == "done"


def test_a_pruned_run_has_not_failed_and_leaves_nothing_to_go_on_from(toy, tmp_path):
    with pytest.raises(PrunedRun, match="toy-1: pruned after epoch 1"):
        toy.toy_run(tmp_path, pruned=True)
    assert states(tmp_path, "toy-1") == {"numbers": "done", "squares": "done", "total": "pruned"}
    run = find_run(Workspace(tmp_path), "toy-1")
    assert (run.state, run.error, run.damage) == ("pruned", "", "")
    assert list((tmp_path / "staging").iterdir()) == []


def test_a_second_run_finds_everything_cached(toy, tmp_path):
    first, second = toy.toy_run(tmp_path), toy.toy_run(tmp_path)

    assert set(states(tmp_path, second).values()) == {"cached"}
    assert artifacts(tmp_path, second) == artifacts(tmp_path, first)
    assert {artifact.made_by for artifact in artifacts(tmp_path, second).values()} == {first}


def test_a_changed_section_runs_its_step_and_the_steps_that_depend_on_it(toy, tmp_path):
    toy.toy_run(tmp_path)
    assert states(tmp_path, toy.toy_run(tmp_path, squares={"power": 3})) == {
        "numbers": "cached",
        "squares": "done",
        "total": "done",
    }


def test_a_step_whose_output_has_the_same_content_leaves_later_steps_cached(toy, tmp_path):
    toy.toy_run(tmp_path, numbers={"count": 2}, squares={"power": 2})
    run = toy.toy_run(tmp_path, numbers={"count": 2}, squares={"power": 3})  # 0 and 1 are their own powers
    assert states(tmp_path, run) == {"numbers": "cached", "squares": "done", "total": "cached"}


def test_without_the_cache_every_step_runs_again_and_earlier_artifacts_stay(toy, tmp_path):
    first = toy.toy_run(tmp_path)
    second = toy.toy_run(tmp_path, use_cache=False)

    assert set(states(tmp_path, second).values()) == {"done"}
    assert artifacts(tmp_path, second)["numbers"].path != artifacts(tmp_path, first)["numbers"].path
    assert set(states(tmp_path, toy.toy_run(tmp_path)).values()) == {"cached"}


def test_a_deleted_artifact_is_made_again(toy, tmp_path):
    first = toy.toy_run(tmp_path)
    shutil.rmtree(artifacts(tmp_path, first)["squares"].path)
    second = toy.toy_run(tmp_path)
    assert states(tmp_path, second) == {"numbers": "cached", "squares": "done", "total": "cached"}


def test_a_part_of_the_plan_can_be_run(toy, tmp_path):
    assert states(tmp_path, toy.toy_run(tmp_path, plan=toy.PLAN[:2])) == {"numbers": "done", "squares": "done"}
    assert states(tmp_path, toy.toy_run(tmp_path))["squares"] == "cached"


def test_beam_arguments_reach_the_steps_that_take_them_and_do_not_change_the_key(toy, tmp_path):
    first = toy.toy_run(tmp_path, beam_args=["--direct_num_workers=1", "--streaming"])
    assert artifacts(tmp_path, first)["numbers"].properties["beam_args"] == "--direct_num_workers=1 --streaming"
    assert states(tmp_path, toy.toy_run(tmp_path))["numbers"] == "cached"


def test_beam_arguments_of_the_recipe_come_before_those_of_the_command(toy, tmp_path):
    beam = {"args": ["--direct_num_workers=2"]}
    run = toy.toy_run(tmp_path, beam=beam, beam_args=["--direct_num_workers=1"])
    assert artifacts(tmp_path, run)["numbers"].properties["beam_args"] == (
        "--direct_num_workers=2 --direct_num_workers=1"  # Beam takes the last
    )


@pytest.mark.parametrize("argument", ["--runner=DaskRunner", "--x=y"])
def test_a_beam_argument_of_a_recipe_is_refused_before_anything_is_written(toy, tmp_path, argument):
    with pytest.raises(InputError, match=rf"Beam option {argument}: "):
        toy.toy_run(tmp_path / "root", beam={"args": [argument]})
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("argument", ["--runner=DaskRunner", "--x=y"])
def test_a_beam_argument_is_refused_before_anything_is_written(toy, tmp_path, argument):
    with pytest.raises(InputError, match=rf"Beam option {argument}: "):
        toy.toy_run(tmp_path / "root", beam_args=[argument])
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize(
    ("trouble", "error", "message"),
    [
        ("bug", RunError, "KeyError: 'a bug"),
        ("run", RunError, "the loss became NaN"),
        ("disk", RunError, "no space left on the disk"),
        ("input", InputError, "total.trouble: expected none, got some"),
    ],
)
def test_a_failure_names_the_step_the_run_the_log_and_what_to_do_next(toy, tmp_path, trouble, error, message):
    with pytest.raises(error) as raised:
        toy.toy_run(tmp_path, total={"trouble": trouble})

    what, log, advice = str(raised.value).splitlines()
    assert what.startswith(f"total failed in run toy-1: {message}")
    assert log == f"Log: {tmp_path}/logs/toy-1.log"
    expected = "correct what the message names" if error is InputError else "run the same command again"
    assert advice.startswith(f"Next: {expected}")
    assert "Traceback" in (tmp_path / "logs" / "toy-1.log").read_text()
    assert states(tmp_path, "toy-1") == {"numbers": "done", "squares": "done", "total": "failed"}
    assert not [folder for folder in (tmp_path / "artifacts").iterdir() if folder.name.startswith("total")]


def test_after_a_failure_the_same_command_resumes(toy, tmp_path):
    with pytest.raises(RunError):
        toy.toy_run(tmp_path, total={"trouble": "run"})
    second = toy.toy_run(tmp_path, total={"trouble": "run"})
    assert states(tmp_path, second) == {"numbers": "cached", "squares": "cached", "total": "done"}
    assert artifacts(tmp_path, second)["total"].properties["resumed"]


def test_a_failed_step_that_cannot_resume_leaves_nothing_behind(toy, tmp_path):
    plan = (*toy.PLAN[:2], toy.Step(toy.total, needs=(toy.numbers, toy.squares), resumes=False))
    for _ in range(2):
        with pytest.raises(RunError):
            toy.toy_run(tmp_path, plan=plan, total={"trouble": "run"})
        assert list((tmp_path / "staging").iterdir()) == []


def test_a_step_resumes_from_an_artifact_that_was_published_but_not_recorded(toy, tmp_path):
    with pytest.raises(RunError):
        toy.toy_run(tmp_path, total={"trouble": "run"})
    (staging,) = (tmp_path / "staging").iterdir()
    staging.rename(tmp_path / "artifacts" / staging.name)

    second = toy.toy_run(tmp_path, total={"trouble": "run"})
    assert artifacts(tmp_path, second)["total"].properties["resumed"]


def test_a_root_can_be_moved(toy, tmp_path):
    toy.toy_run(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    assert set(states(tmp_path / "there", toy.toy_run(tmp_path / "there")).values()) == {"cached"}


def test_runs_are_numbered_by_recipe(toy, tmp_path):
    assert [toy.toy_run(tmp_path, name=name) for name in ("a", "b", "a")] == ["a-1", "b-1", "a-2"]


@pytest.mark.parametrize("root", ["file/below", "file", "/proc/nothing"])
def test_a_root_that_cannot_be_written_is_reported(toy, tmp_path, root):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"--root .* cannot be written: |expected a folder, got a file"):
        toy.toy_run(tmp_path / root)


def test_a_store_that_is_not_a_database_is_reported(toy, tmp_path):
    (tmp_path / "metadata.sqlite").write_text("something else, long enough to be read as a header")
    with pytest.raises(InputError, match="not a database"):
        toy.toy_run(tmp_path)
