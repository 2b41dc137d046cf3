import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2

from vaeflow.components.publish import publish
from vaeflow.components.serving.config import PublishConfig
from vaeflow.components.serving.names import INCOMING
from vaeflow.components.serving.versions import publish_to
from vaeflow.models.errors import InputError

NAMES = ("a-decoder", "a-encoder")


def versions(root, name):
    return sorted(folder.name for folder in (root / name).iterdir())


def published(root, version):
    return [(root / name / version / "saved_model.pb").read_text() for name in NAMES]


def test_each_other_content_is_a_version_and_so_is_the_way_back(exporting, tmp_path):
    first, second = exporting("one"), exporting("two")
    added = [publish_to(tmp_path / "root", exported) for exported in (first, second, first)]
    assert [(each.version, each.added) for each in added] == [(1, True), (2, True), (3, True)]
    for name in NAMES:
        assert versions(tmp_path / "root", name) == ["1", "2", "3"]
    assert published(tmp_path / "root", "2") == ["decoder two", "encoder two"]
    assert published(tmp_path / "root", "3") == published(tmp_path / "root", "1") == ["decoder one", "encoder one"]


def test_the_newest_content_is_not_added_again(exporting, tmp_path):
    exported = exporting("one")
    publish_to(tmp_path / "root", exported)
    again = publish_to(tmp_path / "root", exported)
    assert (again.version, again.added) == (1, False)
    assert versions(tmp_path / "root", "a-decoder") == ["1"]


@pytest.mark.parametrize("name", NAMES)
def test_a_newest_version_that_is_not_whole_is_published_again(exporting, tmp_path, name):
    exported = exporting("one")
    publish_to(tmp_path / "root", exported)
    (tmp_path / "root" / name / "1" / "saved_model.pb").write_text("another program")
    assert publish_to(tmp_path / "root", exported).version == 2
    shutil.rmtree(tmp_path / "root" / name / "2")  # as a kill between the two renames leaves it
    assert publish_to(tmp_path / "root", exported).version == 3


def add_hidden_file(root, version):
    (root / "a-decoder" / version / ".DS_Store").touch()


def add_warm_up(root, version):
    (root / "a-encoder" / version / "assets.extra").mkdir()
    (root / "a-encoder" / version / "assets.extra" / "tf_serving_warmup_requests").touch()


def add_names_that_are_no_versions(root, version):
    for name in ("٣", "²", "1.0", "v7", "-4", "9223372036854775808", "9" * 200):
        (root / "a-decoder" / name).mkdir()


@pytest.mark.parametrize("add", [add_hidden_file, add_warm_up, add_names_that_are_no_versions])
def test_what_others_add_to_the_folder_does_not_make_a_new_version(exporting, tmp_path, add):
    exported = exporting("one")
    publish_to(tmp_path / "root", exported)
    add(tmp_path / "root", "1")
    assert publish_to(tmp_path / "root", exported)[2:] == (1, False)
    assert publish_to(tmp_path / "root", exporting("two")).version == 2


def test_hidden_files_of_an_export_are_not_published(exporting, tmp_path):
    exported = exporting("one")
    (exported.path / "decoder" / "1" / ".DS_Store").touch()
    publish_to(tmp_path / "root", exported)
    assert not (tmp_path / "root" / "a-decoder" / "1" / ".DS_Store").exists()


def test_after_the_last_version_there_is_no_newer_one(exporting, tmp_path):
    (tmp_path / "root" / "a-decoder" / str(2**63 - 1)).mkdir(parents=True)
    with pytest.raises(InputError, match=r"a-decoder.*: expected room for a newer version, but 9223372036854775807"):
        publish_to(tmp_path / "root", exporting("one"))
    assert versions(tmp_path / "root", "a-encoder") == []


def lead_to(target):
    return lambda path: path.symlink_to(target)


@pytest.mark.parametrize("kind", ["file", "folder", "FIFO", "link to a file", "link to a folder"])
@pytest.mark.parametrize("place", [".a.incoming", "a-decoder/.incoming"])
def test_what_is_in_the_place_of_an_incomplete_copy_is_removed_and_no_link_is_followed(
    exporting, tmp_path, place, kind
):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("kept")
    make = {
        "file": Path.touch,
        "folder": Path.mkdir,
        "FIFO": os.mkfifo,
        "link to a file": lead_to(kept / "file"),
        "link to a folder": lead_to(kept),
    }[kind]
    (tmp_path / "root" / place).parent.mkdir(parents=True)
    make(tmp_path / "root" / place)
    publish_to(tmp_path / "root", exporting("one"))
    assert published(tmp_path / "root", "1") == ["decoder one", "encoder one"]
    assert not (tmp_path / "root" / "a-decoder" / "1").is_symlink()
    assert [(path.name, path.read_text()) for path in kept.iterdir()] == [("file", "kept")]
    assert not os.path.lexists(tmp_path / "root" / place)


def move_behind_link(folder, elsewhere):
    shutil.move(folder, elsewhere)
    folder.symlink_to(elsewhere)


def test_what_a_link_of_an_export_leads_to_is_published(exporting, tmp_path):
    exported = exporting("one")
    variables = exported.path / "decoder" / "1" / "variables"
    (variables / "variables.index").write_text("weights")
    move_behind_link(variables, tmp_path / "elsewhere")
    publish_to(tmp_path / "root", exported)
    copy = tmp_path / "root" / "a-decoder" / "1" / "variables"
    assert (copy / "variables.index").read_text() == "weights"
    assert not copy.is_symlink()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lead_to("nowhere"), "a link to nothing"),
        (os.mkfifo, "a FIFO"),
        (lead_to(".."), "a link to a folder that contains it"),
    ],
)
def test_an_export_with_something_else_than_files_is_not_published_in_part(exporting, tmp_path, make, kind):
    exported = exporting("one")
    make(exported.path / "encoder" / "1" / "variables" / "odd")
    with pytest.raises(InputError, match=f"encoder/1/variables/odd: expected a file of a SavedModel, got {kind}"):
        publish_to(tmp_path / "root", exported)
    assert versions(tmp_path / "root", "a-decoder") == []


def test_decoder_and_encoder_share_a_version(exporting, tmp_path):
    (tmp_path / "root" / "a-decoder" / "9").mkdir(parents=True)
    assert publish_to(tmp_path / "root", exporting("one")).version == 10
    assert versions(tmp_path / "root", "a-encoder") == ["10"]


def test_publishing_at_the_same_time_gives_each_its_version(exporting, tmp_path):
    exports = [exporting(number) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        numbers = [each.version for each in pool.map(lambda exported: publish_to(tmp_path / "root", exported), exports)]
    assert sorted(numbers) == list(range(1, 9))
    for number, version in enumerate(numbers):
        assert published(tmp_path / "root", str(version)) == [f"decoder {number}", f"encoder {number}"]


def test_half_a_copy_of_a_killed_process_is_not_published(exporting, tmp_path):
    left = tmp_path / "root" / "a-decoder" / INCOMING
    left.mkdir(parents=True)
    (left / "half").touch()
    publish_to(tmp_path / "root", exporting("one"))
    assert versions(tmp_path / "root", "a-decoder") == ["1"]
    assert not (tmp_path / "root" / "a-decoder" / "1" / "half").exists()


def test_an_incomplete_export_is_not_published(exporting, tmp_path):
    exported = exporting("one")
    (exported.path / "encoder" / "1" / "saved_model.pb").unlink()
    with pytest.raises(InputError, match=r"encoder/1: expected a SavedModel"):
        publish_to(tmp_path / "root", exported)
    assert not (tmp_path / "root").exists()


def test_a_failed_copy_leaves_no_version(exporting, tmp_path):
    exported = exporting("one")
    (exported.path / "encoder" / "1" / "unreadable").symlink_to("/proc/self/mem")
    with pytest.raises(InputError, match="Cannot publish to"):
        publish_to(tmp_path / "root", exported)
    assert versions(tmp_path / "root", "a-decoder") == []


def test_a_root_that_is_no_folder_is_named(exporting, tmp_path):
    (tmp_path / "root").touch()
    with pytest.raises(InputError, match=f"Cannot publish to {tmp_path / 'root'}: "):
        publish_to(tmp_path / "root", exporting("one"))


def test_each_name_has_a_configuration_of_tf_serving(exporting, tmp_path):
    for name in ("a", "b"):
        publish_to(tmp_path / "root", exporting("one", name))
        text = (tmp_path / "root" / f"{name}.config").read_text()
        served = text_format.Parse(text, model_server_config_pb2.ModelServerConfig()).model_config_list.config
        assert [each.name for each in served] == [f"{name}-decoder", f"{name}-encoder"]
        for each in served:
            folder = tmp_path / "root" / each.base_path.removeprefix("/models/")
            assert (folder / "1" / "saved_model.pb").is_file()


def test_what_was_added_to_the_configuration_stays_while_it_names_the_models(exporting, tmp_path):
    root = tmp_path / "root"
    publish_to(root, exporting("one"))
    (file,) = root.glob("*.config")
    labelled = file.read_text().replace("base_path", 'version_labels { key: "stable" value: 1 }\n    base_path')
    file.write_text(labelled)
    publish_to(root, exporting("two"))
    assert file.read_text() == labelled
    file.write_text(labelled.replace("-encoder", "-other"))
    publish_to(root, exporting("three"))
    assert "version_labels" not in file.read_text()


def test_the_step_records_where_it_published(exporting, tmp_path):
    (tmp_path / "output").mkdir()
    config = PublishConfig(to=tmp_path / "root")
    publication = publish(config, exporting("one"), output=tmp_path / "output")
    assert publication.properties == {"folder": str(tmp_path / "root"), "name": "a", "version": 1, "added": True}


def test_without_a_folder_nothing_is_published(exporting, tmp_path):
    publication = publish(PublishConfig(), exporting("one"), output=tmp_path)
    assert publication.properties == {}
    assert not list(tmp_path.glob("*.config"))
