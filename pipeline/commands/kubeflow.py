"""`vaeflow kubeflow`: the same plan as a Kubeflow pipeline."""

from pathlib import Path
from typing import Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Changes, Recipe, Root, path_option
from vaeflow.pipeline.commands.tables import metric_rows, table

app = typer.Typer(no_args_is_help=True, help="Compile a recipe for Kubeflow Pipelines, or run the compiled pipeline.")


@app.command()
def compile(
    recipe: Recipe,
    output: Annotated[Path, path_option("--output", "-o", metavar="FILE", help="YAML file to write.")] = Path(
        "pipeline.yaml"
    ),
    changes: Changes = [],  # noqa: B006
) -> None:
    """Compile a recipe to a Kubeflow Pipelines v2 pipeline."""
    from vaeflow.pipeline import recipes
    from vaeflow.pipeline.display import showing_warnings
    from vaeflow.pipeline.kubeflow_runner import compile as compile_pipeline

    with showing_warnings():
        chosen = recipes.load(recipe, changes)
    compile_pipeline(chosen.config, output)
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
    from vaeflow.pipeline.display import interactive, showing_warnings
    from vaeflow.pipeline.kubeflow_runner import run_local as run_pipeline

    with showing_warnings():
        chosen = recipes.load(recipe, changes)
    with interactive(verbose=bool(context.obj), advice="A local Kubeflow run always starts from the beginning."):
        artifacts = run_pipeline(chosen.config, root)
    for step, artifact in artifacts.items():
        typer.echo(f"{step:10}  {artifact.path}")
    typer.secho("\nmetrics", bold=True)
    typer.echo(table(metric_rows(artifacts["evaluate"].properties)))
