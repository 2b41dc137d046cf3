"""Beam pipelines of steps, and the runner that they use."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import apache_beam as beam

# Beam's "DirectRunner" first tries to download and start another runner; this one is part of the package.
LOCAL_RUNNER = "FnApiRunner"


def beam_pipeline(beam_args: Sequence[str] = ()) -> "beam.Pipeline":
    """A Beam pipeline on the runner named in `beam_args` (`--runner=...`), by default in this process."""
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions

    args = list(beam_args)
    if not any(arg.startswith("--runner") for arg in args):
        args.append(f"--runner={LOCAL_RUNNER}")
    return beam.Pipeline(options=PipelineOptions(args))
