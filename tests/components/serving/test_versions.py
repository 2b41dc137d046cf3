import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2

from vaeflow.components.artifacts import ServingModel
from vaeflow.components.publish import publish
from vaeflow.components.serving.config import PublishConfig
from vaeflow.components.serving.versions import INCOMING, publish_to
from vaeflow.models.errors import InputError

NAMES = ("a-decoder", "a-encoder")


@pytest.fixture
def exporting(tmp_path):
    """Export models named `name` whose program is `program`."""

    def export(program, name="a"):
        folder = tmp_path / f"export-{program}-{name}"
        for role in ("decoder", "encoder"):
            (folder / role / "1" / "variables").mkdir(parents=True)
            (folder / role / "1" / "saved_model.pb").write_text(f"{role} {program}")
        return ServingModel(folder, {"name": name})

    return export


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


def test_the_step_records_where_it_published(exporting, tmp_path):
    (tmp_path / "output").mkdir()
    config = PublishConfig(to=tmp_path / "root")
    publication = publish(config, exporting("one"), output=tmp_path / "output")
    assert publication.properties == {"folder": str(tmp_path / "root"), "name": "a", "version": 1, "added": True}


def test_without_a_folder_nothing_is_published(exporting, tmp_path):
    publication = publish(PublishConfig(), exporting("one"), output=tmp_path)
    assert publication.properties == {}
    assert not list(tmp_path.glob("*.config"))
