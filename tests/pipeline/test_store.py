"""The metadata store."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from vaeflow.components.artifacts import Dataset, Examples
from vaeflow.pipeline.entities import NO_STUDY, Membership
from vaeflow.pipeline.manifest import take_manifest
from vaeflow.pipeline.store import Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "metadata.sqlite")
    store.create()
    return store


def begin(store, recipe="a"):
    return store.begin_run(recipe, "{}", announce=lambda run: None)


def make(store, run, step, key, folder, inputs=()):
    folder.mkdir(parents=True)
    execution = store.begin_execution(run, step, key, inputs)
    return store.finish_made(execution, key, Dataset(folder, {"n": 1}), "digest", take_manifest(folder))


def made_by(store, execution, role):
    return [(row.folder, row.made_by) for row in store.artifacts(execution.id, role)]


def test_ids_of_concurrent_runs_are_unique(store):
    with ThreadPoolExecutor(8) as threads:
        runs = list(threads.map(lambda _: begin(store), range(24)))
    assert sorted(runs) == sorted(f"a-{n}" for n in range(1, 25))


def test_a_run_is_announced_before_others_can_see_it(store):
    seen = []
    store.begin_run("a", "{}", announce=lambda run: seen.append((run, store.runs())))
    assert seen == [("a-1", [])]


def test_an_artifact_is_found_by_its_key_and_only_as_its_own_kind(store, tmp_path):
    made = make(store, begin(store), "ingest", "key", tmp_path / "artifacts" / "folder")
    assert store.find("key", Dataset) == made
    assert store.find("key", Examples) is None
    assert store.recorded("key", Examples).record_damage == "its record is one of Dataset, expected Examples"
    assert store.find("other", Dataset) is None


def test_an_artifact_whose_folder_is_gone_is_not_found(store, tmp_path):
    make(store, begin(store), "ingest", "key", tmp_path / "artifacts" / "folder")
    (tmp_path / "artifacts" / "folder").rmdir()
    assert store.find("key", Dataset) is None


def test_lineage_leads_from_an_execution_to_its_inputs_and_the_runs_that_made_them(store, tmp_path):
    first = begin(store)
    source = make(store, first, "ingest", "k1", tmp_path / "artifacts" / "one")
    second = begin(store)
    store.finish_cached(store.begin_execution(second, "ingest", "k1", ()), source)
    make(store, second, "preprocess", "k2", tmp_path / "artifacts" / "two", [source])

    ingest, preprocess = store.executions(second)
    assert (ingest.state, preprocess.state) == ("cached", "done")
    assert [(row.folder, row.made_by) for row in store.artifacts(preprocess.id, "input")] == [("artifacts/one", first)]
    assert [(row.folder, row.made_by) for row in store.artifacts(preprocess.id, "output")] == [
        ("artifacts/two", second)
    ]
    assert [(row.kind, row.properties) for row in store.artifacts(ingest.id, "output")] == [("Dataset", {"n": 1})]


def test_running_executions_end_with_their_run(store):
    run = begin(store)
    store.begin_execution(run, "ingest", "key", ())
    store.finish_run(run, "failed", "why")
    (execution,) = store.executions(run)
    assert execution.state == "failed"
    assert [(each.state, each.error) for each in store.runs()] == [("failed", "why")]


def test_a_run_knows_of_which_study_it_is_a_member(store):
    member = Membership("study", "beta=4", 2)
    store.begin_run("a", "{}", announce=lambda run: None, membership=member)
    begin(store)
    assert {run.id: run.membership for run in store.runs()} == {"a-1": member, "a-2": NO_STUDY}
