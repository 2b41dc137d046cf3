"""New images for the model of a run: what the command line says of their source."""

from collections.abc import Sequence

from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError
from vaeflow.pipeline.recipe_changes import Settings, apply
from vaeflow.pipeline.recipes import validated
from vaeflow.pipeline.values import shortened

SECTION = "ingest."


def source_config(source: str, changes: Sequence[str] = ()) -> IngestConfig:
    """A source like `ingest.source` of a recipe, with changes of the form `ingest.field=value`.

    Raises `InputError`, with one line per problem, if it is invalid.
    """
    settings: Settings = {"ingest": {"source": source}}
    for change in changes:
        if not change.lstrip().startswith(SECTION):
            raise InputError(f"--set {shortened(change)}: expected a field of ingest, such as ingest.images=x_test.")
    apply(changes, settings)
    return validated(settings).ingest
