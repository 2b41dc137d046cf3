"""Cache keys: what changes them and what does not."""

import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import import_module
from subprocess import PIPE
from typing import get_args

import pytest

from vaeflow.components.artifacts import Artifact, Model
from vaeflow.components.sources.location import Kind
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.models import registry
from vaeflow.pipeline.choices import family, source
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.fingerprint import cache_key, content_digest
from vaeflow.pipeline.imports import code_files
from vaeflow.pipeline.manifest import take_manifest
from vaeflow.pipeline.plan import PLAN

CODE_DIGESTS = """
import json, os, sys
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.fingerprint import code_digest
from vaeflow.pipeline.plan import PLAN
for sections in sys.stdin:
    if os.fork():
        os.wait()
    else:
        config = PipelineConfig.model_validate_json(sections)
        print(json.dumps({step.name: code_digest(step, config) for step in PLAN}), flush=True)
        os._exit(0)
"""
"""Prints the digests for each line of sections. Each in a fork, because a process reads a file only once."""
STEPS = {step.name: step for step in PLAN}
MODEL_STEPS = {"train", "evaluate", "export"}
FOLDER = {"source": "folder:photos"}


@pytest.fixture(scope="module")
def code_digests(package):
    """Sections as JSON → the digests of the package as it is, by step."""
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", CODE_DIGESTS], env=environment, stdin=PIPE, stdout=PIPE, text=True, bufsize=1
    ) as process:

        def digests(sections):
            process.stdin.write(f"{sections}\n")
            return json.loads(process.stdout.readline())

        yield digests
        process.stdin.close()


@pytest.fixture(scope="module")
def unedited(code_digests):
    """The digests of the unedited package, by its configuration as JSON."""
    return cache(code_digests)


@contextmanager
def edited(file, edit):
    text = file.read_text()
    file.write_text(edit(text))
    try:
        yield
    finally:
        file.write_text(text)


def code_is_added(text):
    return text + "EDITED = 1\n"


def comments_are_added(text):
    return "# a comment\n" + text.replace("\n\n", "\n\n# another\n\n")


def docstrings_are_edited(text):
    changed = re.sub(r'"""([^"]+?)"""', r'"""Edited. \1"""', text)
    assert changed.count("Edited.") > 3
    return changed


def model(name):
    return {"train": {"model": {"name": name}}}


EDITS = [
    ("models/base.py", code_is_added, {}, MODEL_STEPS),
    ("components/evaluation/report/report.html", lambda text: f"{text} ", {}, {"evaluate"}),
    ("components/sources/folder.py", code_is_added, {"ingest": FOLDER}, {"ingest"}),
]
OTHER_EDITS = [
    ("models/family/vae/model.py", code_is_added, {}, MODEL_STEPS),
    ("models/family/vae/config.py", code_is_added, {}, MODEL_STEPS),
    ("models/family/vade/model.py", code_is_added, model("vade"), MODEL_STEPS),
    ("models/family/vae/config.py", code_is_added, model("vade"), set()),
    ("models/one_layer/model.py", code_is_added, model("fine_tuned"), MODEL_STEPS),
    ("components/training/fit.py", code_is_added, {}, {"train"}),
    ("components/feature_learning/training.py", code_is_added, {}, {"features"}),
    ("components/feature_learning/network.py", code_is_added, {}, {"features", "evaluate"}),
    ("components/serving/signatures.py", code_is_added, {}, {"export"}),
    ("components/evaluation/catalogue.py", code_is_added, {}, {"evaluate"}),
    ("components/sources/npz.py", code_is_added, {"ingest": FOLDER}, set()),
    ("components/sources/npz_layout.py", code_is_added, {"ingest": {"source": "npz:x.npz"}}, {"ingest"}),
    ("components/sources/checking.py", code_is_added, {"ingest": FOLDER}, {"ingest"}),
    ("components/sources/npz.py", code_is_added, {"evaluate": {"anomalies": "npz:x.npz"}}, {"evaluate"}),
    ("components/sources/folder.py", code_is_added, {"evaluate": {"anomalies": "npz:x.npz"}}, set()),
]


@pytest.mark.parametrize(
    ("file", "edit", "sections", "changed"),
    [*EDITS, *(pytest.param(*edit, marks=pytest.mark.full) for edit in OTHER_EDITS)],
)
def test_an_edit_changes_the_code_of_the_steps_that_use_it(
    package, code_digests, unedited, file, edit, sections, changed
):
    before = unedited(json.dumps(sections))
    with edited(package / file, edit):
        after = code_digests(json.dumps(sections))
    assert {step for step in before if before[step] != after[step]} == changed


def test_edits_of_code_that_no_step_uses_and_of_comments_and_docstrings_change_nothing(package, code_digests, unedited):
    edits = [
        ("models/family/vade/model.py", code_is_added),
        ("models/family/vade/config.py", code_is_added),
        ("models/registry.py", code_is_added),
        ("pipeline/store.py", code_is_added),
        ("__init__.py", lambda text: "__version__ = '99'\n"),
        ("models/base.py", lambda text: comments_are_added(docstrings_are_edited(text))),
        ("components/training/history.py", docstrings_are_edited),
    ]
    before = unedited("{}")
    with ExitStack() as stack:
        for file, edit in edits:
            stack.enter_context(edited(package / file, edit))
        assert code_digests("{}") == before


def test_the_code_of_a_step_is_found_through_imports_inside_its_function():
    assert {"vaeflow.models.building", "vaeflow.components.training.fit"} <= code_files(train).keys()


def test_templates_are_code():
    names = code_files(STEPS["evaluate"].run)
    assert [name for name in names if name.endswith("/report.html")]


@pytest.mark.parametrize("config", registry.MODELS, ids=lambda config: config.model_fields["name"].default)
def test_the_family_that_a_model_selects_contains_its_class(config):
    chosen = PipelineConfig.model_construct(train=TrainConfig.model_construct(model=config()))
    files = code_files(train, {registry.__name__: family(chosen)})
    assert registry.model_class(config()).__module__ in files
    assert registry.__name__ not in files


@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_module_that_a_source_selects_opens_it(kind):
    where = "" if kind in ("mnist5k", "digits", "sprites") else ":x"
    module = import_module(source(PipelineConfig.model_validate({"ingest": {"source": f"{kind}{where}"}})))
    assert getattr(module, f"open_{kind}").__module__ == module.__name__


def test_imports_for_type_checkers_are_not_code(tmp_path):
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
    key = cache_key(step, config, ["a", "b"])
    assert key == cache_key(step, toy.ToyConfig(numbers={"count": 9}), ["a", "b"])
    others = [
        cache_key(step, toy.ToyConfig(total={"seconds": 1}), ["a", "b"]),
        cache_key(step, config, ["b", "a"]),
        cache_key(step, config, ["a", "b"], salt="x"),
        cache_key(toy.PLAN[1], config, ["a", "b"]),
    ]
    assert len({key, *others}) == 5


def test_the_key_of_ingest_depends_on_the_files_of_its_source(tmp_path):
    (tmp_path / "a.png").write_bytes(b"one")
    config = PipelineConfig.model_validate({"ingest": {"source": f"folder:{tmp_path}"}})
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
        ({"a": "1", "b/c": "2", "b/logs/x": "time"}, True),
    ],
)
def test_the_content_digest_depends_on_the_names_and_bytes_of_files(tmp_path, files, same):
    one = write(tmp_path / "one", {"b/c": "2", "a": "1"})
    other = write(tmp_path / "other", files)
    assert (content_digest(Model, take_manifest(one)) == content_digest(Model, take_manifest(other))) is same


def test_only_a_model_excludes_its_logs(tmp_path):
    folder = write(tmp_path, {"logs/x": "time"})
    assert content_digest(Artifact, take_manifest(folder)) != content_digest(Model, take_manifest(folder))
