"""A protocol of an evaluation, for tests that change some of its fields."""

from vaeflow.components.evaluation.results import Protocol

PROTOCOL = Protocol(
    dataset="toy",
    split="test",
    images=4,
    sample=4,
    likelihood="bernoulli",
    binarisation="dynamic",
    binarisation_seed=0,
    importance_samples=100,
    standard_error={},
    seed=0,
    clusters=10,
    clustering_seeds=5,
    neighbours=5,
    probe_images=8,
)
