"""Sizes of images on their way through layers that halve and double them."""

from keras import layers

ImageShape = tuple[int, int, int]
Size = tuple[int, int]


def halved(size: Size, times: int) -> list[Size]:
    """The size, and what each of so many layers of stride 2 makes of the one before: half of it, rounded up."""
    sizes = [size]
    for _ in range(times):
        height, width = sizes[-1]
        sizes.append(((height + 1) // 2, (width + 1) // 2))
    return sizes


def crop(small: Size, size: Size) -> list[layers.Layer]:
    """The layer that cuts twice the small size to the size that `halved` had rounded up, where there is an excess."""
    excess = tuple((0, 2 * half - whole) for half, whole in zip(small, size, strict=True))
    return [layers.Cropping2D(excess)] if any(cut for _, cut in excess) else []
