"""What the scores of many images say: how many are anomalies, which, and how far all are from validation images."""

import heapq
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from vaeflow.components.inference.table import ID

SCORE = "score"
THRESHOLD = 0.5
MOST = 10
_BINS = 10_000


class ScoreSummary(NamedTuple):
    """The share of images above the threshold; the largest difference of the distribution of scores from that of the
    validation images (Kolmogorov & Smirnov), from 0 to 1; and ids of the most anomalous images with their scores.
    """

    above: float
    shift: float
    highest: Sequence[tuple[str, float]]


def summarise_scores(parts: Iterable[Path], quantiles: Sequence[float]) -> ScoreSummary:
    """Summarise the scores in parts; `quantiles` are those of the validation images, in equal steps."""
    edges = np.linspace(0, 1, _BINS + 1)
    counts, above, highest = np.zeros(_BINS, np.int64), 0, list[tuple[str, float]]()
    for part in parts:
        for batch in pq.ParquetFile(part).iter_batches(columns=[ID, SCORE]):
            scores = batch.column(SCORE).to_numpy()
            counts += np.histogram(scores, edges)[0]
            above += int((scores > THRESHOLD).sum())
            rows = np.argsort(-scores, kind="stable")[:MOST]
            highest += [(batch.column(ID)[row].as_py(), float(scores[row])) for row in rows]
            highest = heapq.nlargest(MOST, highest, key=itemgetter(1))
    cumulative = counts.cumsum() / counts.sum()
    validation = np.interp(edges[1:], quantiles, np.linspace(0, 1, len(quantiles)))
    shift = float(np.abs(cumulative - validation).max())
    return ScoreSummary(above / int(counts.sum()), shift, highest)
