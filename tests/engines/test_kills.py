"""Workers are killed while they work."""

import shutil
import time
from contextlib import suppress

import psutil

from tests.engines.records import digests, leftovers

PATIENCE_SECONDS = 240


def test_ingest_recovers_from_the_death_of_a_worker(cluster, begin, local_root, tmp_path):
    with begin(tmp_path, beam_args=cluster.beam_args(), until="ingest") as process:
        wait_until(process, lambda: any(kill(worker) for worker in cluster.workers() if spools(worker)))
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
        wait_until(process, lambda: any(root.glob("staging/evaluate-*/*/*.npz")))
        while process.poll() is None:  # Flink restarts the job once
            for worker in cluster.workers():
                kill(worker)
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


def wait_until(process, condition):
    """Wait until the condition is met in a run."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def spools(worker: psutil.Process) -> bool:
    """Whether the worker is in the middle of a bundle of images."""
    with suppress(psutil.Error):
        return any("/spool-" in file.path for file in worker.open_files())
    return False


def kill(worker: psutil.Process) -> bool:
    """Whether the worker was alive until now."""
    with suppress(psutil.NoSuchProcess):
        worker.kill()
        return True
    return False
