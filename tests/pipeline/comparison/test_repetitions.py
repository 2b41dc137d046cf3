"""Runs that differ only in their seeds."""

from vaeflow.pipeline.comparison.repetitions import repetitions


def named(runs):
    return {name: [run.name for run in group] for name, group in repetitions(runs).items()}


def measured(evaluations, recipe, *changes, elbo):
    return evaluations.add(recipe, *changes, metrics={"elbo": elbo})


def test_runs_that_differ_in_their_seeds_are_one_group_by_the_name_of_their_recipe(evaluations, read):
    runs = [
        measured(evaluations, "a", elbo=1.0),
        measured(evaluations, "a", "train.seed=1", elbo=2.0),
        measured(evaluations, "a", "train.data.label_seed=1", elbo=3.0),
        measured(evaluations, "b", "train.epochs=7", elbo=4.0),
    ]
    assert named(read(*runs)) == {"a": ["a-1", "a-2", "a-3"], "b-1": ["b-1"]}


def test_other_seeds_than_those_of_training_are_no_repetitions(evaluations, read):
    runs = [measured(evaluations, "a", elbo=1.0), measured(evaluations, "a", "evaluate.seed=1", elbo=2.0)]
    assert named(read(*runs)) == {"a-1": ["a-1"], "a-2": ["a-2"]}


def test_groups_of_one_recipe_are_named_by_their_first_run(evaluations, read):
    runs = [
        measured(evaluations, "a", f"train.seed={seed}", f"train.epochs={epochs}", elbo=seed + epochs)
        for epochs in (7, 70)
        for seed in (0, 1)
    ]
    assert named(read(*runs)) == {"a-1 and 1 more": ["a-1", "a-2"], "a-3 and 1 more": ["a-3", "a-4"]}


def test_runs_that_reuse_an_evaluation_count_once(evaluations, read):
    runs = [measured(evaluations, "a", elbo=1.0) for _ in range(3)]
    assert named(read(*runs)) == {"a-1": ["a-1"]}


def test_trainings_with_the_same_seeds_are_not_spread_over_seeds(evaluations, read):
    runs = [
        measured(evaluations, "a", f"train.seed={seed}", elbo=seed + elbo) for elbo in (0.1, 0.2) for seed in (0, 1)
    ]
    assert named(read(*runs)) == {"a-1 and 1 more": ["a-1", "a-2"], "a-3 and 1 more": ["a-3", "a-4"]}


def test_a_recipe_that_is_called_like_a_run_of_another_one_takes_no_row_from_it(evaluations, read):
    runs = [
        measured(evaluations, "a", elbo=1.0),
        measured(evaluations, "a-1", "train.epochs=7", elbo=2.0),
        measured(evaluations, "a-1", "train.epochs=7", "train.seed=1", elbo=3.0),
    ]
    assert named(read(*runs)) == {"a-1": ["a-1"], "a-1-1 and 1 more": ["a-1-1", "a-1-2"]}
