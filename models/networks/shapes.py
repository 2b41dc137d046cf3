"""Image sizes after layers that halve or double them."""

from keras import layers

ImageShape = tuple[int, int, int]
Size = tuple[int, int]


def halved(size: Size, times: int) -> list[Size]:
    """The size, followed by the sizes after each of `times` layers of stride 2: half the one before, rounded up."""
    sizes = [size]
    for _ in range(times):
        height, width = sizes[-1]
        sizes.append(((height + 1) // 2, (width + 1) // 2))
    return sizes


def crop(small: Size, size: Size) -> list[layers.Layer]:
    """The layer that crops twice the `small` size to `size`, in a list that is empty if there is no excess."""
    excess = tuple((0, 2 * half - whole) for half, whole in zip(small, size, strict=True))
    return [layers.Cropping2D(excess)] if any(cut for _, cut in excess) else []
