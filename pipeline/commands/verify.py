"""`vaeflow verify`: look for damaged artifacts."""

from typing import Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Root


def verify(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Id of a run, or `latest`. Default: all runs.")
    ] = None,
    root: Root = DEFAULT_ROOT,
) -> None:
    """Compare every file of the artifacts with the digest recorded when it was made.

    Damaged artifacts are moved to the folder `damaged`, and the next run makes them again. The exit code is then 1, and
    also if an artifact cannot be read.
    """
    from vaeflow.models.errors import RunError
    from vaeflow.pipeline.commands.tables import table, warn
    from vaeflow.pipeline.summary import find_run, problem_of, runs_in
    from vaeflow.pipeline.verification import verify as verify_runs
    from vaeflow.pipeline.workspace import Workspace

    workspace = Workspace(root)
    runs = [find_run(workspace, run)] if run else runs_in(workspace)
    for each in runs:
        warn(problem_of(each))
    found = list(verify_runs(workspace, runs))
    if not found:
        typer.echo(f"There are no artifacts in {root}.")
        return
    typer.echo(table([[each.step, each.verdict, str(each.folder), each.detail] for each in found]))
    verdicts = [each.verdict for each in found]
    if "damaged" in verdicts:
        damaged = verdicts.count("damaged")
        raise RunError(f"{damaged} of {len(found)} artifacts are damaged. Run the recipe again to make them again.")
    if "unreadable" in verdicts:
        unreadable = verdicts.count("unreadable")
        raise RunError(
            f"{unreadable} of {len(found)} artifacts cannot be read. Correct the permissions, or run the recipe "
            "again to make those with a damaged record again."
        )
