"""A run on Flink, with several worker processes, makes what a run in one process makes."""

import numpy as np

from tests.engines.records import digests, embeddings


def test_every_artifact_is_the_same_as_that_of_a_local_run(cluster, run, local_root, tmp_path):
    done = run(tmp_path, beam_args=cluster.beam_args())

    assert done.returncode == 0, done.stderr
    assert digests(tmp_path) == digests(local_root)
    ours, theirs = embeddings(tmp_path), embeddings(local_root)
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name])
