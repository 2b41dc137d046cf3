"""Workers that cannot do the work are refused before it starts."""

from tests.engines import flink


def test_workers_with_another_version_of_a_package_are_refused(cluster, run, tmp_path):
    other = tmp_path / "packages" / "keras-0.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: keras\nVersion: 0.1\n")
    worker = flink.write_worker(tmp_path / "worker", other.parent)
    done = run(tmp_path / "root", beam_args=cluster.beam_args(worker))

    assert done.returncode == 2, done.stderr
    assert "the workers of the engine cannot be used: a worker on " in done.stderr
    assert "has keras 0.1, expected 3." in done.stderr
    assert "ingest: started" not in done.stderr
