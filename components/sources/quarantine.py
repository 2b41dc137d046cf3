"""What is said of images that cannot be read, and of files of which only a part is."""

import logging
from collections.abc import Mapping, Sequence

from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import RunError

QUARANTINE_FILE = "quarantine.jsonl"
_REASONS_SHOWN = 3

log = logging.getLogger(__name__)


def judge_quarantine(
    config: IngestConfig, unreadable: Sequence[Mapping[str, str]], total: int, *, listing: str, after_failure: str
) -> None:
    """Log how many images cannot be read, and what lists them all; `after_failure`, that may be something else.

    Raises `RunError` if these are too many or all.
    """
    if not unreadable:
        return
    for image in unreadable:
        log.debug("%s cannot be read: %s", image["id"], image["reason"])
    found = f"{len(unreadable)} of {total} images cannot be read"
    fraction = len(unreadable) / total
    if len(unreadable) < total and fraction <= config.max_quarantined:
        log.warning("%s; %s has their ids and the reasons", found, listing)
        return
    reasons = "; ".join(f"{image['id']}: {image['reason']}" for image in unreadable[:_REASONS_SHOWN])
    raise RunError(
        f"{found}: {fraction:.2%}, and ingest.max_quarantined is {config.max_quarantined:.2%}; "
        f"first of them: {reasons}; {after_failure} lists all",
        advice="remove or repair these files, or raise ingest.max_quarantined",
    )


def report_cut(ids: Sequence[str]) -> None:
    """Log how many files have several frames or pages."""
    if ids:
        log.warning(
            "%d files have several frames or pages, of which only the first is read, such as %s", len(ids), ids[0]
        )
