"""Remedies that several findings share: changes of a training. Importable without TensorFlow and NumPy."""

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.training.config import TrainConfig
from vaeflow.models.networks.config import ConvolutionalNetwork, DenseNetwork, ResidualNetwork
from vaeflow.models.objectives.config import BetaTcConfig, CrossEntropyConfig, ElboConfig, FactorVaeConfig, IwaeConfig

LEARNING_RATE = 1e-3
"""The usual learning rate of Adam. Kingma & Ba 2015."""
FEW_EPOCHS = 3
"""So few that training may not have begun to use the code, and that cannot tell whether it was still improving."""
TEST_FRACTION = 0.3
FREE_BITS = 0.5
"""Nats per dimension. Kingma et al. 2016 use values from 0.125 to 2 for groups of dimensions."""


class HeldOut(NamedTuple):
    """The test images: their number, that of those in the sample, and the share of all images that is held out.

    The share is 0 if the source decides on it, or if it is not recorded.
    """

    number: int
    sample: int
    fraction: float


def more_test_images(images: HeldOut, measured: int) -> Iterator[Change]:
    """A larger sample if only that was `measured`, or a larger share of the images for testing if it is small."""
    if measured <= images.sample < images.number:
        yield Change("evaluate.sample", min(images.number, Settings.model_fields["sample"].default))
    if 0 < images.fraction < TEST_FRACTION:
        yield Change("preprocess.test_fraction", TEST_FRACTION)


def longer(training: TrainConfig) -> Change:
    """Twice as many epochs, or the default number after none."""
    return Change("train.epochs", 2 * training.epochs or TrainConfig.model_fields["epochs"].default)


def at_all_trained(training: TrainConfig) -> Iterator[Change]:
    """More epochs after hardly any."""
    if training.epochs <= FEW_EPOCHS:
        yield longer(training)


def slower(training: TrainConfig) -> Change:
    """A tenth of the learning rate, without the rounding errors of the division."""
    return Change("train.learning_rate", float(f"{training.learning_rate / 10:.6g}"))


def more_use_of_the_code(training: TrainConfig) -> Iterator[Change]:
    """Changes with which a model begins to use its code, or uses more of it."""
    yield from at_all_trained(training)
    if training.learning_rate >= 10 * LEARNING_RATE:
        yield slower(training)
    yield from weaker_kl(training)
    yield slower(training)


def weaker_kl(training: TrainConfig) -> Iterator[Change]:
    """Changes that make it cheaper to use the code, at least at first."""
    match training.objective:
        case ElboConfig() as elbo:
            yield from _weaker_elbo(elbo, training.epochs)
        case IwaeConfig() as iwae:
            yield from _warm_up(iwae, training.epochs)
        case BetaTcConfig() as beta_tc:
            yield Change("train.objective.beta", min(1.0, beta_tc.beta / 2))
        case FactorVaeConfig() as factor_vae:
            yield Change("train.objective.gamma", factor_vae.gamma / 2)
        case CrossEntropyConfig():
            pass
        case _:
            assert_never(training.objective)


def _weaker_elbo(elbo: ElboConfig, epochs: int) -> Iterator[Change]:
    if not elbo.reconstruction_weight:
        yield Change("train.objective.reconstruction_weight", 1.0)
    if elbo.capacity:
        yield Change("train.objective.capacity.nats", 2 * elbo.capacity.nats)
    if elbo.beta > 1:
        yield Change("train.objective.beta", 1.0)
    yield from _warm_up(elbo, epochs)
    if not elbo.free_bits:
        yield Change("train.objective.free_bits", FREE_BITS)


def _warm_up(objective: ElboConfig | IwaeConfig, epochs: int) -> Iterator[Change]:
    if not objective.warm_up:
        yield Change("train.objective.warm_up.epochs", max(1, epochs // 4))


def stronger_kl(training: TrainConfig) -> Iterator[Change]:
    """Changes that draw the codes nearer to the prior, or the prior to the codes."""
    match training.objective:
        case ElboConfig() as elbo:
            if elbo.capacity:
                yield Change("train.objective.capacity.nats", elbo.capacity.nats / 2)
            yield Change("train.objective.beta", max(1.0, 2 * elbo.beta))
        case BetaTcConfig() as beta_tc:
            yield Change("train.objective.gamma", max(1.0, 2 * beta_tc.gamma))
        case IwaeConfig() | FactorVaeConfig() | CrossEntropyConfig():
            pass
        case _:
            assert_never(training.objective)
    yield Change("train.model.prior.name", "vamp")
    yield Change("train.model.prior.components", 20)


def smaller_network(training: TrainConfig) -> Change:
    """Half as many units or filters in each layer of the encoder and the decoder."""
    match training.model.network:
        case DenseNetwork() as dense:
            return Change("train.model.network.hidden", [_half(units) for units in dense.hidden])
        case ConvolutionalNetwork() | ResidualNetwork() as convolutional:
            return Change("train.model.network.filters", [_half(filters) for filters in convolutional.filters])
        case _:
            assert_never(training.model.network)


def _half(count: int) -> int:
    return max(1, count // 2)
