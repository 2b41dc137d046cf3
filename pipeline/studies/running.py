"""Run the members of a study, each in a process of its own, so that no member suffers from another one."""

import os
import signal
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from vaeflow.components.training.history import DivergedError, OnEpoch
from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline import beam_runner
from vaeflow.pipeline.context import prepared
from vaeflow.pipeline.display import displayed, logging_to_console, steady_console
from vaeflow.pipeline.entities import Membership, Run
from vaeflow.pipeline.interruption import SIGNALS
from vaeflow.pipeline.recipes import Recipe
from vaeflow.pipeline.studies.members import LAST_STEP, steps
from vaeflow.pipeline.summary import runs_in
from vaeflow.pipeline.workspace import Workspace

THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


class Work(NamedTuple):
    """A member to be run until a step; its training calls `on_epoch`, which must be possible to pickle."""

    member: Recipe
    until: str = LAST_STEP
    on_epoch: OnEpoch | None = None


class Outcome(NamedTuple):
    """What became of a member: the id of its finished run, or why there is none.

    `pruned` is the epoch after which the run was pruned, or 0. If it `diverged`, its loss became NaN or infinite.
    """

    member: Recipe
    run: str = ""
    problem: str = ""
    pruned: int = 0
    diverged: bool = False


class How(NamedTuple):
    """How members are run: under which root, how many at a time, and whether libraries' messages are shown."""

    root: Path
    jobs: int = 1
    verbose: bool = False


def earlier_outcomes(members: Sequence[Recipe], root: Path, until: str = LAST_STEP) -> list[Outcome]:
    """The finished run of each member that has one with the artifacts that it would have now: the newest."""
    workspace = Workspace(root)
    done: dict[Membership, list[Run]] = {}
    for run in runs_in(workspace):
        if run.state == "done":
            done.setdefault(run.membership, []).append(run)
    return [
        Outcome(member, _finished_run(Work(member, until), done.get(member.membership, []), workspace))
        for member in members
    ]


def _finished_run(work: Work, runs: Sequence[Run], workspace: Workspace) -> str:
    """The id of the first of the member's runs that has these artifacts; empty if none has them."""
    if not runs:
        return ""
    plan = steps(work.member, work.until)
    found = beam_runner.find_cached(plan, prepared(plan, work.member.config, workspace.root))
    keys = {step: stored.key for step, stored in found.items()}
    same = (run.id for run in runs if {each.step: each.key for each in workspace.store.executions(run.id)} == keys)
    return next(same, "") if len(keys) == len(plan) else ""


def run_members(work: Iterable[Work], how: How) -> Generator[Outcome, None, None]:
    """Run the members, and yield their outcomes as they end. One that fails does not stop the others; `close` does.

    Each is taken from `work` when it can begin, so that what comes next may depend on the outcomes so far.
    """
    left = iter(work)
    pool = ThreadPoolExecutor(how.jobs)
    try:
        running = {pool.submit(_run_in_process, each, how) for each in islice(left, how.jobs)}
        while running:
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                yield future.result()
            running |= {pool.submit(_run_in_process, each, how) for each in islice(left, how.jobs - len(running))}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in active_children():  # that are left if the caller does not want the rest
            process.kill()


def _run_in_process(work: Work, how: How) -> Outcome:
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_perform, args=(work, how, sender))
    _start_without_signals(process)
    sender.close()
    try:
        outcome: Outcome = receiver.recv()
    except EOFError:
        process.join()
        outcome = Outcome(work.member, problem=f"its process ended with exit code {process.exitcode}")
    process.join()
    return outcome


def _start_without_signals(process: BaseProcess) -> None:
    """Start a process that signals do not reach, since the terminal sends them to all; the parent kills it then.

    They are blocked in this thread, from which the process inherits, so that they do not reach its imports either.
    """
    ensure_running()  # it would be started here, and end the blocking
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    process.start()


def _perform(work: Work, how: How, sender: Connection) -> None:
    """Run a member in the process that was started for it, and send its outcome."""
    Thread(target=_end_with_parent, daemon=True).start()
    if how.jobs > 1:
        os.environ |= dict.fromkeys(THREADS, str(max(1, (os.cpu_count() or 1) // how.jobs)))
    member, quiet = work.member, not how.verbose
    try:
        with _shown(member, how):
            plan = steps(member, work.until)
            run = beam_runner.run(plan, member, how.root, capture_stderr=quiet, on_epoch=work.on_epoch)
        sender.send(Outcome(member, run))
    except beam_runner.PrunedRun as pruned:
        sender.send(Outcome(member, pruned.run, pruned=pruned.epoch))
    except (InputError, RunError) as error:
        sender.send(Outcome(member, problem=str(error), diverged=isinstance(error, DivergedError)))


@contextmanager
def _shown(member: Recipe, how: How) -> Iterator[None]:
    """Bars for one member at a time; the lines of several at a time begin with their names."""
    with steady_console() as console:
        if how.jobs == 1:
            lines = displayed(console, verbose=how.verbose)
        else:
            lines = logging_to_console(console, verbose=how.verbose, prefix=f"{member.membership}: ")
        with lines:
            yield


def _end_with_parent() -> None:
    """End this process if its parent is killed, so that the next study can begin where this one ended."""
    if parent := parent_process():
        parent.join()
        os._exit(1)
