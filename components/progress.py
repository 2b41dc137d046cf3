"""Progress bars of steps, independent of where they are shown.

The command line installs a display. In a notebook, in a test or on Kubeflow there is none, and nothing is shown.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Advance(Protocol):
    """Advances a bar."""

    def __call__(self, amount: float, note: str = "") -> None:
        """Advance by `amount`, and show `note`, if it is not empty, from now on."""


Display = Callable[[str, int | None], AbstractContextManager[Advance]]

_display: Display | None = None
_open: dict[str, Advance] = {}


@contextmanager
def shown_on(display: Display) -> Iterator[None]:
    """Show every bar on `display` while the block runs. It is process-wide because Beam runs steps in threads."""
    global _display
    before, _display = _display, display
    try:
        yield
    finally:
        _display = before


@contextmanager
def bar(description: str, total: int | None = None) -> Iterator[Advance]:
    """A progress bar; without a total it only shows that work is in progress."""
    if _display is None:
        yield lambda amount, note="": None
        return
    with _display(description, total) as move:
        _open[description] = move
        try:
            yield move
        finally:
            del _open[description]


def advance(description: str, amount: float, note: str = "") -> None:
    """Advance the open bar with this description, for code that cannot keep a reference to it.

    A Beam transform, for example, is pickled before it runs. Does nothing in a process other than that of the bar.
    """
    if description in _open:
        _open[description](amount, note)
