"""The two kinds of error that end a run."""


class InputError(Exception):
    """The input cannot be used. The message names the field or file, what was expected and what was given."""


class RunError(Exception):
    """The input was valid, but the run failed: an unmet verdict, a loss that became NaN, a full disk."""
