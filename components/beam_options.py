"""Checking of the options for Beam, before any work. Beam itself discards options that it does not know.

The options of all runners in Python are known at once. A runner with a job server, such as those of Flink and Spark,
has more options, which only the job server knows: they are checked when a pipeline is submitted to it.
"""

import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions, StandardOptions
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner, SwitchingDirectRunner
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.portable_runner import PortableRunner
from apache_beam.runners.portability.prism_runner import PrismRunner
from apache_beam.runners.runner import PipelineRunner, create_runner

from vaeflow.components.beam_files import SUBJECT, require_files
from vaeflow.components.closest import did_you_mean
from vaeflow.models.errors import InputError

# Beam's "DirectRunner" first tries to download and start another runner; this one is part of the package.
LOCAL_RUNNER = "FnApiRunner"
UNSAFE = {
    "DaskRunner": "Beam's DaskRunner loses elements without an error: those from finish_bundle, those of tagged "
    "outputs, and those of all sinks but the last"
}

Extend = Callable[[Any], None]


class CheckedOptions(PipelineOptions):
    """Options that a job server checks, too: Beam asks it which options it has, and then calls `get_all_options`."""

    def get_all_options(
        self,
        drop_default: bool = False,
        add_extra_args_fn: Extend | None = None,
        retain_unknown_options: bool = False,
        **others: Any,
    ) -> dict[str, Any]:
        """As in Beam, but raises `InputError` for an option that neither Beam nor the job server has.

        Where the runner retains unknown options, they are left to the engine.
        """

        def add_and_check(parser: Any) -> None:
            if add_extra_args_fn:
                add_extra_args_fn(parser)
                if not retain_unknown_options:
                    _refuse_unknown(parser, self._flags)

        return super().get_all_options(drop_default, add_and_check, retain_unknown_options, **others)


def parse(args: Sequence[str]) -> CheckedOptions:
    """The options in `args`, by default with the runner of this process.

    Raises `InputError` if an option or the runner is unknown or invalid, if an option names a file that does not exist,
    or if the runner loses data.
    """
    printed = io.StringIO()
    try:
        with redirect_stderr(printed), redirect_stdout(printed):  # argparse prints what is wrong, and ends the process
            options = CheckedOptions(args)
            standard = options.view_as(StandardOptions)
            standard.runner = standard.runner or LOCAL_RUNNER
            asks_job_server = _asks_job_server(_runner(standard.runner))
            values = options.get_all_options(
                add_extra_args_fn=lambda parser: None, retain_unknown_options=asks_job_server
            )
    except SystemExit:
        _, _, reason = printed.getvalue().strip().partition("error: ")
        raise InputError(f"{SUBJECT}: {reason or 'expected options of a pipeline'}.") from None
    require_files(values)
    return options


def has_workers_elsewhere(options: PipelineOptions) -> bool:
    """Whether the work is done by processes that another program starts, perhaps on other machines."""
    runner = create_runner(options.view_as(StandardOptions).runner)
    loopback = options.view_as(PortableOptions).environment_type == "LOOPBACK"
    return not (loopback or isinstance(runner, FnApiRunner | SwitchingDirectRunner | BundleBasedDirectRunner))


def _asks_job_server(runner: PipelineRunner) -> bool:
    return isinstance(runner, PortableRunner) and not isinstance(runner, PrismRunner)


def _runner(name: str) -> PipelineRunner:
    plain = name.rpartition(".")[2].lower().removesuffix("runner")
    for unsafe, reason in UNSAFE.items():
        if plain == unsafe.lower().removesuffix("runner"):
            raise InputError(f"{SUBJECT} --runner={name}: {reason}. Choose another runner, such as FlinkRunner.")
    try:
        runner = create_runner(name)
    except ValueError:
        known = [runner for runner in StandardOptions.KNOWN_RUNNER_NAMES if runner not in UNSAFE]
        near = did_you_mean(name, known) or f" Runners: {', '.join(known)}, or the dotted path of a class."
        raise InputError(f"{SUBJECT} --runner={name}: no such runner.{near}") from None
    except (ImportError, AttributeError, TypeError) as error:
        raise InputError(f"{SUBJECT} --runner={name}: cannot be imported: {error}.") from None
    if not isinstance(runner, PipelineRunner):
        raise InputError(f"{SUBJECT} --runner={name}: expected a runner, got {type(runner).__name__}.")
    return runner


def _refuse_unknown(parser: Any, flags: Sequence[str]) -> None:
    _, unknown = parser.parse_known_args(flags)
    if unknown:
        name, _, _ = unknown[0].partition("=")
        known = [option for action in parser._actions for option in action.option_strings]
        raise InputError(f"{SUBJECT} {unknown[0]}: no such option.{did_you_mean(name.partition(' ')[0], known)}")
