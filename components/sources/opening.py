"""Any kind of source, opened by its name."""

from vaeflow.components.sources.embedded import open_digits, open_mnist5k
from vaeflow.components.sources.folder import open_folder
from vaeflow.components.sources.location import parse
from vaeflow.components.sources.npz import open_npz
from vaeflow.components.sources.source import Source
from vaeflow.components.sources.tfds import open_tfds


def open_source(source: str, images: str | None = None, labels: str | None = None) -> Source:
    """Open and check a source before any work; `images` and `labels` name arrays of an npz.

    Raises:
        InputError: it is not there, is empty, or what it holds does not fit together.
    """
    kind, where = parse(source)
    match kind:
        case "mnist5k":
            return open_mnist5k()
        case "digits":
            return open_digits()
        case "tfds":
            return open_tfds(where)
        case "folder":
            return open_folder(where)
        case _:
            return open_npz(where, images, labels)
