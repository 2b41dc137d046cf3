"""`vaeflow recipes`: what can be run."""

import json
from typing import Annotated

import typer


def recipes(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of a recipe, for editors.")] = False,
) -> None:
    """List the packaged recipes."""
    from vaeflow.pipeline.config import PipelineConfig
    from vaeflow.pipeline.recipes import load, packaged

    if schema:
        typer.echo(json.dumps(PipelineConfig.model_json_schema(), indent=2))
        return
    names = list(packaged())
    for name in names:
        typer.echo(f"{name:{max(map(len, names))}}  {load(name).config.description}")
