"""The step publish: exported models become the newest version in a folder that TF Serving watches."""

import json
import logging
from pathlib import Path

from vaeflow.components.artifacts import Publication, ServingModel
from vaeflow.components.serving.config import PublishConfig
from vaeflow.components.serving.versions import publish_to

log = logging.getLogger(__name__)


def publish(config: PublishConfig, exported: ServingModel, *, output: Path) -> Publication:
    """Publish decoder and encoder, unless they already are the newest version. Without a folder, does nothing.

    Raises `InputError` if the folder cannot be written, and `RunError` if its disk is full.
    """
    if config.to is None:
        return Publication(output)
    published = publish_to(config.to, exported)
    log.info("publish: %s", published)
    properties = published._asdict() | {"folder": str(config.to.absolute())}
    (output / "publication.json").write_text(json.dumps(properties, indent=1))
    return Publication(output, properties)
