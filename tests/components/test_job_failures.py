"""The reason of a failed job, in texts as job servers return them."""

import pytest

from vaeflow.components.engine import beam_pipeline
from vaeflow.components.job_failures import reason
from vaeflow.models.errors import RunError

FAILED = "Pipeline BeamApp-root-1_2 failed in state FAILED: "
TRACE = (
    "java.lang.RuntimeException: Error received from SDK harness for instruction: Traceback (most recent call last):\n"
    '  File "common.py", line 1, in process\n{error}\n\nDuring handling of the above exception, another exception '
    'occurred:\n\nTraceback (most recent call last):\n  File "worker.py", line 3, in run\n'
    "{error} [while running 'Examine workers']\n\n\tat org.apache.beam.Client.run(Client.java:3)"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("java.lang.IllegalStateException: Process died with exit code 1", "Process died with exit code 1"),
        ("org.a.b.StatusRuntimeException: org.a.b.StatusRuntimeException: CANCELLED: lost", "CANCELLED: lost"),
        (TRACE.format(error="ValueError: no: image"), "ValueError: no: image"),
        (TRACE.format(error="vaeflow.models.errors.InputError: ingest.white: too low."), "ingest.white: too low."),
        ("", "no reason was given"),
    ],
)
def test_the_reason_is_one_line(text, expected):
    assert reason(FAILED + text) == expected


@pytest.mark.parametrize("text", ["", "no such file", "ValueError: 3 [while running 'Map']"])
def test_other_errors_are_no_failures_of_a_job(text):
    assert reason(text) is None


def test_an_error_in_a_worker_fails_the_run_in_one_line():
    import apache_beam as beam

    server = ["--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"]
    with (
        pytest.raises(RunError, match=r"^the job failed on the engine: ValueError: .*'three'$"),
        beam_pipeline(server) as pipeline,
    ):
        pipeline | beam.Create(["three"]) | beam.Map(int)
