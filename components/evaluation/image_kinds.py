"""Kinds of images whose distribution is compared with that of test images. Importable without TensorFlow.

Each has its name, and none stands in for another: samples come from the prior that the model is trained with, and
images from a prior that is fitted afterwards are a kind of their own. Real images show what a perfect model would get.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaeflow.components.evaluation import conditions
from vaeflow.components.evaluation.code_sources import FITTED_PRIOR, PRIOR
from vaeflow.components.evaluation.conditions import FEATURE_NETWORK, Condition
from vaeflow.components.evaluation.needs import A_PRIOR_IN_TRAINING, Need

if TYPE_CHECKING:
    import tensorflow as tf

    from vaeflow.components.evaluation.study import Study
    from vaeflow.components.feature_learning.network import Features
    from vaeflow.models.arrays import Codes


@dataclass(frozen=True)
class ImageKind:
    """`features(study)` returns the features [n, d] of as many images as are in the sample, or of fewer if there are.

    Call it through `Study.once`: all metrics share them.
    """

    name: str
    title: str
    features: "Callable[[Study], Features]"
    needs: tuple[Need, ...] = ()
    depends_on: tuple[Condition, ...] = (FEATURE_NETWORK,)


def real_features(study: "Study") -> "Features":
    """Features of the test images of the sample; call through `Study.once`."""
    from vaeflow.components.evaluation.measuring.selection import select
    from vaeflow.components.feature_learning.network import as_inputs

    sample = study.measured.sample
    images = select(sample.examples, "test", sample.indices).batch(study.settings.batch_size)
    return _features(study, (as_inputs(batch) for batch, _ in images))


def _of_training_images(study: "Study") -> "Features":
    """The last ones of the split: if it is large, the network has learned from others."""
    from vaeflow.components.feature_learning.network import as_inputs
    from vaeflow.components.images.examples import num_examples, stream_from

    examples = study.subject.examples
    start = max(0, num_examples(examples, "train") - len(study.measured.sample))
    images = stream_from(examples, "train", start).batch(study.settings.batch_size)
    return _features(study, (as_inputs(batch) for batch, _ in images))


def _of_reconstructions(study: "Study") -> "Features":
    from vaeflow.components.evaluation.measuring.selection import select

    sample, model = study.measured.sample, study.subject.network
    images = select(sample.examples, "test", sample.indices).batch(study.settings.batch_size)
    return _features(study, (model.reconstruct(model.observe(batch), model.given(labels)) for batch, labels in images))


def _of_samples(study: "Study") -> "Features":
    return _of_codes(study, PRIOR.draw(study, len(study.measured.sample)))


def _of_fitted_prior(study: "Study") -> "Features":
    return _of_codes(study, FITTED_PRIOR.draw(study, len(study.measured.sample)))


def _of_codes(study: "Study", codes: "Codes") -> "Features":
    """Features of the mean images of codes [n, code]."""
    import tensorflow as tf

    size = study.settings.batch_size
    parts = (codes[start : start + size] for start in range(0, len(codes), size))
    return _features(study, (study.subject.network.decode(tf.constant(part)) for part in parts))


def _features(study: "Study", batches: "Iterable[tf.Tensor]") -> "Features":
    """Features [n, d] of batches of images in [0, 1]."""
    import numpy as np

    network = study.once(_network)
    return np.concatenate([network(images).numpy() for images in batches])


def _network(study: "Study") -> "Callable[[tf.Tensor], tf.Tensor]":
    import tensorflow as tf

    from vaeflow.components.feature_learning.network import load_network

    network = load_network(study.subject.features)
    return tf.function(network, input_signature=[tf.TensorSpec(network.input_shape)], autograph=False)


TRAINING_IMAGES = ImageKind(
    "training_images",
    "training images",
    _of_training_images,
    depends_on=(FEATURE_NETWORK, conditions.TRAINING_IMAGES),
)
RECONSTRUCTED = ImageKind(
    "reconstructed",
    "reconstructions",
    _of_reconstructions,
    depends_on=(FEATURE_NETWORK, conditions.BINARISATION, conditions.GIVEN),
)
SAMPLES = ImageKind("samples", "samples", _of_samples, (A_PRIOR_IN_TRAINING,))
FITTED = ImageKind("fitted_prior", "images from the fitted prior", _of_fitted_prior, FITTED_PRIOR.needs)
KINDS = (TRAINING_IMAGES, RECONSTRUCTED, SAMPLES, FITTED)
