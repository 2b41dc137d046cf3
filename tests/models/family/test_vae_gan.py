from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from pydantic import ValidationError

from vaeflow.models.building import build, load
from vaeflow.models.config import DataSpec
from vaeflow.models.family.vae_gan.config import VAEGANConfig
from vaeflow.models.family.vae_gan.game import Game
from vaeflow.models.family.vae_gan.model import VAEGAN, feature_log_likelihood
from vaeflow.models.networks.config import ConvolutionalNetwork, DenseNetwork, ResidualNetwork
from vaeflow.models.objectives.config import ElboConfig
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.saving import save
from vaeflow.models.training.data import Batch

SHAPE = (5, 4, 1)
IMAGES = np.random.default_rng(0).integers(0, 256, (6, *SHAPE), dtype=np.uint8)
BATCH = (tf.constant(IMAGES), tf.fill([6], -1))
DENSE = DenseNetwork(hidden=(7, 6))
LR = 0.05


def model(objective: ElboConfig | None = None, **fields) -> VAEGAN:
    keras.utils.set_random_seed(3)
    config = VAEGANConfig(**({"latent_dim": 2, "network": DENSE, "margin": None} | fields))
    built = build(config, DataSpec(image_shape=SHAPE))
    built.compile(keras.optimizers.SGD(LR), ElboObjective(objective))
    return built


def values(of: list[keras.Variable]) -> list[np.ndarray]:
    return [variable.numpy().copy() for variable in of]


def losses_by_hand(of: VAEGAN) -> dict[str, tf.Tensor]:
    """Algorithm 1 of the paper, written for one hidden layer of the discriminator after another."""
    x = of.observe(BATCH[0])
    codes_seed, prior_seed = tf.unstack(tf.random.split(of._seeds(tf.constant(0))[1], 2))
    q = of.posterior(x)
    z = q.sample(1, seed=codes_seed)[0]
    remade, invented = (of.likelihood(code).mean() for code in (z, of.prior().sample(6, seed=prior_seed)))
    first, second = of.discriminator.stack[2], of.discriminator.stack[3]

    def hidden(images: tf.Tensor) -> tf.Tensor:
        return first(tf.reshape(images, [6, -1]))

    def probability(images: tf.Tensor) -> tf.Tensor:
        return tf.nn.sigmoid(of.discriminator.head(second(hidden(images))))[:, 0]

    variance = tf.reduce_mean(tf.math.reduce_variance(hidden(x), axis=0))
    reconstruction = tf.reduce_mean(tf.reduce_sum((hidden(x) - hidden(remade)) ** 2, axis=1)) / (2 * variance)
    mean, stddev = q.mean(), q.stddev()
    kl = tf.reduce_mean(tf.reduce_sum((mean**2 + stddev**2 - 1) / 2 - tf.math.log(stddev), axis=1))
    real = 0.9 * tf.math.log(probability(x)) + 0.1 * tf.math.log(1 - probability(x))
    fake = tf.math.log(1 - probability(remade)) + tf.math.log(1 - probability(invented))
    fooled = tf.math.log(probability(remade)) + tf.math.log(probability(invented))
    return {
        "encoder": kl + reconstruction,
        "decoder": of.config.gamma * reconstruction - tf.reduce_mean(fooled),
        "discriminator": -tf.reduce_mean(real + fake),
    }


def test_each_optimizer_follows_the_gradient_of_its_own_loss_alone():
    trained = model()
    groups = trained.parameter_groups()
    expected = {}
    for name, variables in groups.items():
        with tf.GradientTape() as tape:
            loss = losses_by_hand(trained)[name]
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        expected[name] = [variable - LR * gradient for variable, gradient in zip(variables, gradients, strict=True)]
    trained.train_step(BATCH)
    for name, variables in groups.items():
        for variable, value in zip(variables, expected[name], strict=True):
            np.testing.assert_allclose(variable, value, atol=2e-6, err_msg=f"{name}: {variable.path}")


def test_the_groups_hold_every_weight_once_and_the_encoder_counts_the_steps():
    trained = model()
    groups = trained.parameter_groups()
    paths = [variable.path for variables in groups.values() for variable in variables]
    assert sorted(paths) == sorted(variable.path for variable in trained.trainable_variables)
    assert next(iter(groups)) == "encoder"


@pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.full)])
@pytest.mark.parametrize(
    ("equilibrium", "held", "moved"), [(100.0, "discriminator", "decoder"), (1e-4, "decoder", "discriminator")]
)
def test_who_is_held_does_not_change_a_bit_nor_does_its_optimizer(
    equilibrium: float, held: str, moved: str, jit_compile: bool
):
    """The discriminator is too good for an equilibrium far above every loss, and too weak for one far below."""
    trained = model(equilibrium=equilibrium, margin=1e-5)
    trained.compile(keras.optimizers.Adam(LR), ElboObjective())
    groups, optimizers = trained.parameter_groups(), trained.optimizers
    weights = {name: values(variables) for name, variables in groups.items()}
    states = {name: values(optimizer.variables) for name, optimizer in optimizers.items()}
    take_step = tf.function(trained.train_step, jit_compile=True) if jit_compile else trained.train_step
    take_step(BATCH)

    def same(before: list[np.ndarray], after: list[keras.Variable]) -> bool:
        return all(np.array_equal(a, b) for a, b in zip(before, values(after), strict=True))

    assert same(weights[held], groups[held])
    assert same(states[held], optimizers[held].variables)
    for name in ("encoder", moved):
        assert not same(weights[name], groups[name])
        assert optimizers[name].iterations.numpy() == 1


def logits_of(loss: float) -> tf.Tensor:
    """Logits of real images for which the discriminator's cross-entropy is `loss`."""
    return tf.fill([4], -np.log(np.expm1(loss)).astype(np.float32))


@pytest.mark.parametrize(
    ("real", "fake", "expected"),
    [
        (0.69, 0.69, (False, False)),
        (0.2, 0.69, (True, False)),
        (0.69, 0.2, (True, False)),
        (1.2, 0.69, (False, True)),
        (0.69, 1.2, (False, True)),
        (0.2, 1.2, (False, False)),
    ],
)
def test_the_stronger_side_waits_and_never_both(real: float, fake: float, expected: tuple[bool, bool]):
    game = Game(logits_of(real), -logits_of(fake)[tf.newaxis], -logits_of(fake), VAEGANConfig())
    held = game.held()
    assert (bool(held["discriminator"]), bool(held["decoder"])) == expected


def test_smoothed_labels_ask_for_a_probability_below_one():
    config = VAEGANConfig(label_smoothing=0.1)
    logits = tf.Variable([2.0])
    with tf.GradientTape() as tape:
        loss = Game(logits, tf.constant([[0.0]]), tf.constant([0.0]), config).discriminator
    assert tape.gradient(loss, logits).numpy() == pytest.approx(1 / (1 + np.exp(-2)) - 0.9, abs=1e-6)


def test_the_feature_likelihood_is_nought_where_features_are_equal_and_a_normals_elsewhere():
    random = np.random.default_rng(1)
    real, remade = (random.normal(size=shape).astype(np.float32) for shape in ((5, 3), (2, 5, 3)))
    np.testing.assert_array_equal(feature_log_likelihood(real, np.stack([real])), np.zeros(5))
    variance = real.var(axis=0).mean()
    constant = 1.5 * np.log(2 * np.pi * variance)
    normal = [[-((a - b) ** 2).sum() / (2 * variance) - constant for a, b in zip(r, real, strict=True)] for r in remade]
    np.testing.assert_allclose(feature_log_likelihood(real, remade), np.mean(normal, axis=0) + constant, rtol=1e-4)


@pytest.mark.full
def test_several_codes_an_image_reconstruct_as_well_as_one_does_on_average():
    x = tf.random.stateless_uniform([3, *SHAPE], [1, 1])
    trained = model(objective=ElboConfig(samples=200))
    seed = tf.constant([1, 2])
    many = trained.losses(Batch(x, tf.fill([3], -1)), tf.constant(0), seed).terms
    one = model()

    @tf.function
    def log_likelihood(draw: tf.Tensor) -> tf.Tensor:
        return one.losses(Batch(x, tf.fill([3], -1)), tf.constant(0), tf.stack([7, draw])).terms["log_likelihood"]

    singles = np.stack([log_likelihood(draw) for draw in tf.range(200)])
    error = 6 * singles.std(axis=0) / np.sqrt(200) + 1e-4
    assert (np.abs(many["log_likelihood"] - singles.mean(axis=0)) < error).all()


def test_a_game_over_several_codes_is_the_mean_of_games_over_one():
    random = np.random.default_rng(2)
    real, sampled = (tf.constant(random.normal(size=4), tf.float32) for _ in range(2))
    reconstructed = tf.constant(random.normal(size=(3, 4)), tf.float32)
    ones = [Game(real, codes[tf.newaxis], sampled, VAEGANConfig()) for codes in reconstructed]
    many = Game(real, reconstructed, sampled, VAEGANConfig())
    for side in ("discriminator", "generator"):
        by_one = np.mean([getattr(game, side) for game in ones], axis=0)
        np.testing.assert_allclose(getattr(many, side), by_one, rtol=1e-5)


@pytest.mark.parametrize(
    ("network", "layer", "size"),
    [
        (DENSE, 1, 6),
        (DENSE, 2, 7),
        (DENSE, 9, 7),
        *(
            pytest.param(network, layer, size, marks=pytest.mark.full)
            for network, layer, size in (
                (ConvolutionalNetwork(filters=(3, 4), hidden=5), 2, 2 * 1 * 4),
                (ConvolutionalNetwork(filters=(3, 4), hidden=5, normalisation="batch"), 3, 3 * 2 * 3),
                (ResidualNetwork(filters=(3, 4), hidden=5), 2, 2 * 1 * 4),
            )
        ),
    ],
)
def test_reconstructions_are_compared_in_the_layer_asked_for(network, layer: int, size: int):
    built = model(network=network, feature_layer=layer)
    features, logits = built._discriminate(tf.zeros([3, 6, *SHAPE]))
    assert features.shape == (3, 6, size)
    assert logits.shape == (3, 6)


def test_what_the_discriminator_sees_in_an_image_does_not_depend_on_the_others():
    built = model(network=ResidualNetwork(filters=(3, 4), hidden=5, normalisation="batch"))
    x = built.observe(IMAGES)
    together, alone = built.discriminator(x, training=True).outputs, built.discriminator(x[:1], training=True).outputs
    np.testing.assert_allclose(together[:1], alone, atol=1e-5)


def test_a_likelihood_that_would_have_to_be_trained_is_refused():
    with pytest.raises(ValidationError, match=r"likelihood\.variance must be 'fixed' for vae_gan.*got 'learned'"):
        VAEGANConfig(likelihood={"name": "gaussian", "variance": "learned"})


def test_a_discriminator_without_hidden_layers_is_refused():
    with pytest.raises(ValidationError, match=r"network\.hidden must have at least one layer"):
        VAEGANConfig(network=DenseNetwork(hidden=()))


@pytest.mark.full
def test_a_loaded_model_goes_on_with_its_discriminator(tmp_path: Path):
    trained = model()
    trained.train_on_batch(*BATCH)
    save(trained, tmp_path / "model.keras")
    expected = values(trained.discriminator.trainable_variables)
    loaded = load(tmp_path / "model.keras")
    for one, other in zip(values(loaded.discriminator.trainable_variables), expected, strict=True):
        np.testing.assert_array_equal(one, other)
    loaded.compile(keras.optimizers.SGD(LR), ElboObjective())
    loaded.train_on_batch(*BATCH)
    assert not np.array_equal(loaded.discriminator.trainable_variables[0].numpy(), expected[0])
