"""Log lines and progress bars of a run, on a terminal or in a file."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from vaeflow.components.progress import Advance, Display, shown_on
from vaeflow.pipeline.interruption import exiting_on_signals
from vaeflow.pipeline.logs import OURS
from vaeflow.pipeline.pace import Pace

SECONDS_BETWEEN_LINES = 10


@contextmanager
def interactive(*, verbose: bool, advice: str) -> Iterator[None]:
    """Show log lines and progress bars while the block runs. Ctrl-C ends the process and prints `advice`."""
    with (
        steady_console() as console,
        exiting_on_signals(lambda line: console.print(line, markup=False), advice),
        displayed(console, verbose=verbose),
    ):
        yield


@contextmanager
def steady_console() -> Iterator[Console]:
    """A console on a duplicate of stderr, which stays when file descriptor 2 is redirected to capture libraries."""
    with os.fdopen(os.dup(2), "w", errors="replace") as stderr:
        yield Console(file=stderr, highlight=False, soft_wrap=True)


@contextmanager
def displayed(console: Console, *, verbose: bool) -> Iterator[None]:
    """Show log lines and progress bars while the block runs."""
    with logging_to_console(console, verbose=verbose), progress_on(console) as display, shown_on(display):
        yield


def showing_warnings() -> AbstractContextManager[None]:
    """Print vaeflow's log lines while the block runs, before there are any bars; the same line only once."""
    return logging_to_console(Console(stderr=True, highlight=False, soft_wrap=True), verbose=False, once=True)


@contextmanager
def logging_to_console(console: Console, *, verbose: bool, prefix: str = "", once: bool = False) -> Iterator[None]:
    """Print vaeflow's log lines while the block runs, each after `prefix`; if `once`, not the same line again.

    If `verbose`, also print debug messages and those of libraries.
    """
    handler = _ConsoleHandler(console)
    if once:
        handler.addFilter(_unseen())
    handler.setLevel(logging.DEBUG if verbose else logging.INFO)
    layout = "%(name)s: %(message)s" if verbose else "%(message)s"
    handler.setFormatter(logging.Formatter(f"{prefix.replace('%', '%%')}{layout}"))
    logger = logging.getLogger(None if verbose else OURS)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def _unseen() -> Callable[[logging.LogRecord], bool]:
    """A filter that lets each message through once."""
    seen: set[str] = set()

    def unseen(record: logging.LogRecord) -> bool:
        new = record.getMessage() not in seen
        seen.add(record.getMessage())
        return new

    return unseen


class _ConsoleHandler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        prefix = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        style = "yellow" if record.levelno >= logging.WARNING else None
        self.console.print(prefix + self.format(record), style=style, markup=False)


@contextmanager
def progress_on(console: Console) -> Iterator[Display]:
    """A display of progress: bars on a terminal, an occasional line elsewhere."""
    if not console.is_terminal:
        yield lambda description, total: _lines(console, description, total)
        return
    columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("{task.fields[pace]}"))
    with Progress(*columns, console=console, transient=True) as bars:
        yield lambda description, total: _task(bars, description, total)


@contextmanager
def _task(bars: Progress, description: str, total: int | None) -> Iterator[Advance]:
    pace = Pace(total)
    task = bars.add_task(description, total=total, pace=pace)

    def advance(amount: float, note: str = "") -> None:
        pace.advance(amount, note)
        bars.update(task, completed=pace.done)

    try:
        yield advance
    finally:
        bars.remove_task(task)


@contextmanager
def _lines(console: Console, description: str, total: int | None) -> Iterator[Advance]:
    pace, last = Pace(total), time.monotonic()

    def advance(amount: float, note: str = "") -> None:
        nonlocal last
        pace.advance(amount, note)
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            console.print(f"  {description}: {pace}", markup=False)

    yield advance
