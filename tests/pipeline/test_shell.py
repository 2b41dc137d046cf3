"""Commands and paths, as users copy them into a shell."""

import shlex

import pytest

from vaeflow.pipeline.commands.shell import argument


@pytest.mark.parametrize("name", ["runs", "my runs", "it's", "a\nb", "ü$HOME"])
def test_a_path_is_one_word_of_a_command(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    word = argument(tmp_path / name)
    assert word.isprintable()
    assert word.startswith("$'") or shlex.split(word) == [name]
