"""`vaeflow run`: run a recipe."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vaeflow.components.serving.names import DECODER
from vaeflow.pipeline.commands.options import DEFAULT_ROOT, BeamArgs, Changes, Recipe, Root, Verbose
from vaeflow.pipeline.commands.shell import argument, command, quoted, shown_path

if TYPE_CHECKING:
    from vaeflow.pipeline.summary import RunSummary


def run(
    context: typer.Context,
    recipe: Recipe = "mnist5k",
    changes: Changes = [],  # noqa: B006, Typer copies it
    root: Root = DEFAULT_ROOT,
    beam_arg: BeamArgs = [],  # noqa: B006
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Run every step, even if its result is cached.")] = False,
    until: Annotated[str | None, typer.Option(metavar="STEP", help="Stop after this step.")] = None,
    verbose: Verbose = False,
) -> None:
    """Run a recipe: ingest, preprocess, train, features, evaluate, export, publish. Finished steps are not repeated."""
    from vaeflow.pipeline import beam_runner, plan, recipes
    from vaeflow.pipeline.display import interactive, showing_warnings
    from vaeflow.pipeline.summary import find_run, summary
    from vaeflow.pipeline.workspace import Workspace

    verbose = verbose or bool(context.obj)
    with showing_warnings():
        chosen = recipes.load(recipe, changes)
    steps = plan.select(plan.PLAN, chosen.config, until)
    advice = "The next run starts from the beginning." if no_cache else "Run the same command again to resume."
    with interactive(verbose=verbose, advice=advice):
        run_id = beam_runner.run(
            steps, chosen, root, beam_args=beam_arg, use_cache=not no_cache, capture_stderr=not verbose
        )
    workspace = Workspace(root)
    _print_outputs(summary(workspace, find_run(workspace, run_id)), root, until)


def _print_outputs(run: "RunSummary", root: Path, until: str | None) -> None:
    from vaeflow.pipeline.commands.findings import print_findings
    from vaeflow.pipeline.commands.serving import print_serving
    from vaeflow.pipeline.commands.tables import headline_rows, table

    made = {step.step: Path(step.artifact.path) for step in run.steps if step.artifact}
    typer.echo(f"{run.run} finished in {run.seconds:.1f} s.")
    if measured := headline_rows(run.metrics):
        typer.echo(table(measured))
    print_findings(run.findings)
    if until is not None:
        typer.echo(f"  {until:<11}  {shown_path(made[until])}")
    if "evaluate" in made:
        typer.echo(f"  report       {shown_path(made['evaluate'] / 'report.html')}")
    if "train" in made:
        typer.echo(f"  TensorBoard  {quoted(command('tensorboard'))} --logdir {argument(made['train'] / 'logs')}")
    if "export" in made:
        chosen_root = "" if root == DEFAULT_ROOT else f" --root {argument(root)}"
        source = quoted(str(run.config["ingest"]["source"]))
        asked = {"encode": f"encode {run.run} {source} -o codes.parquet"}
        if (made["export"] / DECODER).exists():
            typer.echo(f"  decoder      {shown_path(made['export'] / DECODER)}")
            sample = {"sample": f"sample {run.run} -n 16 --seed 0 -o grid.png"}
            asked = {**sample, **asked, "explore": f"explore {run.run}"}
        for what, words in asked.items():
            typer.echo(f"  {what:<11}  {quoted(command('vaeflow'))} {words}{chosen_root}")
        print_serving(run, root)
