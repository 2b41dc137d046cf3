"""Counts, switches, fractions and objects that a loop of Keras is given are read right or refused by name."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.inputs.toy import IMAGES, PLAIN, compiled
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.errors import InputError
from vaeflow.models.objectives.elbo import ElboObjective

NO_COUNTS = [0, -1, 1.5, "8", True, np.nan, [2], object()]
NO_FRACTIONS = [-1.0, 2, 1.0, np.nan, np.inf, "0.1", None, True, [0.1]]
NO_CALLBACKS = ["stop", print, keras.callbacks.EarlyStopping, [None], [keras.callbacks.History(), 3]]
NO_SWITCHES = ["no", "True", 2, -1, 1.0, None, [True], np.array([True, False]), object()]
ADAM = keras.optimizers.Adam
WRONG: dict[tuple[str, str], list[Any]] = {
    **{(loop, "batch_size"): NO_COUNTS for loop in ("fit", "evaluate", "predict")},
    **{(loop, "steps"): NO_COUNTS for loop in ("evaluate", "predict")},
    **{(loop, "callbacks"): NO_CALLBACKS for loop in ("fit", "evaluate", "predict")},
    **{(loop, "verbose"): ["loud", "1", 3, -1, 0.0, None, [1], print] for loop in ("fit", "evaluate", "predict")},
    ("fit", "shuffle"): NO_SWITCHES,
    ("evaluate", "return_dict"): NO_SWITCHES,
    ("train_on_batch", "return_dict"): NO_SWITCHES,
    ("fit", "epochs"): [*NO_COUNTS, None, -3, "3"],
    ("fit", "steps_per_epoch"): NO_COUNTS,
    ("fit", "validation_steps"): NO_COUNTS,
    ("fit", "validation_batch_size"): NO_COUNTS,
    ("fit", "validation_freq"): [*NO_COUNTS[:-2], None, [], [0], [1, "2"]],
    ("fit", "initial_epoch"): [*NO_COUNTS[1:], None],
    ("fit", "validation_split"): NO_FRACTIONS,
    ("compile", "optimizer"): [None, "adm", ADAM, 0.1, {}, print],
    ("compile", "objective"): [None, "elbo", ElboObjective, ADAM()],
    ("compile", "phase"): ["mian", None, 1],
    ("compile", "seed"): [0.5, "1", None, True, 2**31],
    ("compile", "labelled"): [-1, 0.5, "1", None, True, 2**31],
    ("compile", "steps_per_execution"): NO_COUNTS,
    ("compile", "run_eagerly"): NO_SWITCHES,
    ("compile", "jit_compile"): NO_SWITCHES,
    ("compile", "auto_scale_loss"): NO_SWITCHES,
    ("compile", "loss"): ["mse"],
    ("compile", "metrics"): [["accuracy"]],
}
VALID: dict[str, dict[str, Any]] = {
    "fit": {"x": IMAGES, "validation_data": IMAGES, "verbose": 0},
    "evaluate": {"x": IMAGES, "verbose": 0},
    "predict": {"x": IMAGES, "verbose": 0},
    "train_on_batch": {"x": IMAGES},
    "compile": {"optimizer": "adam", "objective": ElboObjective()},
}
CASES = [(*option, value) for option in WRONG for value in WRONG[option]]


@pytest.mark.parametrize(("method", "name", "value"), CASES)
def test_an_option_that_means_nothing_is_an_error_by_name(
    unlabelled: LatentVariableModel, method: str, name: str, value: Any
):
    with pytest.raises(InputError, match=f"^{name}: expected [^\n]*$"):
        getattr(unlabelled, method)(**VALID[method] | {name: value})


def test_options_may_be_given_by_position(unlabelled: LatentVariableModel):
    with pytest.raises(InputError, match=r"^batch_size: expected an integer from 1 to \d+, got 0$"):
        unlabelled.fit(IMAGES, None, 0)


@pytest.mark.parametrize("fraction", [0.999, 1e-20])
def test_a_split_that_leaves_one_side_empty_is_an_error_by_name(unlabelled: LatentVariableModel, fraction: float):
    with pytest.raises(InputError, match=rf"^validation_split: expected .*, got {fraction:g} of 12 images$"):
        unlabelled.fit(IMAGES, validation_split=fraction, verbose=0)


def test_training_that_starts_after_its_last_epoch_is_an_error_by_name(unlabelled: LatentVariableModel):
    with pytest.raises(InputError, match=r"^epochs: expected more than initial_epoch, which is 3, got 2$"):
        unlabelled.fit(IMAGES, epochs=2, initial_epoch=3, verbose=0)


def test_nothing_is_compiled_without_optimizer_and_objective(unlabelled: LatentVariableModel):
    for arguments in ((), ("adam",)):
        with pytest.raises(InputError, match=r"^(objective|optimizer): expected an .*, got None$"):
            unlabelled.compile(*arguments)
    assert isinstance(unlabelled.objective, ElboObjective)


def test_switches_are_read_as_they_are_meant(unlabelled: LatentVariableModel, capsys: pytest.CaptureFixture[str]):
    values = unlabelled.evaluate(IMAGES, verbose=False, return_dict=np.bool_(True))
    unlabelled.fit(IMAGES, verbose=np.int64(0), shuffle=0)
    unlabelled.fit(IMAGES, verbose=0, shuffle="batch")
    assert "elbo" in values
    assert capsys.readouterr().out == ""
    unlabelled.predict(IMAGES, verbose=True)
    assert capsys.readouterr().out


def test_numbers_of_numpy_and_single_callbacks_are_read_as_they_are_meant():
    stopped = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)
    history = compiled(PLAIN).fit(
        IMAGES,
        batch_size=np.int64(4),
        epochs=np.uint8(3),
        initial_epoch=np.int32(0),
        validation_split=np.float32(0.25),
        validation_freq=(1, np.int64(3)),
        validation_batch_size=tf.constant(2),
        callbacks=stopped,
        verbose=0,
    )
    assert len(history.epoch) == 3
    assert len(history.history["val_elbo"]) == 2
