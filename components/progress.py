"""How a step tells how far it is, without knowing who listens.

The command line installs a display; in a notebook, in a test or on Kubeflow there is none and nothing is drawn.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Advance = Callable[[int], None]
Display = Callable[[str, int | None], AbstractContextManager[Advance]]

_display: Display | None = None
_open: dict[str, Advance] = {}


@contextmanager
def shown_on(display: Display) -> Iterator[None]:
    """Draw every bar on `display` while the block runs. A display is process-wide: Beam runs steps in threads."""
    global _display
    before, _display = _display, display
    try:
        yield
    finally:
        _display = before


@contextmanager
def bar(description: str, total: int | None = None) -> Iterator[Advance]:
    """A bar that the caller moves with `advance(n)`; without a total it only shows that work goes on."""
    if _display is None:
        yield lambda amount: None
        return
    with _display(description, total) as move:
        _open[description] = move
        try:
            yield move
        finally:
            del _open[description]


def advance(description: str, amount: int) -> None:
    """Move the open bar of this name, for code that cannot hold it: a Beam transform is pickled before it runs.

    In another process than the bar's this does nothing.
    """
    if description in _open:
        _open[description](amount)
