"""What a person sees of a run: its lines and its progress bars, on a terminal or in a file."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from vaeflow.components.progress import Advance, Display, shown_on
from vaeflow.pipeline.interruption import leaving_at_once
from vaeflow.pipeline.logs import OURS

SECONDS_BETWEEN_LINES = 10


@contextmanager
def attended(*, verbose: bool, advice: str) -> Iterator[None]:
    """Show log lines and bars while the block runs, and let Ctrl-C end it, with `advice` on how to go on."""
    # stderr as it is now, kept apart from what libraries may write to it later
    console = Console(file=os.fdopen(os.dup(2), "w", errors="replace"), highlight=False, soft_wrap=True)
    with (
        leaving_at_once(lambda line: console.print(line, markup=False), advice),
        spoken_on(console, verbose=verbose),
        drawn_on(console) as display,
        shown_on(display),
    ):
        yield


@contextmanager
def spoken_on(console: Console, *, verbose: bool) -> Iterator[None]:
    """Print our log lines while the block runs; when verbose, those of the libraries too, and ours for debugging."""
    handler = _ConsoleHandler(console)
    handler.setLevel(logging.DEBUG if verbose else logging.INFO)
    if verbose:
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logger = logging.getLogger(None if verbose else OURS)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _ConsoleHandler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        prefix = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        style = "yellow" if record.levelno >= logging.WARNING else None
        self.console.print(prefix + self.format(record), style=style, markup=False)


@contextmanager
def drawn_on(console: Console) -> Iterator[Display]:
    """A display of bars: moving ones on a terminal; elsewhere a line now and then."""
    if not console.is_terminal:
        yield lambda description, total: _lines(console, description, total)
        return
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True) as bars:
        yield lambda description, total: _task(bars, description, total)


@contextmanager
def _task(bars: Progress, description: str, total: int | None) -> Iterator[Advance]:
    task = bars.add_task(description, total=total)
    try:
        yield lambda amount: bars.advance(task, amount)
    finally:
        bars.remove_task(task)


@contextmanager
def _lines(console: Console, description: str, total: int | None) -> Iterator[Advance]:
    done, last = 0, time.monotonic()

    def advance(amount: int) -> None:
        nonlocal done, last
        done += amount
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            console.print(f"  {description}: {done}{f'/{total}' if total else ''}", markup=False)

    yield advance
