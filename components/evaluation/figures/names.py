"""Names of classes as text of a figure."""

from vaeflow.components.printable import printable

MAX_LENGTH = 24
"""Maximum length of a name, in characters; longer ones would leave no room for the figure."""


def drawn(name: str) -> str:
    """The name as Matplotlib shows it literally: dollar signs are escaped, because two of them enclose a formula."""
    shown = printable(name)
    if len(shown) > MAX_LENGTH:
        shown = shown[: MAX_LENGTH - 1] + "…"
    return shown.replace("$", r"\$")
