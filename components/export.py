"""The step export: a model that passed its evaluation becomes SavedModels for TF Serving."""

import json
from pathlib import Path

from vaeflow.components import progress
from vaeflow.components.artifacts import Evaluation, Model, ServingModel
from vaeflow.components.evaluation.verdict import Verdict
from vaeflow.components.serving.config import ExportConfig
from vaeflow.components.serving.versions import models_config, publish
from vaeflow.models.errors import RunError


def export(config: ExportConfig, model: Model, evaluation: Evaluation, *, output: Path) -> ServingModel:
    """Write decoder and encoder, check both in a fresh process that cannot import vaeflow, and publish them.

    Raises `RunError` if the evaluation did not pass, a check fails, or the folder to publish to cannot be written.
    """
    _require_passed(evaluation)
    from vaeflow.components.images.examples import read_transform
    from vaeflow.components.serving.exporting import FIRST_VERSION, PARTS, PROGRESS, write_served_models

    with progress.bar(PROGRESS, PARTS):
        folders = write_served_models(model.path / "model.keras", read_transform(model), output)
        saved_models = {f"{config.name}-{role}": folder for role, folder in folders.items()}
        (output / "models.config").write_text(models_config(saved_models))
        version = publish(saved_models, config.publish_to) if config.publish_to else FIRST_VERSION
    return ServingModel(output, {"name": config.name, "version": version})


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
