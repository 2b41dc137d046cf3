"""What is in the way of publishing: found before any work, and named."""

import os
import shutil
from pathlib import Path

import pytest

from vaeflow.components.serving.publishable import check_publishable
from vaeflow.components.serving.versions import publish_to
from vaeflow.models.errors import InputError


def make_lost_link(folder):
    folder.symlink_to("nowhere")


@pytest.mark.parametrize("make", [Path.touch, make_lost_link, os.mkfifo])
@pytest.mark.parametrize("place", ["root", "root/a-decoder", "root/a-encoder"])
def test_what_is_in_the_way_of_publishing_is_found_before_any_work(tmp_path, make, place):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    make(tmp_path / place)
    with pytest.raises(InputError, match=rf"^Cannot publish to {tmp_path / place}: expected a folder, got a "):
        check_publishable(tmp_path / "root", "a")


@pytest.mark.parametrize("place", ["root/a.config", "root/.publish.lock"])
def test_a_folder_in_the_way_of_a_file_is_found_before_any_work(tmp_path, place):
    (tmp_path / place).mkdir(parents=True)
    with pytest.raises(InputError, match=rf"^Cannot publish to {tmp_path / place}: expected a file, got a folder"):
        check_publishable(tmp_path / "root", "a")


@pytest.mark.parametrize(
    "name", ["x" * 5000, "missing/" + "x" * 300, "x/" * 2020, "/proc/nothing", "/dev/null", "/dev/null/x"]
)
def test_a_folder_that_cannot_be_made_is_found_before_any_work(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"^Cannot publish to") as raised:
        check_publishable(Path(name), "a")
    assert len(str(raised.value)) < 300


def test_a_folder_without_permission_to_write_is_found_before_any_work(forbidden):
    with forbidden as folder, pytest.raises(InputError, match="Permission denied"):
        check_publishable(folder / "root", "a")


@pytest.mark.parametrize("place", ["root", "missing/root", "."])
def test_checking_a_folder_leaves_nothing_behind(exporting, tmp_path, place):
    (tmp_path / "root").mkdir()
    before = sorted(tmp_path.rglob("*"))
    check_publishable(tmp_path / place, "a")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("place", "make"),
    [
        ("a-decoder", Path.touch),
        ("a-decoder", make_lost_link),
        ("a.config", Path.mkdir),
        ("a.config", make_lost_link),
        (".publish.lock", Path.mkdir),
        (".publish.lock", make_lost_link),
        (".publish.lock", os.mkfifo),
    ],
)
def test_what_is_in_the_way_is_named_with_what_to_do(exporting, tmp_path, place, make):
    there = tmp_path / "root" / place
    there.parent.mkdir()
    make(there)
    message = rf"^Cannot publish to {there}: expected a (file|folder), got a .*\. Move it away, or publish to another"
    with pytest.raises(InputError, match=message):
        publish_to(tmp_path / "root", exporting("one"))


def test_messages_are_one_line_wherever_it_is(exporting, tmp_path):
    odd = tmp_path / "a\nb"
    assert str(publish_to(odd, exporting("one"))).isprintable()
    shutil.rmtree(odd / "a-decoder")
    (odd / "a-decoder").touch()
    with pytest.raises(InputError) as raised:
        publish_to(odd, exporting("two"))
    assert str(raised.value).isprintable()
