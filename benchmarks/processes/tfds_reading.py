"""Read every image of all splits of a prepared TFDS dataset as a NumPy array: NAME [BATCH]."""

import sys
import time

import tensorflow_datasets as tfds

name, *rest = sys.argv[1:]
batch = int(rest[0]) if rest else None


def seconds() -> float:
    """Read all images and return the seconds that it took."""
    started = time.perf_counter()
    for split in tfds.load(name, batch_size=batch, download=False).values():
        for _ in tfds.as_numpy(split):
            pass
    return time.perf_counter() - started


seconds()
print(seconds())
