"""The reason why an image cannot be used."""


class UnreadableError(Exception):
    """An image cannot be used; the message is the reason."""


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Raise `UnreadableError` if the image has no pixels or too many."""
    if width * height == 0:
        raise UnreadableError(f"it has no pixels: {width} × {height}")
    if width * height > max_pixels:
        raise UnreadableError(f"it has {width} × {height} pixels, more than max_pixels = {max_pixels}")
