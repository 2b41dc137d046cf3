"""From an objective's configuration to the objective."""

from typing import assert_never

from vaeflow.models.objectives.beta_tc import BetaTcObjective
from vaeflow.models.objectives.config import BetaTcConfig, CrossEntropyConfig, ElboConfig, FactorVaeConfig, IwaeConfig
from vaeflow.models.objectives.config import Objective as ObjectiveConfig
from vaeflow.models.objectives.cross_entropy import CrossEntropyObjective
from vaeflow.models.objectives.elbo import ElboObjective
from vaeflow.models.objectives.factor_vae import FactorVaeObjective
from vaeflow.models.objectives.iwae import IwaeObjective
from vaeflow.models.training.step import Objective


def build_objective(config: ObjectiveConfig, *, code_dim: int, steps_per_epoch: int, num_images: int) -> Objective:
    """The objective for codes [code_dim] and a training set of `num_images` images, with its own weights if any.

    One pass over the training set takes `steps_per_epoch` steps.
    """
    match config:
        case ElboConfig():
            return ElboObjective(config, steps_per_epoch)
        case IwaeConfig():
            return IwaeObjective(config, steps_per_epoch)
        case BetaTcConfig():
            return BetaTcObjective(config, num_images)
        case FactorVaeConfig():
            return FactorVaeObjective(config, code_dim)
        case CrossEntropyConfig():
            return CrossEntropyObjective()
        case _:
            assert_never(config)
