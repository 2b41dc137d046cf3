"""`vaeflow kubeflow`: the same plan as a Kubeflow pipeline."""

from pathlib import Path
from typing import Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Changes, Recipe, Root
from vaeflow.pipeline.commands.tables import metric_rows, table

app = typer.Typer(no_args_is_help=True, help="Compile a recipe for Kubeflow Pipelines, or run it as Kubeflow would.")


@app.command()
def compile(
    recipe: Recipe,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path("pipeline.yaml"),
    changes: Changes = [],  # noqa: B006
) -> None:
    """Write the KFP v2 pipeline of a recipe."""
    from vaeflow.pipeline import recipes
    from vaeflow.pipeline.kubeflow_runner import compile as compile_pipeline

    compile_pipeline(recipes.load(recipe, changes).config, output)
    typer.echo(output)


@app.command()
def run_local(
    context: typer.Context,
    recipe: Recipe,
    root: Root = DEFAULT_ROOT,
    changes: Changes = [],  # noqa: B006
) -> None:
    """Run the compiled pipeline on this machine, each step in its own process."""
    from vaeflow.pipeline import recipes
    from vaeflow.pipeline.display import attended
    from vaeflow.pipeline.kubeflow_runner import run_local as run_pipeline

    chosen = recipes.load(recipe, changes)
    with attended(verbose=bool(context.obj), advice="A local Kubeflow run starts anew."):
        artifacts = run_pipeline(chosen.config, root)
    for step, artifact in artifacts.items():
        typer.echo(f"{step:10}  {artifact.path}")
    typer.secho("\nmetrics", bold=True)
    typer.echo(table(metric_rows(artifacts["evaluate"].properties)))
