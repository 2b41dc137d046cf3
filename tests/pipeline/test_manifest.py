"""The files of an artifact, as recorded and compared."""

from vaeflow.pipeline.manifest import damage, take_manifest


def test_files_behind_links_to_folders_are_recorded_and_compared(tmp_path):
    folder, elsewhere = tmp_path / "artifact", tmp_path / "elsewhere"
    for path, text in ((folder / "a" / ".hidden", "1"), (elsewhere / "b", "22"), (elsewhere / "deep" / "c", "333")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "link").symlink_to(elsewhere)
    (folder / "a" / "loop").symlink_to(folder)
    (folder / "lost").symlink_to("nothing")
    manifest = take_manifest(folder)
    assert {name: record.size for name, record in manifest.items()} == {"a/.hidden": 1, "link/b": 2, "link/deep/c": 3}
    assert damage(folder, manifest, digests=True) == ""
    (elsewhere / "deep" / "c").write_text("334")
    assert damage(folder, manifest, digests=True) == "link/deep/c has the expected size but another content"
