"""Charts: places, series and spreads are those of the study."""

import math

import numpy as np
import pytest

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.conditions import LABELS_IN_TRAINING
from vaeflow.pipeline.comparison.records import Comparison, Estimate, Table
from vaeflow.pipeline.studies.charts import Point, axis_of, charts, draw
from vaeflow.pipeline.studies.members import variants
from vaeflow.pipeline.studies.study import Study, validated


def study(**settings):
    return Study("toy", validated({"recipe": "digits", **settings}))


def test_the_field_with_most_values_is_the_axis_and_all_else_are_series():
    config = study(
        variants={"VAE": {}, "AE": {}}, vary={"train.batch_size": [5], "train.model.latent_dim": [2, 4, 8]}
    ).config
    axis = axis_of(variants(config))
    assert (axis.title, axis.places) == ("train.model.latent_dim", ("2", "4", "8"))
    assert axis.position["VAE batch_size=5 latent_dim=4"] == (1, "VAE")
    assert axis.position["AE batch_size=5 latent_dim=8"] == (2, "AE")


def test_numbers_are_the_axis_even_if_there_are_more_names():
    names = {"M1": {"recipe": "m1"}, "M2": {"recipe": "m2"}, "SDGM": {"recipe": "sdgm"}}
    axis = axis_of(variants(study(variants=names, vary={"train.data.labels": [20, 100]}).config))
    assert (axis.title, axis.places) == ("train.data.labels", ("20", "100"))
    assert axis.position["SDGM labels=100"] == (1, "SDGM")


def test_variants_are_places_without_a_title():
    axis = axis_of(variants(study(variants={"VAE": {}, "AE": {}, "IWAE": {}}).config))
    assert (axis.title, axis.places) == ("", ("VAE", "AE", "IWAE"))


@pytest.mark.parametrize(
    ("settings", "style"),
    [
        ({"vary": {"train.learning_rate": [1e-5, 0.01, 1]}}, "-"),
        ({"vary": {"train.model.posterior": [{"name": "diagonal"}, {"name": "planar"}, {"name": "iaf"}]}}, "None"),
        ({"variants": {"VAE": {}, "AE": {}, "IWAE": {}}}, "None"),
    ],
)
def test_a_line_joins_numbers_and_no_names(settings, style):
    axis = axis_of(variants(study(**settings).config))
    points = [Point(place, Estimate(float(place), 2, std=0.5)) for place in range(3)]
    (line, *_), *_ = draw(METRICS["elbo"], axis, {"": points}).axes[0].containers
    assert line.get_linestyle() == style


def test_points_are_at_the_means_with_bars_of_the_deviation_over_runs_or_of_the_error_of_one():
    axis = axis_of(variants(study(vary={"train.epochs": [1, 2]}).config))
    points = [Point(0, Estimate(3.0, 2, std=0.5, error=9.0)), Point(1, Estimate(4.0, 1, error=0.25))]
    (container,) = draw(METRICS["elbo"], axis, {"": points}).axes[0].containers
    data, _, (bars,) = container
    np.testing.assert_allclose(data.get_xydata(), [[0, 3], [1, 4]])
    np.testing.assert_allclose([segment[:, 1] for segment in bars.get_segments()], [[2.5, 3.5], [3.75, 4.25]])


def test_runs_that_agree_have_no_spread_whatever_the_error_of_one_is():
    assert Point(0, Estimate(3.0, 2, std=0.0, error=9.0)).spread == 0


def test_values_of_other_conditions_are_in_another_chart_but_for_the_labels_on_the_axis():
    def table(labels: str, images: str, row: str) -> Table:
        conditions = {LABELS_IN_TRAINING.title: labels, "images": images}
        return Table(("elbo",), conditions, tuple(conditions), {row: {"elbo": Estimate(-9.0, 2, std=1.0)}}, {}, ())

    varied = {"vary": {"train.data.labels": [10, 20, 30]}}
    tables = (table("10", "a", "labels=10"), table("20", "a", "labels=20"), table("30", "b", "labels=30"))
    (curve,) = charts(study(**varied), Comparison((), tables, ()))
    assert curve.alt == "ELBO: -9.00 for labels=10, -9.00 for labels=20"

    epochs = {"vary": {"train.epochs": [10, 20, 30]}}
    tables = (table("10", "a", "epochs=10"), table("20", "a", "epochs=20"), table("30", "b", "epochs=30"))
    assert not list(charts(study(**epochs), Comparison((), tables, ())))


def test_there_is_a_chart_of_each_metric_that_several_variants_have():
    cells = {
        "epochs=1": {"elbo": Estimate(-9.0, 2, std=1.0), "kl": Estimate(1.0, 2, std=0.1)},
        "epochs=2": {"elbo": Estimate(-8.0, 2, std=1.0)},
        "epochs=3": {"elbo": Estimate(math.nan, 2)},
    }
    comparison = Comparison((), (Table(("elbo", "kl"), {}, (), cells, {}, ()),), ())
    found = list(charts(study(vary={"train.epochs": [1, 2, 3]}), comparison))
    assert [chart.alt for chart in found] == ["ELBO: -9.00 for epochs=1, -8.00 for epochs=2, undefined for epochs=3"]
    assert found[0].png.startswith(b"\x89PNG")
