"""The pixels of image files: a small file may hold so many that they fill the memory."""

import io

from PIL import Image

from vaeflow.components.images import files  # lifts Pillow's own limit, which holds for the whole process
from vaeflow.serving.errors import invalid
from vaeflow.serving.signature import Arrays

FILES = "files"
"""The input of vaeflow's encoders that takes image files."""


def check_pixels(arrays: Arrays, most_pixels: int) -> None:
    """Check the number of pixels of all files together, before any is decoded.

    Raises `ServingError` if there are too many.
    """
    if (pixels := sum(map(_pixels, arrays[FILES]))) > most_pixels:
        raise invalid(f"{FILES}: expected at most {most_pixels} pixels, got {pixels}")


def _pixels(file: bytes) -> int:
    """The pixels of all frames, or 0 for what is not an image, which the model refuses."""
    try:
        with Image.open(io.BytesIO(file), formats=files.FORMATS) as image:
            return image.width * image.height * getattr(image, "n_frames", 1)
    except Exception:  # Pillow raises errors of many types for damaged files
        return 0
