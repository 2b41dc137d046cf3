"""Ctrl-C and SIGTERM: end the process at once, with one line that says how to continue."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from types import FrameType
from typing import TypeVar

import psutil

SIGNALS = (signal.SIGINT, signal.SIGTERM)
T = TypeVar("T")


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


def run_in_thread(work: Callable[[], T]) -> T:
    """The result of `work`, which runs in another thread, so that the main thread can react to Ctrl-C at once.

    Python handles signals only in the main thread and only between two bytecode instructions: during a long TensorFlow
    call in the main thread, they would have to wait, and Beam wraps what is raised in its functions in other errors.
    """
    future: Future[T] = Future()

    def target() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=target, name="pipeline", daemon=True).start()
    return future.result()


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
