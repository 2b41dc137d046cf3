"""Names as printable text. Names of classes and images are whatever their source contains."""


def printable(name: str) -> str:
    r"""The name on one line, with escapes such as \t for tabs, line breaks and all else that cannot be printed."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in name)
