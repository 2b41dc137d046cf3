"""One training or validation step, under Keras' `fit`."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

import keras
import tensorflow as tf

from vaeflow.models.arrays import UNKNOWN
from vaeflow.models.errors import InputError
from vaeflow.models.image_model import ImageModel
from vaeflow.models.inputs.numbers import INT32, as_count
from vaeflow.models.inputs.objects import as_choice, as_instance, as_optimizer
from vaeflow.models.training.data import Batch, TrainingSet
from vaeflow.models.training.losses import Losses
from vaeflow.models.training.meters import Meters

READ: Mapping[str, Callable[[Any], Any]] = {
    "steps_per_execution": partial(as_count, name="steps_per_execution"),
    "run_eagerly": partial(as_choice, name="run_eagerly", choices=(True, False)),
    "jit_compile": partial(as_choice, name="jit_compile", choices=("auto", True, False)),
    "auto_scale_loss": partial(as_choice, name="auto_scale_loss", choices=(True, False)),
}
"""How each option of `compile` is read that Keras uses as it comes."""

LAST_STEP = 2**31 - 1
"""The step at which validation is measured: every schedule has ended by then."""


@runtime_checkable
class Objective(Protocol):
    """What training maximises."""

    term_names: tuple[str, ...]

    def losses(self, model: Any, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        """The losses of one batch at optimizer step `step`, counted from 0."""

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """The objective's own parameters, such as a discriminator's, by group."""


class Phase(NamedTuple):
    """A part of training before the main one, with its own optimizers."""

    name: str
    epochs: int
    learning_rate: float | None = None
    """The field `NAME_learning_rate` of the model; the phase has that of the main phase if it is None."""


MAIN = "main"


class InTraining(keras.layers.Layer):
    """Calls a function in Keras' training mode, which applies to all layers inside."""

    def __init__(self, function: Callable[[tf.Tensor], Any]):
        super().__init__(dtype="float32", autocast=False)
        self.function = function

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> Any:
        return self.function(inputs)


class Trainable(ImageModel):
    """Maximises the mean of an objective over batches of images, in one or several phases.

    All noise is drawn from stateless seeds made of the training seed and the optimizer's step counter. So there is no
    random state to save, and a resumed training draws the same noise as an uninterrupted one. Validation uses the
    same noise in every epoch, which makes epochs comparable.
    """

    penalty_names: tuple[str, ...] = ()
    """Names of the terms that the model adds to its loss besides the bound."""
    comparable_epochs: ClassVar[bool] = True
    """Whether the objective in validation tells which epoch is best; not so if an adversary changes between epochs."""

    def phases(self) -> tuple[Phase, ...]:
        """The phases before the main phase."""
        return ()

    def initialise(self, data: TrainingSet) -> None:
        """Set what is not learned by gradient steps, before the first step of all."""

    def begin(self, phase: str, data: TrainingSet) -> None:
        """Set what is not learned by gradient steps, before the first step of a phase."""

    def finish(self, data: TrainingSet) -> None:
        """Set what is not learned by gradient steps, after the last step."""

    def parameter_groups(self) -> dict[str, list[keras.Variable]]:
        """Parameters of each optimizer in this phase, by group name; the first optimizer counts the steps."""
        return {"model": self.trainable_variables}

    def losses(self, batch: Batch, step: tf.Tensor, seed: tf.Tensor) -> Losses:
        """The losses of one batch in this phase."""
        return self.objective.losses(self, batch, step, seed)

    def compile(
        self,
        optimizer: keras.optimizers.Optimizer | str | None = None,
        objective: Objective | None = None,
        *,
        phase: str = MAIN,
        seed: int = 0,
        labelled: int = 0,
        **kwargs: Any,
    ) -> None:
        """Like `keras.Model.compile`, with the objective, the phase and the seed of the noise.

        The first `labelled` images of each batch on a device, also of the last one, have a label, which saves work;
        if one has none, its bound is wrong.
        Each group of parameters gets an optimizer like the one given, with its own state. Raises `InputError` if
        optimizer or objective are missing or something else, if the model has no such phase, or for a loss or metrics.
        """
        noise_seed = as_count(seed, "seed", lowest=INT32[0])
        maximised: Objective = as_instance(objective, Objective, "objective", "an objective, such as ElboObjective()")
        self._require_phase(phase)
        _refuse_losses(kwargs)
        read = {name: READ[name](value) if name in READ else value for name, value in kwargs.items()}
        super().compile(optimizer=as_optimizer(optimizer), **read)
        self.objective = maximised
        self.phase = phase
        self.noise_seed = noise_seed
        self.labelled = as_count(labelled, "labelled", lowest=0)
        groups = self._groups()
        copies = {name: _copy(self.optimizer) for name in list(groups)[1:]}
        self.optimizers = {next(iter(groups)): self.optimizer, **copies}
        for name, variables in groups.items():
            self.optimizers[name].build(variables)
        self.meters = Meters([*self.objective.term_names, *self.penalty_names])

    def _require_phase(self, given: str) -> None:
        names = [*(phase.name for phase in self.phases()), MAIN]
        if given not in names:
            raise InputError(f"phase: expected {' or '.join(names)}, got {given!r}")

    def _groups(self) -> dict[str, list[keras.Variable]]:
        return self.parameter_groups() | self.objective.parameter_groups()

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return self.meters.metrics if self.compiled else []

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """One step on images [batch, h, w, c] and labels [batch], if any, or several steps on [steps, batch, ...].

        Several steps are one compiled program: for small networks, starting a program takes up to a tenth of the time.
        """
        images, labels = _images_and_labels(data)
        if len(images.shape) == 4:
            self._step(images, labels)
        else:
            steps = tf.shape(images)[0]
            tf.while_loop(lambda i: i < steps, lambda i: self._step_and_count(images, labels, i), [0])
        return self._results()

    def _step_and_count(self, images: tf.Tensor, labels: tf.Tensor, i: tf.Tensor) -> tuple[tf.Tensor]:
        self._step(images[i], labels[i])
        return (i + 1,)

    def _step(self, images: tf.Tensor, labels: tf.Tensor) -> None:
        step = tf.cast(self.optimizer.iterations.value, tf.int32)
        observation_seed, noise_seed = self._seeds(step)
        images = self.observe(images, observation_seed)
        groups = self._groups()
        replicas = self.distribute_strategy.num_replicas_in_sync
        with tf.GradientTape(persistent=len(groups) > 1) as tape:
            losses = InTraining(lambda x: self.losses(Batch(x, labels, self.labelled), step, noise_seed))(
                images, training=True
            )
            scaled = {name: self.optimizers[name].scale_loss(losses.by_group[name] / replicas) for name in groups}
        gradients = {name: tape.gradient(scaled[name], variables) for name, variables in groups.items()}
        for name, variables in groups.items():
            self._update(name, list(zip(gradients[name], variables, strict=True)), losses.held.get(name))
        self.meters.watch(losses, step)
        self.meters.measure(losses)

    def _update(self, group: str, gradients: list[tuple[tf.Tensor, keras.Variable]], held: tf.Tensor | None) -> None:
        optimizer = self.optimizers[group]
        if held is None:
            optimizer.apply_gradients(gradients)
        else:
            tf.cond(held, lambda: optimizer.iterations.value, lambda: optimizer.apply_gradients(gradients).value)

    def test_step(self, data: Any) -> dict[str, tf.Tensor]:
        images, labels = _images_and_labels(data)
        _, noise_seed = self._seeds(tf.constant(-1))
        batch = Batch(self.observe(images), labels)
        self.meters.measure(self.losses(batch, tf.constant(LAST_STEP), noise_seed))
        return self._results()

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Do nothing: every weight exists already.

        To infer shapes, Keras would add up the first uint8 batches of all devices. Collectives cannot do that, and it
        fails if the batches differ in size.
        """

    def _seeds(self, step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Two seeds for each device at each step, for observation and noise; no seed is used twice."""
        devices = self.distribute_strategy.num_replicas_in_sync
        first = 2 * (step * devices + tf.distribute.get_replica_context().replica_id_in_sync_group)
        return tf.stack([self.noise_seed, first]), tf.stack([self.noise_seed, first + 1])

    def _results(self) -> dict[str, tf.Tensor]:
        results = {metric.name: metric.result() for metric in self.metrics}
        if _has_several_workers(self.distribute_strategy):
            # Keras 3.15 averages over workers along an axis that a scalar does not have.
            results = {name: result[tf.newaxis] for name, result in results.items()}
        return results


def _refuse_losses(options: Mapping[str, Any]) -> None:
    for name in ("loss", "loss_weights", "metrics", "weighted_metrics"):
        if options.get(name):
            raise InputError(f"{name}: expected none, because the objective decides what is trained and measured")


def _images_and_labels(data: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Images and labels int32 of what Keras passes to a step, which are unknown if they are not given."""
    images, labels, weights = keras.utils.unpack_x_y_sample_weight(data)
    if weights is not None:
        raise InputError("sample_weight: expected none, because the mean is over all images; repeat images instead")
    unknown = tf.fill(tf.shape(images)[:-3], UNKNOWN)
    return images, unknown if labels is None else tf.cast(labels, tf.int32)


def excluding(excluded: Iterable[keras.Variable], variables: Iterable[keras.Variable]) -> list[keras.Variable]:
    """The variables that are not among `excluded`."""
    left_out = {id(variable) for variable in excluded}
    return [variable for variable in variables if id(variable) not in left_out]


def _copy(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    return type(optimizer).from_config(optimizer.get_config())


def _has_several_workers(strategy: tf.distribute.Strategy) -> bool:
    is_multi_worker = isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)
    return is_multi_worker and bool(strategy.cluster_resolver.cluster_spec())
