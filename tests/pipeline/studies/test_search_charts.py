"""Charts of a search: what their axes show."""

import pytest

from vaeflow.components.evaluation.drawing.style import plot
from vaeflow.pipeline.studies.found import Found
from vaeflow.pipeline.studies.search_charts import _places, _points
from vaeflow.pipeline.studies.search_config import Range, SearchConfig
from vaeflow.pipeline.studies.trial import DIVERGED, FINISHED, Trial


@pytest.fixture
def area():
    _, (area,) = plot(height=2.8)
    return area


def ticks(area):
    area.figure.canvas.draw()
    low, high = area.get_xlim()
    return [tick for tick in area.get_xticks() if low <= tick <= high]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"low": 2, "high": 12, "log": True}, [2, 5, 10]),
        ({"low": 6, "high": 9, "log": True}, [6, 7, 8, 9]),
        ({"low": 1e-6, "high": 0.05, "log": True}, [1e-6, 1e-5, 1e-4, 1e-3, 1e-2]),
        ({"low": 1, "high": 3}, [1, 2, 3]),
    ],
)
def test_the_axis_of_a_field_is_the_range_that_was_searched_wherever_the_trials_are(area, values, shown):
    assert _places(area, Range(**values), [values["low"], values["low"]]) == [values["low"], values["low"]]
    assert ticks(area) == pytest.approx(shown)


def test_choices_that_read_alike_have_places_of_their_own(area):
    choices = [[*[400] * 10, middle, *[400] * 10] for middle in (1, 2, 3)]
    assert _places(area, Range(choices=choices), [choices[2], choices[0], choices[1]]) == [2, 0, 1]


def test_trials_that_diverge_do_not_hide_how_the_others_differ(area):
    goals = [-100.0, -104.0, -110.0, -112.0, -3.0e7]
    trials = [Trial(number, {}, FINISHED, goal) for number, goal in enumerate(goals)]
    config = SearchConfig(ranges={"train.epochs": {"low": 1, "high": 2}})
    _points(area, Found(config, trials, trials[0], "", dict), range(len(goals)))
    assert area.get_ylim() == pytest.approx((-146, -94))
    others, _ = area.collections
    assert others.get_offsets()[:, 1].tolist() == pytest.approx([-104, -110, -112, -146])


EPOCHS = {"train.epochs": 1}


def test_a_trial_without_a_goal_is_at_the_edge_in_its_own_colour(area):
    trials = [Trial(0, EPOCHS, FINISHED, -100.0), Trial(1, EPOCHS, DIVERGED), Trial(2, EPOCHS, FINISHED, -104.0)]
    config = SearchConfig(ranges={"train.epochs": {"low": 1, "high": 2}})
    found = Found(config, trials, trials[0], "", dict)
    _points(area, found, range(3))
    _, diverged, _ = area.collections
    assert diverged.get_offsets().tolist() == [[1, area.get_ylim()[0]]]
    assert found.as_data()["trials"][1]["goal"] is None
    assert [cell.text for cell in found.grid.rows[1]][-3:] == ["", "0", "diverged"]
