"""`vaeflow recipes`: list the packaged recipes."""

import json
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vaeflow.pipeline.config import PipelineConfig


def recipes(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of a recipe, for editors.")] = False,
) -> None:
    """List the packaged recipes, by what they are for."""
    from vaeflow.pipeline.config import PipelineConfig
    from vaeflow.pipeline.recipes import RECIPES, load

    if schema:
        typer.echo(json.dumps(PipelineConfig.model_json_schema(), indent=2))
        return
    groups: dict[str, list[list[str]]] = {title: [] for title in GROUPS}
    for name in RECIPES.packaged():
        config = load(name).config
        groups[group(config)].append([name, config.description])
    _print(groups)


VAE = "The VAE and its networks"
DENSITIES = "Posteriors and priors of the VAE"
OBJECTIVES = "Objectives of the VAE"
MODELS = "Other models"
FEW_LABELS = "Few labels"
DATASETS = "Whole datasets, from TensorFlow Datasets"
GROUPS = (VAE, DENSITIES, OBJECTIVES, MODELS, FEW_LABELS, DATASETS)


def group(config: "PipelineConfig") -> str:
    """The title of the group to which a recipe belongs, by what distinguishes it from the plain VAE."""
    from vaeflow.models.family.vae.config import VAEConfig
    from vaeflow.models.objectives.config import ElboConfig

    model = config.train.model
    if config.ingest.source.startswith("tfds:"):
        return DATASETS
    if config.train.data.labels is not None:
        return FEW_LABELS
    if not isinstance(model, VAEConfig):
        return MODELS
    if config.train.objective != ElboConfig():
        return OBJECTIVES
    return VAE if (model.posterior, model.prior) == (VAEConfig().posterior, VAEConfig().prior) else DENSITIES


def _print(groups: dict[str, list[list[str]]]) -> None:
    """Print each group below its title; on a terminal, descriptions are wrapped beside the names."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    indent = 4 + max(len(name) for rows in groups.values() for name, _ in rows)
    for title, rows in groups.items():
        typer.secho(title, bold=True)
        for name, description in rows:
            start = f"  {name}".ljust(indent)
            typer.echo(textwrap.fill(description, width, initial_indent=start, subsequent_indent=" " * indent))
        typer.echo()
