"""What the properties that become names of folders and parts of commands have to be, by the kind of their artifact."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vaeflow.components.artifacts import Publication, ServingModel
from vaeflow.components.serving.config import ModelName


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _ServingModel(_Strict):
    name: ModelName
    roles: Literal["decoder encoder", "encoder"] = "decoder encoder"


class _Publication(_Strict):
    folder: str = Field(min_length=1)


PROPERTY_TYPES: Mapping[str, type[BaseModel]] = {
    ServingModel.__name__: _ServingModel,
    Publication.__name__: _Publication,
}
