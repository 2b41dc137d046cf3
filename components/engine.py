"""Beam pipelines of steps, and the runner that they use."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaeflow.models.errors import InputError

if TYPE_CHECKING:
    import apache_beam as beam


def beam_pipeline(beam_args: Sequence[str] = ()) -> "beam.Pipeline":
    """A Beam pipeline on the runner named in `beam_args` (`--runner=...`), by default in this process.

    Raises `InputError` if an option or the runner is unknown or invalid, or if the runner loses data.
    """
    import apache_beam as beam

    from vaeflow.components.beam_options import OPTION, parse

    options = parse(beam_args)
    try:
        return beam.Pipeline(options=options)
    except ValueError as error:  # options that the runner requires are missing
        raise InputError(f"{OPTION}: {' '.join(str(error).split())}") from None
