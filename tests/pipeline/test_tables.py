from vaeflow.pipeline.commands.tables import metric


def test_a_metric_is_shown_with_its_deviation_and_its_level_by_chance():
    score = {"mean": 0.90312, "std": 0.0249, "chance": {"mean": 0.868, "std": 0.00349}}
    assert metric("kmeans_nmi", score) == "0.903 ± 0.025 (by chance 0.868 ± 0.003)"
    assert metric("silhouette", {"mean": 0.1, "std": None}) == "0.100 ± undefined"
    assert metric("elbo", -109.637) == "-109.64"
