"""Where codes come from: named distributions, none of which stands in for another. Importable without TensorFlow.

A decoder is trained on codes of the aggregated posterior only. A VAE's objective draws these to its prior, so that
codes of the prior can be decoded too; an autoencoder's leaves gaps between them, and nothing ties them to N(0, I).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaeflow.components.evaluation.aggregated import drawn_codes
from vaeflow.components.evaluation.needs import A_PRIOR_OF_ITS_OWN, REAL_CODES, Known, Need, unmet_need

if TYPE_CHECKING:
    import tensorflow as tf
    from tensorflow_probability import distributions as tfd

    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes

FITTED_CODES = 2_000
"""Maximum number of training images to whose codes a prior is fitted, if the model has not fitted one itself."""

MIXTURE_DIM = 128
"""Maximum number of dimensions of codes to which a mixture of normals is fitted."""

DATA, HELD_OUT = slice(0, None, 2), slice(1, None, 2)
"""The two halves of the sample: images of the data, and others to compare with them."""


@dataclass(frozen=True)
class CodeSource:
    """A distribution of codes: `draw(study, n)` returns n codes [n, code], float32, or fewer if there are no more."""

    name: str
    title: str
    draw: "Callable[[Study, int], Codes]"
    needs: tuple[Need, ...] = ()

    def available(self, subject: Known) -> bool:
        """Whether the subject has such codes."""
        return not unmet_need(self.needs, subject)


def _from_box(study: "Study", n: int) -> "Codes":
    """Uniform in the smallest box with sides along the axes that contains the posterior means of the sample."""
    import numpy as np

    low, high = study.codes.min(axis=0), study.codes.max(axis=0)
    random = np.random.default_rng(study.settings.seed)
    return low + (high - low) * random.random((n, len(low)), np.float32)


def _from_standard_normal(study: "Study", n: int) -> "Codes":
    import numpy as np

    random = np.random.default_rng(study.settings.seed)
    return random.standard_normal((n, study.subject.code_dim), np.float32)


def _from_aggregated_posterior(study: "Study", n: int) -> "Codes":
    """One code for each held-out image: z ~ q(z | x)."""
    return drawn_codes(study).codes[HELD_OUT][:n]


def _from_fitted_prior(study: "Study", n: int) -> "Codes":
    return _numpy(study.once(fitted_prior).sample(n, seed=_seed(study)))


def fitted_prior(study: "Study") -> "tfd.Distribution":
    """The autoencoder's own, or one fitted to codes of training images; call through `Study.once`.

    The latter is a mixture, or a single normal of codes with more dimensions than a mixture can be fitted to.
    Ghosh et al. 2020, §4: ex-post density estimation, for an autoencoder and a VAE alike.
    """
    from vaeflow.components.evaluation.embedded import training_codes
    from vaeflow.models.priors.building import build_fitted_prior
    from vaeflow.models.priors.config import GaussianFit, MixtureFit

    if study.subject.config.fits_prior:
        return study.subject.network.prior()
    dim = study.subject.code_dim
    layer = build_fitted_prior(MixtureFit() if dim <= MIXTURE_DIM else GaussianFit(), dim)
    layer.fit(study.once(training_codes).draw[:FITTED_CODES], study.settings.seed)
    return layer.distribution()


def _from_prior(study: "Study", n: int) -> "Codes":
    return _numpy(study.subject.network.sample_codes(n, _seed(study)))


def _seed(study: "Study") -> "tf.Tensor":
    import tensorflow as tf

    return tf.constant([study.settings.seed, 3])


def _numpy(codes: "tf.Tensor") -> "Codes":
    drawn: Codes = codes.numpy()
    return drawn


BOX = CodeSource("box", "box of the codes", _from_box, (REAL_CODES,))
STANDARD_NORMAL = CodeSource("standard_normal", "N(0, I)", _from_standard_normal, (REAL_CODES,))
AGGREGATED_POSTERIOR = CodeSource("aggregated_posterior", "aggregated posterior", _from_aggregated_posterior)
FITTED_PRIOR = CodeSource("fitted_prior", "fitted prior", _from_fitted_prior, (REAL_CODES,))
PRIOR = CodeSource("prior", "trained prior", _from_prior, (A_PRIOR_OF_ITS_OWN,))
SOURCES = (BOX, STANDARD_NORMAL, AGGREGATED_POSTERIOR, FITTED_PRIOR, PRIOR)
