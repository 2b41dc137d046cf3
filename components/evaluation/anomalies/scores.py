"""The anomaly scores that are compared. Importable without TensorFlow."""

from dataclasses import dataclass

from vaeflow.components.evaluation.needs import A_BOUND, A_DIAGONAL_POSTERIOR, CONTINUOUS_CODES, GENERATIVE, Need


@dataclass(frozen=True)
class Score:
    """A number that is larger for images that are less like the training images."""

    name: str
    title: str
    source: str
    """What it is, and where it is from."""
    needs: tuple[Need, ...] = ()


RECONSTRUCTION_ERROR = Score(
    "reconstruction_error",
    "Reconstruction error",
    "the mean squared error of the reconstruction (Japkowicz 1995)",
    (GENERATIVE,),
)
NEGATIVE_ELBO = Score("negative_elbo", "−ELBO", "the negative bound (An & Cho 2015)", (A_BOUND,))
NEGATIVE_LOG_LIKELIHOOD = Score(
    "negative_log_likelihood",
    "−log p(x)",
    "the negative importance-weighted log-likelihood (Bishop 1994; Burda 2016)",
    (A_BOUND,),
)
LIKELIHOOD_REGRET = Score(
    "likelihood_regret",
    "Likelihood regret",
    "what the bound gains if the posterior is optimised for the image alone (Xiao 2020)",
    (A_BOUND, A_DIAGONAL_POSTERIOR),
)
COMPLEXITY_CORRECTED = Score(
    "complexity_corrected",
    "Complexity-corrected likelihood",
    "−log p(x) minus the length of the image as PNG, in bits per dimension (Serrà 2020)",
    (A_BOUND,),
)
MAHALANOBIS = Score(
    "mahalanobis",
    "Mahalanobis distance",
    "the distance of the code from the training codes, in their covariance (Denouden 2018)",
    (CONTINUOUS_CODES,),
)
NEAREST_NEIGHBOUR = Score(
    "nearest_neighbour",
    "Nearest-neighbour distance",
    "the distance of the code from the k-th nearest training code (Ramaswamy 2000)",
    (CONTINUOUS_CODES,),
)

SCORES = (
    RECONSTRUCTION_ERROR,
    NEGATIVE_ELBO,
    NEGATIVE_LOG_LIKELIHOOD,
    LIKELIHOOD_REGRET,
    COMPLEXITY_CORRECTED,
    MAHALANOBIS,
    NEAREST_NEIGHBOUR,
)
