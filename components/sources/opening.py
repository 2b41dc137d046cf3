"""Opening of a source by its name. Each kind is a module of that name, imported only when needed."""

from dataclasses import replace
from typing import assert_never

from vaeflow.components.sources.config import NO_LABELS, IngestConfig
from vaeflow.components.sources.location import parse
from vaeflow.components.sources.source import Source
from vaeflow.components.sources.sprites_grid import SpritesGrid


def open_source(config: IngestConfig) -> Source:
    """Open and check the source before any work starts.

    Raises `InputError` if the source does not exist, is empty or inconsistent, and `RunError` if TFDS cannot prepare
    it.
    """
    source = _open(config)
    return replace(source, label_names=None) if config.labels == NO_LABELS else source


def _open(config: IngestConfig) -> Source:
    kind, where = parse(config.source)
    match kind:
        case "mnist5k":
            from vaeflow.components.sources.mnist5k import open_mnist5k

            return open_mnist5k()
        case "digits":
            from vaeflow.components.sources.digits import open_digits

            return open_digits()
        case "sprites":
            from vaeflow.components.sources.sprites import open_sprites

            return open_sprites(config.grid or SpritesGrid())
        case "tfds":
            from vaeflow.components.sources.tfds import open_tfds

            return open_tfds(where)
        case "folder":
            from vaeflow.components.sources.folder import open_folder

            return open_folder(where, config.labels, config.class_depth, config.unlabelled)
        case "npz":
            from vaeflow.components.sources.npz import open_npz

            return open_npz(where, config.images, config.labels, config.unlabelled)
        case _:
            assert_never(kind)
