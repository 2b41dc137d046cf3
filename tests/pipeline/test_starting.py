"""Finding what a training starts from, with stored models that are not read, and starting from it on the toy plan."""

import hashlib

import pytest

from vaeflow.components.artifacts import Model
from vaeflow.models.errors import InputError
from vaeflow.pipeline.collection import collect
from vaeflow.pipeline.commands.show import show
from vaeflow.pipeline.context import prepared
from vaeflow.pipeline.entities import NO_STUDY, Membership
from vaeflow.pipeline.fingerprint import content_digest
from vaeflow.pipeline.manifest import take_manifest
from vaeflow.pipeline.plan import PLAN, starts
from vaeflow.pipeline.recipes import Recipe, load
from vaeflow.pipeline.starting import find_start
from vaeflow.pipeline.studies import members
from vaeflow.pipeline.summary import find_run, summary
from vaeflow.pipeline.workspace import Workspace

(TRAIN,) = (step for step in PLAN if step.name == "train")


def trained(root, content=b"weights", state="done", membership=NO_STUDY, recipe="base"):
    """A run with a stored model; returns its id and the file."""
    workspace = Workspace(root)
    workspace.prepare()
    run = workspace.store.begin_run(recipe, "{}", lambda run: None, membership)
    key = hashlib.sha256(run.encode()).hexdigest()
    (workspace.open_staging("train", key, resumes=False) / "model.keras").write_bytes(content)
    folder = workspace.publish("train", key)
    files = take_manifest(folder)
    execution = workspace.store.begin_execution(run, "train", key, ())
    workspace.store.finish_made(execution, key, Model(folder), content_digest(Model, files), files)
    workspace.store.finish_run(run, state)
    return run, folder / "model.keras"


def config_from(start):
    return load("mnist5k", [f"train.start_from={start}"]).config


def key_from(start, root):
    return prepared([TRAIN], config_from(start), root).key(TRAIN, ())


def test_a_run_is_found_by_its_id_and_a_model_by_its_path(tmp_path):
    run, file = trained(tmp_path / "runs")
    _, copy = trained(tmp_path / "others")
    by_id = find_start(run, tmp_path / "runs")
    assert (by_id.name, by_id.file, by_id.stored.artifact.path) == (run, file, file.parent)
    for path in (copy, copy.parent):
        by_path = find_start(str(path), tmp_path / "runs")
        assert (by_path.name, by_path.file, by_path.stored) == (str(copy), copy, None)
        assert by_path.digest == by_id.digest


def test_latest_is_the_newest_finished_run_with_a_model_outside_of_studies(tmp_path):
    """So a run that was interrupted, and a study, start from the same model when they are run again."""
    older, _ = trained(tmp_path)
    newer, _ = trained(tmp_path)
    trained(tmp_path, state="interrupted")
    trained(tmp_path, membership=Membership("study", "variant", 0), recipe="study.variant")
    store = Workspace(tmp_path).store
    store.finish_run(store.begin_run("ingested", "{}", lambda run: None), "done")
    assert find_start("latest", tmp_path).name == newer != older


def test_the_content_of_the_model_is_part_of_the_key_and_its_name_is_not(tmp_path):
    run, _ = trained(tmp_path / "runs")
    before = key_from("latest", tmp_path / "runs")
    _, copy = trained(tmp_path / "others")
    assert key_from(run, tmp_path / "runs") == key_from(copy, tmp_path / "runs") == before
    trained(tmp_path / "runs", content=b"other weights")
    assert key_from("latest", tmp_path / "runs") != before
    assert prepared([TRAIN], load("mnist5k").config, tmp_path).key(TRAIN, ()) != before


def test_the_configuration_of_a_run_has_the_id_of_the_run_that_it_starts_from(tmp_path):
    run, _ = trained(tmp_path)
    assert prepared([TRAIN], config_from("latest"), tmp_path).config.train.start_from == run


def _gone(root):
    run, file = trained(root)
    file.unlink()
    file.parent.rmdir()
    return run


def _damaged(root):
    run, file = trained(root)
    file.write_bytes(b"WEIGHTS")
    return run


def _failed(root):
    trained(root)
    store = Workspace(root).store
    store.finish_run(failed := store.begin_run("base", "{}", lambda run: None), "failed")
    return failed


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (lambda root: "base-1", r"base-1: there are no runs in "),
        (lambda root: "latest", r"latest: no finished run in \S+, outside of studies, has a model\.keras"),
        (lambda root: trained(root)[0][:-1] + "7", r"base-7: no such run in \S+ Did you mean 'base-1'\?"),
        (lambda root: root / "no.keras", r"\S+no\.keras: there is no such file"),
        (lambda root: "s3://bucket/model.keras", r"expected a local path, got a URL"),
        (_gone, r"base-1: expected the trained model at \S+, but it was removed"),
        (_damaged, r"base-1: the trained model is damaged: \S+: model\.keras has the expected size"),
        (_failed, r"base-2: the run has not trained a model; its state is 'failed'"),
    ],
    ids=["no runs", "no latest", "unknown", "no file", "url", "gone", "damaged", "failed"],
)
def test_what_is_not_found_is_an_error_in_one_line_with_the_field(tmp_path, start, message):
    config = config_from(start(tmp_path))
    with pytest.raises(InputError, match=rf"^train\.start_from: {message}") as raised:
        starts(PLAN, config, tmp_path)
    assert "\n" not in str(raised.value)
    assert starts(PLAN[:2], config, tmp_path) == {}
    member = Recipe("study.a.seed=0", config, Membership("study", "a", 0))
    with pytest.raises(InputError, match=rf"^a, seed 0: train\.start_from: {message}"):
        members.check(member, tmp_path)


# ---------------------------------------------------------------- on the toy plan


def steps(root, run):
    workspace = Workspace(root)
    return {step.step: step for step in summary(workspace, find_run(workspace, run)).steps}


def test_a_step_gets_what_it_starts_from_which_is_recorded_as_an_input(toy, tmp_path):
    base = toy.toy_run(tmp_path)
    run = toy.toy_run(tmp_path, name="tuned", total={"start_from": "latest"})
    first, second = (steps(tmp_path, name)["total"] for name in (base, run))
    assert second.artifact.properties["total"] == 2 * first.artifact.properties["total"]
    assert second.artifact.inputs[-1] == first.artifact.path
    again = toy.toy_run(tmp_path, name="tuned", total={"start_from": base})
    assert (steps(tmp_path, again)["total"].cached, find_run(Workspace(tmp_path), again).config) == (
        True,
        find_run(Workspace(tmp_path), run).config,
    )
    assert steps(tmp_path, again)["total"].artifact.inputs[-1] == first.artifact.path


def test_the_artifact_that_a_kept_run_started_from_is_kept(toy, tmp_path):
    base = toy.toy_run(tmp_path)
    tuned = toy.toy_run(tmp_path, name="tuned", total={"start_from": base})
    toy.toy_run(tmp_path, numbers={"count": 4})
    collect(Workspace(tmp_path), toy.PLAN, keep=1)
    assert not steps(tmp_path, base)["total"].artifact.removed
    again = toy.toy_run(tmp_path, name="tuned", total={"start_from": base})
    assert {step.state for step in steps(tmp_path, again).values()} == {"cached"}
    toy.toy_run(tmp_path, name="tuned", numbers={"count": 5})
    collect(Workspace(tmp_path), toy.PLAN, keep=1)
    assert steps(tmp_path, base)["total"].artifact.removed
    assert steps(tmp_path, tuned)["total"].artifact.removed


def test_show_names_the_run_that_the_model_started_from(tmp_path, capsys):
    workspace = Workspace(tmp_path)
    run, _ = trained(tmp_path)
    config = config_from(run).model_dump_json()
    tuned = workspace.store.begin_run("tuned", config, lambda run: None)
    stored = find_start(run, tmp_path).stored
    key = stored.key
    assert workspace.store.reuse(tuned, "train", key, Model, (stored,)) is not None
    show(tuned, root=tmp_path)
    assert f"starts from  {run}" in capsys.readouterr().out
