"""Options for Beam that name files. Beam looks for them when a pipeline is submitted, after other steps have run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from apache_beam.runners.internal.names import STAGED_SDK_SOURCES_FILENAME

from vaeflow.models.errors import InputError

SUBJECT = "Beam option"
"""How messages call what `--beam-arg` and the recipe's `beam.args` give."""


class FileOption(NamedTuple):
    """An option whose value is a path, in Beam's list of options at `name`."""

    name: str
    flag: str
    may_be_url: bool = False
    words: Sequence[str] = ()
    """Values that are no paths."""
    names: Sequence[str] = ("*",)
    """Patterns, one of which the file's name must match."""
    inside: str = ""
    """The file that is meant if the path is that of a folder."""


FILES = (
    FileOption("requirements_file", "--requirements_file"),
    FileOption("setup_file", "--setup_file", names=("setup.py", "pyproject.toml")),
    FileOption("files_to_stage", "--files_to_stage"),
    FileOption("extra_packages", "--extra_package", may_be_url=True, names=("*.tar", "*.tar.gz", "*.whl", "*.zip")),
    FileOption(
        "sdk_location",
        "--sdk_location",
        may_be_url=True,
        words=("default", "container", ""),
        inside=STAGED_SDK_SOURCES_FILENAME,
    ),
    FileOption("flink_job_server_jar", "--flink_job_server_jar", may_be_url=True),
    FileOption("spark_job_server_jar", "--spark_job_server_jar", may_be_url=True),
    FileOption("kafka_streams_job_server_jar", "--kafka_streams_job_server_jar", may_be_url=True),
    FileOption("prism_location", "--prism_location", may_be_url=True),
)


def require_files(options: Mapping[str, Any]) -> None:
    """Raise `InputError` if one of the options names a file that does not exist."""
    for option in FILES:
        given = options.get(option.name)
        for path in [given] if isinstance(given, str) else given or ():
            if problem := _problem(option, path):
                expected = "a file or a URL" if option.may_be_url else "a file"
                raise InputError(f"{SUBJECT} {option.flag}={path}: expected {expected}{problem}.")


def _problem(option: FileOption, given: str) -> str:
    """What is wrong with the file, to follow "expected a file"; empty if nothing is."""
    if given in option.words or (option.may_be_url and "://" in given):
        return ""
    path = Path(given)
    try:
        if option.inside and path.is_dir():
            path /= option.inside
        if not path.is_file():
            return f", but {path} is a folder" if path.is_dir() else f", but there is no file {str(path)!r}"
    except (OSError, ValueError) as error:  # a folder that may not be entered, a name that no file can have
        return f", but it cannot be read: {getattr(error, 'strerror', None) or error}"
    return "" if any(map(path.match, option.names)) else f" of the name {' or '.join(option.names)}"
