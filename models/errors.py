"""The two kinds of error that end a run."""


class InputError(Exception):
    """The input cannot be used. The message names the field or file, what was expected and what was given."""

    advice = "correct what the message names"
    """What to do next."""


class RunError(Exception):
    """The input was valid, but the run failed: an unmet verdict, a loss that became NaN, a full disk."""

    def __init__(self, message: str, advice: str = "run the same command again, or change the recipe first") -> None:
        super().__init__(message)
        self.advice = advice
        """What to do next."""
