"""`vaeflow study`: run a study."""

from typing import Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Changes, Root, Verbose

Seeds = Annotated[int | None, typer.Option("--seeds", metavar="N", help="Number of runs of each variant.")]
Quick = Annotated[bool, typer.Option("--quick", help="One seed and a tenth of the epochs, marked as such.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="List the runs, and run none.")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=64, metavar="N", help="Number of runs at a time.")]


def study(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="STUDY", help="Name of a packaged study (see `vaeflow studies`), or a YAML file.")
    ],
    changes: Changes = [],  # noqa: B006, Typer copies it
    seeds: Seeds = None,
    only: Annotated[
        list[str], typer.Option("--only", metavar="VARIANT", help="Run only this variant. Repeatable.")
    ] = [],  # noqa: B006
    quick: Quick = False,
    dry_run: DryRun = False,
    jobs: Jobs = 1,
    root: Root = DEFAULT_ROOT,
    verbose: Verbose = False,
) -> None:
    """Run a study: a recipe that is varied or tuned, and a page that compares the runs."""
    from vaeflow.pipeline.commands.members import conduct
    from vaeflow.pipeline.commands.search import search
    from vaeflow.pipeline.studies.running import How
    from vaeflow.pipeline.studies.study import changed, load

    chosen = changed(load(name), changes=changes, seeds=seeds, quick=quick)
    how = How(root, jobs, verbose or bool(context.obj))
    if chosen.config.search:
        search(chosen, chosen.config.search, how, only=only, dry_run=dry_run)
    else:
        conduct(chosen, how, only=only, dry_run=dry_run)
