"""`vaeflow studies`: list the packaged studies."""

import json
from typing import Annotated

import typer


def studies(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of a study, for editors.")] = False,
) -> None:
    """List the packaged studies, with the time that each takes on two processor cores."""
    from vaeflow.pipeline.commands.tables import duration, table
    from vaeflow.pipeline.studies.config import StudyConfig
    from vaeflow.pipeline.studies.members import variants
    from vaeflow.pipeline.studies.study import STUDIES, load

    if schema:
        typer.echo(json.dumps(StudyConfig.model_json_schema(), indent=2))
        return
    rows = [["study", "runs", "time", ""]]
    for name in STUDIES.packaged():
        config = load(name).config
        time = duration(config.minutes * 60) if config.minutes else ""
        runs = config.search.trials + 1 if config.search else len(variants(config)) * config.seeds
        rows.append([name, f"{runs}", time, config.description])
    typer.echo(table(rows))
