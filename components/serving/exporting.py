"""From a trained model to checked SavedModels in a folder."""

from pathlib import Path

import tensorflow as tf

from vaeflow.components.serving.cases import check_in_fresh_process, decoder_cases, encoder_cases
from vaeflow.components.serving.saved_model import write_saved_model, write_warmup
from vaeflow.components.serving.signatures import decoder_signatures, encoder_signatures
from vaeflow.models import building

FIRST_VERSION = 1


def write_served_models(model_file: Path, output: Path) -> dict[str, Path]:
    """Write `decoder/1/` and `encoder/1/` into `output`, and check both; returns the two folders by role.

    Known answers are computed on the CPU, where they are checked: accelerators round in other ways.
    """
    with tf.device("CPU:0"):
        model = building.load(model_file)
    signatures = {"decoder": decoder_signatures(model), "encoder": encoder_signatures(model)}
    folders = {role: output / role / str(FIRST_VERSION) for role in signatures}
    for role, folder in folders.items():
        write_saved_model(signatures[role], folder)
    with tf.device("CPU:0"):
        cases = {
            "decoder": decoder_cases(signatures["decoder"]),
            "encoder": encoder_cases(signatures["encoder"], model.image_shape),
        }
    for role, folder in folders.items():
        write_warmup(cases[role], folder)
    check_in_fresh_process({folder: cases[role] for role, folder in folders.items()})
    return folders
