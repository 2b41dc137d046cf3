"""Moments, files and the sample, from given measures of the test split."""

from contextlib import contextmanager

import numpy as np
import pyarrow.parquet as pq
import pytest

from vaeflow.components.evaluation.measuring.encoding import Encoded
from vaeflow.components.evaluation.measuring.measured import measure_test_split
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.evaluation.subject import Subject
from vaeflow.models.errors import RunError

LABELS = np.array([0, -1, 1, 1, -1, 0, 1])
MEASURES = {
    "mean": np.random.default_rng(0).normal(size=(7, 2)).astype(np.float32),
    "stddev": np.ones((7, 2), np.float32),
    "psnr": np.arange(7, dtype=np.float32),
    "classification_error": np.array([100, 0, 0, 100, 100, 0, 0], np.float32),
}


@pytest.fixture
def subject(tmp_path, write_examples, digits):
    split = digits._replace(images=digits.images[:7], labels=LABELS)
    examples = write_examples(tmp_path / "examples", {"test": split}, ["a", "b"])
    return Subject(examples, None, None, None, None, images=7, labelled=True, label_names=("a", "b"))


@pytest.fixture
def measure(subject, tmp_path):
    """Measure the test split with the given results, in batches of three."""

    def run(measures=MEASURES, **settings):
        files = [tmp_path / f"{start}.npz" for start in (0, 3, 6)]
        for start, file in zip((0, 3, 6), files, strict=True):
            np.savez(file, **{name: values[start : start + 3] for name, values in measures.items()})

        @contextmanager
        def encode(split, measures):
            yield Encoded(files, 3)

        labelled_only = {"classification_error"}
        return measure_test_split(Settings(**settings), subject, (), labelled_only, encode=encode, output=tmp_path)

    return run


def test_moments_are_over_all_images_or_over_those_of_known_class(measure):
    moments = measure().moments
    assert moments["psnr"].mean == MEASURES["psnr"].mean()
    np.testing.assert_allclose(moments["mean"].variance, MEASURES["mean"].var(axis=0), rtol=1e-5)
    known = MEASURES["classification_error"][LABELS >= 0]
    assert moments["classification_error"].mean == known.mean()
    assert moments["classification_error"].standard_error == pytest.approx(known.std(ddof=1) / np.sqrt(5))


def test_a_number_of_an_image_of_unknown_class_is_null_where_it_says_nothing(measure, tmp_path):
    measure()
    rows = pq.read_table(tmp_path / "per_image.parquet").to_pydict()
    assert rows["classification_error"] == [100, None, 0, 100, None, 0, 0]
    assert rows["label"] == [0, None, 1, 1, None, 0, 1]
    assert rows.keys() == {"id", "label", "psnr", "classification_error"}


def test_the_sample_has_the_measures_and_labels_of_its_places(measure):
    sample = measure(sample=3).sample
    assert len(sample) == 3
    np.testing.assert_array_equal(sample.labels, LABELS[sample.indices])
    np.testing.assert_array_equal(sample.measures["mean"], MEASURES["mean"][sample.indices])


def test_codes_that_are_not_finite_are_a_run_error(measure):
    broken = MEASURES["mean"].copy()
    broken[4, 1] = np.nan
    with pytest.raises(RunError, match="not finite"):
        measure(MEASURES | {"mean": broken})
