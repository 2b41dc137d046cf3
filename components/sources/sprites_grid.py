"""The grid of the source `sprites`. Importable without Pillow."""

from math import prod
from typing import Annotated

from pydantic import Field

from vaeflow.components.images.factors import Factor
from vaeflow.models.config import Config

SHAPES = ("ellipse", "heart", "square")
Count = Annotated[int, Field(ge=1, le=64)]
"""Number of values of a factor."""


class SpritesGrid(Config):
    """Numbers of values of the factors of sprites. There is one image of each combination, of each of three shapes."""

    scales: Count = Field(4, description="Number of scales, from half of the largest to the largest.")
    orientations: Count = Field(8, description="Number of orientations, at equal distances in the full circle.")
    columns: Count = Field(8, description="Number of horizontal positions.")
    rows: Count = Field(8, description="Number of vertical positions.")

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The factors in the order in which the images vary, the last one fastest."""
        return (
            Factor("shape", len(SHAPES)),
            Factor("scale", self.scales),
            Factor("orientation", self.orientations),
            Factor("x", self.columns),
            Factor("y", self.rows),
        )

    @property
    def num_images(self) -> int:
        """Number of all combinations."""
        return prod(factor.size for factor in self.factors)
