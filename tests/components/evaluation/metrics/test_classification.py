"""The error of a model's own classifier, on the pixels that it is to see."""

import numpy as np
import pytest
import tensorflow as tf

from tests.models.inputs.toy import IMAGES, LABELS, compiled
from vaeflow.components.evaluation.measuring.batch import Batch
from vaeflow.components.evaluation.metrics.classification import ERROR, PREDICTED, measure
from vaeflow.components.evaluation.settings import Settings


@pytest.mark.parametrize("grey", [False, True])
def test_the_classifier_sees_binarised_or_grey_pixels(grey: bool):
    model = compiled(binarise="static")
    rng = np.random.default_rng(0)
    model.set_weights([w + rng.normal(size=w.shape).astype(w.dtype) for w in model.get_weights()])
    seen = {
        binary: model.classify(x).numpy().argmax(axis=1)
        for binary, x in ((True, model.observe(IMAGES)), (False, IMAGES / 255))
    }
    assert (seen[True] != seen[False]).any()

    model.classifies_grey = grey
    batch = Batch(model, tf.constant(IMAGES), tf.constant(LABELS), tf.constant(0), Settings())
    measured = measure(batch)
    np.testing.assert_array_equal(measured[PREDICTED], seen[not grey])
    np.testing.assert_array_equal(measured[ERROR.name], 100.0 * (seen[not grey] != LABELS))
