"""Options for Beam: those of every runner are known, others are refused, and so is a runner that loses data."""

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from vaeflow.components.beam_options import parse
from vaeflow.components.engine import beam_pipeline, new_pipeline
from vaeflow.models.errors import InputError


@pytest.mark.parametrize(
    "arguments",
    [
        ["--runner=DaskRunner"],
        ["--runner=dask"],
        ["--runner", "daskrunner"],
        ["--runner=FnApiRunner", "--runner=apache_beam.runners.dask.dask_runner.DaskRunner"],
    ],
)
def test_the_dask_runner_is_refused_with_the_reason(arguments):
    with pytest.raises(InputError, match=r"Beam option --runner=.*: Beam's DaskRunner loses elements without an error"):
        parse(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--direct_num_workers=2", "--direct_running_mode=multi_processing"],
        ["--direct_num_workers", "2", "--streaming"],
        ["--runner=FlinkRunner", "--flink_master=localhost:8081", "--parallelism=4", "--flink_submit_uber_jar"],
        ["--runner=flink", "--checkpointing_interval=1000", "--state_backend=rocksdb"],
        ["--runner=SparkRunner", "--spark_master_url=local[2]", "--environment_type=LOOPBACK"],
        ["--runner=PortableRunner", "--job_endpoint=localhost:8099", "--an_option_of_the_server=3"],
        ["--runner=DataflowRunner", "--project=p", "--region=r", "--temp_location=gs://b/t", "--max_num_workers=3"],
        ["--runner=DataflowRunner", "--machine_type=n1-standard-4", "--experiments=use_runner_v2", "--disk_size_gb=30"],
    ],
)
def test_options_of_every_runner_are_known(arguments):
    parse(arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--direct_num_worker=2"], "Beam option --direct_num_worker=2: no such option. Did you mean '--direct_num"),
        (["--runner=DataflowRunner", "--max_num_worker=2"], "Did you mean '--max_num_workers'?"),
        (["--x=y"], "Beam option --x=y: no such option."),
        (["direct_num_workers=2"], "Did you mean '--direct_num_workers'?"),
        ([""], "no such option."),
        (["--direct_num_workers=x"], "Beam option: argument --direct_num_workers: invalid int value: 'x'."),
        (["--runner=FlinkRunner", "--parallelism=x"], "Beam option: argument --parallelism: invalid int value: 'x'."),
        (["--help"], "Beam option: expected options of a pipeline."),
        (["--runner=FlnkRunner"], "Beam option --runner=FlnkRunner: no such runner. Did you mean 'FlinkRunner'?"),
        (["--runner=zzz"], "Beam option --runner=zzz: no such runner. Runners: DataflowRunner, "),
        (["--runner=json.Runner"], "Beam option --runner=json.Runner: cannot be imported: module 'json'"),
        (["--runner=os.path.join"], "Beam option --runner=os.path.join: cannot be imported: join() missing"),
        (["--runner=builtins.object"], "Beam option --runner=builtins.object: expected a runner, got object."),
    ],
)  # fmt: skip
def test_an_unknown_option_or_runner_is_refused(arguments, message):
    with pytest.raises(InputError) as raised:
        parse(arguments)
    assert message in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("--requirements_file={}/no.txt", "expected a file, but there is no file"),
        ("--requirements_file=https://host/requirements.txt", "expected a file, but there is no file"),
        ("--setup_file={}", "expected a file, but {} is a folder"),
        ("--setup_file={}/a.py", "expected a file of the name setup.py or pyproject.toml"),
        ("--extra_package={}/a.py", "expected a file or a URL of the name *.tar or *.tar.gz or *.whl or *.zip"),
        ("--files_to_stage={}/no", "expected a file, but there is no file"),
        ("--extra_package={}/no.whl", "expected a file or a URL, but there is no file"),
        ("--sdk_location={}", "expected a file or a URL, but there is no file '{}/dataflow_python_sdk.tar'"),
        ("--flink_job_server_jar={}/no.jar", "expected a file or a URL, but there is no file '{}/no.jar'"),
        ("--spark_job_server_jar=", "expected a file or a URL, but . is a folder"),
        ("--prism_location={}/" + 300 * "a", "expected a file or a URL, but it cannot be read: File name too long"),
    ],
)
def test_a_file_that_beam_would_not_take_is_named(tmp_path, option, reason):
    (tmp_path / "a.py").touch()
    with pytest.raises(InputError) as raised:
        parse([option.format(tmp_path)])
    assert str(raised.value).startswith(f"Beam option {option.format(tmp_path)}: {reason.format(tmp_path)}")
    assert len(str(raised.value).splitlines()) == 1


def test_files_that_exist_and_urls_are_accepted(tmp_path):
    for name in ("requirements.txt", "setup.py", "a.whl", "flink.jar", "dataflow_python_sdk.tar"):
        (tmp_path / name).touch()
    parse(
        [
            f"--requirements_file={tmp_path}/requirements.txt",
            f"--setup_file={tmp_path}/setup.py",
            f"--extra_package={tmp_path}/a.whl",
            "--extra_package=gs://bucket/b.whl",
            f"--sdk_location={tmp_path}",
            f"--flink_job_server_jar={tmp_path}/flink.jar",
            "--spark_job_server_jar=https://host/spark.jar",
        ]
    )
    parse(["--sdk_location=container"])


def test_an_option_that_the_job_server_does_not_have_is_refused_when_the_pipeline_is_submitted():
    server = ["--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"]
    with beam_pipeline(server) as pipeline:
        assert_that(pipeline | beam.Create([1, 2]) | beam.Map(abs), equal_to([1, 2]))
    pipeline = new_pipeline([*server, "--checkpointing_interval=3"])
    pipeline | beam.Create([1, 2])
    with pytest.raises(InputError, match=r"Beam option --checkpointing_interval=3: no such option\."):
        pipeline.run()


def test_an_option_that_the_runner_requires_is_named():
    with pytest.raises(InputError, match=r"Beam option: .*Missing required option: project"):
        new_pipeline(["--runner=DataflowRunner"])
