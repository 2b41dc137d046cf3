from vaeflow.components.evaluation.spread import Spread, central, over_runs


def test_scores_over_runs_have_mean_and_deviation():
    assert over_runs([{"a": 1.0}, {"a": 3.0}]) == {"a": Spread(mean=2.0, std=1.0)}


def test_the_centre_is_the_mean_where_there_are_several_runs():
    assert central(Spread(mean=2.0, std=1.0)) == central(2.0) == 2.0
