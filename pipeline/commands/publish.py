"""`vaeflow publish`: publish the models that a run exported."""

from pathlib import Path
from typing import Annotated

import typer

from vaeflow.pipeline.commands.options import DEFAULT_ROOT, Root, Run, path_option


def publish(
    run: Run,
    to: Annotated[Path, path_option("--to", metavar="FOLDER", help="Folder that TensorFlow Serving watches.")],
    root: Root = DEFAULT_ROOT,
) -> None:
    """Make a run's exported models the newest version in a folder: also the way back to those of an older run."""
    from vaeflow.components.serving.names import roles_of
    from vaeflow.components.serving.publishable import check_outside
    from vaeflow.components.serving.versions import publish_to
    from vaeflow.pipeline.commands.serving import serve_published
    from vaeflow.pipeline.exported import exported_by
    from vaeflow.pipeline.summary import find_run
    from vaeflow.pipeline.workspace import Workspace

    workspace = Workspace(root)
    chosen = find_run(workspace, run)
    check_outside(to, workspace.root)
    exported = exported_by(workspace, chosen)
    published = publish_to(to, exported)
    typer.echo(f"{chosen.id}: {published}.")
    serve_published(published.folder, published.name, roles_of(exported.properties))
