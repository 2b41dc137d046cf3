import os
import subprocess
import sys

import numpy as np
import pytest

from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.fingerprint import fingerprint as fingerprint_of
from vaeflow.models.errors import InputError


def fingerprint(source):
    return fingerprint_of(IngestConfig(source=source))


def test_a_folder_changes_with_any_image_in_it_and_with_nothing_else(image_folder):
    source = f"folder:{image_folder}"
    seen = [fingerprint(source)]
    assert fingerprint(source) == seen[0]
    (image_folder / "notes.txt").touch()
    assert fingerprint(source) == seen[0]
    for change in (
        lambda: (image_folder / "cat" / "new.png").touch(),
        lambda: (image_folder / "cat" / "new.png").write_bytes(b"longer"),
        lambda: os.utime(image_folder / "cat" / "new.png", ns=(1, 1)),
        lambda: (image_folder / "cat" / "new.png").rename(image_folder / "dog" / "new.png"),
        lambda: (image_folder / "dog" / "new.png").unlink(),
    ):
        change()
        seen.append(fingerprint(source))
    assert seen[-1] == seen[0]
    assert len(set(seen)) == 5


def test_a_folder_may_move(image_folder, tmp_path):
    before = fingerprint(f"folder:{image_folder}")
    image_folder.rename(tmp_path / "moved")
    assert fingerprint(f"folder:{tmp_path}/moved") == before


def test_an_archive_changes_with_its_file(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, images=np.zeros((1, 2, 2)))
    before = fingerprint(f"npz:{path}")
    np.savez(path, images=np.zeros((1, 2, 3)))
    assert fingerprint(f"npz:{path}") != before


def test_a_tfds_dataset_changes_with_its_version_and_files(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    seen = {fingerprint("tfds:toy")}
    for version in ("1.0.0", "2.0.0"):
        folder = tmp_path / "toy" / version
        folder.mkdir(parents=True)
        (folder / "dataset_info.json").write_text("{}")
        seen.add(fingerprint("tfds:toy"))
    (folder / "toy-train.tfrecord-00000-of-00001").write_bytes(b"images")
    seen.add(fingerprint("tfds:toy"))
    assert len(seen) == 4


def test_embedded_sources_differ():
    assert fingerprint("mnist5k") != fingerprint("digits")


@pytest.mark.parametrize("kind", ["folder", "npz"])
def test_a_source_that_is_not_there_is_refused(kind, tmp_path):
    with pytest.raises(InputError, match=r"ingest\.source: .*gone does not exist"):
        fingerprint(f"{kind}:{tmp_path}/gone")


def test_no_heavy_library_is_imported(image_folder, tmp_path):
    sources = ["mnist5k", "digits", f"folder:{image_folder}", "tfds:mnist"]
    code = (
        "import sys\n"
        "from vaeflow.components.sources.config import IngestConfig\n"
        "from vaeflow.components.sources.fingerprint import fingerprint\n"
        f"print([fingerprint(IngestConfig(source=source)) for source in {sources}])\n"
        "heavy = {'tensorflow', 'tensorflow_datasets', 'apache_beam', 'sklearn', 'PIL'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "TFDS_DATA_DIR": str(tmp_path)})


def test_a_folder_changes_with_the_labels_file_that_it_is_read_with(image_folder):
    def of(**fields):
        return fingerprint_of(IngestConfig(source=f"folder:{image_folder}", **fields))

    before = of()
    (image_folder / "labels.csv").write_text("file,label\n00.png,a\n")
    assert of() != before
    assert of(class_depth=1) == of(labels="none") == before


@pytest.mark.parametrize("name", ["labels.csv", "labels.json", "metadata.jsonl", "00.cls"])
def test_a_folder_changes_with_a_file_that_ingest_refuses_as_labels(image_folder, name):
    before = fingerprint(f"folder:{image_folder}")
    (image_folder / name).write_text("file,breed\n00.png,a\n")
    assert fingerprint(f"folder:{image_folder}") != before
