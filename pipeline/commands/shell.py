"""Commands and paths, as users can copy them into a shell."""

import os
import shlex
import shutil
import sys
from pathlib import Path


def shown_path(path: Path) -> Path:
    """The path relative to the current directory if it is below it, otherwise absolute."""
    path, here = path.absolute(), Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def argument(path: Path) -> str:
    """The path as a word of a command."""
    return quoted(str(shown_path(path)))


def command(name: str) -> str:
    """A command of this Python environment: its name if the user's shell finds it, otherwise its path."""
    ours = Path(sys.executable).parent / name
    return name if shutil.which(name) == str(ours) else str(shown_path(ours))


def quoted(word: str) -> str:
    """The word for a shell, on one printable line: with octal numbers for the bytes of what cannot be printed."""
    if word.isprintable():
        return shlex.quote(word)
    escaped = word.replace("\\", r"\\").replace("'", r"\'")
    return f"$'{''.join(char if char.isprintable() else _octal(char) for char in escaped)}'"


def _octal(char: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in os.fsencode(char))
