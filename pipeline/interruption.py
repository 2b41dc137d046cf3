"""Ctrl-C and SIGTERM: end the process at once, with one line that says how to continue."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import psutil

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption(KeyboardInterrupt):
    """Raised when one of `SIGNALS` arrives."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@contextmanager
def exiting_on_signals(say: Callable[[str], object], advice: str) -> Iterator[None]:
    """Exit at once if a signal arrives while the block runs, whatever other threads and child processes are doing."""
    before = [(number, signal.signal(number, _interrupt)) for number in SIGNALS]
    try:
        yield
    except Interruption as interruption:
        say(f"Interrupted. {advice}")
        _kill_children()
        sys.stdout.flush()
        os._exit(interruption.exit_code)  # a normal exit would wait for the step's threads, which cannot be stopped
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _interrupt(number: int, _: FrameType | None) -> None:
    for each in SIGNALS:  # a second Ctrl-C must not interrupt the exit
        signal.signal(each, signal.SIG_IGN)
    raise Interruption(number)


def _kill_children() -> None:
    for child in psutil.Process().children(recursive=True):
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
