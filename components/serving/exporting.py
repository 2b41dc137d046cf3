"""Export of a trained model as checked SavedModels."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import tensorflow as tf

from vaeflow.components import progress
from vaeflow.components.images.config import TRANSFORM_FILE, Transform
from vaeflow.components.serving.cases import Case, check_in_fresh_process, decoder_cases, encoder_cases
from vaeflow.components.serving.config import LABELS_FILE
from vaeflow.components.serving.saved_model import write_saved_model, write_warmup
from vaeflow.components.serving.signatures import decoder_signatures, encoder_signatures
from vaeflow.components.serving.versions import FIRST_VERSION
from vaeflow.models import building
from vaeflow.models.base import LatentVariableModel
from vaeflow.models.scoring import SCORE_FILE

PROGRESS = "Exporting"
PARTS = 5
"""Number of parts of the work that the progress bar counts."""
MODEL_FILE = "model.json"


class Served(NamedTuple):
    """The folder of a SavedModel, and requests with the answers of the model before its export."""

    folder: Path
    cases: Sequence[Case]


def write_served_models(
    model_file: Path, transform: Transform, settle: Callable[[LatentVariableModel], None], output: Path
) -> dict[str, Path]:
    """Write `decoder/1/`, if the model has a decoder, and `encoder/1/` to `output`, and check them.

    `settle` gives the model what its evaluation has settled. Returns the folders by role.

    Expected answers are computed on the CPU, where they are checked, because accelerators round differently. Raises
    `RunError` if a check fails.
    """
    progress.advance(PROGRESS, 0, "loading the model")
    with tf.device("CPU:0"):
        model = building.load(model_file)
        settle(model)
    progress.advance(PROGRESS, 1)
    served = write_unchecked(model, transform, output)
    progress.advance(PROGRESS, 1, "checking them in a process of their own")
    check_in_fresh_process({folder: cases for folder, cases in served.values()})
    progress.advance(PROGRESS, 1)
    return {role: folder for role, (folder, _) in served.items()}


def write_unchecked(model: LatentVariableModel, transform: Transform, output: Path) -> dict[str, Served]:
    """Write the SavedModels with their assets and warm-up requests. Returns them by role."""
    decoder = {"decoder": decoder_signatures(model)} if model.config.generative else {}
    signatures = {**decoder, "encoder": encoder_signatures(model, transform)}
    folders = {role: output / role / str(FIRST_VERSION) for role in signatures}
    with tempfile.TemporaryDirectory() as scratch:
        assets = _write_assets(model, transform, Path(scratch))
        for role, folder in folders.items():
            progress.advance(PROGRESS, 0, f"writing the {role}")
            write_saved_model(signatures[role], folder, assets)
            progress.advance(PROGRESS, 1)
    progress.advance(PROGRESS, 0, "asking the model for its answers")
    with tf.device("CPU:0"):
        cases = {role: decoder_cases(answers) for role, answers in decoder.items()}
        cases["encoder"] = encoder_cases(signatures["encoder"], transform)
    for role, folder in folders.items():
        write_warmup(cases[role], folder)
    return {role: Served(folder, cases[role]) for role, folder in folders.items()}


def _write_assets(model: LatentVariableModel, transform: Transform, folder: Path) -> list[Path]:
    """Write the assets: the description of the model, its transform, and the names of its classes, if any."""
    contents = {
        MODEL_FILE: json.dumps(_description(model), indent=2),
        TRANSFORM_FILE: transform.model_dump_json(indent=2),
    }
    if model.scoring is not None:
        contents[SCORE_FILE] = model.scoring.model_dump_json()
    if model.data.label_names:
        contents[LABELS_FILE] = "".join(f"{name}\n" for name in model.data.label_names)
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in contents]


def _description(model: LatentVariableModel) -> dict[str, Any]:
    """The configuration of the model, its codes, the distribution of `sample`, and a digest of the weights."""
    weights = hashlib.sha256(b"".join(weight.tobytes() for weight in model.get_weights())).hexdigest()
    codes = {"code_dim": model.code_dim, "sampled_from": model.config.prior_title}
    return model.get_config() | codes | {"weights_sha256": weights}
