"""Bounds on what clients may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of a request, and of all requests at a time."""

    request_bytes: int = 64 * 2**20
    """Bytes of a request: of the body in HTTP, also after it is decompressed, and of the message in gRPC."""
    images: int = 4096
    """Images of a request: the length of a batch, or the number of images to sample."""
    pixels: int = 100_000_000
    """Pixels of the image files of a request, of all their frames."""
    seconds: float = 60.0
    """Time for a request, from its first byte to its answer. A client of gRPC may set less."""
    requests: int = 256
    """Requests that are read, wait or are answered at a time."""
