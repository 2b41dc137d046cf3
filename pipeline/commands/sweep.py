"""`vaeflow sweep`: run a recipe with several values of fields, as a study without a file."""

from typing import Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Recipe, Root, Verbose
from vaeflow.pipeline.commands.study import DryRun, Jobs, Quick, Seeds


def sweep(
    context: typer.Context,
    recipe: Recipe,
    changes: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="SECTION.FIELD=VALUE,…",
            help="Values of one field, separated by commas, or as a YAML list in brackets. Of several fields, all "
            "combinations are run; a field with one value is the same in all runs. Repeatable.",
        ),
    ],
    seeds: Seeds = None,
    quick: Quick = False,
    dry_run: DryRun = False,
    jobs: Jobs = 1,
    root: Root = DEFAULT_ROOT,
    verbose: Verbose = False,
) -> None:
    """Run a recipe with all combinations of values of fields, and write a page that compares the runs."""
    from vaeflow.pipeline.commands.members import conduct
    from vaeflow.pipeline.studies.running import How
    from vaeflow.pipeline.studies.study import changed
    from vaeflow.pipeline.studies.sweeping import swept

    chosen = changed(swept(recipe, changes), seeds=seeds, quick=quick)
    conduct(chosen, How(root, jobs, verbose or bool(context.obj)), dry_run=dry_run)
