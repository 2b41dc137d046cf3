"""Fixtures for all tests."""

import os

# Tests run in one process per core. TensorFlow, scikit-learn and NumPy read these when they are imported: their
# threads, which wait for each other in busy loops, would take a quarter of the time, and nearly all of that of a
# mixture fitted to a few codes.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Beam parses its options for every transform. Looking for translations of the parser's texts would take a tenth of the
# time of a pipeline.
os.environ["LANGUAGE"] = "C"

import gc
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="module", autouse=True)
def garbage_is_collected_between_tests() -> Iterator[None]:
    """Collected in a test, it takes a sixth of the time: every pass visits the objects of all graphs made so far."""
    gc.disable()
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def garbage_of_a_test_is_collected() -> Iterator[None]:
    """Graphs take gigabytes, and TensorFlow takes longer to end an iterator, up to a minute, the longer it has existed.

    Generation 0 contains what the test has made.
    """
    yield
    gc.collect(0)


@pytest.fixture(scope="session")
def toy_training_set() -> type:
    """`toy_training_set(images, labels)` → a training set in memory."""
    # Not at the top, because the process that distributes the tests needs no TensorFlow.
    from tests.models.training.toy_training_set import ToyTrainingSet

    return ToyTrainingSet


@contextmanager
def _forbidden() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "forbidden"
        folder.mkdir()
        Path(parent).chmod(0)
        user = os.geteuid()
        if user == 0:  # no folder is forbidden for root
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(user)
            Path(parent).chmod(0o700)


@pytest.fixture
def forbidden():
    """A context in which a folder, which it gives, is below one that the process may not enter."""
    return _forbidden()
