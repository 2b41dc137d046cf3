"""The transform of a batch of original images to examples: plain PNGs of one form at once, and the others together."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import prod

import numpy as np
import tensorflow as tf

from vaeflow.components.images.batching import Limits, batched
from vaeflow.components.images.config import Transform
from vaeflow.components.images.plain_png import Form, decode_together, form_of
from vaeflow.components.images.transform import files_to_examples, pixels_to_examples

_LIMITS = Limits(items=1024, size=2**20)  # number of images and of pixels that are transformed together
_IMAGES, _BYTES = 1024, 2**24  # limits of a batch


def batch_limits(transform: Transform) -> Limits:
    """The limits of a batch, of images as they are stored and of examples."""
    return Limits(items=max(1, min(_IMAGES, _BYTES // prod(transform.image_shape))), size=_BYTES)


def to_examples(files: Sequence[bytes], transform: Transform) -> np.ndarray:
    """Files that ingest wrote → examples uint8 [n, h, w, c]."""
    examples = np.empty((len(files), *transform.image_shape), np.uint8)
    for form, places in _alike(files):
        examples[places] = _convert([files[place] for place in places], form, transform)
    return examples


def _alike(files: Sequence[bytes]) -> Iterator[tuple[Form | None, list[int]]]:
    """Forms, each with the places of images that have it."""
    forms = [*map(form_of, files)]
    by_form = defaultdict(list)
    for place, form in enumerate(forms):
        by_form[form].append(place)

    def num_pixels(place: int) -> int:
        form = forms[place]
        return form.num_pixels if form else 0

    for form, places in by_form.items():
        yield from ((form, some) for some in batched(places, num_pixels, _LIMITS))


def _convert(files: Sequence[bytes], form: Form | None, transform: Transform) -> tf.Tensor:
    pixels = decode_together(files, form) if form else None
    if pixels is None:
        return files_to_examples(transform)(tf.constant(files))
    return pixels_to_examples(transform)(pixels)
