"""Fixtures for the steps and their support code."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from PIL import Image
from sklearn.datasets import load_digits

from vaeflow.components.artifacts import Dataset, Evaluation, Examples, FeatureNetwork, Model
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.feature_learning.network import convolutional_network, save_network
from vaeflow.components.feature_learning.record import Origin
from vaeflow.components.images.config import Transform
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.preprocessing.statistics import SplitStatisticsFn
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.history import History
from vaeflow.models import building
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.family.vae.config import VAEConfig
from vaeflow.models.networks.config import DenseNetwork
from vaeflow.models.objectives.elbo import ElboObjective

# ---------------------------------------------------------------- images as files

Encode = Callable[..., bytes]


def _encode(image: Image.Image, file_format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def encode() -> Encode:
    """`encode(picture, file_format, **options)` → the bytes of an image file."""
    return _encode


@pytest.fixture
def picture() -> Image.Image:
    """An RGB picture of 12×8 pixels with a red, a green, a blue and a grey quarter."""
    pixels = np.zeros((8, 12, 3), np.uint8)
    pixels[:4, :6, 0] = 255
    pixels[:4, 6:, 1] = 255
    pixels[4:, :6, 2] = 255
    pixels[4:, 6:] = 128
    return Image.fromarray(pixels)


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    """Forty grey PNG files of 6×6 pixels in the class folders `cat` and `dog`, each with a different brightness."""
    root = tmp_path / "pictures"
    for index in range(40):
        file = root / ("cat" if index < 20 else "dog") / f"{index:02d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_encode(Image.new("L", (6, 6), 5 * index)))
    return root


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An empty folder for what a step writes."""
    folder = tmp_path / "output"
    folder.mkdir()
    return folder


# ---------------------------------------------------------------- examples and models

GREY = Observation()


class Images(NamedTuple):
    """Images uint8 [n, h, w, c] and their labels [n], or None."""

    images: np.ndarray
    labels: np.ndarray | None = None


WriteExamples = Callable[..., Examples]
WriteModel = Callable[..., Model]
WriteFeatures = Callable[..., FeatureNetwork]


@pytest.fixture(scope="session")
def digits() -> Images:
    """1,797 real grey digits of 8×8 pixels, in a fixed random order."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    return Images((images[order] * 255 / 16).astype(np.uint8).reshape(-1, 8, 8, 1), labels[order].astype(np.int64))


@pytest.fixture(scope="session")
def write_examples() -> WriteExamples:
    """`write_examples(folder, splits, names)` → a folder as written by preprocess, without labels if no names.

    If there is no validation split, the test split is also that.
    """
    return _write_examples


def _write_examples(
    folder: Path, splits: Mapping[str, Images], names: Sequence[str] | None = None, observation: Observation = GREY
) -> Examples:
    folder.mkdir(parents=True)
    splits = {"validation": splits["test"], **splits}
    shape = splits["test"].images.shape[1:]
    image = tfds.features.Tensor(shape=shape, dtype=np.uint8, encoding="bytes")
    label = {} if names is None else {"label": tfds.features.ClassLabel(names=list(names))}
    features = tfds.features.FeaturesDict({"image": image, "id": tfds.features.Text(), **label})
    for split, (images, labels) in splits.items():
        with tf.io.TFRecordWriter(str(folder / f"toy-{split}.tfrecord-00000-of-00001")) as writer:
            for i, pixels in enumerate(images):
                values = {"image": pixels, "id": f"{split}-{i}"} | ({} if names is None else {"label": labels[i]})
                writer.write(features.serialize_example(values))
    infos = [tfds.core.SplitInfo(split, [len(images)], 0) for split, (images, _) in splits.items()]
    tfds.folder_dataset.write_metadata(data_dir=folder, features=features, split_infos=infos, check_data=False)
    colour = "grey" if shape[-1] == 1 else "rgb"
    transform = Transform(image_shape=shape, colour=colour, resize="area", fit="crop", observation=observation)
    (folder / "transform.json").write_text(transform.model_dump_json())
    statistics = {split: _statistics(images, names) for split, images in splits.items() if len(images.images)}
    (folder / "statistics.json").write_text(json.dumps(statistics))
    return Examples(folder, {"source": "toy"})


def _statistics(split: Images, names: Sequence[str] | None) -> dict[str, object]:
    combine = SplitStatisticsFn(names)
    labels = [None] * len(split.images) if split.labels is None else split.labels.tolist()
    return combine.extract_output(combine.add_input(combine.create_accumulator(), (labels, split.images))).model_dump()


@pytest.fixture(scope="session")
def write_model() -> WriteModel:
    """`write_model(folder, images, config, epochs)` → a folder as written by train after that number of epochs."""
    return _write_model


def _write_model(
    folder: Path, images: np.ndarray, config: VAEConfig, epochs: int = 0, observation: Observation = GREY
) -> Model:
    folder.mkdir(parents=True)
    keras.utils.set_random_seed(0)
    model = building.build(config, DataSpec(image_shape=images.shape[1:], observation=observation))
    model.compile(keras.optimizers.Adam(3e-3), ElboObjective(), jit_compile=False)
    data = tf.data.Dataset.from_tensor_slices((images, np.full(len(images), -1, np.int32))).batch(50)
    record = model.fit(data, epochs=epochs, shuffle=False, verbose=0).history if epochs else {}
    terms = {term: record.get(term, [-1.0]) for term in ("objective", "elbo", "log_likelihood", "kl")}
    history = [
        {"epoch": epoch + 1}
        | {f"{prefix}{term}": values[epoch] for term, values in terms.items() for prefix in ("", "val_")}
        for epoch in range(max(epochs, 1))
    ]
    model.save(folder / "model.keras")
    (folder / "config.json").write_text(TrainConfig(model=config).model_dump_json())
    History(history, len(images), active_units=[[*range(config.latent_dim)]] * max(epochs, 1)).write(
        folder / "history.json"
    )
    return Model(folder, {"model": config.name})


@pytest.fixture(scope="session")
def write_features() -> WriteFeatures:
    """`write_features(folder, images)` → a folder as written by features, with a network that is not trained."""
    return _write_features


def _write_features(folder: Path, images: np.ndarray) -> FeatureNetwork:
    folder.mkdir(parents=True)
    keras.utils.set_random_seed(0)
    return save_network(convolutional_network(images.shape[1:]), Origin(task="classes"), folder)


@pytest.fixture(scope="session")
def digits_features(tmp_path_factory: pytest.TempPathFactory, digits: Images) -> FeatureNetwork:
    """An untrained feature network for the digits."""
    return _write_features(tmp_path_factory.mktemp("features") / "features", digits.images)


# ---------------------------------------------------------------- an evaluation


@pytest.fixture(scope="session")
def toy_config() -> EvaluateConfig:
    """Small settings, with one requirement that is met and one that is not."""
    require = {"elbo": ">= -500", "kmeans_accuracy": "> 0.999"}
    return EvaluateConfig(importance_samples=20, clustering_seeds=2, require=require)


@pytest.fixture(scope="session")
def toy_subject(
    tmp_path_factory: pytest.TempPathFactory,
    write_examples: WriteExamples,
    write_model: WriteModel,
    digits_features: FeatureNetwork,
    digits: Images,
) -> tuple[Examples, Model, FeatureNetwork]:
    """Labelled examples with peculiar names, a model of them with two latent dimensions, trained for a few epochs, and
    an untrained feature network.
    """
    root = tmp_path_factory.mktemp("toy")
    observation = Observation(binarise="static", seed=3)
    images, labels = digits
    splits = {"train": Images(images[:600], labels[:600]), "test": Images(images[600:760], labels[600:760])}
    names = ["$x_{$", "_1", "2\\$", "<b>3</b>", "4" * 300, *map(str, range(5, 10))]
    examples = write_examples(root / "examples", splits, names, observation)
    config = VAEConfig(latent_dim=2, network=DenseNetwork(hidden=(32,)))
    model = write_model(root / "model", images[:600], config, epochs=30, observation=observation)
    counts = {"copies_across_splits": 3, "contradicting_labels": 2, "groups_across_splits": 2, "test_fraction": 0.1}
    named = Examples(examples.path, {"source": "folder:<my> & 'yours'", **counts})
    return named, model, digits_features


@pytest.fixture(scope="session")
def toy_evaluation(
    toy_config: EvaluateConfig,
    toy_subject: tuple[Examples, Model, FeatureNetwork],
    tmp_path_factory: pytest.TempPathFactory,
) -> Evaluation:
    """The evaluation of the toy model."""
    return evaluate(toy_config, *toy_subject, output=tmp_path_factory.mktemp("toy_evaluation"))


# ---------------------------------------------------------------- the pipeline's first steps, on real digits


@pytest.fixture(scope="session")
def digits_dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The 1,797 real digits of 8×8 pixels, as written by ingest."""
    return ingest(IngestConfig(source="digits"), output=tmp_path_factory.mktemp("dataset"))


@pytest.fixture(scope="session")
def digits_examples(digits_dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """The same digits in splits, dynamically binarised."""
    config = PreprocessConfig(image_size=8, binarise="dynamic")
    return preprocess(config, digits_dataset, output=tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="session")
def grey_examples(digits_dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """The same digits in splits, grey."""
    return preprocess(PreprocessConfig(image_size=8), digits_dataset, output=tmp_path_factory.mktemp("grey_examples"))


@pytest.fixture(scope="session")
def trained(digits_examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A small VAE trained on them for three epochs."""
    model = VAEConfig(latent_dim=3, network=DenseNetwork(hidden=(16,)))
    config = TrainConfig(model=model, epochs=3, batch_size=64, xla=False)
    return train(config, digits_examples, output=tmp_path_factory.mktemp("model"))
