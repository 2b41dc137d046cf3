"""Opening of a source by its name. Each kind is a module of that name, imported only when needed."""

from typing import assert_never

from vaeflow.components.sources.location import parse
from vaeflow.components.sources.source import Source


def open_source(source: str, images: str | None = None, labels: str | None = None) -> Source:
    """Open and check a source before any work starts; `images` and `labels` name arrays of an npz.

    Raises `InputError` if the source does not exist, is empty or inconsistent, and `RunError` if TFDS cannot prepare
    it.
    """
    kind, where = parse(source)
    match kind:
        case "mnist5k":
            from vaeflow.components.sources.mnist5k import open_mnist5k

            return open_mnist5k()
        case "digits":
            from vaeflow.components.sources.digits import open_digits

            return open_digits()
        case "tfds":
            from vaeflow.components.sources.tfds import open_tfds

            return open_tfds(where)
        case "folder":
            from vaeflow.components.sources.folder import open_folder

            return open_folder(where)
        case "npz":
            from vaeflow.components.sources.npz import open_npz

            return open_npz(where, images, labels)
        case _:
            assert_never(kind)
