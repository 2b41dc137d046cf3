"""The threshold of the exported score, which normal validation images exceed as rarely as `false_alarms` says."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vaeflow.components.evaluation.anomalies.exported import exported_score
from vaeflow.components.evaluation.anomalies.measuring import normal_codes
from vaeflow.components.evaluation.anomalies.scores import MAHALANOBIS
from vaeflow.components.evaluation.measuring.batch import Batch, Measures
from vaeflow.components.evaluation.study import Study
from vaeflow.models.scoring import SCORE_FILE, Scoring

_STEPS = 100
"""Number of steps between the recorded quantiles."""


def save_scoring(study: Study, folder: Path) -> Scoring | None:
    """Set the threshold of the exported score, if the model has one, and write it to `score.json`."""
    settings = study.settings
    score = exported_score(settings.score, study.subject)
    if score is None:
        return None
    codes = study.once(normal_codes) if score is MAHALANOBIS else None
    raw = Scoring.model_validate({"name": score.name, "codes": codes})
    with study.encode("validation", (partial(_raw, raw),)) as encoded:
        scores = encoded.whole("raw")
    scoring = with_threshold(raw, scores, settings.false_alarms)
    (folder / SCORE_FILE).write_text(scoring.model_dump_json())
    return scoring


def with_threshold(raw: Scoring, scores: NDArray[np.floating[Any]], false_alarms: float) -> Scoring:
    """The scoring with the smallest threshold that at most a share `false_alarms` of normal scores exceeds."""
    values = np.asarray(scores, np.float64)
    threshold = float(np.quantile(values, 1 - false_alarms, method="inverted_cdf"))
    scaled = raw.model_copy(update={"threshold": max(threshold, float(np.finfo("f4").tiny))})
    quantiles = np.quantile(scaled.normalised(values), np.linspace(0, 1, _STEPS + 1))
    return scaled.model_copy(update={"quantiles": tuple(quantiles.tolist())})


def _raw(scoring: Scoring, batch: Batch) -> Measures:
    return {"raw": scoring.raw(batch.model, batch.x, batch.given)}
