"""Errors about a source that is not that of ingest."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError, RunError

_FIELD = re.compile(rf"\bingest\.(?=({'|'.join(IngestConfig.model_fields)})\b)")


@contextmanager
def fields_of(section: str) -> Iterator[None]:
    """Let errors in the block name the fields of a source in this section of the recipe, instead of those of ingest."""

    def renamed(text: str) -> str:
        return _FIELD.sub(f"{section}.", text)

    try:
        yield
    except InputError as error:
        raise InputError(renamed(str(error))) from error
    except RunError as error:
        raise RunError(renamed(str(error)), renamed(error.advice)) from error
