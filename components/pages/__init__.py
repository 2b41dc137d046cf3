"""What all HTML pages of vaeflow have in common: their frame and style, and that one file contains everything."""

import base64
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape


def templates(folder: Path) -> Environment:
    """The environment of the templates in `folder`, which can extend `base.html` and use the macros beside it."""
    environment = Environment(
        loader=FileSystemLoader([folder, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"breakable": breakable, "minus": minus}
    return environment


def breakable(name: str) -> Markup:
    """A dotted name that a narrow page may break after its dots and underscores."""
    return Markup(re.sub(r"([._])(?=\w)", r"\1<wbr>", str(escape(name))))


def minus(text: str) -> str:
    """A number with a minus sign rather than a hyphen."""
    return re.sub(r"(?<![\w.])-(?=\d)", "−", text)


def data_uri(png: bytes) -> str:
    """A PNG image as a data URI."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
