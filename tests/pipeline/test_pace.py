"""How far work is, and how long the rest will take."""

import pytest

from vaeflow.pipeline.pace import Pace


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_the_time_left_is_that_of_the_remaining_work_at_the_pace_after_the_start(clock):
    pace = Pace(40, clock)
    clock.now = 30  # a compilation and the first epoch
    pace.advance(1)
    assert str(pace) == "1/40"
    for _ in range(4):
        clock.now += 2
        pace.advance(1, "objective -112.30")
    assert str(pace) == "5/40  objective -112.30  0:01:10 left"


def test_whole_numbers_are_counted_when_work_comes_in_fractions(clock):
    pace = Pace(3, clock)
    for part in range(1, 21):
        pace.advance(1 / 10)
        assert str(pace).startswith(f"{part // 10}/3")


def test_without_a_total_the_work_done_is_counted(clock):
    pace = Pace(None, clock)
    pace.advance(7)
    clock.now = 1
    pace.advance(7)
    assert str(pace) == "14"
