"""`vaeflow recipes`: list the packaged recipes."""

import json
from typing import Annotated

import typer


def recipes(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of a recipe, for editors.")] = False,
) -> None:
    """List the packaged recipes."""
    from vaeflow.pipeline.commands.tables import table
    from vaeflow.pipeline.config import PipelineConfig
    from vaeflow.pipeline.recipes import load, packaged

    if schema:
        typer.echo(json.dumps(PipelineConfig.model_json_schema(), indent=2))
        return
    typer.echo(table([[name, load(name).config.description] for name in packaged()]))
