from vaeflow.pipeline.commands.tables import metric


def test_a_metric_is_shown_with_its_deviation_or_interval_and_its_level_by_chance():
    score = {"mean": 0.90312, "std": 0.0249, "chance": {"mean": 0.868, "std": 0.00349}}
    assert metric("kmeans_nmi", score) == "0.903 ± 0.025 (by chance 0.868 ± 0.003)"
    assert metric("silhouette", {"mean": 0.1, "std": None}) == "0.100 ± undefined"
    area = {"mean": 0.95, "std": 0.01, "low": 0.93, "high": 0.9684}
    assert metric("auroc_mahalanobis", area) == "0.950 [0.930, 0.968]"
    assert metric("elbo", -109.637) == "-109.64"
