"""Cache keys: what changes them and what does not."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import vaeflow
from vaeflow.components.artifacts import Artifact, Model
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.fingerprint import cache_key, content_digest
from vaeflow.pipeline.imports import code_files
from vaeflow.pipeline.plan import PLAN

CODE_DIGESTS = """
import json
from vaeflow.pipeline.fingerprint import code_digest
from vaeflow.pipeline.plan import PLAN
print(json.dumps({step.name: code_digest(step.run) for step in PLAN}))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A copy of the installed package, to be edited."""
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(Path(vaeflow.__file__).parent, source / "vaeflow", ignore=shutil.ignore_patterns("__pycache__"))
    return source / "vaeflow"


def code_digests(package):
    command = [sys.executable, "-c", CODE_DIGESTS]
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)


@pytest.mark.parametrize(
    ("file", "edit", "changed"),
    [
        ("models/family/vae/model.py", "EDITED = 1\n", {"train", "evaluate", "export"}),
        ("components/training/fit.py", "EDITED = 1\n", {"train"}),
        ("components/serving/signatures.py", "EDITED = 1\n", {"export"}),
        ("components/sources/folder.py", "EDITED = 1\n", {"ingest"}),
        ("pipeline/store.py", "EDITED = 1\n", set()),
        ("__init__.py", "__version__ = '99'\n", set()),
        ("models/family/vae/model.py", "# a comment\n\n\n", set()),
    ],
)
def test_an_edit_changes_the_code_of_the_steps_that_import_it(package, file, edit, changed):
    before = code_digests(package)
    text = (package / file).read_text()
    (package / file).write_text(text + edit)
    after = code_digests(package)
    (package / file).write_text(text)
    assert {step for step in before if before[step] != after[step]} == changed


def test_the_code_of_a_step_is_found_through_imports_inside_its_function():
    train = next(step for step in PLAN if step.name == "train")
    assert {"vaeflow.models.family.vae.model", "vaeflow.components.training.fit"} <= code_files(train.run).keys()


def test_templates_are_code():
    evaluate = next(step for step in PLAN if step.name == "evaluate")
    assert "evaluation/report.html" in code_files(evaluate.run)


def test_imports_for_the_type_checker_alone_are_no_code(tmp_path):
    path = tmp_path / "step.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from vaeflow.models import vae\nelse:\n    import vaeflow.models.errors\n"
        "def step(): ...\n"
    )
    scope = {"__name__": "step"}
    exec(compile(path.read_text(), path, "exec"), scope)
    assert set(code_files(scope["step"])) == {"step", "vaeflow.models", "vaeflow.models.errors"}


def test_a_key_depends_on_the_section_the_inputs_and_the_salt(toy):
    step, config = toy.PLAN[2], toy.ToyConfig()
    key = cache_key(step, config.total, ["a", "b"])
    assert key == cache_key(step, config.total, ["a", "b"])
    others = [
        cache_key(step, config.total.model_copy(update={"seconds": 1}), ["a", "b"]),
        cache_key(step, config.total, ["b", "a"]),
        cache_key(step, config.total, ["a", "b"], salt="x"),
        cache_key(toy.PLAN[1], config.total, ["a", "b"]),
    ]
    assert len({key, *others}) == 5


def test_the_key_of_ingest_follows_the_files_of_its_source(tmp_path):
    (tmp_path / "a.png").write_bytes(b"one")
    config = PipelineConfig.model_validate({"ingest": {"source": f"folder:{tmp_path}"}}).ingest
    before = cache_key(PLAN[0], config, [])
    (tmp_path / "b.png").write_bytes(b"two")
    assert cache_key(PLAN[0], config, []) != before


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("files", "same"),
    [
        ({"a": "1", "b/c": "2"}, True),
        ({"a": "1", "b/c": "3"}, False),
        ({"a": "1", "b/d": "2"}, False),
        ({"a": "1", "b/c": "2", "e": ""}, False),
        ({"a": "1", "b/c": "2", "logs/x": "time"}, True),
    ],
)
def test_content_is_the_names_and_bytes_of_files(tmp_path, files, same):
    one = write(tmp_path / "one", {"b/c": "2", "a": "1"})
    other = write(tmp_path / "other", files)
    assert (content_digest(Model(one)) == content_digest(Model(other))) is same


def test_only_a_model_leaves_out_its_logs(tmp_path):
    folder = write(tmp_path, {"logs/x": "time"})
    assert content_digest(Artifact(folder)) != content_digest(Model(folder))
