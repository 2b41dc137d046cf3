"""Served models that predict classes, generate images of a class, or take labels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from vaeflow.components.evaluation.settled import Settled
from vaeflow.components.images.config import Transform
from vaeflow.components.serving.cases import check_in_fresh_process
from vaeflow.components.serving.exporting import Served, write_unchecked
from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.config import DataSpec, Observation
from vaeflow.models.errors import InputError
from vaeflow.models.registry import read_config
from vaeflow.models.scoring import Scoring
from vaeflow.pipeline.sampling import sample_images

pytestmark = pytest.mark.full

SHAPE = (4, 4, 1)
NAMES = ("cat", "dög", "hen")
IMAGES = np.random.default_rng(1).integers(0, 256, (6, *SHAPE), np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])
OBSERVATION = Observation(binarise="dynamic")
DATA = DataSpec(image_shape=SHAPE, observation=OBSERVATION, num_classes=len(NAMES), label_names=NAMES)
TRANSFORM = Transform(image_shape=SHAPE, colour="grey", resize="area", fit="crop", observation=OBSERVATION)
SMALL = {"latent_dim": 3, "network": {"name": "dense", "hidden": [8]}}
SEED = 7
ROLES = ("decoder", "encoder")

Signatures = dict[str, Any]
Exported = tuple[LatentVariableModel, Signatures, Signatures, Mapping[str, Served]]


@pytest.fixture(scope="module")
def served(toy_model: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """`served(name)` → the model with random weights, and the signatures of its decoder and encoder."""
    done: dict[str, Exported] = {}

    def export(name: str) -> Exported:
        if name not in done:
            folder = tmp_path_factory.mktemp(name)
            model = toy_model(name)
            written = write_unchecked(model, TRANSFORM, folder)
            decoder, encoder = (tf.saved_model.load(str(written[role].folder)).signatures for role in ROLES)
            done[name] = model, decoder, encoder, written
        return done[name]

    return export


@pytest.fixture(scope="module")
def toy_model() -> Any:
    def build(name: str) -> LatentVariableModel:
        model = building.build(read_config({"name": name, **SMALL}), DATA)
        rng = np.random.default_rng(0)
        model.scoring = Scoring(threshold=0.2)
        model.set_weights([w + rng.normal(size=w.shape, scale=0.3).astype(w.dtype) for w in model.get_weights()])
        return model

    return build


@pytest.mark.parametrize("name", ["m1", "fine_tuned", "m2", "cvae"])
def test_signatures_are_those_that_the_model_has_answers_to(served: Any, name: str):
    model, decoder, encoder, _ = served(name)
    by_class = {"sample_class", "decode"} if model.generates_classes else set()
    assert set(decoder) == {"serving_default", "sample"} | by_class
    scoring = {"score", "score_files", "score_pixels"}
    classifying = {"classify", "classify_files", "classify_pixels"} if model.config.classifies else set()
    assert set(encoder) == {"serving_default", "files", "pixels", "reconstruct"} | scoring | classifying


def test_all_of_them_give_the_same_answers_without_vaeflow(served: Any):
    written = [one for name in ("m2", "cvae") for one in served(name)[-1].values()]
    check_in_fresh_process({folder: cases for folder, cases in written})


@pytest.mark.parametrize("name", ["m1", "fine_tuned", "m2"])
@pytest.mark.parametrize("batch", [1, 6])
def test_classify_gives_probabilities_the_label_and_its_name(served: Any, name: str, batch: int):
    model, _, encoder, _ = served(name)
    answer = encoder["classify"](images=tf.constant(IMAGES[:batch]))
    expected = model.classify(model.observe(IMAGES[:batch])).numpy()
    np.testing.assert_allclose(answer["probabilities"], expected, atol=1e-5)
    np.testing.assert_array_equal(answer["label"], expected.argmax(axis=1))
    assert [text.decode() for text in answer["name"].numpy()] == [NAMES[label] for label in expected.argmax(axis=1)]


def test_classify_sees_grey_values_if_the_evaluation_has_settled_that(toy_model: Any, tmp_path: Path):
    model = toy_model("m2")
    Settled(classifies_grey=True).apply(model)
    [encoder] = [
        written.folder for role, written in write_unchecked(model, TRANSFORM, tmp_path).items() if role == "encoder"
    ]
    answer = tf.saved_model.load(str(encoder)).signatures["classify"](images=tf.constant(IMAGES))
    np.testing.assert_allclose(answer["probabilities"], model.classify(IMAGES / np.float32(255)), atol=1e-5)
    assert np.abs(answer["probabilities"] - model.classify(model.observe(IMAGES))).max() > 1e-3


@pytest.mark.parametrize("name", ["m2", "cvae"])
def test_a_class_is_chosen_for_each_code(served: Any, name: str):
    model, decoder, encoder, _ = served(name)
    z = tf.random.stateless_normal([3, 3], [1, 2])
    images = decoder["serving_default"](z=z, label=tf.constant([2, 0, 1]))["images"]
    np.testing.assert_allclose(images, model.decode(model.class_codes(z, tf.constant([2, 0, 1]))), atol=1e-5)
    others = decoder["serving_default"](z=z, label=tf.constant([0, 1, 2]))["images"]
    assert not np.allclose(images, others, atol=1e-4)
    given = {"label": tf.constant(LABELS, tf.int32)} if model.conditional else {}
    codes = encoder["serving_default"](images=tf.constant(IMAGES), **given)["mean"]
    remade = encoder["reconstruct"](images=tf.constant(IMAGES), **given)["images"]
    np.testing.assert_allclose(decoder["decode"](z=codes)["images"], remade, atol=1e-5)


def request(n: int, temperature: float, **more: int) -> dict[str, tf.Tensor]:
    scalars = {name: tf.constant(value) for name, value in more.items()}
    return {"n": tf.constant(n), "seed": tf.constant(SEED), "temperature": tf.constant(temperature), **scalars}


@pytest.mark.parametrize("name", ["m2", "cvae", "m1_m2"])
def test_samples_of_a_class(served: Any, name: str):
    model, decoder, _, _ = served(name)
    images = decoder["sample_class"](**request(4, 1.0, label=2))["images"]
    expected = model.generate_class(tf.fill([4], 2), tf.constant([SEED, 0]))
    np.testing.assert_allclose(images, expected, atol=1e-5)
    np.testing.assert_array_equal(images, decoder["sample_class"](**request(4, 1.0, label=2))["images"])
    assert not np.allclose(images, decoder["sample_class"](**request(4, 1.0, label=1))["images"], atol=1e-4)
    middle = decoder["sample_class"](**request(3, 0.0, label=1))["images"].numpy()
    np.testing.assert_allclose(middle, np.repeat(middle[:1], 3, axis=0), atol=1e-6)


@pytest.mark.parametrize("label", [-1, 3])
def test_a_class_that_there_is_not_is_an_error_for_the_client(served: Any, label: int):
    _, decoder, _, _ = served("m2")
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected 0 to 2"):
        decoder["sample_class"](**request(1, 1.0, label=label))
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected 0 to 2"):
        decoder["serving_default"](z=tf.zeros([2, 3]), label=tf.constant([0, label]))


def test_a_conditional_encoder_is_given_the_label(served: Any):
    model, _, encoder, _ = served("cvae")
    answer = encoder["serving_default"](images=tf.constant(IMAGES), label=tf.constant(LABELS, tf.int32))
    x, labels = model.observe(IMAGES), tf.constant(LABELS, tf.int32)
    np.testing.assert_allclose(answer["mean"], model.embed(x, labels), atol=1e-5)
    np.testing.assert_allclose(answer["stddev"], model.posterior(x, labels).stddev(), atol=1e-5)
    others = encoder["serving_default"](images=tf.constant(IMAGES), label=tf.constant((LABELS + 1) % 3, tf.int32))
    assert not np.allclose(answer["mean"], others["mean"], atol=1e-4)


@pytest.mark.parametrize("form", ["files", "pixels"])
def test_classes_of_images_in_any_form(served: Any, form: str):
    _, _, encoder, _ = served("m2")
    sent = {
        "pixels": tf.constant(IMAGES),
        "files": tf.constant([tf.io.encode_png(image).numpy() for image in IMAGES]),
    }[form]
    expected = encoder["classify"](images=tf.constant(IMAGES))
    answer = encoder[f"classify_{form}"](**{form: sent})
    np.testing.assert_allclose(answer["probabilities"], expected["probabilities"], atol=1e-5)
    np.testing.assert_array_equal(answer["name"], expected["name"])


def test_a_conditional_encoder_needs_as_many_labels_as_images(served: Any):
    model, _, encoder, _ = served("cvae")
    files = tf.constant([tf.io.encode_png(image).numpy() for image in IMAGES])
    answer = encoder["files"](files=files, label=tf.constant(LABELS, tf.int32))
    np.testing.assert_allclose(
        answer["mean"], model.embed(model.observe(IMAGES), tf.constant(LABELS, tf.int32)), atol=1e-5
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"expected inputs of the same length, got \[6 1\]"):
        encoder["files"](files=files, label=tf.constant([0]))


@pytest.mark.parametrize("role", ROLES)
def test_names_of_classes_are_an_asset(served: Any, role: str):
    *_, written = served("m2")
    names = (written[role].folder / "assets" / "labels.txt").read_text(encoding="utf-8")
    assert names.splitlines() == list(NAMES)


@pytest.mark.parametrize("name", ["m1", "m2", "cvae"])
@pytest.mark.parametrize("role", ROLES)
def test_warm_up_asks_every_signature_what_it_answers(served: Any, name: str, role: str):
    _, decoder, encoder, written = served(name)
    signatures = {"decoder": decoder, "encoder": encoder}[role]
    asked = set()
    records = written[role].folder / "assets.extra" / "tf_serving_warmup_requests"
    for record in tf.data.TFRecordDataset(str(records)):
        wanted = prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request
        inputs = {key: tf.constant(tf.make_ndarray(value)) for key, value in wanted.inputs.items()}
        assert signatures[wanted.model_spec.signature_name](**inputs)
        asked.add(wanted.model_spec.signature_name)
    assert asked == set(signatures)


def test_pictures_of_a_class(served: Any):
    *_, written = served("m2")
    decoder = written["decoder"].folder.parent
    first = sample_images(decoder, 4, SEED, label=2)
    assert (first.shape, first.dtype) == ((4, *SHAPE), np.uint8)
    np.testing.assert_array_equal(first, sample_images(decoder, 4, SEED, label=2))
    assert not np.array_equal(first, sample_images(decoder, 4, SEED, label=0))
    with pytest.raises(InputError, match="--label: the run's model has no class 3"):
        sample_images(decoder, 4, SEED, label=3)
