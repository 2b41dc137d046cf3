"""Ctrl-C and SIGTERM: the process ends at once, with one line that says how to go on."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import psutil

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption(KeyboardInterrupt):
    """One of `SIGNALS` arrived."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@contextmanager
def leaving_at_once(say: Callable[[str], object], advice: str) -> Iterator[None]:
    """Let a signal end the process while the block runs, whatever its other threads and its children are doing."""
    before = [(number, signal.signal(number, _interrupt)) for number in SIGNALS]
    try:
        yield
    except Interruption as interruption:
        say(f"Interrupted. {advice}")
        _kill_children()
        sys.stdout.flush()
        os._exit(interruption.exit_code)  # a step's thread cannot be stopped, and would be waited for
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _interrupt(number: int, _: FrameType | None) -> None:
    for each in SIGNALS:  # an impatient second Ctrl-C must not break the leaving
        signal.signal(each, signal.SIG_IGN)
    raise Interruption(number)


def _kill_children() -> None:
    for child in psutil.Process().children(recursive=True):
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
