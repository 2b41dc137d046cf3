"""Codebook perplexity: how much of a codebook is used."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import A_CODEBOOK

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.measuring.batch import Batch, Measures
    from vaeflow.components.evaluation.study import Study

PERPLEXITY = Metric(
    "codebook_perplexity", "Codebook perplexity", "symbols in use", decimals=1, needs=(A_CODEBOOK,), better="higher"
)
COUNTS = "symbol_counts"


def measure(batch: "Batch") -> "Measures":
    """Number of occurrences of each symbol in the code of each image, [batch, symbols]."""
    import tensorflow as tf

    symbols = batch.model.symbols(batch.x)
    return {COUNTS: tf.math.bincount(symbols, minlength=batch.model.num_symbols, axis=-1)}


def compute(study: "Study") -> dict[str, float]:
    """Perplexity of the symbol frequencies over all images and positions."""
    counts = study.mean(COUNTS)
    return {PERPLEXITY.name: perplexity(counts / counts.sum())}


def perplexity(frequencies: "NDArray[np.float64]") -> float:
    """exp(entropy) of frequencies [symbols]: the number of equally frequent symbols with the same entropy."""
    import numpy as np

    used = frequencies[frequencies > 0]
    return float(np.exp(-np.sum(used * np.log(used))))


FAMILY = Family((PERPLEXITY,), measure, compute)
