"""Run the members of a study, each in a process of its own, so that no member suffers from another one."""

import os
import signal
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline import beam_runner
from vaeflow.pipeline.context import prepared
from vaeflow.pipeline.display import displayed, logging_to_console, steady_console
from vaeflow.pipeline.entities import Membership, Run
from vaeflow.pipeline.interruption import SIGNALS
from vaeflow.pipeline.recipes import Recipe
from vaeflow.pipeline.studies.members import steps
from vaeflow.pipeline.summary import runs_in
from vaeflow.pipeline.workspace import Workspace

THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


class Outcome(NamedTuple):
    """What became of a member: the id of its finished run, or why there is none."""

    member: Recipe
    run: str = ""
    problem: str = ""


class How(NamedTuple):
    """How members are run: under which root, how many at a time, and whether libraries' messages are shown."""

    root: Path
    jobs: int = 1
    verbose: bool = False


def earlier_outcomes(members: Sequence[Recipe], root: Path) -> list[Outcome]:
    """The finished run of each member that has one with the artifacts that it would have now: the newest."""
    workspace = Workspace(root)
    done: dict[Membership, list[Run]] = {}
    for run in runs_in(workspace):
        if run.state == "done":
            done.setdefault(run.membership, []).append(run)
    return [Outcome(member, _finished_run(member, done.get(member.membership, []), workspace)) for member in members]


def _finished_run(member: Recipe, runs: Sequence[Run], workspace: Workspace) -> str:
    """The id of the first of the member's runs that has these artifacts; empty if none has them."""
    if not runs:
        return ""
    found = beam_runner.find_cached(steps(member), prepared(steps(member), member.config, workspace.root))
    keys = {step: stored.key for step, stored in found.items()}
    same = (run.id for run in runs if {each.step: each.key for each in workspace.store.executions(run.id)} == keys)
    return next(same, "") if len(keys) == len(steps(member)) else ""


def run_members(members: Sequence[Recipe], how: How) -> Generator[Outcome, None, None]:
    """Run the members, and yield their outcomes as they end. One that fails does not stop the others; `close` does."""
    pool = ThreadPoolExecutor(how.jobs)
    try:
        for future in as_completed([pool.submit(_run_in_process, member, how) for member in members]):
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in active_children():  # that are left if the caller does not want the rest
            process.kill()


def _run_in_process(member: Recipe, how: How) -> Outcome:
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_perform, args=(member, how, sender))
    process.start()
    sender.close()
    try:
        run, problem = receiver.recv()
    except EOFError:
        process.join()
        run, problem = "", f"its process ended with exit code {process.exitcode}"
    process.join()
    return Outcome(member, run, problem)


def _perform(member: Recipe, how: How, sender: Connection) -> None:
    """Run a member in the process that was started for it, and send the id of its run, or the problem."""
    Thread(target=_end_with_parent, daemon=True).start()
    for number in SIGNALS:  # that the terminal sends to all processes; the parent then kills this one
        signal.signal(number, signal.SIG_IGN)
    if how.jobs > 1:
        os.environ |= dict.fromkeys(THREADS, str(max(1, (os.cpu_count() or 1) // how.jobs)))
    try:
        with _shown(member, how):
            run = beam_runner.run(steps(member), member, how.root, capture_stderr=not how.verbose)
        sender.send((run, ""))
    except (InputError, RunError) as error:
        sender.send(("", str(error)))


def _shown(member: Recipe, how: How) -> AbstractContextManager[None]:
    """Bars for one member at a time; the lines of several at a time begin with their names."""
    console = steady_console()
    if how.jobs == 1:
        return displayed(console, verbose=how.verbose)
    return logging_to_console(console, verbose=how.verbose, prefix=f"{member.membership}: ")


def _end_with_parent() -> None:
    """End this process if its parent is killed, so that the next study can begin where this one ended."""
    if parent := parent_process():
        parent.join()
        os._exit(1)
