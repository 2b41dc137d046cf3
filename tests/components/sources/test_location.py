import pytest

from vaeflow.components.sources.location import parse


@pytest.mark.parametrize(
    ("source", "kind", "where"),
    [
        ("mnist5k", "mnist5k", ""),
        ("digits", "digits", ""),
        ("sprites", "sprites", ""),
        ("tfds:mnist", "tfds", "mnist"),
        ("tfds:mnist:3.0.1", "tfds", "mnist:3.0.1"),
        ("folder:/a/b:c", "folder", "/a/b:c"),
        ("npz:x.npz", "npz", "x.npz"),
    ],
)
def test_a_source_is_a_kind_and_a_place(source, kind, where):
    assert parse(source) == (kind, where)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("mnist5", "unknown source 'mnist5'. Did you mean 'mnist5k'?"),
        ("folders:/x", "Did you mean 'folder:/x'?"),
        ("folders", "Did you mean 'folder:PATH'?"),
        ("imagenet", "expected mnist5k, digits, sprites, tfds:NAME"),
        ("", "unknown source ''"),
        ("tfds", "expected tfds:NAME"),
        ("folder", "expected folder:PATH, got 'folder'$"),
        ("folder:", "expected folder:PATH, got 'folder:'; the path after the colon is missing"),
        ("npz: ", "expected npz:PATH, got 'npz: '; the path after the colon is missing"),
        ("tfds:", "got 'tfds:'; the name after the colon is missing"),
        ("digits:", "expected digits, got 'digits:'$"),
        ("digits:3", "expected digits, got 'digits:3'"),
    ],
)
def test_another_form_is_refused_with_the_nearest_right_one(source, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        parse(source)


def test_a_bare_path_is_told_its_kind(tmp_path):
    with pytest.raises(ValueError, match=f"Did you mean 'folder:{tmp_path}'"):
        parse(str(tmp_path))
    (tmp_path / "x.npz").touch()
    with pytest.raises(ValueError, match=f"Did you mean 'npz:{tmp_path}/x.npz'"):
        parse(str(tmp_path / "x.npz"))
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match=r"x\.zip'; it is a ZIP archive: unpack it, and set ingest\.source to folder:"):
        parse(str(tmp_path / "x.zip"))
