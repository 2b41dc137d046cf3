"""Workers of an engine are examined before any work, here by Beam's job server in this process."""

import sys

import pytest

from vaeflow.components.workers import UnfitWorkerError, check_workers, examine, software
from vaeflow.models.errors import InputError

IN_A_PROCESS = "beam:env:harness_subprocess_python:v1"


def in_a_process(environment: str) -> list[str]:
    """Options for a worker in a process of its own, with assignments of environment variables."""
    command = f"{environment} {sys.executable} -m apache_beam.runners.worker.sdk_worker_main"
    server = ["--runner=PortableRunner", "--job_endpoint=embed", f"--environment_type={IN_A_PROCESS}"]
    return [*server, f"--environment_config={command}"]


def test_a_worker_that_sees_the_folder_and_has_the_same_software_is_fit(tmp_path):
    probe = tmp_path / "probe"
    probe.touch()
    examine(probe, software())


def test_a_worker_that_cannot_see_the_folder_is_refused(tmp_path):
    with pytest.raises(UnfitWorkerError, match=rf"a worker on \S+ cannot see {tmp_path}: expected a folder that all"):
        examine(tmp_path / "probe", software())


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"python": "3.10"}, r"has Python 3\.\d+, expected 3\.10\."),
        ({"packages": {**software().packages, "keras": "2.0"}}, r"has keras 3[.\d]+, expected 2\.0\."),
        ({"code": "other"}, r"has other code of vaeflow, expected the same version\."),
    ],
)
def test_a_worker_with_other_software_is_refused(tmp_path, expected, message):
    probe = tmp_path / "probe"
    probe.touch()
    with pytest.raises(UnfitWorkerError, match=message):
        examine(probe, software()._replace(**expected))


def test_the_sentence_of_a_worker_in_another_process_reaches_the_user(tmp_path):
    packages = tmp_path / "packages"
    (packages / "keras-0.1.dist-info").mkdir(parents=True)
    (packages / "keras-0.1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: keras\nVersion: 0.1\n")
    python_path = ":".join([str(packages), *filter(None, sys.path)])
    with pytest.raises(InputError, match=r"cannot be used: a worker on \S+ has keras 0\.1, expected 3[.\d]+\.$"):
        check_workers(in_a_process(f"env PYTHONPATH={python_path}"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["packages"]


@pytest.mark.parametrize("arguments", [[], ["--environment_type=LOOPBACK", "--runner=PortableRunner"]])
def test_in_this_process_nothing_is_checked(tmp_path, arguments):
    check_workers(arguments, tmp_path / "missing")
