"""Beam pipelines of steps, and the runner that they use."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vaeflow.components.job_failures import reason
from vaeflow.models.errors import InputError, RunError

if TYPE_CHECKING:
    import apache_beam as beam


@contextmanager
def beam_pipeline(beam_args: Sequence[str] = ()) -> Iterator["beam.Pipeline"]:
    """A Beam pipeline that runs at the end of the block, on the runner named in `beam_args`.

    Raises `InputError` as `new_pipeline` does, and `RunError` if the job fails on an engine outside this process.
    """
    try:
        with new_pipeline(beam_args) as pipeline:
            yield pipeline
    except RuntimeError as error:
        why = reason(str(error))
        if why is None:
            raise
        raise RunError(
            f"the job failed on the engine: {why}",
            advice="see the logs of the engine and of its workers, and run the same command again",
        ) from error


def new_pipeline(beam_args: Sequence[str] = ()) -> "beam.Pipeline":
    """A Beam pipeline on the runner named in `beam_args` (`--runner=...`), by default in this process.

    Raises `InputError` if an option or the runner is unknown or invalid, or if the runner loses data.
    """
    import apache_beam as beam

    from vaeflow.components.beam_files import SUBJECT
    from vaeflow.components.beam_options import parse

    options = parse(beam_args)
    try:
        return beam.Pipeline(options=options)
    except ValueError as error:  # options that the runner requires are missing
        raise InputError(f"{SUBJECT}: {' '.join(str(error).split())}") from None
