"""The page of a study."""

import pytest

from vaeflow.pipeline.studies.page import titled


@pytest.mark.parametrize(
    ("name", "title"),
    [("kl_per_dimension", "KL per dimension"), ("loss_curves", "Loss curves"), ("samples", "Samples")],
)
def test_figures_have_titles(name: str, title: str):
    assert titled(name) == title
