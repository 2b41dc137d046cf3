"""`vaeflow gc`: remove artifacts that are no longer needed."""

from pathlib import Path
from typing import Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Root


def gc(
    keep: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Number of finished runs of each recipe to keep. Default: all."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be removed, but remove nothing.")] = False,
    root: Root = DEFAULT_ROOT,
) -> None:
    """Remove the artifacts that no kept run needs, and what killed runs left behind.

    Running runs and the newest run of each recipe are always kept, so that an interrupted run can be resumed.
    `runs` and `show` still list every run. Running a recipe again recreates artifacts that were removed.
    The exit code is 1 if anything cannot be removed.
    """
    from vaeflow.models.errors import RunError
    from vaeflow.pipeline.collection import collect, find_garbage, sizes
    from vaeflow.pipeline.commands.tables import warn
    from vaeflow.pipeline.display import showing_warnings
    from vaeflow.pipeline.failures import writing_to
    from vaeflow.pipeline.plan import PLAN
    from vaeflow.pipeline.summary import problem_of
    from vaeflow.pipeline.workspace import Workspace

    workspace = Workspace(root)
    if not workspace.store.exists:
        typer.echo(f"There are no runs in {root}.")
        return
    for run in workspace.store.runs():
        warn(problem_of(run))
    with writing_to(root), showing_warnings():
        if dry_run:
            _print(sizes(find_garbage(workspace, PLAN, keep)), root, "Would remove")
            return
        removed, left = collect(workspace, PLAN, keep)
    if removed or not left:
        _print(removed, root, "Removed")
    if left:
        raise RunError("\n".join(left))


def _print(removed: dict[str, list[int]], root: Path, verb: str) -> None:
    from rich.filesize import decimal

    from vaeflow.pipeline.commands.tables import table

    if not removed:
        typer.echo(f"There is nothing to remove in {root}.")
        return
    rows = [["kind", "folders", "size"]]
    rows += [[kind, str(len(sizes)), decimal(sum(sizes))] for kind, sizes in sorted(removed.items())]
    typer.echo(table(rows))
    folders = [size for sizes in removed.values() for size in sizes]
    typer.echo(f"{verb} {len(folders)} folders, {decimal(sum(folders))}.")
