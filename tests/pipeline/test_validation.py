"""Messages for pydantic's errors, for structures that recipes may not have yet."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from vaeflow.models.config import Config
from vaeflow.pipeline.validation import problems


class Circle(Config):
    name: Literal["circle"]
    radius: float = 1.0


class Square(Config):
    name: Literal["square"]
    side: float = 1.0


class Drawing(Config):
    title: str
    shape: Annotated[Circle | Square, Field(discriminator="name")] | None = None
    sizes: Annotated[tuple[int, ...], Field(max_length=8)] | int = 0


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({}, ["title: is missing."]),
        ({"title": "a", "shape": {"radius": 1}}, ["shape.name: is missing."]),
        ({"title": "a", "shape": {"name": "oval"}}, ["shape.name: should be 'circle' or 'square', got 'oval'."]),
        ({"title": "a", "shape": {"name": "circle", "radius": "r"}}, ["shape.radius: should be a valid number"]),
        ({"title": "a", "shape": {"name": "circle", "circle": 1}}, ["shape.circle: no such field."]),
        ({"title": "a", "sizes": "x"}, ["sizes: should be a list, or a valid integer"]),
        ({"title": 1, "sizes": [1, "x"]}, ["title: should be a valid string; got 1.", "sizes.1: should be"]),
    ],
)
def test_a_problem_is_reported_at_the_path_that_the_user_wrote(settings, lines):
    with pytest.raises(ValidationError) as raised:
        Drawing.model_validate(settings)
    messages = problems(raised.value, Drawing, settings)
    assert [line.startswith(start) for line, start in zip(messages, lines, strict=True)] == [True] * len(lines)


def test_a_list_that_is_too_long_is_said_in_plain_words():
    settings = {"title": "a", "sizes": list(range(9))}
    with pytest.raises(ValidationError) as raised:
        Drawing.model_validate(settings)
    (line,) = problems(raised.value, Drawing, settings)
    assert line.startswith("sizes: should be a list with at most 8 items, not 9, or a valid integer; got [0, 1,")
