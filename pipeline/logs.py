"""Logging: vaeflow's own messages go to the user; all messages, including those of libraries, to the run's log file."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

OURS = "vaeflow"
LAYOUT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _FileHandler(logging.FileHandler):
    """A handler that ignores a full disk: the run itself will fail and report it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, the name is logging's
        pass

    def close(self) -> None:
        with suppress(OSError):
            super().close()


@contextmanager
def logging_to_file(path: Path, *, capture_stderr: bool = False) -> Iterator[None]:
    """Write all log messages to the file at `path` while the block runs.

    With `capture_stderr`, also write everything else that reaches stderr, such as messages of TensorFlow's C++ code.
    """
    handler = _FileHandler(path)
    handler.setFormatter(logging.Formatter(LAYOUT))
    with ExitStack() as undo:
        undo.callback(handler.close)
        undo.enter_context(_handling(handler))
        if capture_stderr:
            undo.enter_context(redirected_stderr(path))
        try:
            yield
        except KeyboardInterrupt:
            undo.pop_all()  # the threads of an interrupted run live on; keep their output away from the user
            raise


def quiet_libraries() -> AbstractContextManager[None]:
    """Keep libraries from logging to stderr, as Beam does unless the root logger has a handler."""
    return _handling(logging.NullHandler())


@contextmanager
def _handling(handler: logging.Handler) -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    levels = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.setLevel(levels[0])
        ours.setLevel(levels[1])
        root.removeHandler(handler)


@contextmanager
def redirected_stderr(path: Path) -> Iterator[None]:
    """Redirect file descriptor 2, also of C++ code and child processes, to the end of the file at `path`."""
    sys.stderr.flush()
    before = os.dup(2)
    with open(path, "ab") as target:
        os.dup2(target.fileno(), 2)
    try:
        yield
    finally:
        with suppress(OSError):
            sys.stderr.flush()
        os.dup2(before, 2)
        os.close(before)
