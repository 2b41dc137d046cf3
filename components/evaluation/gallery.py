"""All figures of evaluate, in the order in which they are shown."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from vaeflow.components import progress
from vaeflow.components.evaluation.drawing.fonts import lettering, set_fonts
from vaeflow.components.evaluation.drawing.picture import Drawing, Picture
from vaeflow.components.evaluation.figures import (
    aggregated_posterior,
    anomalies,
    attributes,
    class_areas,
    classification,
    confusion,
    denoised,
    interpolations,
    kl_per_dimension,
    latent_grid,
    latent_line,
    latent_plane,
    loss_curves,
    mutual_information,
    projections,
    reconstructions,
    samples,
    sharpness,
    traversals,
)
from vaeflow.components.evaluation.study import Study

DRAWINGS: tuple[Drawing, ...] = (
    reconstructions.DRAWING,
    denoised.DRAWING,
    samples.DRAWING,
    sharpness.DRAWING,
    latent_line.DRAWING,
    latent_plane.DRAWING,
    latent_grid.DRAWING,
    projections.DRAWING,
    traversals.DRAWING,
    interpolations.DRAWING,
    aggregated_posterior.DRAWING,
    class_areas.DRAWING,
    kl_per_dimension.DRAWING,
    mutual_information.DRAWING,
    attributes.DRAWING,
    confusion.DRAWING,
    anomalies.DRAWING,
    classification.DRAWING,
    loss_curves.DRAWING,
)


def draw(study: Study) -> Iterator[Picture]:
    """Draw every figure that is available and has something to show."""
    for drawing in DRAWINGS:
        picture = drawing.draw(study) if drawing.available(study) else None
        if picture is not None:
            set_fonts(picture.figure, study.once(lettering).families)
            yield picture


def save_pictures(pictures: Iterable[Picture], folder: Path) -> list[Picture]:
    """Save each picture as `<name>.png`."""
    folder.mkdir()
    drawn = []
    with progress.bar("Drawing figures") as advance:
        for picture in pictures:
            picture.figure.savefig(folder / f"{picture.name}.png", bbox_inches="tight")
            drawn.append(picture)
            advance(1)
    return drawn
