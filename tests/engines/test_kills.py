"""A worker is killed while it works."""

import shutil
import time

from tests.engines.records import digests, leftovers

PATIENCE_SECONDS = 240


def test_ingest_recovers_from_the_death_of_a_worker(cluster, begin, local_root, tmp_path):
    with begin(tmp_path, beam_args=cluster.beam_args(), until="ingest") as process:
        wait_for(tmp_path, "staging/ingest-*/parts/spool-*", process)
        kill_the_busiest(cluster.workers())
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0, output
    assert cluster.failures_of_last_job() == 1
    assert digests(tmp_path) == {"Dataset": digests(local_root)["Dataset"]}


def test_if_encoding_fails_nothing_is_published_and_the_next_run_goes_on(cluster, begin, run, local_root, tmp_path):
    root = tmp_path / "root"
    shutil.copytree(local_root, root)
    changed = ["evaluate.batch_size=4"]  # the rest is cached
    before = digests(root)
    with begin(root, changed, cluster.beam_args()) as process:
        wait_for(root, "staging/evaluate-*/*/*.npz", process)
        while process.poll() is None:
            kill_the_busiest(cluster.workers())
            time.sleep(0.2)
        output = process.stdout.read()

    assert process.returncode == 1, output
    assert "evaluate failed in run" in output
    assert ": the job failed on the engine: " in output
    assert "Traceback" not in output
    assert digests(root) == before
    assert leftovers(root) == []
    again = run(root, changed, cluster.beam_args())
    assert again.returncode == 0, again.stderr


def wait_for(root, pattern, process):
    """Wait until a worker has written a file."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any(root.glob(pattern)):
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline, f"no {pattern}"
        time.sleep(0.02)


def kill_the_busiest(workers):
    """Kill the worker that has worked most, if there is one."""
    if workers:
        max(workers, key=lambda worker: worker.cpu_times().user).kill()
