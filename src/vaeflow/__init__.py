"""vaeflow: train, compare and deploy variational autoencoders."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaeflow.models.base import LatentVariableModel

__version__ = "0.1.0"


def load(run: str | Path = "latest", root: str | Path = "runs") -> "LatentVariableModel":
    """The trained model of a run: of its id or `latest`, under `root`, or of the path of a `model.keras` or its folder.

    Images go into its methods as uint8 [n, h, w, c], or as floats in [0, 1]. A model that is still in the folder of its
    run is compiled like its recipe, after all warm-ups, and so can be evaluated and trained further; a warning names a
    recipe that cannot be read. Raises `InputError` if there is no such run, if it has not trained a model, if a file is
    not as the run made it, or if it cannot be read.
    """
    from vaeflow.pipeline import loading

    return loading.load(run, root)
