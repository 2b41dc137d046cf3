"""The step train: examples become a model."""

import shutil
from pathlib import Path

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.images.config import TRANSFORM_FILE
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.history import OnEpoch
from vaeflow.models.errors import InputError


def train(
    config: TrainConfig,
    examples: Examples,
    *,
    output: Path,
    start: Path | None = None,
    on_epoch: OnEpoch | None = None,
) -> Model:
    """Fit the model and keep its best epoch. Resumes after the last finished epoch found in `output`.

    With `start`, the file of a trained model, its main phase begins with these weights instead of initial ones.
    Without any epoch, the model keeps its initial weights, and only what is fitted rather than trained is set.
    With the strategy `multi_worker`, every worker must call this before anything else uses TensorFlow, with the same
    `output` on a shared file system; the chief writes.
    `on_epoch` is called with the history after each epoch that this call trains; what it raises ends the training.
    Raises `InputError` if the examples, labels, devices or `start` do not suit the configuration, and `RunError` if the
    loss becomes NaN or infinite: `last_good.keras` then has the weights of the last finished epoch, if there is one.
    """
    from vaeflow.components.training.fit import Training, portable
    from vaeflow.components.training.learned_objective import save_learned
    from vaeflow.components.training.projector import write_embeddings
    from vaeflow.components.training.strategies import is_chief, open_strategy, seed_everything
    from vaeflow.models.saving import save

    if config.start_from is not None and start is None:
        raise InputError(f"train.start_from: {config.start_from}: expected the file of this model as `start`")
    strategy = open_strategy(config.strategy)
    seed_everything(config.seed, deterministic=config.deterministic)
    training = Training(config, examples, strategy, output, start, on_epoch)
    history = training.run()
    if is_chief(strategy):
        best = portable(training.model)
        best.finish(training.images)
        save(best, output / "model.keras")
        save_learned(training.model.objective, output)
        history.write(output / "history.json")
        (output / "config.json").write_text(config.model_dump_json(indent=1))
        shutil.copyfile(examples.path / TRANSFORM_FILE, output / TRANSFORM_FILE)
        write_embeddings(best, examples, output / "logs" / "validation")
    return Model(output, {"model": config.model.name, "best_epoch": history.best_epoch, **history.headline})
