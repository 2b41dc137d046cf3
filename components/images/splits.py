"""Names of the splits train, validation and test. Importable without TensorFlow."""

import re

SPLITS = ("train", "validation", "test")
_COMMON_NAMES = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation", "dev", "development", "eval", "evaluation"),
    "test": ("test", "testing", "holdout"),
}
_SPLIT_OF = {name: split for split, names in _COMMON_NAMES.items() for name in names}
_KIND = re.compile(r"[ _-]*(set|split|data|images?|imgs?)$")


def split_named(name: str) -> str | None:
    """The split that has this common name, in any case: Training, val, test_set, hold-out; None if there is none."""
    plain = _KIND.sub("", name.strip().casefold())
    return _SPLIT_OF.get(re.sub("[ _-]", "", plain))
