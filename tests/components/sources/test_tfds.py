import io
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from PIL import Image

from vaeflow.components.images.factors import Factor
from vaeflow.components.sources.tfds import factor_keys, open_tfds
from vaeflow.models.errors import InputError, RunError

GREY = tfds.features.Image(shape=(4, 4, 1))
LABEL = tfds.features.ClassLabel(names=["zero", "one"])


def no_network(urls):
    return False


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch):
    """An empty data directory of TFDS, so that no test can damage a real one."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def prepare(data_dir):
    """`prepare(name, features, {split: [examples of each file]})` → a dataset, written as by TFDS."""

    def write(name, features, splits, **metadata):
        folder = data_dir / name
        folder.mkdir(parents=True)
        serialiser = tfds.features.FeaturesDict(features)
        for split, files in splits.items():
            for number, examples in enumerate(files):
                file = f"{name.split('/')[0]}-{split}.tfrecord-{number:05d}-of-{len(files):05d}"
                with tf.io.TFRecordWriter(str(folder / file)) as writer:
                    for example in examples:
                        writer.write(serialiser.serialize_example(example))
        tfds.folder_dataset.write_metadata(data_dir=folder, features=features, check_data=False, **metadata)

    return write


def images(count):
    """Images with one grey level each, the last one white."""
    return [np.full((4, 4, 1), 255 * (index + 1) // count, np.uint8) for index in range(count)]


def decoded(image):
    return np.asarray(Image.open(io.BytesIO(image.image)))[..., None]


def test_a_prepared_dataset_is_read_file_by_file_with_its_splits(prepare, images_of):
    pictures = images(7)
    examples = [{"image": image, "label": index % 2} for index, image in enumerate(pictures)]
    prepare(
        "toy/1.0.0",
        {"image": GREY, "label": LABEL},
        {"train": [examples[:3], examples[3:]], "test": [examples[:2]]},
    )
    source = open_tfds("toy", no_network)
    found = images_of(source)
    assert source.label_names == ("zero", "one")
    assert source.num_images == 9
    assert len(source.shards) == 3
    for index, picture in enumerate(pictures):
        image = found[f"train/{index:08d}"]
        np.testing.assert_array_equal(decoded(image), picture)
        assert (image.split, image.label) == ("train", index % 2)


def test_the_newest_version_is_taken_unless_one_is_named(prepare, images_of):
    prepare("toy/1.10.0", {"image": GREY}, {"train": [[{"image": image} for image in images(1)]]})
    prepare("toy/1.9.0", {"image": GREY}, {"train": [[{"image": image} for image in images(2)]]})
    assert open_tfds("toy", no_network).num_images == 1
    assert open_tfds("toy:1.9.0", no_network).num_images == 2
    with pytest.raises(InputError, match=r"TFDS has no dataset 'toy'"):
        open_tfds("toy:2.0.0", no_network)
    with pytest.raises(InputError, match=r"expected a TFDS version such as 3\.0\.1, got 'latest'"):
        open_tfds("toy:latest", no_network)


def test_a_configuration_is_named_where_there_are_several(prepare):
    prepare("toy/small/1.0.0", {"image": GREY}, {"train": [[{"image": image} for image in images(2)]]})
    assert open_tfds("toy", no_network).num_images == 2
    prepare("toy/large/1.0.0", {"image": GREY}, {"train": [[{"image": image} for image in images(3)]]})
    assert open_tfds("toy/large", no_network).num_images == 3
    with pytest.raises(InputError, match="name one: tfds:toy/large, tfds:toy/small"):
        open_tfds("toy", no_network)


def test_supervised_keys_tell_the_image_and_the_label(prepare, images_of):
    example = {"photo": images(1)[0], "mask": images(1)[0] // 2, "kind": 1, "quality": 0}
    features = {"photo": GREY, "mask": GREY, "kind": LABEL, "quality": LABEL}
    prepare("toy/1.0.0", features, {"train": [[example]]}, supervised_keys=("photo", "kind"))
    (image,) = images_of(open_tfds("toy", no_network)).values()
    np.testing.assert_array_equal(decoded(image), example["photo"])
    assert image.label == 1
    prepare("unclear/1.0.0", features, {"train": [[example]]})
    with pytest.raises(InputError, match=r"one image per example, got several in .*: (photo, mask|mask, photo)"):
        open_tfds("unclear", no_network)


@pytest.mark.parametrize(
    ("features", "example", "message"),
    [
        (
            {"text": tfds.features.Text()},
            {"text": "no picture"},
            "with an image feature, got .* with text",
        ),
        (
            {"image": tfds.features.Image(shape=(2, 2, 1), dtype=np.float32)},
            {"image": np.zeros((2, 2, 1), np.float32)},
            "expected integer pixels, got float32",
        ),
    ],
)
def test_a_dataset_without_usable_images_is_refused(prepare, features, example, message):
    prepare("toy/1.0.0", features, {"train": [[example]]})
    with pytest.raises(InputError, match=message):
        open_tfds("toy", no_network)


def test_an_empty_dataset_is_refused(prepare):
    prepare("toy/1.0.0", {"image": GREY}, {"train": [[]]})
    with pytest.raises(InputError, match="has no images"):
        open_tfds("toy", no_network)


def test_a_dataset_with_a_file_missing_is_refused(prepare, data_dir):
    prepare("toy/1.0.0", {"image": GREY}, {"train": [[{"image": image}] for image in images(2)]})
    (data_dir / "toy/1.0.0/toy-train.tfrecord-00001-of-00002").unlink()
    with pytest.raises(
        InputError, match=r"toy/1\.0\.0 is incomplete, .*toy-train\.tfrecord-00001-of-00002 does not exist"
    ):
        open_tfds("toy", no_network)


def test_without_network_what_is_not_prepared_says_where_it_was_sought(data_dir):
    asked = []
    with pytest.raises(
        InputError, match=r"cifar10/3\.\S+ is not prepared in .* no network connection to www\.cs\.toronto\.edu "
    ) as e:
        open_tfds("cifar10", lambda urls: asked.extend(urls))
    assert str(data_dir) in str(e.value)
    assert asked == ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"]


def test_a_version_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match=r"TFDS cannot build mnist:9\.9\.9"):
        open_tfds("mnist:9.9.9", lambda urls: True)


def test_an_unknown_dataset_is_told_the_nearest_name():
    with pytest.raises(InputError, match="Did you mean 'tfds:fashion_mnist'"):
        open_tfds("fashion_mnst", lambda urls: True)


class Shared(tfds.core.GeneratorBasedBuilder):
    """A dataset that records its download folder, which is all that can be tested without a network."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        return self.dataset_info_from_configs(features=tfds.features.FeaturesDict({"image": GREY}))

    def _split_generators(self, dl_manager):
        type(self).folders = (dl_manager.download_dir, dl_manager._extract_dir, dl_manager._manual_dir)
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        yield from enumerate({"image": image} for image in images(3))


def test_with_a_network_a_dataset_is_prepared_in_folders_of_its_own(data_dir, images_of):
    assert len(images_of(open_tfds("shared", lambda urls: True))) == 3
    assert (data_dir / "shared" / "1.0.0" / "dataset_info.json").exists()
    downloads = Path(data_dir / "downloads")
    assert [Path(folder) for folder in Shared.folders] == [
        downloads / "shared",
        downloads / "shared" / "extracted",
        downloads / "manual",
    ]


def test_a_dataset_that_lists_no_downloads_asks_for_any_network(data_dir):
    with pytest.raises(InputError, match=r"shared/1\.0\.0 is not prepared in .* no network connection to any server"):
        open_tfds("shared", no_network)


class Failing(Shared):
    """A dataset whose server is down."""

    def _split_generators(self, dl_manager):
        raise ConnectionError("the server is down")


def test_a_download_that_fails_is_a_failure_of_the_run():
    with pytest.raises(RunError, match=r"TFDS could not prepare failing/1\.0\.0: the server is down"):
        open_tfds("failing", lambda urls: True)


def test_a_class_name_that_tfds_drops_is_refused(prepare, data_dir):
    prepare("toy/1.0.0", {"image": GREY, "label": LABEL}, {"train": [[{"image": images(1)[0], "label": 1}]]})
    (data_dir / "toy/1.0.0/label.labels.txt").write_text("\none\n")
    with pytest.raises(InputError, match=r"expected 2 class names, none of them empty, in toy/1\.0\.0, got one"):
        open_tfds("toy", no_network)


def test_a_class_name_with_control_characters_is_refused(prepare):
    features = {"image": GREY, "label": tfds.features.ClassLabel(names=["a\tb", "c"])}
    prepare("toy/1.0.0", features, {"train": [[{"image": images(1)[0], "label": 1}]]})
    with pytest.raises(InputError, match="class names without control characters"):
        open_tfds("toy", no_network)


SIZES = {"label_shape": 3, "label_azimuth": 2, "instance": 2}


def grid(features=SIZES):
    """An example of each combination of the class labels."""
    combinations = list(product(*(range(size) for size in features.values())))
    pictures = images(len(combinations))
    return [
        {"image": picture} | dict(zip(features, values, strict=True))
        for picture, values in zip(pictures, combinations, strict=True)
    ]


def labels(**sizes):
    return {"image": GREY} | {key: tfds.features.ClassLabel(num_classes=size) for key, size in sizes.items()}


def test_the_labels_of_a_full_grid_are_factors(prepare, images_of):
    examples = grid()
    prepare("toy/1.0.0", labels(**SIZES), {"train": [examples[:7]], "test": [examples[7:]]})
    source = open_tfds("toy", no_network)
    assert set(source.factors) == {Factor("shape", 3), Factor("azimuth", 2), Factor("instance", 2)}
    found = images_of(source)
    ordered = [found[key] for key in sorted(found) if key.startswith("train")]
    ordered += [found[key] for key in sorted(found) if key.startswith("test")]
    for image, example in zip(ordered, examples, strict=True):
        assert image.factors == {key.removeprefix("label_"): example[key] for key in SIZES}
        assert image.label == example["label_shape"]


def test_several_labels_of_which_not_all_combinations_have_an_image_are_no_factors(prepare, images_of):
    prepare("toy/1.0.0", labels(**SIZES), {"train": [grid()[1:]]})
    source = open_tfds("toy", no_network)
    assert source.factors == ()
    assert {image.factors for image in images_of(source).values()} == {None}


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("dsprites", {"shape": 3, "scale": 6, "orientation": 40, "x_position": 32, "y_position": 32}),
        ("shapes3d", {"floor_hue": 10, "wall_hue": 10, "object_hue": 10, "scale": 8, "shape": 4, "orientation": 15}),
        ("smallnorb", {"category": 5, "instance": 10, "elevation": 9, "azimuth": 18, "lighting": 6}),
    ],
)
def test_the_published_datasets_are_full_grids(name, sizes, tmp_path):
    builder = tfds.builder(name, data_dir=tmp_path)
    counts = {"dsprites": 737_280, "shapes3d": 480_000, "smallnorb": 48_600}
    splits = tfds.core.splits.SplitDict([tfds.core.SplitInfo("train", [counts[name]], 1)])
    builder.info.set_splits(splits)
    found = {name: builder.info.features[key].num_classes for name, key in factor_keys(builder.info).items()}
    assert found == sizes
