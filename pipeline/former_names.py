"""Former names of fields, under which recipes may still give them."""

from collections.abc import Mapping
from typing import Any

FORMER = {"export.publish_to": "publish.to"}
"""The dotted names of fields by their former ones."""


def renamed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with fields under their present names. Raises `ValueError` if one is given under both."""
    settings = dict(settings)
    for former, present in FORMER.items():
        (old_section, old), (section, field) = former.split("."), present.split(".")
        match settings.get(old_section), settings.get(section) or {}:
            case dict(given), dict(target) if old in given:
                if field in target:
                    raise ValueError(f"{former}: is the former name of {present}: expected one of them, got both")
                settings[old_section] = {name: value for name, value in given.items() if name != old}
                settings[section] = {**target, field: given[old]}
    return settings
