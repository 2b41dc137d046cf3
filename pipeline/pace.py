"""How far work is, and how long the rest will take."""

import time
from collections.abc import Callable
from datetime import timedelta


class Pace:
    """The state of one progress bar as text, such as `12/40  objective -112.30  0:01:10 left`."""

    def __init__(self, total: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.done = 0.0
        self.note = ""
        self.clock = clock
        self.begun: tuple[float, float] | None = None

    def advance(self, amount: float, note: str = "") -> None:
        """Count work as done, and show `note` from now on, unless it is empty."""
        self.done += amount
        self.note = note or self.note
        if self.begun is None:  # what comes first, such as a compilation, takes longer than the rest
            self.begun = self.clock(), self.done

    @property
    def seconds_left(self) -> float | None:
        """The time until all is done at the pace since the first call of `advance`; None if it is not known yet."""
        if self.total is None or self.begun is None:
            return None
        start, done_before = self.begun
        done = self.done - done_before
        return (self.clock() - start) * max(self.total - self.done, 0) / done if done > 0 else None

    def __str__(self) -> str:
        count = int(self.done + 1e-6)  # a sum of fractions may end just below a whole number
        parts = [f"{count}/{self.total}" if self.total is not None else f"{count}", self.note]
        if (left := self.seconds_left) is not None:
            parts.append(f"{timedelta(seconds=round(left))} left")
        return "  ".join(filter(None, parts))
