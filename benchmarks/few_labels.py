"""How the error of a long training with few labels falls: train a recipe step by step, and measure it on the way.

The error is that on training images whose labels the model does not see; the test split takes no part. What has been
measured is kept in few_labels.json. A training that is stopped goes on from its last checkpoint.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import few_labels_record as record
import literature
import numpy as np
import typer

IMAGES = 20_000
"""Hidden images that are classified, the first of the training split."""


def main(
    recipe: Annotated[str, typer.Argument(help="A recipe with a constant learning rate.")],
    draw: Annotated[int, typer.Option(help="Draw of the known labels.")] = 0,
    every: Annotated[int, typer.Option(help="Epochs between measurements.")] = 20,
    root: Annotated[Path, typer.Option(help="Folder that holds the runs.")] = Path("runs/few_labels"),
) -> None:
    """Train up to each of the numbers of epochs, and measure there."""
    from vaeflow.pipeline import recipes

    last = recipes.load(recipe).config.train.epochs
    for epochs in [*range(every, last, every), last]:
        train(recipe, draw, epochs, root)
        record.keep(recipe, draw, epochs, measure(root))


def train(recipe: str, draw: int, epochs: int, root: Path) -> None:
    """Go on from the last checkpoint up to a number of epochs, and add up the processor time, also if interrupted."""
    fields = {"train.epochs": epochs, "train.data.label_seed": draw}
    changes = [part for name, value in fields.items() for part in ("--set", f"{name}={value}")]
    command = [sys.executable, "-m", "vaeflow", "run", recipe, "--root", str(root), "--until", "train", *changes]
    before = literature.processor_seconds()
    try:
        subprocess.run(command, check=True)
    finally:
        record.add_minutes(recipe, draw, (literature.processor_seconds() - before) / 60)


def measure(root: Path) -> dict[str, Any]:
    """The steps and the errors, in percent, of the newest run."""
    import vaeflow
    from vaeflow.components.artifacts import Examples
    from vaeflow.components.images.examples import load_split
    from vaeflow.components.training.config import TrainConfig
    from vaeflow.components.training.data import training_data
    from vaeflow.components.training.labels import kept_labels

    shown = literature.vaeflow("show", "latest", "--json", "--root", str(root))
    steps = {step["step"]: step for step in json.loads(shown)["steps"]}
    folders = {name: Path(steps[name]["artifact"]["path"]) for name in ("preprocess", "train")}
    config = TrainConfig.model_validate_json((folders["train"] / "config.json").read_bytes())
    history = json.loads((folders["train"] / "history.json").read_bytes())
    examples = Examples(folders["preprocess"], {})
    images, labels, _ = load_split(examples, "train")
    hidden = np.flatnonzero(kept_labels(config.data, examples) < 0)[:IMAGES]
    model = vaeflow.load(folders["train"])
    errors = {}
    for grey in (False, True):
        model.classifies_grey = grey
        found = np.concatenate([np.argmax(model.classify(images[part]), -1) for part in np.split(hidden, 20)])
        errors["grey" if grey else "binarised"] = round(100 * float(np.mean(found != labels[hidden])), 3)
    epochs = {epoch["epoch"]: epoch for epoch in history["epochs"]}
    last, best = max(epochs), history["best_epoch"]
    return {
        "steps": training_data(config, examples).steps_per_epoch * last,
        "epoch": last,
        "best_epoch": best,
        "val_elbo": epochs[best]["val_elbo"],
        "error": errors,
    }


if __name__ == "__main__":
    typer.run(main)
