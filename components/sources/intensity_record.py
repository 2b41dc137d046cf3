"""What a dataset records of the black, the white and the range of its source."""

from collections.abc import Sequence

from vaeflow.components.artifacts import Property
from vaeflow.components.images.intensity import FLOATS, Intensity
from vaeflow.components.images.ranges import Range, merge_by
from vaeflow.components.sources.numbers import plain, shown

_BYTES = ("uint8", "bool")


def describe(ranges: Sequence[Range]) -> dict[str, Property]:
    """Black, white and range of a source as properties of its dataset: of each type of pixels if there are several."""
    kinds = [*merge_by(lambda found: found.kind, ranges).values()]
    black, white = ([plain(found.scale[end]) for found in kinds] for end in (0, 1))
    spans = [f"{shown(found.low)} to {shown(found.high)}" for found in kinds]
    columns: dict[str, Sequence[Property]] = {"black": black, "white": white, "range": spans}
    if len(kinds) == 1:
        return {name: values[0] for name, values in columns.items()}
    return {
        name: ", ".join(f"{value} ({found.kind})" for value, found in zip(values, kinds, strict=True))
        for name, values in columns.items()
    }


def for_new_images(intensity: Intensity, ranges: Sequence[Range]) -> Intensity:
    """The intensity by which new images are read, with the largest value of the source.

    Floats of which 1 is white say nothing of integers, which have the white of their type.
    """
    highest = max(found.high for found in ranges)
    scales = {found.scale for found in ranges if found.kind not in _BYTES}
    values = scales.pop() if len(scales) == 1 else None
    if intensity.white == 1 and {found.kind for found in ranges} == {FLOATS}:
        return Intensity(black=intensity.black, float_white=1, highest=highest, values=values)
    return intensity.model_copy(update={"highest": highest, "values": values})
