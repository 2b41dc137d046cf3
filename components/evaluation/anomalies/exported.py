"""Which anomaly score a model is exported with. Importable without TensorFlow."""

from typing import get_args

from vaeflow.components.evaluation.anomalies.scores import SCORES, Score
from vaeflow.components.evaluation.needs import GENERATIVE, Known, unmet_need
from vaeflow.models.errors import InputError
from vaeflow.models.scoring import ScoreName

EXPORTED = tuple(score for score in SCORES if score.name in get_args(ScoreName))


def exported_score(name: ScoreName | None, subject: Known) -> Score | None:
    """The score with this name, or by default the first that the model can be exported with; None if there is none.

    Exports return it beside the map of the reconstruction error, which needs a decoder. Raises `InputError` if the
    model cannot be exported with the score of this name.
    """
    obstacles = {score.name: unmet_need((GENERATIVE, *score.needs), subject) for score in EXPORTED}
    available = [score for score in EXPORTED if not obstacles[score.name]]
    if name is not None and obstacles[name]:
        names = ", ".join(score.name for score in available) or "none"
        raise InputError(f"evaluate.score: {name} {obstacles[name]}. Scores of this model: {names}")
    return next((score for score in available if name in (None, score.name)), None)
