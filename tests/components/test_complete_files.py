"""Files that are complete or not there."""

import pytest

from vaeflow.components.complete_files import appearing


def test_a_file_appears_at_the_end_and_replaces_what_was_there(tmp_path):
    path = tmp_path / "file"
    path.write_text("before")
    with appearing(path) as file:
        file.write(b"after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_nothing_is_left_of_one_that_fails(tmp_path, error):
    path = tmp_path / "file"
    path.write_text("before")

    def fail():
        with appearing(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_where_a_folder_is_in_its_place(tmp_path):
    path = tmp_path / "file"
    path.mkdir()
    with pytest.raises(IsADirectoryError), appearing(path):
        pass
    assert list(tmp_path.iterdir()) == [path]
