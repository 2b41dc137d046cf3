"""The two ways in which a run can go wrong."""


class InputError(Exception):
    """What the user gave cannot be used. The message names the field or file, what was expected and what came."""


class RunError(Exception):
    """The input was right, and the run failed all the same: a verdict not met, a loss that became NaN, a full disk."""
