"""The training loop: from an untrained or interrupted model to its best epoch."""

import logging
from pathlib import Path

import keras
import tensorflow as tf

from vaeflow.components import progress
from vaeflow.components.artifacts import Examples
from vaeflow.components.images.examples import label_names, read_statistics, read_transform
from vaeflow.components.training.callbacks import EpochOrder, NotFiniteError, ProgressBar, Record, StopWhenNotFinite
from vaeflow.components.training.checkpoints import Checkpoints
from vaeflow.components.training.compilation import uses_xla
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.data import TrainingData, training_data, validation_batches
from vaeflow.components.training.going_on import CHECKPOINTS, LOGS
from vaeflow.components.training.history import DivergedError, History, OnEpoch
from vaeflow.components.training.labels import kept_labels
from vaeflow.components.training.probe import Probe, validation_probe
from vaeflow.components.training.starting import begin_with
from vaeflow.components.training.strategies import is_chief, precision
from vaeflow.components.training.tensorboard import TensorBoard
from vaeflow.components.training.training_set import TrainingSplit
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.building import build
from vaeflow.models.config import DataSpec
from vaeflow.models.model_config import GenerativeConfig
from vaeflow.models.objectives.building import build_objective
from vaeflow.models.saving import save
from vaeflow.models.training.step import MAIN, Phase

log = logging.getLogger(__name__)


class Training:
    """All phases of a training, resumed from the last epoch that an earlier, interrupted execution finished."""

    def __init__(
        self,
        config: TrainConfig,
        examples: Examples,
        strategy: tf.distribute.Strategy,
        output: Path,
        start: Path | None = None,
        on_epoch: OnEpoch | None = None,
    ):
        """`start` is the file of a model that is past its earlier phases."""
        _warn_of_grey_pixels(config, examples)
        self.config = config
        self.examples = examples
        self.strategy = strategy
        self.output = output
        self.start = start
        self.on_epoch = on_epoch
        self.main_data = training_data(config, examples, strategy.num_replicas_in_sync)
        self.images = TrainingSplit(
            examples, config.seed, kept_labels(config.data, examples), labelled_only=config.model.labelled_only
        )
        with strategy.scope(), precision(config.precision):
            self.model = build(config.model, data_spec(examples))
        self.phases = (*(() if start else self.model.phases()), Phase(MAIN, config.epochs))
        self.history = History(
            num_images=self.main_data.num_images,
            pretraining=sum(phase.epochs for phase in self.phases[:-1]),
            warm_up=config.objective.schedule_epochs(self.main_data.steps_per_epoch),
            comparable=self._can_compare_epochs,
        )
        self.checkpoints = Checkpoints(output / CHECKPOINTS, self.model, self.history, writes=is_chief(strategy))

    def run(self) -> History:
        """Train until the last epoch or until patience runs out, then restore the best epoch, if there is any."""
        finished = self.checkpoints.last
        if finished:
            log.info("resuming after epoch %d of %d", finished, self.history.pretraining + self.config.epochs)
        elif self.start:
            begin_with(self.model, self.start)
        else:
            self.model.initialise(self.images)
        end = 0
        for phase in self.phases:
            first, end = end, end + phase.epochs
            if finished > end:
                continue
            self._compile(phase)
            if finished > first:
                self.checkpoints.restore(finished)
            elif not self.start:
                self.model.begin(phase.name, self.images)
            self._fit(phase, end)
        if len(self.history.epochs) > self.history.pretraining:
            self.checkpoints.restore_best()
        elif not self.history.epochs and self.checkpoints.writes:
            self._tensorboard(self._probe(), end).show_untrained(self.model)
        return self.history

    def _data_of(self, phase: Phase) -> TrainingData:
        """The batches of a phase: before the main phase they are drawn from all images, labelled or not."""
        if phase.name == MAIN or self.config.data.labelled_per_batch is None:
            return self.main_data
        data = self.config.data.model_copy(update={"labelled_per_batch": None})
        config = self.config.model_copy(update={"data": data})
        return training_data(config, self.examples, self.strategy.num_replicas_in_sync)

    def _compile(self, phase: Phase) -> None:
        self.data = self._data_of(phase)
        steps_per_epoch = self.data.steps_per_epoch
        with self.strategy.scope(), precision(self.config.precision):
            self.model.compile(
                keras.optimizers.Adam(self._learning_rate(phase)),
                build_objective(
                    self.config.objective,
                    code_dim=self.model.code_dim,
                    steps_per_epoch=steps_per_epoch,
                    num_images=self.data.num_images,
                ),
                phase=phase.name,
                seed=self.config.seed,
                labelled=self.data.labelled,
                jit_compile=uses_xla(self.config),
            )

    def _learning_rate(self, phase: Phase) -> float | keras.optimizers.schedules.LearningRateSchedule:
        first = phase.learning_rate or self.config.learning_rate
        steps = phase.epochs * self.data.steps_per_epoch
        falls = self.config.schedule == "cosine" and steps
        return keras.optimizers.schedules.CosineDecay(first, steps) if falls else first

    def _fit(self, phase: Phase, end: int) -> None:
        """Train up to epoch `end`, counted over all phases."""
        first = len(self.history.epochs)
        if first >= end or self.history.out_of_patience(self.config.patience):
            return
        validation = validation_batches(self.examples, self.config.memory_budget, labels=self._knows_validation_labels)
        parts = len(self.data.batches)
        with progress.bar("Training, epochs", end - first) as advance:
            try:
                self.model.fit(
                    self.data.batches,
                    steps_per_epoch=parts,  # otherwise Keras makes every iterator twice
                    validation_data=validation,
                    initial_epoch=first,
                    epochs=end,
                    callbacks=[*self._callbacks(end), ProgressBar(advance, parts)],
                    shuffle=False,  # the data determines the order
                    verbose=0,
                )
            except NotFiniteError as error:
                field = f"model.{phase.name}_learning_rate" if phase.learning_rate else "learning_rate"
                raise DivergedError(f"{error}; {self._keep_last_good()}", f"lower train.{field}") from None

    @property
    def _can_compare_epochs(self) -> bool:
        """Few labels of training images mean no others: those of validation images must not choose the epoch either."""
        by_hidden_labels = self.config.model.labelled_only and self.config.data.labels is not None
        return self.model.comparable_epochs and self.config.objective.comparable_epochs and not by_hidden_labels

    @property
    def _knows_validation_labels(self) -> bool:
        return self.config.data.labels is None or self.model.conditional

    def _callbacks(self, end: int) -> list[keras.callbacks.Callback]:
        probe = self._probe()
        callbacks = [
            EpochOrder(self.data),
            StopWhenNotFinite(),
            probe,
            Record(self.checkpoints, probe, patience=self.config.patience, on_epoch=self.on_epoch),
        ]
        if self.checkpoints.writes:
            callbacks.append(self._tensorboard(probe, end))
        return callbacks

    def _probe(self) -> Probe:
        return validation_probe(self.examples, labels=self._knows_validation_labels)

    def _tensorboard(self, probe: Probe, end: int) -> TensorBoard:
        images = self.data.steps_per_epoch * self.data.batch_size
        return TensorBoard(self.output / LOGS, probe, epochs=end, images_per_epoch=images, seed=self.config.seed)

    def _keep_last_good(self) -> str:
        last = self.checkpoints.last
        if not last:
            return "no epoch was finished before"
        self.checkpoints.restore(last)
        path = self.output / "last_good.keras"
        save(portable(self.model), path)
        return f"the weights of epoch {last} are kept in {path}"


def data_spec(examples: Examples) -> DataSpec:
    """The properties of the examples that a model is built for."""
    transform = read_transform(examples)
    return DataSpec(
        image_shape=transform.image_shape,
        observation=transform.observation,
        num_classes=len(label_names(examples) or ()),
        label_names=label_names(examples) or (),
    )


def _warn_of_grey_pixels(config: TrainConfig, examples: Examples) -> None:
    grey = not read_statistics(examples)["train"].binary
    if not isinstance(config.model, GenerativeConfig) or config.model.likelihood.name != "bernoulli":
        return
    if grey and read_transform(examples).observation.binarise == "none":
        log.warning(
            "train.model.likelihood: a Bernoulli distribution of grey pixels is not a likelihood, so its ELBO cannot "
            "be compared; set preprocess.binarise to dynamic or static, or the likelihood to continuous_bernoulli or "
            "gaussian"
        )


def portable(model: LatentVariableModel) -> LatentVariableModel:
    """A copy of the model to be saved and served: the same weights in float32, on one device, without optimizers."""
    plain = type(model)(model.config, model.data)
    plain.build()
    plain.set_weights(model.get_weights())
    return plain
