"""Training of feature networks."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.feature_learning.tasks import Task
from vaeflow.components.feature_learning.training import BATCH_SIZE, cross_entropy, shuffled

RANDOM = np.random.default_rng(0)
COUNT = BATCH_SIZE + 7
TASK = Task("classes", np.arange(COUNT).reshape(-1, 1, 1, 1).astype(np.uint8), np.arange(COUNT), COUNT)
DIGEST = """
import sys, hashlib, numpy as np, tensorflow as tf
from vaeflow.components.feature_learning.config import FeaturesConfig
from vaeflow.components.feature_learning.tasks import Task
from vaeflow.components.feature_learning.training import train

if "deterministic" in sys.argv:
    tf.config.experimental.enable_op_determinism()
random = np.random.default_rng(0)
task = Task("classes", random.integers(0, 256, (300, 8, 8, 1), dtype=np.uint8), random.integers(0, 3, 300), 300)
network, _ = train(FeaturesConfig(epochs=2), task, task)
print(hashlib.sha256(b"".join(weight.numpy().tobytes() for weight in network.weights)).hexdigest())
"""


def test_every_epoch_has_each_image_once_with_its_answer_in_an_order_of_its_own():
    batches = [(images.numpy().ravel(), answers.numpy()) for images, answers in shuffled(TASK, epochs=2, seed=0)]
    assert [len(answers) for _, answers in batches] == [BATCH_SIZE, 7] * 2
    for images, answers in batches:
        np.testing.assert_array_equal(images, answers)
    first, second = (np.concatenate([answers for _, answers in batches[place : place + 2]]) for place in (0, 2))
    assert set(first) == set(second) == set(range(COUNT))
    assert list(first) != list(second)


def test_no_deleted_iterator_waits_for_a_tuning_thread():
    assert shuffled(TASK, epochs=2, seed=0).options().autotune.enabled is False


def test_the_loss_is_the_cross_entropy():
    logits, answers = RANDOM.normal(size=(5, 3)).astype(np.float32), RANDOM.integers(0, 3, 5)
    expected = tf.nn.sparse_softmax_cross_entropy_with_logits(answers, logits)
    np.testing.assert_allclose(cross_entropy(tf.constant(answers), tf.constant(logits)), expected, rtol=1e-5)


@pytest.mark.full
def test_a_network_does_not_depend_on_whether_another_step_has_asked_for_determinism():
    digests = [
        subprocess.run([sys.executable, "-c", DIGEST, *asked], capture_output=True, text=True, check=True).stdout
        for asked in ([], ["deterministic"])
    ]
    assert digests[0] == digests[1] != ""
