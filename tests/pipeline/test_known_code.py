"""What is known of files of code from earlier processes is what parsing them says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import vaeflow.pipeline
from vaeflow.pipeline import known_code as module
from vaeflow.pipeline.known_code import KnownCode
from vaeflow.pipeline.source_code import SourceCode, parse

FILES = sorted(Path(vaeflow.pipeline.__file__).parent.glob("*.py"))
PRINT_FILE = "from vaeflow.pipeline.known_code import known_code; print(known_code().file)"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache" / "code.json"


def kept(file):
    code = KnownCode(file)
    for path in FILES:
        code.read(path)
    code.keep()


def test_it_is_read_back_as_it_was_parsed(file):
    kept(file)
    later = KnownCode(file)
    assert len(later.known) == len({path.read_bytes() for path in FILES})
    assert [later.read(path) for path in FILES] == [parse(path.read_bytes()) for path in FILES]
    assert list(file.parent.iterdir()) == [file]


def test_known_content_is_not_parsed_again_wherever_it_is_and_an_edit_is(file, tmp_path):
    kept(file)
    records = json.loads(file.read_text())
    file.write_text(json.dumps({digest: ["known", []] for digest in records}))
    later, copy = KnownCode(file), tmp_path / "copy.py"
    copy.write_bytes(FILES[0].read_bytes())
    assert later.read(copy) == SourceCode("known", ())
    copy.write_text("import json")
    assert later.read(copy) == parse(b"import json")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}', '{"a": ["digest", [[1]]]}', "\0"])
def test_a_damaged_file_is_replaced(file, content):
    file.parent.mkdir()
    file.write_text(content)
    kept(file)
    assert KnownCode(file).read(FILES[0]) == parse(FILES[0].read_bytes())
    assert len(json.loads(file.read_text())) > 1


def test_it_does_not_grow_without_end(file, monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    kept(file)
    assert KnownCode(file).known == {}


def test_a_folder_that_cannot_be_made_does_not_matter(file):
    file.parent.write_text("a file in its place")
    kept(file)
    assert file.parent.read_text() == "a file in its place"


def test_a_folder_in_its_place_stays_and_nothing_is_left_beside_it(file):
    file.mkdir(parents=True)
    kept(file)
    assert list(file.parent.iterdir()) == [file]


def test_it_is_in_the_folder_for_caches_if_there_is_one(tmp_path):
    for settings, expected in (
        ({"XDG_CACHE_HOME": str(tmp_path)}, str(tmp_path / "vaeflow" / "code-")),
        ({"XDG_CACHE_HOME": "relative"}, "None"),
        ({"XDG_CACHE_HOME": "", "HOME": str(tmp_path)}, str(tmp_path / ".cache" / "vaeflow" / "code-")),
        ({"XDG_CACHE_HOME": "", "HOME": str(tmp_path / "nobody")}, "None"),
    ):
        environment = {**os.environ, **settings}
        done = subprocess.run([sys.executable, "-c", PRINT_FILE], env=environment, capture_output=True, text=True)
        assert done.stdout.startswith(expected)
    assert list(tmp_path.iterdir()) == []
