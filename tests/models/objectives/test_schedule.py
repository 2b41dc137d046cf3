import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from vaeflow.models.objectives.config import CyclicalWarmUp, LinearWarmUp, WarmUp
from vaeflow.models.objectives.schedule import Schedule, build_warm_up
from vaeflow.models.training.step import LAST_STEP

SHAPES = [LinearWarmUp, CyclicalWarmUp]


def values(schedule: Schedule, steps: list[int]) -> list[float]:
    return [float(schedule(tf.constant(step))) for step in steps]


def test_a_linear_warm_up_rises_from_0_to_1():
    schedule = build_warm_up(LinearWarmUp(steps=10), steps_per_epoch=3)
    np.testing.assert_allclose(values(schedule, [0, 1, 5, 10, 11, 1000]), [0, 0.1, 0.5, 1, 1, 1], rtol=1e-6)


def test_a_cyclical_warm_up_rises_in_the_first_part_of_each_cycle():
    """Four cycles of 10 steps, each rising over the first 5."""
    schedule = build_warm_up(CyclicalWarmUp(steps=40, cycles=4, ramp=0.5), steps_per_epoch=3)
    steps = [0, 1, 4, 5, 9, 10, 12, 15, 19, 30, 31, 39, 40, 41, 50]
    expected = [0, 0.2, 0.8, 1, 1, 0, 0.4, 1, 1, 0, 0.2, 1, 1, 1, 1]
    np.testing.assert_allclose(values(schedule, steps), expected, rtol=1e-6)


def test_one_cycle_that_rises_all_the_way_is_the_linear_warm_up():
    cyclical = build_warm_up(CyclicalWarmUp(steps=7, cycles=1, ramp=1), steps_per_epoch=3)
    linear = build_warm_up(LinearWarmUp(steps=7), steps_per_epoch=3)
    np.testing.assert_allclose(values(cyclical, list(range(12))), values(linear, list(range(12))), rtol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_in_validation_it_has_ended(shape: type[WarmUp]):
    schedule = build_warm_up(shape(steps=1_000_000), steps_per_epoch=3)
    assert values(schedule, [LAST_STEP]) == [1]


@pytest.mark.parametrize("shape", SHAPES)
@given(epochs=st.integers(1, 200), steps_per_epoch=st.integers(1, 1000), step=st.integers(0, 300_000))
def test_a_length_in_epochs_is_that_many_times_the_steps_of_one(
    shape: type[WarmUp], epochs: int, steps_per_epoch: int, step: int
):
    in_epochs, in_steps = shape(epochs=epochs), shape(steps=epochs * steps_per_epoch)
    one, other = (build_warm_up(config, steps_per_epoch) for config in (in_epochs, in_steps))
    assert values(one, [step]) == values(other, [step])
    assert 0 <= values(one, [step])[0] <= 1


def test_a_part_of_an_epoch_has_at_least_one_step():
    assert LinearWarmUp(epochs=0.5).in_steps(7) == 4
    assert LinearWarmUp(epochs=0.01).in_steps(7) == 1
