from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from pydantic import ValidationError
from sklearn.datasets import load_digits

from vaeflow.models.building import build, load
from vaeflow.models.config import DataSpec
from vaeflow.models.errors import InputError
from vaeflow.models.family.dfc_vae.config import DFCVAEConfig
from vaeflow.models.family.dfc_vae.model import CLASSIFIER, DFCVAE
from vaeflow.models.networks.config import ConvolutionalNetwork, DenseNetwork, Network, ResidualNetwork
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.perception.distance import FeatureDistance
from vaeflow.models.perception.vgg19 import vgg19_features, vgg19_inputs
from vaeflow.models.perception.weights import KERAS_FILE
from vaeflow.models.training.data import Batch
from vaeflow.models.training.step import MAIN

RANDOM = np.random.default_rng(0)
SHAPE = (5, 6, 1)
IMAGES = RANDOM.integers(0, 256, (12, *SHAPE), dtype=np.uint8)
LABELS = np.arange(12) % 3
CONVOLUTIONAL = ConvolutionalNetwork(filters=(3, 4), hidden=6, kernel_size=3)
SEED = tf.constant([1, 2])


@pytest.fixture(scope="module")
def vgg19(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with randomly initialised weights of VGG19."""
    keras.utils.set_random_seed(1)
    file = tmp_path_factory.mktemp("vgg19") / "random.weights.h5"
    keras.applications.VGG19(include_top=False, weights=None).save_weights(file)
    return file


def model(shape: tuple[int, int, int] = SHAPE, **fields) -> DFCVAE:
    keras.utils.set_random_seed(3)
    config = DFCVAEConfig(**({"latent_dim": 2, "network": CONVOLUTIONAL, "features": "classifier"} | fields))
    return build(config, DataSpec(image_shape=shape, num_classes=10))


def step(of: DFCVAE, images: np.ndarray = IMAGES, labels: np.ndarray = LABELS) -> dict[str, float]:
    results = of.train_step((tf.constant(images), tf.constant(labels, tf.int32)))
    return {name: float(value) for name, value in results.items()}


def values(of: list[keras.Variable]) -> list[np.ndarray]:
    return [variable.numpy().copy() for variable in of]


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


# ---------------------------------------------------------------- the distance


def test_equal_features_are_at_no_distance_and_any_others_are():
    distance = FeatureDistance(2)
    features = [tf.random.normal([3, 4, 4, 2]), tf.random.normal([3, 5])]
    np.testing.assert_array_equal(distance(features, features), np.zeros(3))
    changed = [features[0], features[1] + tf.one_hot([2], 3)[0][:, tf.newaxis]]
    assert (distance(features, changed).numpy() > 0).tolist() == [False, False, True]


def test_the_distance_is_a_mean_over_features_and_samples_in_units_of_their_variance(toy_training_set: type):
    layers = [lambda x: 3.0 * x, lambda x: tf.reshape(x, [-1, 30])[:, :4] - 2.0, lambda x: 0.0 * x]
    images = RANDOM.integers(0, 256, (130, *SHAPE), dtype=np.uint8)
    distance = FeatureDistance(3)
    distance.scale_by(lambda batch: [layer(tf.cast(batch, tf.float32)) for layer in layers], images)
    flat = images.reshape(130, -1).astype(np.float64)
    expected = [(3 * flat).var(axis=0).mean(), flat[:, :4].var(axis=0).mean(), 1.0]
    np.testing.assert_allclose(distance.variances, expected, rtol=1e-4)
    real = [RANDOM.normal(size=(2, n)).astype(np.float32) for n in (6, 4, 3)]
    remade = [RANDOM.normal(size=(3, 2, n)).astype(np.float32) for n in (6, 4, 3)]
    by_hand = sum(
        ((a - b) ** 2).mean(axis=(0, 2)) / variance for a, b, variance in zip(real, remade, expected, strict=True)
    )
    measured = distance([tf.constant(a) for a in real], [tf.reshape(b, [6, -1]) for b in remade])
    np.testing.assert_allclose(measured, by_hand, rtol=1e-4)


# ---------------------------------------------------------------- with a classifier


def test_the_classifier_learns_in_its_phase_and_nothing_else_does(toy_training_set: type):
    digits, labels = load_digits(return_X_y=True)
    images = (digits[:400] * 255 / 16).astype(np.uint8).reshape(-1, 8, 8, 1)
    trained = model((8, 8, 1), network=DenseNetwork(hidden=(30, 20)))
    trained.compile(keras.optimizers.Adam(1e-2), ElboObjective(), phase=CLASSIFIER)
    trained.begin(CLASSIFIER, toy_training_set(images, labels[:400]))
    learned = {variable.path for variable in trained.parameter_groups()[CLASSIFIER]}
    others = [variable for variable in trained.weights if variable.path not in learned]
    before = values(others)

    def accuracy() -> float:
        predicted = trained.classifier(trained.observe(images)).outputs.numpy().argmax(axis=1)
        return float((predicted == labels[:400]).mean())

    start = accuracy()
    first = step(trained, images, labels[:400])
    assert first["accuracy"] == pytest.approx(start, abs=1e-6)
    for _ in range(30):
        step(trained, images, labels[:400])
    assert accuracy() > max(0.8, start + 0.4)
    assert same(before, values(others))


def test_the_main_phase_leaves_the_classifier_as_it_is(toy_training_set: type):
    trained = model()
    trained.compile(keras.optimizers.Adam(1e-2), ElboObjective(), phase=MAIN)
    trained.begin(MAIN, toy_training_set(IMAGES, LABELS))
    before = values(trained.classifier.weights)
    decoder = values(trained.decoder.weights)
    step(trained)
    assert same(before, values(trained.classifier.weights))
    assert not same(decoder, values(trained.decoder.weights))


def test_images_whose_label_training_may_not_know_count_for_nothing():
    trained = model()
    trained.compile(keras.optimizers.SGD(0.1), ElboObjective(), phase=CLASSIFIER)
    labels = np.where(np.arange(12) < 5, LABELS, -1)
    x = trained.observe(IMAGES[:5])
    logits = trained.classifier(x).outputs
    expected = -tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(LABELS[:5], logits))
    assert step(trained, labels=labels)["log_likelihood"] == pytest.approx(float(expected), rel=1e-5)
    before = values(trained.weights)
    step(trained, labels=np.full(12, -1))
    assert same(before, values(trained.weights))


def test_training_weighs_the_distance_of_the_classifiers_features(toy_training_set: type):
    trained = model(feature_weight=7.0)
    trained.compile(keras.optimizers.Adam(1e-2), ElboObjective(), phase=MAIN)
    trained.begin(MAIN, toy_training_set(IMAGES, LABELS))
    x = trained.observe(IMAGES)
    terms = trained.training_terms(Batch(x, tf.constant(LABELS)), tf.constant(0), SEED, 1)
    z = trained.posterior(x).sample(1, seed=SEED)[0]
    remade = trained.likelihood(z).mean()
    pairs = zip(trained.classifier(x).features, trained.classifier(remade).features, strict=True)
    distance = sum(
        tf.reduce_mean((a - b) ** 2, axis=list(range(1, len(a.shape)))) / variance
        for (a, b), variance in zip(pairs, trained.distance.variances.numpy(), strict=True)
    )
    np.testing.assert_allclose(terms.elbo.log_likelihood, -3.5 * distance, rtol=1e-4)


def test_without_labels_one_line_says_what_to_give(toy_training_set: type):
    with pytest.raises(InputError, match=r"without labels.*train\.model\.vgg19_weights"):
        build(DFCVAEConfig(features="classifier"), DataSpec(image_shape=SHAPE))
    unlabelled = toy_training_set(IMAGES, np.full(12, -1))
    with pytest.raises(InputError, match="without labels"):
        model().begin(CLASSIFIER, unlabelled)


# ---------------------------------------------------------------- its classifier


@pytest.mark.parametrize("network", [CONVOLUTIONAL, ResidualNetwork(filters=(3, 4), hidden=6, blocks=2)])
def test_the_classifier_is_a_vgg_with_the_encoders_filters(network: Network):
    features = model((9, 7, 3), network=network).classifier(tf.zeros((2, 9, 7, 3))).features
    assert [layer.shape for layer in features] == [(2, 9, 7, 3), (2, 5, 4, 4), (2, 6)]


def test_its_first_features_move_with_the_image():
    classifier = model((12, 12, 1)).classifier
    x = np.zeros((1, 12, 12, 1), np.float32)
    x[:, 4:7, 4:7] = RANDOM.random((1, 3, 3, 1))
    one_further = classifier(np.roll(x, (1, 1), axis=(1, 2))).features[0]
    np.testing.assert_allclose(np.roll(classifier(x).features[0], (1, 1), axis=(1, 2)), one_further, atol=1e-6)


def test_its_features_of_an_image_do_not_depend_on_other_images():
    network = CONVOLUTIONAL.model_copy(update={"normalisation": "batch"})
    classifier = model(network=network).classifier
    x = RANDOM.random((4, *SHAPE)).astype(np.float32)
    pairs = zip(classifier(x[:1], training=True).features, classifier(x, training=True).features, strict=True)
    for alone, together in pairs:
        np.testing.assert_allclose(alone[0], together[0], atol=1e-5)


# ---------------------------------------------------------------- with VGG19


def test_features_are_those_of_vgg19_for_images_as_it_was_trained_on(vgg19: Path):
    names = ("block1_conv1", "block2_conv1")
    x = RANDOM.random((2, 40, 33, 3)).astype(np.float32)
    bgr = 255 * x[..., ::-1] - np.array([103.939, 116.779, 123.68], np.float32)
    whole = keras.applications.VGG19(include_top=False, weights=str(vgg19))
    for name, seen in zip(names, vgg19_features(vgg19, names)(tf.constant(x)), strict=True):
        expected = keras.Model(whole.input, whole.get_layer(name).output)(bgr)
        np.testing.assert_allclose(seen, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("shape", "size"), [((7, 5), (45, 32)), ((28, 28), (32, 32)), ((40, 33), (40, 33))])
def test_small_images_grow_to_what_vgg19_can_take_and_grey_ones_get_three_channels(
    shape: tuple[int, int], size: tuple[int, int]
):
    grey = tf.constant(RANDOM.random((2, *shape, 1)), tf.float32)
    seen = vgg19_inputs(grey)
    assert seen.shape == (2, *size, 3)
    np.testing.assert_allclose(seen, vgg19_inputs(tf.repeat(grey, 3, axis=-1)), atol=1e-3)


@pytest.mark.full
def test_it_trains_by_vgg19_which_is_no_part_of_it(vgg19: Path, toy_training_set: type, tmp_path: Path, caplog):
    trained = model(features="vgg19", vgg19_weights=vgg19, vgg19_layers=("block1_conv1", "block2_conv2"))
    assert trained.phases() == ()
    with caplog.at_level("INFO", logger="vaeflow"):
        trained.compile(keras.optimizers.Adam(1e-3), ElboObjective(), phase=MAIN)
    assert "features of VGG19" in caplog.text
    trained.begin(MAIN, toy_training_set(IMAGES, LABELS))
    assert (trained.distance.variances.numpy() != 1).all()
    weights = values(trained.trainable_variables)
    assert np.isfinite(step(trained)["log_likelihood"])
    assert not any(np.array_equal(a, b) for a, b in zip(weights, values(trained.trainable_variables), strict=True))
    assert trained.count_params() < 10_000
    trained.save(tmp_path / "model.keras")
    assert (tmp_path / "model.keras").stat().st_size < 1_000_000
    x = trained.observe(IMAGES)
    np.testing.assert_array_equal(load(tmp_path / "model.keras").reconstruct(x), trained.reconstruct(x))


def test_a_model_trained_by_vgg19_is_loaded_where_its_weights_are_not(tmp_path: Path):
    model(features="vgg19", vgg19_weights=tmp_path / "gone.weights.h5").save(tmp_path / "model.keras")
    assert load(tmp_path / "model.keras").config.features == "vgg19"


def test_weights_that_are_not_there_or_not_vgg19s_are_named(tmp_path: Path):
    absent = model(features="vgg19", vgg19_weights=tmp_path / "absent.weights.h5")
    with pytest.raises(InputError, match=r"vgg19_weights: expected a file .* none at .*absent"):
        absent.compile("sgd", ElboObjective())
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)]).save_weights(tmp_path / "other.weights.h5")
    other = model(features="vgg19", vgg19_weights=tmp_path / "other.weights.h5")
    with pytest.raises(InputError, match=r"other\.weights\.h5 does not hold weights of VGG19"):
        other.compile("sgd", ElboObjective())


# ---------------------------------------------------------------- whose features


def test_vgg19_is_the_default_where_its_weights_are_available(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert DFCVAEConfig().features == "classifier"
    assert DFCVAEConfig(vgg19_weights=tmp_path / "file.h5").features == "vgg19"
    cached = tmp_path / "models" / KERAS_FILE
    cached.parent.mkdir()
    cached.touch()
    assert DFCVAEConfig().features == "vgg19"
    assert DFCVAEConfig(features="classifier").features == "classifier"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"features": "classifier", "vgg19_weights": "file.h5"},
            "vgg19_weights is given, but features is 'classifier'",
        ),
        ({"vgg19_layers": ["block1_conv3"]}, "vgg19_layers"),
        ({"vgg19_layers": []}, "vgg19_layers"),
        (
            {"likelihood": {"name": "gaussian", "variance": "per_pixel"}},
            r"likelihood\.variance must be 'fixed' for dfc_vae",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict, message: str):
    with pytest.raises(ValidationError, match=message):
        DFCVAEConfig(**fields)


def test_it_says_whose_features_were_used(vgg19: Path):
    assert "a classifier that was first trained on the same images for 5 epochs" in model().remarks[0]
    assert "VGG19" in model(features="vgg19", vgg19_weights=vgg19).remarks[0]
