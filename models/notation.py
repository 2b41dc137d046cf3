"""Texts of configurations that are written in a certain way. Importable without TensorFlow."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


@dataclass(frozen=True)
class Notation:
    """Annotates a text that matches a regular expression of ASCII classes as a whole, and says in words what is meant.

    A JSON schema has the expression; the error of a text that does not match has the words.
    """

    pattern: str
    meaning: str

    def check(self, text: str) -> str:
        """The text. Raises `PydanticCustomError` if it is not in this notation."""
        if not re.fullmatch(self.pattern, text, re.ASCII):
            raise PydanticCustomError("notation", "Input should be {meaning}", {"meaning": self.meaning})
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^({self.pattern})$"}
