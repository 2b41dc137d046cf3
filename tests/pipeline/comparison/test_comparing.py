"""Tables by protocol, with the best of each column and paired differences."""

import math

import numpy as np
import pytest

from vaeflow.pipeline.comparison.pairing import paired

WORSE, BETTER = [-102.0, -93.0, -121.0, -82.0], [-100.0, -90.0, -120.0, -80.0]
GREY = ("preprocess.binarise=none", "train.model.likelihood.name=gaussian")
GREY_PROTOCOL = {"likelihood": "gaussian", "binarisation": "none"}
KMEANS = {"kmeans_accuracy": {"mean": 0.6, "std": 0.01, "chance": {"mean": 0.1, "std": 0.01}}}


def tables_of(comparison, metric):
    return [table for table in comparison.tables if metric in table.metrics]


def test_a_density_and_a_probability_are_never_in_one_table_but_clusters_are(evaluations, compared):
    black_and_white = evaluations.add("a", per_image={"elbo": WORSE}, metrics=KMEANS)
    grey = evaluations.add("b", *GREY, per_image={"elbo": BETTER}, metrics=KMEANS, **GREY_PROTOCOL)
    found = compared(black_and_white, grey)
    first, second = tables_of(found, "elbo")
    assert [list(table.cells) for table in (first, second)] == [["a-1"], ["b-1"]]
    assert first.apart == second.apart == ("likelihood", "binarisation")
    assert first.conditions["likelihood"] == "probability of black and white pixels"
    assert second.conditions["likelihood"] == "density of pixels in [0, 1]"
    assert not any((table.best, table.differences) != ({}, ()) for table in (first, second))
    (together,) = tables_of(found, "kmeans_accuracy")
    assert list(together.cells) == ["a-1", "b-1"]
    assert together.apart == ()


@pytest.mark.parametrize(
    ("protocol", "condition", "apart", "together"),
    [
        ({"importance_samples": 5_000}, "importance samples", "iw_log_likelihood", "elbo"),
        ({"seed": 1}, "evaluation seed", "kmeans_accuracy", "psnr"),
        ({"sample": 3}, "sample", "kmeans_accuracy", "elbo"),
        ({"binarisation_seed": 1}, "binarisation", "psnr", "kmeans_accuracy"),
        ({"clusters": 3}, "clusters", "kmeans_accuracy", "elbo"),
        ({"test": "other images"}, "test images", "elbo", None),
    ],
)
def test_each_metric_is_split_by_the_conditions_that_it_depends_on(
    evaluations, compared, protocol, condition, apart, together
):
    numbers = {"per_image": {name: BETTER for name in ("elbo", "iw_log_likelihood", "psnr")}, "metrics": KMEANS}
    found = compared(evaluations.add("a", **numbers), evaluations.add("b", "train.epochs=7", **numbers, **protocol))
    assert [condition in table.apart for table in tables_of(found, apart)] == [True, True]
    assert together is None or len(tables_of(found, together)) == 1


def test_bounds_given_the_class_are_apart_from_others(evaluations, compared):
    numbers = {"per_image": {"elbo": BETTER}}
    given = evaluations.add("b", "train.model.name=cvae", **numbers)
    found = compared(evaluations.add("a", **numbers), given)
    assert [table.conditions["given"] for table in found.tables] == ["nothing", "the class of each image"]


def test_a_model_without_the_metric_is_shown_beside_those_that_it_could_be_compared_with(evaluations, compared):
    numbers = {"per_image": {"psnr": BETTER}}
    without = evaluations.add("a", "train.model.name=autoencoder", **numbers)
    found = compared(without, evaluations.add("b", per_image={"psnr": BETTER, "elbo": BETTER}))
    (table,) = tables_of(found, "elbo")
    assert {row: sorted(cells) for row, cells in table.cells.items()} == {"a-1": ["psnr"], "b-1": ["elbo", "psnr"]}


def test_only_what_is_better_by_more_than_the_paired_error_is_best(evaluations, compared):
    """Unpaired, the errors over images, of 8 nats, hide both differences."""
    noise = np.array([3.0, -1.0, -2.9, 1.0])
    runs = [
        evaluations.add("a", per_image={"elbo": WORSE, "iw_log_likelihood": WORSE, "kl": WORSE}),
        evaluations.add(
            "b",
            "train.epochs=7",
            per_image={"elbo": BETTER, "iw_log_likelihood": np.array(WORSE) + noise, "kl": BETTER},
        ),
    ]
    (table,) = compared(*runs).tables
    assert table.best == {"elbo": "b-1"}
    assert {each.metric: each.beyond_noise for each in table.differences} == {
        "elbo": True,
        "iw_log_likelihood": False,
        "kl": True,
    }


def test_without_values_by_image_the_errors_of_the_runs_decide(evaluations, compared):
    def accuracies(mean, std):
        return {"knn_accuracy": {"mean": mean, "std": std}, "mig": {"mean": mean, "std": 2 * std}, "active_units": mean}

    runs = [
        evaluations.add("a", metrics=accuracies(0.9, 0.01)),
        evaluations.add("b", "train.epochs=7", metrics=accuracies(0.95, 0.02)),
    ]
    (table,) = compared(*runs).tables
    assert table.best == {"knn_accuracy": "b-1"}
    assert table.differences == ()


def test_repetitions_are_one_row_with_their_deviation_and_are_paired_over_seeds(evaluations, compared):
    shifted = [np.array(BETTER) + shift for shift in (0.0, 1.0, 5.0)]
    repeated = [
        evaluations.add("a", f"train.seed={seed}", per_image={"elbo": elbo}) for seed, elbo in enumerate(shifted)
    ]
    others = [
        evaluations.add("b", "train.epochs=7", f"train.seed={seed}", per_image={"elbo": np.array(WORSE) - seed})
        for seed in range(2)
    ]
    found = compared(*repeated, *others)
    assert [(row.name, row.runs) for row in found.rows] == [("a", tuple(repeated)), ("b", tuple(others))]
    assert found.rows[0].fields == {"train.epochs": "50"}
    (table,) = found.tables
    estimate = table.cells["a"]["elbo"]
    assert (estimate.mean, estimate.runs) == (pytest.approx(-95.5), 3)
    assert estimate.std == pytest.approx(math.sqrt(7))
    (difference,) = table.differences
    assert (difference.row, difference.reference) == ("b", "a")
    expected = paired([np.array(WORSE), np.array(WORSE) - 1], shifted)
    assert difference.difference == pytest.approx(expected.difference)
    assert difference.image_error == pytest.approx(expected.image_error)
    assert difference.training_error.value == pytest.approx(math.sqrt(7 / 3 + 0.5 / 2))


def test_runs_of_one_row_that_were_measured_differently_are_in_several_tables(evaluations, compared):
    first = evaluations.add("a", per_image={"elbo": BETTER})
    found = compared(first, evaluations.add("a", "train.seed=1", per_image={"elbo": WORSE}, test="others"))
    assert [table.cells["a"]["elbo"].runs for table in found.tables] == [1, 1]
    assert [table.apart for table in found.tables] == [("test images",), ("test images",)]


def test_images_that_cannot_be_paired_are_noted_and_their_means_still_compared(evaluations, compared):
    runs = [
        evaluations.add("a", per_image={"elbo": BETTER}),
        evaluations.add("b", "train.epochs=7", per_image={"elbo": WORSE}, ids=list("abcd")),
    ]
    found = compared(*runs)
    (table,) = found.tables
    assert set(table.cells) == {"a-1", "b-1"}
    assert table.differences == ()
    assert table.best == {}
    assert [note.partition(":")[0] for note in found.notes] == ["a-1 and b-1"]


def test_metrics_can_be_chosen(evaluations, compared):
    runs = [evaluations.add("a", f"train.epochs={n}", per_image={"elbo": BETTER, "psnr": WORSE}) for n in (1, 2)]
    (table,) = compared(*runs, metrics=["psnr"]).tables
    assert table.metrics == ("psnr",)


def test_a_metric_that_is_named_twice_is_compared_once_and_one_that_none_has_measured_is_noted(evaluations, compared):
    runs = [evaluations.add("a", f"train.epochs={n}", per_image={"psnr": WORSE}) for n in (1, 2)]
    found = compared(*runs, metrics=["psnr", "psnr", "codebook_perplexity"])
    (table,) = found.tables
    assert [difference.metric for difference in table.differences] == ["psnr"]
    assert any(note.endswith("no run has measured it.") for note in found.notes)
