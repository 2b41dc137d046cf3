"""Figures side by side: what can be drawn again has common axes, and all else is as evaluate drew it."""

import json

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from vaeflow.pipeline.entities import Membership
from vaeflow.pipeline.studies import figures
from vaeflow.pipeline.studies.evaluated import Evaluated
from vaeflow.pipeline.studies.figures import REDRAWN, share_axes, side_by_side
from vaeflow.pipeline.summary import ArtifactSummary, RunSummary, StepSummary


def artifact(folder):
    return ArtifactSummary("", str(folder), False, "", {}, "", [])


@pytest.fixture
def member(tmp_path):
    """A finished member whose codes have the given scale: (name, scale) → Evaluated."""

    def make(name, scale):
        folders = {step: tmp_path / name / step for step in ("train", "evaluate")}
        (folders["evaluate"] / "figures").mkdir(parents=True)
        folders["train"].mkdir()
        for figure in ("latent_plane", "kl_per_dimension", "samples"):
            Image.new("L", (4, 4), len(name)).save(folders["evaluate"] / "figures" / f"{figure}.png")
        codes = scale * np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)
        labels = np.arange(30) % 3
        np.savez(folders["evaluate"] / "embeddings.npz", mean=codes, stddev=0 * codes + 1, labels=labels)
        results = {"metrics": {"elbo": -1.0}, "kl_per_dimension": [scale, 0.5], "active_units_by_layer": {}}
        (folders["evaluate"] / "metrics.json").write_text(json.dumps(results))
        steps = [StepSummary(step, "done", False, 1.0, artifact(folder), "") for step, folder in folders.items()]
        config = {"train": {"model": {"name": "vae", "prior": {"name": "standard_normal"}}}}
        run = RunSummary(name, "", "done", "", 1.0, "", "", steps, {}, [], "", ["a", "b", "c"], config, "study", name)
        return Evaluated(Membership("study", name), run)

    return make


def test_axes_with_the_same_title_get_limits_that_hold_all_of_them():
    figures = [Figure() for _ in range(3)]
    for number, figure in enumerate(figures):
        axis, other = figure.subplots(1, 2)
        axis.set_title(f"Codes: {number} of 3", loc="left")
        axis.set(xlim=(-number, 1), ylim=(0, number + 1))
        other.set_title(f"Other {number}", loc="left")
        other.set(xlim=(0, number + 1))
    share_axes(figures)
    assert {(figure.axes[0].get_xlim(), figure.axes[0].get_ylim()) for figure in figures} == {((-2, 1), (0, 3))}
    assert [figure.axes[1].get_xlim()[1] for figure in figures] == [1, 2, 3]


@pytest.mark.parametrize("name", ["latent_plane", "kl_per_dimension"])
def test_the_same_codes_look_smaller_beside_larger_ones(member, name):
    small, large = member("a", 1.0), member("bb", 9.0)
    alone, (beside, other) = side_by_side(name, [small])[0], side_by_side(name, [small, large])
    assert len({alone, beside, other}) == 3
    assert beside == side_by_side(name, [small, large])[0]


def test_codes_that_are_a_spot_beside_others_are_magnified(member, monkeypatch):
    drawn = []
    monkeypatch.setattr(figures, "png", lambda figure: drawn.append(len(figure.axes[0].child_axes)) or b"")
    side_by_side("latent_plane", [member("a", 1.0), member("bb", 90.0)])
    assert drawn == [1, 0]


def test_what_cannot_be_drawn_again_is_the_file_of_evaluate_and_what_is_missing_stays_missing(member):
    runs = [member("a", 1.0), member("bb", 2.0)]
    assert side_by_side("samples", runs) == [run.picture("samples").read_bytes() for run in runs]
    runs[0].picture("latent_plane").unlink()
    missing, there = side_by_side("latent_plane", runs)
    assert missing is None
    assert there.startswith(b"\x89PNG")
    assert "samples" not in REDRAWN
