"""What all HTML pages of vaeflow have in common: their frame and style, and that one file contains everything."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


def template(file: Path, **filters: Callable[..., Any]) -> Template:
    """The template in a file, which can extend `base.html` and use the other files of this folder."""
    environment = Environment(
        loader=FileSystemLoader([file.parent, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment.get_template(file.name)


def data_uri(png: bytes) -> str:
    """A PNG image as a data URI."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
