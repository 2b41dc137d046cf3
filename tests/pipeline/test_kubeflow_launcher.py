import json
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest

from vaeflow.components.artifacts import Dataset, Examples
from vaeflow.models.config import Config
from vaeflow.models.errors import RunError
from vaeflow.pipeline.kubeflow_launcher import launch, show


class CopyConfig(Config):
    times: int = 1


def copy(config: CopyConfig, dataset: Dataset, *, output: Path) -> Examples:
    if config.times < 0:
        raise RunError("times became negative.")
    (output / "text").write_text((dataset.path / "text").read_text() * config.times)
    return Examples(output, {"times": config.times, "label": dataset.properties["label"]})


@pytest.fixture(autouse=True)
def _restore_logger():
    ours = logging.getLogger("vaeflow")
    before = ours.handlers[:], ours.level, ours.propagate
    yield
    ours.handlers[:], ours.level, ours.propagate = before


def artifact(path, **metadata):
    return SimpleNamespace(path=str(path), metadata=metadata)


@pytest.fixture
def dataset(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "text").write_text("ab")
    return artifact(tmp_path / "in", label="x")


def test_a_step_receives_and_returns_artifacts(dataset, tmp_path, capsys):
    output = artifact(tmp_path / "deep" / "out")
    launch(copy, '{"times": 2}', output, dataset=dataset)
    assert (tmp_path / "deep" / "out" / "text").read_text() == "abab"
    assert output.metadata == {"times": 2, "label": "x"}
    assert capsys.readouterr().out == "[vaeflow] INFO copy: started\n[vaeflow] INFO copy: done\n"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ('{"times": -1}', "copy failed: times became negative."),
        ('{"times": "often"}', "copy failed: times: should be a valid integer"),
        ('{"tims": 2}', "copy failed: tims: no such field. Did you mean 'times'?"),
        ("times: 2", "copy failed: expected the configuration as JSON: "),
        ("[" * 100_000, "copy failed: expected the configuration as JSON: "),
        ('{"times": ' + "9" * 5000 + "}", "copy failed: expected the configuration as JSON: "),
    ],
)
def test_an_expected_error_ends_the_process_with_one_line(dataset, tmp_path, capsys, config, message):
    with pytest.raises(SystemExit) as end:
        launch(copy, config, artifact(tmp_path / "out"), dataset=dataset)
    assert end.value.code == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"[vaeflow] ERROR {message}")


def count(config: CopyConfig, *, output: Path, beam_args: tuple[str, ...] = ()) -> Examples:
    return Examples(output, {"beam_args": " ".join(beam_args)})


def test_a_step_that_is_a_beam_pipeline_receives_the_options(tmp_path):
    output = artifact(tmp_path / "out")
    launch(count, "{}", output, beam='{"args": ["--direct_num_workers=2"]}')
    assert output.metadata == {"beam_args": "--direct_num_workers=2"}


def test_any_other_error_keeps_its_traceback(dataset, tmp_path, capsys):
    (tmp_path / "in" / "text").unlink()
    with pytest.raises(FileNotFoundError):
        launch(copy, "{}", artifact(tmp_path / "out"), dataset=dataset)
    assert "[vaeflow] ERROR copy failed: FileNotFoundError" in capsys.readouterr().out


def test_an_evaluation_is_shown_as_metrics_and_a_report(tmp_path):
    measured = {"elbo": -99.5, "nmi": {"mean": 0.5, "std": 0.1}, "knn_accuracy": None}
    (tmp_path / "metrics.json").write_text(json.dumps({"metrics": measured}))
    (tmp_path / "report.html").write_text("<html>")
    shown = {}
    metrics = SimpleNamespace(log_metric=shown.__setitem__)
    show(artifact(tmp_path), metrics, artifact(tmp_path / "shown"))
    assert shown == {"elbo": -99.5, "nmi": 0.5}
    assert (tmp_path / "shown").read_text() == "<html>"
