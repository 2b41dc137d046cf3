"""The step export: a model that passed its evaluation becomes SavedModels for TF Serving."""

import json
from pathlib import Path

from vaeflow.components import progress
from vaeflow.components.artifacts import Evaluation, Model, ServingModel
from vaeflow.components.evaluation.settled import read_settled
from vaeflow.components.evaluation.verdict import Verdict
from vaeflow.components.serving.config import ExportConfig
from vaeflow.components.serving.names import models_config, served_names
from vaeflow.models.errors import RunError


def export(config: ExportConfig, model: Model, evaluation: Evaluation, *, output: Path) -> ServingModel:
    """Write decoder and encoder, and check both in a fresh process that cannot import vaeflow.

    A model without a decoder has only an encoder.

    Raises `RunError` if the evaluation did not pass or a check fails.
    """
    _require_passed(evaluation)
    from vaeflow.components.images.examples import read_transform
    from vaeflow.components.serving.exporting import PARTS, PROGRESS, write_served_models

    with progress.bar(PROGRESS, PARTS):
        settle = read_settled(evaluation.path).apply
        roles = tuple(write_served_models(model.path / "model.keras", read_transform(model), settle, output))
        (output / "models.config").write_text(models_config(served_names(config.name, roles).values()))
    return ServingModel(output, {"name": config.name, "roles": " ".join(roles)})


def _require_passed(evaluation: Evaluation) -> None:
    metrics = json.loads((evaluation.path / "metrics.json").read_text())
    verdict = Verdict.model_validate(metrics["verdict"])
    if not verdict.passed:
        failed = [check for check in verdict.checks if not check.passed]
        fields = " and ".join(f"evaluate.require.{check.metric}" for check in failed)
        raise RunError(
            f"Not exported, because the evaluation did not pass: {'; '.join(map(str, failed))}",
            advice=f"see {evaluation.path / 'report.html'} and improve the model in section train, or change {fields}",
        )
